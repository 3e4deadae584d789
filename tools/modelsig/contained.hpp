// Runs something that may crash or hang, in a process of its own.
#pragma once
#include <functional>
#include <string>

namespace modelsig::cli {

struct Contained {
  std::string reason;   // "": it went well; else why not: what the body said, or how it ended
  std::string printed;  // what it wrote to stdout and stderr
};

// `body` returns "" or what is wrong. in_process: no child, for debuggers; then nothing is contained and `printed` is empty.
Contained contained(const std::function<std::string()>& body, unsigned seconds, bool in_process);

}  // namespace modelsig::cli
