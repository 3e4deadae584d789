#include <modelsig/plugin.hpp>

#include "markdown.hpp"
#include "table.hpp"

MODELSIG_PLUGIN("org.modelsig.formatters.reference", "1.0.0", "Apache-2.0", ms::formatter<ReferenceTable>("formatter.reference_table"),
                ms::formatter<ReferenceMarkdown>("formatter.reference_markdown"))
