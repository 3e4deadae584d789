// The user's environment, read once: the variables of the hub's own client keep their meaning here.
#pragma once
#include <filesystem>
#include <string>

namespace hub {

std::string variable(const char* name);  // "" if unset
bool switched_on(const char* name);      // 1, true, yes, on in any case
std::filesystem::path expanded(const std::string& path);  // a leading "~/"

std::filesystem::path hf_home();        // HF_HOME, or XDG_CACHE_HOME/huggingface
std::filesystem::path hf_hub_cache();   // HF_HUB_CACHE, HUGGINGFACE_HUB_CACHE, or HF_HOME/hub
std::filesystem::path own_cache();      // XDG_CACHE_HOME/modelsig/hub; empty if there is no home at all

}  // namespace hub
