// What --help shows below the options: for the program and for each command, ways to call it.
#pragma once
#include <string>
#include <string_view>

namespace modelsig::cli {

// "": the program; "rules learn". Ends with the exit status, which is the same for all.
std::string examples(std::string_view command);

}  // namespace modelsig::cli
