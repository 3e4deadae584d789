#pragma once
#include <string>

namespace fixture {
std::string gzipped(const std::string& text);
}
