#include "tests/core/families/truth.hpp"

#include <algorithm>
#include <cstdio>
#include <cstdlib>
#include <cstring>
#include <sstream>

#include "tests/support/json_value.hpp"
#include "tests/support/paths.hpp"

namespace modelsig::testing {

namespace fs = std::filesystem;

namespace {

std::string decompressed(const fs::path& path) {
  const std::string command = "xz -dc '" + path.string() + "'";
  std::FILE* pipe = ::popen(command.c_str(), "r");
  if (!pipe) throw Error("xz cannot be run");
  std::string out(1 << 16, '\0');
  std::string text;
  for (std::size_t n = 0; (n = std::fread(out.data(), 1, out.size(), pipe)) > 0;) text.append(out, 0, n);
  if (::pclose(pipe) != 0) throw Error(path.string() + ": xz failed");
  return text;
}

Tensors from_tsv(const std::string& text) {
  Tensors out;
  std::istringstream lines(text);
  for (std::string line; std::getline(lines, line);) {
    const std::size_t a = line.find('\t'), b = line.find('\t', a + 1);
    TruthTensor t{line.substr(a + 1, b - a - 1), {}};
    std::istringstream dims(b == std::string::npos ? "" : line.substr(b + 1));
    for (std::string d; std::getline(dims, d, ',');)
      if (!d.empty()) t.shape.push_back(std::stoull(d));
    out.emplace(line.substr(0, a), std::move(t));
  }
  return out;
}

Tensors from_safetensors(const fs::path& path) {
  std::ifstream in(path, std::ios::binary);
  std::uint64_t size = 0;
  in.read(reinterpret_cast<char*>(&size), 8);
  std::string header(size, '\0');
  in.read(header.data(), static_cast<std::streamsize>(size));
  Tensors out;
  const auto doc = parse_json(header);
  for (const Member& m : doc->root().members()) {
    if (m.key == "__metadata__") continue;
    TruthTensor t{std::string(m.value["dtype"].str()), {}};
    for (const Value& d : m.value["shape"].items()) t.shape.push_back(d.u64());
    out.emplace(m.key, std::move(t));
  }
  return out;
}

}  // namespace

fs::path shared_folder() { return modelsig::testing::shared_dir(); }

fs::path families_folder() { return modelsig::testing::source_dir() / "configs/rules/families"; }

std::vector<Place> places(const fs::path& shared) {
  std::vector<Place> out;
  const auto add = [&](const char* kind, const fs::path& folder) {
    std::error_code error;
    for (const auto& e : fs::directory_iterator(folder, error))
      if (fs::exists(e.path() / "config.json")) out.push_back({kind, e.path()});
  };
  add("oracle", shared / "oracle/families");
  std::error_code error;
  for (const auto& e : fs::directory_iterator(shared / "truth/pairs", error))
    if (e.is_directory()) add("pair", e.path());
  add("header", shared / "truth/headers");
  std::sort(out.begin(), out.end(), [](const Place& a, const Place& b) { return a.path < b.path; });
  return out;
}

Tensors read_tensors(const Place& place) {
  if (fs::exists(place.path / "model.safetensors")) return from_safetensors(place.path / "model.safetensors");
  if (fs::exists(place.path / "tensors.tsv")) return from_tsv(read_file(place.path / "tensors.tsv"));
  return from_tsv(decompressed(place.path / "tensors.tsv.xz"));
}

std::unique_ptr<Document> read_config(const fs::path& folder) {
  std::string text = read_file(folder / "config.json");
  if (fs::exists(folder / "hf_quant_config.json")) {
    const std::size_t open = text.find('{');
    text.insert(open + 1, "\"hf_quant_config\": " + read_file(folder / "hf_quant_config.json") + ",");
  }
  return parse_json(text);
}

}  // namespace modelsig::testing
