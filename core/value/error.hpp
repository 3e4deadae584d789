// The kernel's own error: one sentence a person can act on, and the status it becomes at the plugin border.
// Rejected: error codes with a side channel for text; every message here carries a value and a bound.
#pragma once
#include <modelsig/abi.h>

#include <stdexcept>
#include <string>

namespace modelsig {

class Error : public std::runtime_error {
 public:
  explicit Error(const std::string& text, ms_status status = MS_INVALID_ARGUMENT)
      : std::runtime_error(text), status_(status) {}
  ms_status status() const noexcept { return status_; }

 private:
  ms_status status_;
};

}  // namespace modelsig
