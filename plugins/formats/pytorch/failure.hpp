// Why a file cannot be used: one sentence that follows its name.
#pragma once
#include <stdexcept>
#include <string>

namespace pytorch {

struct Failure : std::runtime_error {
  using std::runtime_error::runtime_error;
};

}  // namespace pytorch
