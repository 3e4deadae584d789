#include "sparse_checkpoint.hpp"

#include <cstdint>
#include <fstream>
#include <map>
#include <sstream>
#include <string>
#include <string_view>
#include <vector>

namespace fs = std::filesystem;

namespace {

std::uint64_t bits_of(std::string_view dtype) {
  if (dtype == "F4") return 4;
  for (const auto& [bits, names] : {std::pair(64, " F64 I64 U64 C64 "), std::pair(32, " F32 I32 U32 "), std::pair(16, " F16 BF16 I16 U16 ")}) {
    if (std::string_view(names).find(" " + std::string(dtype) + " ") != std::string_view::npos) return static_cast<std::uint64_t>(bits);
  }
  return 8;
}

std::vector<std::string> split(const std::string& text, char at) {
  std::vector<std::string> out;
  std::istringstream parts(text);
  for (std::string part; std::getline(parts, part, at);) out.push_back(part);
  return out;
}

struct Header {
  std::string text = R"({"__metadata__":{"format":"pt"})";
  std::uint64_t end = 0;  // of the data
};

void add(Header& header, const std::string& name, const std::string& dtype, const std::string& dims) {
  std::uint64_t bits = bits_of(dtype);
  for (const std::string& axis : split(dims, ',')) bits *= std::stoull(axis);
  header.text += ",\"" + name + R"(":{"dtype":")" + dtype + R"(","shape":[)" + dims + R"(],"data_offsets":[)" + std::to_string(header.end) + ",";
  header.end += bits / 8;
  header.text += std::to_string(header.end) + "]}";
}

void write(const fs::path& path, Header header) {
  header.text += "}";
  header.text.resize((header.text.size() + 7) / 8 * 8, ' ');
  const std::uint64_t size = header.text.size();
  {
    std::ofstream out(path, std::ios::binary);
    for (int shift = 0; shift < 64; shift += 8) out.put(static_cast<char>(size >> shift));
    out << header.text;
  }
  fs::resize_file(path, 8 + size + header.end);
}

void expand(const fs::path& listing, const fs::path& folder) {
  std::map<std::string, Header> files;
  std::ifstream rows(listing);
  for (std::string row; std::getline(rows, row);) {
    std::vector<std::string> cells = split(row, '\t');
    if (row.ends_with('\t')) cells.emplace_back();  // a scalar
    if (cells.size() == 3) cells.insert(cells.begin(), "model.safetensors");
    add(files[cells[0]], cells[1], cells[2], cells[3]);
  }
  for (const auto& [name, header] : files) write(folder / name, header);
}

}  // namespace

void expand_models(const fs::path& from, const fs::path& to) {
  for (const auto& entry : fs::recursive_directory_iterator(from)) {
    const fs::path target = to / fs::relative(entry.path(), from);
    if (entry.is_directory()) continue;
    fs::create_directories(target.parent_path());
    if (entry.path().filename() == "tensors.tsv") expand(entry.path(), target.parent_path());
    else fs::copy_file(entry.path(), target, fs::copy_options::overwrite_existing);
  }
}
