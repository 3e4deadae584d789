// One role of a plugin, run over an in-memory host: what came out, as text that can be compared, and whether the contract held.
#pragma once
#include <modelsig/testing/fake_host.hpp>

#include <string>
#include <vector>

#include "core/host/plugin.hpp"

namespace modelsig::cli {

struct RoleInput {
  std::vector<std::pair<std::string, std::string>> files;  // name, bytes
  std::string broken;         // not empty: every read fails with this text ...
  std::uint64_t intact = 0;   // ... that asks for more than the first so many bytes of its file
  bool model = false;         // a small model, fingerprints and a report with something in them; else empty ones
  bool cancelled = false;
  unsigned threads = 1;
  std::string uri;            // stores
};

struct RoleOutput {
  ms_status status = MS_OK;
  std::string emitted;        // document, tensors or bytes, and the problems
  std::string fault;          // not empty: the contract was broken, in this way
};

RoleOutput run_role(const ms_role& role, const ms::testing::Value& options, const RoleInput& input);
// Only create() and destroy(), `count` instances at once.
RoleOutput create_role(const ms_role& role, const ms::testing::Value& options, unsigned count);

}  // namespace modelsig::cli
