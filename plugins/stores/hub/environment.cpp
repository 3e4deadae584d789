#include "environment.hpp"

#include <algorithm>
#include <cctype>
#include <cstdlib>

namespace hub {
namespace {

std::filesystem::path cache_home() {
  if (const std::string xdg = variable("XDG_CACHE_HOME"); !xdg.empty()) return expanded(xdg);
  const std::string home = variable("HOME");
  return home.empty() ? std::filesystem::path() : std::filesystem::path(home) / ".cache";
}

}  // namespace

std::string variable(const char* name) {
  const char* value = std::getenv(name);
  return value ? value : "";
}

bool switched_on(const char* name) {
  std::string value = variable(name);
  std::transform(value.begin(), value.end(), value.begin(), [](unsigned char c) { return static_cast<char>(std::tolower(c)); });
  return value == "1" || value == "true" || value == "yes" || value == "on";
}

std::filesystem::path expanded(const std::string& path) {
  if (path != "~" && path.rfind("~/", 0) != 0) return path;
  return std::filesystem::path(variable("HOME")) / (path.size() > 2 ? path.substr(2) : "");
}

std::filesystem::path hf_home() {
  if (const std::string home = variable("HF_HOME"); !home.empty()) return expanded(home);
  const auto cache = cache_home();
  return cache.empty() ? cache : cache / "huggingface";
}

std::filesystem::path hf_hub_cache() {
  for (const char* name : {"HF_HUB_CACHE", "HUGGINGFACE_HUB_CACHE"})
    if (const std::string path = variable(name); !path.empty()) return expanded(path);
  const auto home = hf_home();
  return home.empty() ? home : home / "hub";
}

std::filesystem::path own_cache() {
  const auto cache = cache_home();
  return cache.empty() ? cache : cache / "modelsig" / "hub";
}

}  // namespace hub
