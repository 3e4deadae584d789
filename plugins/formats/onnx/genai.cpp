#include "genai.hpp"

#include <modelsig/kit/whole_file.hpp>

namespace onnx {

namespace {
constexpr std::uint64_t MAX_SIZE = 1u << 20;
}

GenaiConfig::GenaiConfig(const ms::Call& call, ms::Repo repo, std::string_view file) : folder_(file.substr(0, file.rfind('/') + 1)) {
  std::vector<ms::WholeFile> files(1);
  const std::string name = folder_ + std::string(NAME);
  files[0].file = repo.find(name);
  if (!files[0].file) return;
  ms::read_whole(call, files, MAX_SIZE);
  text_ = std::move(files[0].text);
  std::string why = files[0].error;
  if (const auto fault = why.empty() ? document_.parse(text_) : std::nullopt) why = fault->reason;
  if (why.empty() && !document_.is_object()) why = std::string("is ") + document_.kind() + ", but a configuration is a JSON object";
  if (why.empty()) there_ = true;
  else call.problem(MS_WARN, name, why);
}

std::string GenaiConfig::file(std::string_view path) const {
  const std::string_view name = there_ ? document_.text_at(path) : std::string_view();
  return name.empty() ? std::string() : folder_ + std::string(name);
}

}  // namespace onnx
