// The plugins that are part of the program: none, unless it was built with MODELSIG_STATIC_PLUGINS.
#pragma once
#include <vector>

#include "core/host/plugin_file.hpp"

namespace modelsig::cli {

std::vector<StaticPlugin> linked_plugins();

}  // namespace modelsig::cli
