// Where a repository has no config.json: the sizes that genai_config.json and the graph itself tell, as one. Rule table
// "onnx_config" says which field of a configuration comes from where.
#pragma once
#include <modelsig/model.hpp>

#include "genai.hpp"
#include "walk.hpp"

namespace onnx {

// Adds the parts "config" and "config_origins" (field -> where it stands), if the model has no "config" yet. genai: null where it is of
// another graph.
void add_config(const ms::Call& call, const GenaiConfig* genai, const ModelFile& model, const Walk& walk, const OpTable& table, ms::Model out);

}  // namespace onnx
