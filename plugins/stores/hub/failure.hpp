// Why a request came to nothing, in a sentence, and what that means for the others of its batch.
#pragma once
#include <modelsig/abi.h>

#include <string>

namespace hub {

struct Failure {
  ms_status status = MS_UNAVAILABLE;
  std::string text;
  bool retry = false;     // the same request may succeed in a moment
  bool for_all = false;   // every other request of the batch would fail alike: don't send it
};

}  // namespace hub
