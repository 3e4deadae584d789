// modelsig/kit/file_kind.hpp - what a file really is, from its first bytes, so that a message can name it:
// most "header too large" reports are about a file that was never in that format.
#pragma once
#include <array>
#include <cctype>
#include <string_view>

namespace ms {

enum class FileKind { UNKNOWN, EMPTY, LFS_POINTER, HTML, XML, GZIP, ZIP, PICKLE, GGUF, ORT, HDF5, NUMPY, XZ, ZSTD, TAR, JSON, SAFETENSORS };

namespace detail {
struct Magic { FileKind kind; std::size_t offset; std::string_view bytes; };
using namespace std::string_view_literals;
inline constexpr std::array MAGICS = {
    Magic{FileKind::LFS_POINTER, 0, "version https://git-lfs"sv}, Magic{FileKind::GZIP, 0, "\x1f\x8b"sv},
    Magic{FileKind::ZIP, 0, "PK\x03\x04"sv},       Magic{FileKind::ZIP, 0, "PK\x05\x06"sv},
    Magic{FileKind::PICKLE, 0, "\x80\x02"sv},      Magic{FileKind::PICKLE, 0, "\x80\x03"sv},
    Magic{FileKind::PICKLE, 0, "\x80\x04\x95"sv},  Magic{FileKind::GGUF, 0, "GGUF"sv},
    Magic{FileKind::GGUF, 0, "FUGG"sv},            Magic{FileKind::ORT, 4, "ORTM"sv},
    Magic{FileKind::HDF5, 0, "\x89HDF\r\n"sv},     Magic{FileKind::NUMPY, 0, "\x93NUMPY"sv},
    Magic{FileKind::XZ, 0, "\xfd" "7zXZ"sv},       Magic{FileKind::ZSTD, 0, "\x28\xb5\x2f\xfd"sv},
    Magic{FileKind::TAR, 257, "ustar"sv}};

inline std::string_view without_space(std::string_view text) {
  if (text.starts_with("\xef\xbb\xbf")) text.remove_prefix(3);
  while (!text.empty() && std::isspace(static_cast<unsigned char>(text.front()))) text.remove_prefix(1);
  return text;
}
inline bool starts_with_no_case(std::string_view text, std::string_view lower) {
  if (text.size() < lower.size()) return false;
  for (std::size_t i = 0; i < lower.size(); ++i)
    if (std::tolower(static_cast<unsigned char>(text[i])) != lower[i]) return false;
  return true;
}
}  // namespace detail

// `start`: the first bytes of the file (300 are enough), all of them if it is shorter.
inline FileKind file_kind(std::string_view start) {
  if (start.empty()) return FileKind::EMPTY;
  // A safetensors length is below 2^32, so its upper four bytes are zero: no text and none of the magics below.
  if (start.size() > 8 && start.substr(4, 4) == std::string_view("\0\0\0\0", 4) && detail::without_space(start.substr(8)).starts_with('{'))
    return FileKind::SAFETENSORS;
  for (const auto& magic : detail::MAGICS)
    if (start.size() > magic.offset && start.substr(magic.offset).starts_with(magic.bytes)) return magic.kind;
  const std::string_view text = detail::without_space(start);
  for (std::string_view tag : {"<!doctype html", "<html", "<head", "<body"})
    if (detail::starts_with_no_case(text, tag)) return FileKind::HTML;
  if (text.starts_with("<?xml")) return FileKind::XML;
  if (text.starts_with('{') || text.starts_with('[')) return FileKind::JSON;
  return FileKind::UNKNOWN;
}

// Completes "is ...": what it is and what to do about it. Empty for UNKNOWN.
inline std::string_view describe(FileKind kind) {
  switch (kind) {
    case FileKind::EMPTY: return "empty (0 bytes): download it again";
    case FileKind::LFS_POINTER: return "a Git LFS pointer, not the file itself: run 'git lfs pull'";
    case FileKind::HTML: return "an HTML page, probably an error or login page saved by a download: download the file again";
    case FileKind::XML: return "an XML document, probably an error answer saved by a download: download the file again";
    case FileKind::GZIP: return "gzip-compressed: unpack it first";
    case FileKind::ZIP: return "a zip archive, which is how PyTorch writes .bin and .pt files: convert it to safetensors";
    case FileKind::PICKLE: return "a Python pickle, an old PyTorch checkpoint: convert it to safetensors";
    case FileKind::GGUF: return "a GGUF file: give it the suffix .gguf";
    case FileKind::ORT: return "an ONNX Runtime flatbuffer";
    case FileKind::HDF5: return "an HDF5 file, a Keras or TensorFlow checkpoint";
    case FileKind::NUMPY: return "a NumPy array";
    case FileKind::XZ: return "xz-compressed: unpack it first";
    case FileKind::ZSTD: return "zstd-compressed: unpack it first";
    case FileKind::TAR: return "a tar archive: unpack it first";
    case FileKind::JSON: return "JSON text";
    case FileKind::SAFETENSORS: return "a safetensors file";
    case FileKind::UNKNOWN: break;
  }
  return {};
}

}  // namespace ms
