#include <modelsig/plugin.hpp>

#include "template.hpp"
#include "weights.hpp"

MODELSIG_PLUGIN("org.modelsig.layers.weights", "1.0.0", "Apache-2.0", ms::layer<Weights>("layer.weights"), ms::layer<Template>("layer.template"))
