// genai_config.json of ONNX Runtime GenAI: which graphs make up the model, and its sizes.
#pragma once
#include <modelsig/kit/json_document.hpp>
#include <modelsig/plugin.hpp>

#include <string>
#include <vector>

namespace onnx {

class GenaiConfig {
 public:
  static constexpr std::string_view NAME = "genai_config.json";

  // Of the folder that this file lies in. One that cannot be read is a problem, and as if it were not there.
  GenaiConfig(const ms::Call& call, ms::Repo repo, std::string_view file);
  explicit operator bool() const { return there_; }
  const ms::json::Document& document() const { return document_; }
  const std::string& folder() const { return folder_; }
  // The file that a path names ("model.vision.filename"), with its folder; empty: none.
  std::string file(std::string_view path) const;

 private:
  std::string folder_;
  ms::TextBuffer text_;
  ms::json::Document document_;
  bool there_ = false;
};

}  // namespace onnx
