// The built ONNX plugin as tests run it.
#pragma once
#include <gmock/gmock.h>

#include <string>

#include "onnx_plugin.hpp"

namespace ms::testing {
inline void PrintTo(const FakeHost::Problem& p, std::ostream* out) { *out << "level " << p.level << " | " << p.subject << " | " << p.text; }
}  // namespace ms::testing

namespace onnx_test {

inline int probe(FakeHost& host) {
  ms::testing::Instance<ms_format> instance(host, role(), Value::object());
  std::int32_t score = -1;
  EXPECT_EQ(instance->probe(instance.self(), host.call(), host.repo(), &score), MS_OK);
  return score;
}
inline std::vector<std::string> names(const FakeHost& host) {
  std::vector<std::string> out;
  for (const auto& tensor : host.tensors) out.push_back(tensor.name);
  return out;
}

}  // namespace onnx_test
