#include "token.hpp"

#include <algorithm>
#include <fstream>
#include <modelsig/error.hpp>

#include "environment.hpp"

namespace hub {
namespace {

// Trailing line ends are usual in a login file, anything else in the middle would split the header.
std::string checked(std::string token, const std::string& where) {
  while (!token.empty() && (token.back() == '\n' || token.back() == '\r' || token.back() == ' ')) token.pop_back();
  if (token.size() > 4096 || !std::all_of(token.begin(), token.end(), [](unsigned char c) { return c > 0x20 && c < 0x7f; }))
    throw ms::Error(MS_INVALID_ARGUMENT, "the token in " + where + " has characters that no token has (a space, a line end "
                    "or a non-ASCII one): copy it again");
  return token;
}

std::string first_line(const std::filesystem::path& path) {
  std::ifstream file(path);
  std::string line;
  std::getline(file, line);
  return line;
}

}  // namespace

std::string find_token(const std::string& option) {
  if (!option.empty()) return checked(option, "the option 'token'");
  for (const char* name : {"HF_TOKEN", "HUGGING_FACE_HUB_TOKEN"})
    if (std::string token = checked(variable(name), name); !token.empty()) return token;
  if (switched_on("HF_HUB_DISABLE_IMPLICIT_TOKEN")) return {};
  if (const std::string path = variable("HF_TOKEN_PATH"); !path.empty()) return checked(first_line(expanded(path)), "HF_TOKEN_PATH");
  const auto home = hf_home();
  return home.empty() ? std::string() : checked(first_line(home / "token"), (home / "token").string());
}

}  // namespace hub
