#include "core/families/family_library.hpp"

#include <algorithm>
#include <fstream>
#include <map>
#include <mutex>
#include <optional>
#include <set>

#include "core/families/name_tables.hpp"
#include "core/value/error.hpp"
#include "core/value/nearest.hpp"

namespace modelsig::families {

namespace fs = std::filesystem;

namespace {

const std::set<std::string, std::less<>> kShared = {"kinds", "roles", "quant", "families"};

bool is_file_name(std::string_view name) {
  return !name.empty() && name.size() < 128 && name[0] != '.' &&
         std::all_of(name.begin(), name.end(), [](unsigned char c) { return std::isalnum(c) || c == '_' || c == '-' || c == '.' || c == '+'; });
}

// the `family = [...]` of a file, without reading all of it
std::vector<std::string> served_by(const fs::path& path) {
  std::ifstream in(path, std::ios::binary);
  std::string head(4096, '\0');
  in.read(head.data(), static_cast<std::streamsize>(head.size()));
  head.resize(static_cast<std::size_t>(in.gcount()));
  std::vector<std::string> out;
  for (std::size_t at = 0; at < head.size();) {
    std::size_t end = head.find('\n', at);
    if (end == std::string::npos) end = head.size();
    const std::string_view line(head.data() + at, end - at);
    if (line.substr(0, 6) == "family" && line.find('=') != std::string_view::npos) {
      std::string_view rest(head);
      rest.remove_prefix(at + line.find('='));
      rest = rest.substr(0, rest.find(']'));
      while (true) {
        const std::size_t open = rest.find('"');
        const std::size_t close = open == std::string_view::npos ? open : rest.find('"', open + 1);
        if (close == std::string_view::npos) return out;
        out.emplace_back(rest.substr(open + 1, close - open - 1));
        rest.remove_prefix(close + 1);
      }
    }
    at = end + 1;
  }
  return out;
}

}  // namespace

struct FamilyLibrary::State : std::enable_shared_from_this<State> {
  std::vector<fs::path> directories;
  std::recursive_mutex mutex;
  std::shared_ptr<const Vocabulary> words;
  std::map<std::string, std::shared_ptr<const TomlFile>, std::less<>> files;
  std::map<std::string, std::shared_ptr<const Family>, std::less<>> loaded;
  std::vector<std::string> loading;                                   // a circle of includes
  std::map<std::size_t, std::map<std::string, std::string, std::less<>>> serves;  // directory -> model type -> family

  std::optional<fs::path> path_of(std::string_view name) const {
    if (!is_file_name(name)) return std::nullopt;
    for (std::size_t i = directories.size(); i-- > 0;) {
      fs::path p = directories[i] / (std::string(name) + ".toml");
      std::error_code error;
      if (fs::is_regular_file(p, error)) return p;
    }
    return std::nullopt;
  }

  std::vector<std::string> names() const {
    std::set<std::string> out;
    for (const fs::path& d : directories) {
      std::error_code error;
      for (const auto& e : fs::directory_iterator(d, error))
        if (e.path().extension() == ".toml" && !kShared.contains(e.path().stem().string())) out.insert(e.path().stem().string());
    }
    return {out.begin(), out.end()};
  }

  std::shared_ptr<const TomlFile> open(std::string_view name) {
    if (const auto it = files.find(name); it != files.end()) return it->second;
    const auto path = path_of(name);
    if (!path) throw Error("there is no family '" + std::string(name) + "'" + did_you_mean(name, names()), MS_NOT_FOUND);
    return files[std::string(name)] = TomlFile::read(*path);
  }

  std::shared_ptr<const Vocabulary> vocabulary() {
    if (words) return words;
    auto out = std::make_shared<Vocabulary>();
    auto schemes = std::make_shared<QuantTable>();
    const auto each = [&](const char* name, auto read) {
      for (const fs::path& d : directories) {
        std::error_code error;
        if (fs::is_regular_file(d / name, error)) read(*TomlFile::read(d / name));
      }
    };
    each("roles.toml", [&](const TomlFile& f) { out->roles.read(f); });
    each("kinds.toml", [&](const TomlFile& f) { out->kinds.read(f); });
    each("quant.toml", [&](const TomlFile& f) { schemes->read(f, out->roles); });
    out->schemes = std::move(schemes);
    out->names = std::make_shared<NameTables>(directories, out->roles);
    return words = std::move(out);
  }

  std::shared_ptr<const Family> load(std::string_view name) {
    const std::lock_guard lock(mutex);
    if (const auto it = loaded.find(name); it != loaded.end()) return it->second;
    const auto words_of_all = vocabulary();
    if (std::find(loading.begin(), loading.end(), name) != loading.end()) throw Error("families include one another in a circle: " + loading.front() + " > ... > " + std::string(name));
    loading.emplace_back(name);
    struct Leave { std::vector<std::string>& l; ~Leave() { l.pop_back(); } } leave{loading};
    return loaded[std::string(name)] = compile(FamilyFile::load(name, [this](std::string_view n) { return open(n); }), words_of_all);
  }

  std::shared_ptr<const Family> compile(const FamilyFile& file, const std::shared_ptr<const Vocabulary>& words_of_all) {
    const std::weak_ptr<State> self = weak_from_this();
    auto family = std::const_pointer_cast<Family>(Family::compile(file, words_of_all, [this](std::string_view n) { return load(n); }));
    family->set_finder([self](std::string_view type) -> std::shared_ptr<const Family> {
      const auto state = self.lock();
      return state ? state->find(type) : nullptr;
    });
    return family;
  }

  const std::map<std::string, std::string, std::less<>>& index(std::size_t directory) {
    const auto [it, fresh] = serves.try_emplace(directory);
    if (!fresh) return it->second;
    const fs::path& d = directories[directory];
    std::error_code error;
    if (fs::is_regular_file(d / "families.toml", error)) {
      const auto file = TomlFile::read(d / "families.toml");
      for (const Member& m : file->root()["serves"].members()) {
        if (!m.value.is(Kind::string)) file->fail(m.value, "[serves] says model_type = \"family\"");
        it->second[std::string(m.key)] = m.value.str();
      }
      return it->second;
    }
    for (const auto& e : fs::directory_iterator(d, error))
      if (e.path().extension() == ".toml")
        for (std::string& type : served_by(e.path())) it->second[std::move(type)] = e.path().stem().string();
    return it->second;
  }

  std::shared_ptr<const Family> find(std::string_view type) {
    const std::lock_guard lock(mutex);
    if (!is_file_name(type)) return nullptr;
    for (std::size_t i = directories.size(); i-- > 0;) {
      std::error_code error;
      const auto& types = index(i);
      const auto it = types.find(type);
      if (it != types.end()) return load(it->second);
      if (kShared.contains(type) || !fs::is_regular_file(directories[i] / (std::string(type) + ".toml"), error)) continue;
      auto family = load(type);
      if (std::find(family->serves().begin(), family->serves().end(), type) != family->serves().end()) return family;
    }
    return nullptr;
  }
};

FamilyLibrary::FamilyLibrary(std::vector<fs::path> directories) : state_(std::make_shared<State>()) { state_->directories = std::move(directories); }
FamilyLibrary::~FamilyLibrary() = default;

std::shared_ptr<const Family> FamilyLibrary::find(std::string_view model_type) const { return state_->find(model_type); }
std::shared_ptr<const Family> FamilyLibrary::load(std::string_view name) const { return state_->load(name); }
std::shared_ptr<const Family> FamilyLibrary::compile(std::string_view text, std::string name) const {
  const std::lock_guard lock(state_->mutex);
  const auto own = TomlFile::parse(text, name + ".toml");
  return state_->compile(FamilyFile::load(name, [&](std::string_view n) { return n == name ? own : state_->open(n); }), state_->vocabulary());
}

std::vector<std::string> FamilyLibrary::names() const { return state_->names(); }
std::shared_ptr<const Vocabulary> FamilyLibrary::vocabulary() const {
  const std::lock_guard lock(state_->mutex);
  return state_->vocabulary();
}

}  // namespace modelsig::families
