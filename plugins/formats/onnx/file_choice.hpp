// Which .onnx of a repository is read. Exports come in many forms (model.onnx, model_fp16.onnx, model_q4.onnx, a
// decoder with and without past): the base form is taken unless '#' says otherwise. The rule tables onnx_variant
// and onnx_file hold the spellings.
//   1. '#onnx/model_q4.onnx' that very file; '#q4' the best file whose stem ends in _q4 or -q4, or is it
//   2. else: no variant before variants; stems of onnx_file in their order, other stems, parts of a model last;
//      the root before onnx/ before other folders; then alphabetically
#pragma once
#include <modelsig/plugin.hpp>

#include <string>
#include <vector>

namespace onnx {

struct FileChoice {
  std::string chosen;                // empty: there is none
  std::vector<std::string> others;   // best first
  bool runtime_format = false;       // only .ort files
};

FileChoice choose_file(const ms::Call& call, ms::Repo repo);
int score(const ms::Call& call, ms::Repo repo);

}  // namespace onnx
