// modelsig/kit/file_message.hpp - messages that begin with a file's name: "model.gguf: is cut short". A problem has the name as its subject,
// an error has only its text.
#pragma once
#include <string>
#include <string_view>

namespace ms {

inline std::string_view without_file(std::string_view text, std::string_view file) {
  return text.starts_with(file) && text.substr(file.size()).starts_with(": ") ? text.substr(file.size() + 2) : text;
}

inline std::string with_file(std::string_view text, std::string_view file) {
  return text.starts_with(file) ? std::string(text) : std::string(file).append(": ").append(text);  // "model.gguf changed while ..." has it too
}

}  // namespace ms
