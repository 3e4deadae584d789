// Runs a built format plugin over files in memory.
#pragma once
#include <gmock/gmock.h>
#include <modelsig/testing/loaded_plugin.hpp>

#include <ostream>
#include <string>

#include "tests/support/paths.hpp"

namespace ms::testing {

inline void PrintTo(const FakeHost::Problem& p, std::ostream* out) { *out << "level " << p.level << " | " << p.subject << " | " << p.text; }

}  // namespace ms::testing

namespace formats {

using ms::testing::FakeHost;
using ms::testing::Instance;
using ms::testing::LoadedPlugin;
using ms::testing::Value;

inline const ms_role& role(const std::string& name) {
  static LoadedPlugin safetensors(modelsig::testing::plugin_dir() / "format_safetensors.so"), config(modelsig::testing::plugin_dir() / "format_config.so"), gguf(modelsig::testing::plugin_dir() / "format_gguf.so"),
      pytorch(modelsig::testing::plugin_dir() / "format_pytorch.so");
  return (name == "format.config" ? config : name == "format.gguf" ? gguf : name == "format.pytorch" ? pytorch : safetensors).role(name);
}

inline ms_status parse(FakeHost& host, const std::string& format = "format.safetensors", Value options = Value::object()) {
  Instance<ms_format> instance(host, role(format), std::move(options));
  const ms_status status = instance->parse(instance.self(), host.call(), host.repo(), host.model());
  host.close_parts();
  return status;
}
inline Value lenient() { return Value::object({{"strict", false}}); }
inline int probe(FakeHost& host, const std::string& format = "format.safetensors", Value options = Value::object()) {
  Instance<ms_format> instance(host, role(format), std::move(options));
  std::int32_t score = -1;
  EXPECT_EQ(instance->probe(instance.self(), host.call(), host.repo(), &score), MS_OK);
  return score;
}

inline std::vector<std::string> names(const FakeHost& host) {
  std::vector<std::string> out;
  for (const auto& tensor : host.tensors) out.push_back(tensor.name);
  return out;
}
inline auto IsProblem(int level, const ::testing::Matcher<std::string>& subject, const ::testing::Matcher<std::string>& text) {
  return ::testing::AllOf(::testing::Field("level", &FakeHost::Problem::level, level), ::testing::Field("subject", &FakeHost::Problem::subject, subject),
                          ::testing::Field("text", &FakeHost::Problem::text, text));
}

}  // namespace formats
