#include <modelsig/plugin.hpp>

#include "arch.hpp"
#include "family.hpp"
#include "kv_cache.hpp"
#include "operators.hpp"
#include "quant_path.hpp"
#include "source.hpp"

MODELSIG_PLUGIN("org.modelsig.layers.arch", "1.0.0", "Apache-2.0", ms::layer<Source>("layer.source"), ms::layer<Arch>("layer.arch"),
                ms::layer<Operators>("layer.operators"), ms::layer<KvCache>("layer.kv_cache"),
                ms::layer<QuantPath>("layer.quant_path"), ms::layer<FamilySection>("layer.family"))
