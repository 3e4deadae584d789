// In place of the table that a build with MODELSIG_STATIC_PLUGINS generates.
#include "tools/modelsig/linked_plugins.hpp"

namespace modelsig::cli {

std::vector<StaticPlugin> linked_plugins() { return {}; }

}  // namespace modelsig::cli
