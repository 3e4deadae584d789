// The built ONNX plugin over files in memory.
#pragma once
#include <modelsig/testing/loaded_plugin.hpp>

#include "tests/support/rules_host.hpp"
#include "tests/support/paths.hpp"

namespace onnx_test {

using ms::testing::FakeHost;
using ms::testing::Value;
using Host = modelsig::testing::RulesHost;

inline const ms_role& role() {
  static ms::testing::LoadedPlugin plugin(modelsig::testing::plugin_dir() / "format_onnx.so");
  return plugin.role("format.onnx");
}
inline ms_status parse(FakeHost& host, Value options = Value::object()) {
  ms::testing::Instance<ms_format> instance(host, role(), std::move(options));
  const ms_status status = instance->parse(instance.self(), host.call(), host.repo(), host.model());
  host.close_parts();
  return status;
}

}  // namespace onnx_test
