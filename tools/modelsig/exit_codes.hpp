// Stable: scripts rely on them.
#pragma once

namespace modelsig::cli {

enum ExitCode {
  kOk = 0,          // all models fully analysed
  kUsage = 1,       // wrong command line, pipeline, rules or plugin; nothing was written
  kIncomplete = 2,  // a model could not be fully analysed; the report is written and says why
  kCancelled = 130  // Ctrl-C; nothing was written
};

}  // namespace modelsig::cli
