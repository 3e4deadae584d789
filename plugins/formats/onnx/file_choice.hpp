// Which .onnx of a repository is read. Exports come in many forms (model.onnx, model_fp16.onnx, model_q4.onnx, a
// decoder with and without past): the base form is taken unless '#' says otherwise. The rule tables onnx_variant
// and onnx_file hold the spellings.
//   1. '#onnx/model_q4.onnx' that very file; '#q4' the best file whose stem ends in _q4 or -q4, or is it
//   2. else: no variant before variants; stems of onnx_file in their order, other stems, parts of a model last;
//      the root before onnx/ before other folders; then alphabetically
// A model may be exported as several graphs (encoder and decoder, vision tower and token table ...). It is then all of them:
//   3. genai_config.json names them; else, where the file of 2. is a part by onnx_file, every stem of its folder is one, its best
//      file as in 2., of stems that are forms of one part (decoder_model_merged, decoder_model ...) the first
#pragma once
#include <modelsig/plugin.hpp>

#include <string>
#include <vector>

#include "genai.hpp"

namespace onnx {

struct GraphFile {
  std::string name, file;            // name: the rule's id, or the file's stem
  ms::Node rule;                     // of onnx_file; none: a stem that it does not know
};

struct FileChoice {
  std::string chosen;                // empty: there is none
  std::vector<std::string> others;   // best first
  bool runtime_format = false;       // only .ort files
  std::vector<GraphFile> graphs;     // of a model of several, the chosen one first; then `others` are in none of them
  std::vector<std::string> unvaried; // of these, those that have no such variant as was asked for
};

FileChoice choose_file(const ms::Call& call, ms::Repo repo);
// Fills `graphs`. Of a model that is one graph, or where a file was named, there are none.
void find_graphs(const ms::Call& call, ms::Repo repo, const GenaiConfig& genai, FileChoice& choice);
int score(const ms::Call& call, ms::Repo repo);

}  // namespace onnx
