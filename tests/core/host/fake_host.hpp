// As much of a host as the test plugins ask for: nodes, failures and one emitted number.
#pragma once
#include <modelsig/abi.h>

#include <string>

#include "core/value/value.hpp"

namespace modelsig::testing {

struct FakeCall { std::string failure; };

inline ms_call* as_call(FakeCall& call) { return reinterpret_cast<ms_call*>(&call); }

inline const ms_host& fake_host() {
  static const ms_host host = [] {
    ms_host h{};
    h.struct_size = sizeof h;
    h.fail = [](ms_call* call, ms_status code, ms_str text) {
      reinterpret_cast<FakeCall*>(call)->failure.assign(text.data, text.size);
      return code;
    };
    h.put_i64 = [](ms_writer* out, std::int64_t number) { *reinterpret_cast<std::int64_t*>(out) = number; return ms_status{MS_OK}; };
    h.node_get = [](const ms_node* node, ms_str key) {
      return reinterpret_cast<const ms_node*>(node ? reinterpret_cast<const Value*>(node)->find({key.data, key.size}) : nullptr);
    };
    h.node_i64 = [](const ms_node* node, std::int64_t otherwise) {
      return node ? reinterpret_cast<const Value*>(node)->i64(otherwise) : otherwise;
    };
    return h;
  }();
  return host;
}

}  // namespace modelsig::testing
