// Pipeline files: any text is a pipeline or one Error, and --set on what came out of it likewise.
#include <cstddef>
#include <cstdint>
#include <string_view>

#include "core/pipeline/pipeline.hpp"

extern "C" int LLVMFuzzerTestOneInput(const std::uint8_t* data, std::size_t size) {
  using namespace modelsig;
  const ConfigDirs nowhere(std::vector<std::filesystem::path>{});
  try {
    Pipeline pipeline = Pipeline::parse(nowhere, {reinterpret_cast<const char*>(data), size}, "fuzz.toml");
    for (const Step& step : std::vector<Step>(pipeline.steps)) pipeline.set(step.id + ".x=" + step.use);
  } catch (const Error&) {
  }
  return 0;
}
