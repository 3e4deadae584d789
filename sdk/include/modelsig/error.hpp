// modelsig/error.hpp - how a C++ plugin fails: throw ms::Error with one sentence a person can act on.
// The trampolines of plugin.hpp turn it (and every other exception) into host->fail() and a status.
#pragma once
#include <stdexcept>
#include <string>

#include "abi.h"

namespace ms {

class Error : public std::runtime_error {
 public:
  Error(ms_status status, const std::string& text) : std::runtime_error(text), status_(status) {}
  ms_status status() const noexcept { return status_; }
 private:
  ms_status status_;
};

// The host has already been told why (it failed itself, or the run was cancelled): only unwind.
struct Told { ms_status status; };

inline void check(ms_status status) {
  if (status != MS_OK) throw Told{status};
}

}  // namespace ms
