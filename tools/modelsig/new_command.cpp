// modelsig new KIND NAME: a plugin project from the templates, with the names filled in.
#include <algorithm>
#include <cstdio>
#include <fstream>
#include <iterator>
#include <map>

#include "core/value/nearest.hpp"
#include "tools/modelsig/app.hpp"

namespace modelsig::cli {

namespace {

namespace fs = std::filesystem;

constexpr std::string_view kKinds[] = {"store", "format", "layer", "comparator", "advisor", "formatter"};
const std::map<std::string, std::string> kSuffixes = {{"cpp", "cpp"}, {"c", "c"}, {"rust", "rs"}};

using Names = std::map<std::string, std::string>;

std::string filled(std::string text, const Names& names) {
  for (const auto& [name, value] : names) {
    const std::string mark = "@" + name + "@";
    for (std::size_t at = text.find(mark); at != std::string::npos; at = text.find(mark, at + value.size())) text.replace(at, mark.size(), value);
  }
  return text;
}

void write(const fs::path& from, const fs::path& to, const Names& names) {
  std::ifstream in(from, std::ios::binary);
  if (!in) throw Error(from.string() + ": the template cannot be read: is the SDK installed whole?", MS_NOT_FOUND);
  const std::string text{std::istreambuf_iterator<char>(in), {}};
  std::ofstream out(to, std::ios::binary);
  out << filled(text, names);
  if (!out.flush()) throw Error(to.string() + ": cannot be written", MS_DENIED);
}

// "layer_norms" -> "LayerNorms"
std::string class_name(const std::string& name) {
  std::string out;
  bool up = true;
  for (const char c : name) {
    if (c != '_') out += up && c >= 'a' && c <= 'z' ? static_cast<char>(c - 'a' + 'A') : c;
    up = c == '_';
  }
  return out;
}

void check_name(const std::string& name) {
  const auto good = [](char c) { return (c >= 'a' && c <= 'z') || (c >= '0' && c <= '9') || c == '_'; };
  if (name.empty() || name.size() > 60 || name[0] < 'a' || name[0] > 'z' || !std::all_of(name.begin(), name.end(), good) || name == "abi" || name == "test")
    throw Error("'" + name + "' is no name for a plugin: small letters, digits and '_', a letter first, and neither 'abi' nor 'test'");
}

fs::path templates(const ConfigDirs& dirs) {
  for (const fs::path& dir : dirs.dirs())
    if (fs::is_directory(dir / "templates")) return dir / "templates";
  throw Error("no templates in share/modelsig/templates: is the SDK installed whole?", MS_NOT_FOUND);
}

}  // namespace

int new_command(App& app) {
  const auto& arguments = app.options.arguments;
  if (arguments.size() != 2) throw Error("modelsig new takes a kind and a name: modelsig new layer shapes --lang cpp");
  const std::string &kind = arguments[0], &name = arguments[1], &lang = app.options.lang;
  const std::vector<std::string> kinds(std::begin(kKinds), std::end(kKinds));
  if (std::find(kinds.begin(), kinds.end(), kind) == kinds.end())
    throw Error("there is no kind of plugin called '" + kind + "'" + did_you_mean(kind, kinds) + ": store, format, layer, comparator, advisor, formatter");
  check_name(name);
  const fs::path folder(name), from = templates(app.dirs);
  std::error_code error;
  if (!fs::create_directory(folder, error)) throw Error(name + ": " + (error ? error.message() : "is there already") + "; choose another name or folder", MS_DENIED);

  const std::string suffix = kSuffixes.at(lang), source = name + "." + suffix;
  const Names names = {{"NAME", name}, {"KIND", kind}, {"ROLE", kind + "." + name}, {"CLASS", class_name(name)}, {"LANG", lang}, {"SUFFIX", suffix}};
  std::vector<std::pair<fs::path, fs::path>> files = {{from / "README.md.in", "README.md"}, {from / lang / "CMakeLists.txt", "CMakeLists.txt"},
                                                      {from / kind / "plugin.toml", "plugin.toml"}, {from / kind / "test.cpp", "test.cpp"},
                                                      {from / kind / ("plugin." + suffix), source}};
  if (lang == "rust") files.insert(files.end(), {{from / "rust/abi.rs", "abi.rs"}, {from / "rust/Cargo.toml", "Cargo.toml"}});
  for (const auto& [in, out] : files) write(in, folder / out, names);
  const fs::path prefix = fs::absolute(from / "../../..").lexically_normal();
  std::printf("%s/ holds %s.%s in %s. Build and test it:\n  cmake -S %s -B %s/build -DCMAKE_PREFIX_PATH=%s\n  cmake --build %s/build\n  ctest --test-dir %s/build\n", name.c_str(), kind.c_str(),
              name.c_str(), source.c_str(), name.c_str(), name.c_str(), prefix.lexically_normal().parent_path() == prefix ? "/" : prefix.c_str(), name.c_str(), name.c_str());
  return kOk;
}

}  // namespace modelsig::cli
