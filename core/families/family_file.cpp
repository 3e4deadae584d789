#include "core/families/family_file.hpp"

#include <algorithm>
#include <optional>
#include <set>
#include <tuple>

#include "core/families/expression.hpp"
#include "core/value/nearest.hpp"

namespace modelsig::families {

namespace {

const std::vector<std::string> kSections = {"family", "extends", "class", "base", "rename", "config", "defaults", "options",
                                            "derived", "index", "heads", "module", "include", "names"};

bool below(std::string_view path, std::string_view root) {
  return path.size() >= root.size() && path.substr(0, root.size()) == root && (path.size() == root.size() || path[root.size()] == '.');
}

std::string_view without_label(std::string_view group) { return group.substr(0, group.find('#')); }

// One file's own part: its lines in order, `false` among them.
class Reader {
 public:
  Reader(FamilyFile& out, std::shared_ptr<const TomlFile> file) : out_(out), file_(std::move(file)) {}

  void read() {
    rename(file_->root()["rename"]);
    for (const Member& m : file_->root().members()) {
      if (m.key == "module") modules(m.value);
      else if (m.key == "family") out_.family = source(m.value);
      else if (m.key == "class") out_.class_name = text(m.value, "class");
      else if (m.key == "base") out_.base = text(m.value, "base").value->str();
      else if (m.key == "extends") text(m.value, "extends");
      else if (m.key == "rename") continue;
      else if (Section* s = section(m.key)) {
        if (!m.value.is(Kind::object)) file_->fail(m.value, "[" + std::string(m.key) + "] is a table");
        for (const Member& e : m.value.members()) s->put(e.key, source(e.value));
      } else file_->fail_key(m.value, "a family file has no section '" + std::string(m.key) + "'" + did_you_mean(m.key, kSections));
    }
    merge();
  }

 private:
  Source source(const Value& v) const { return {file_, &v}; }

  Source text(const Value& v, const char* what) const {
    if (!v.is(Kind::string)) file_->fail(v, std::string(what) + " is a text, not " + Expression::describe(v));
    return source(v);
  }

  // inherited paths under another root: [rename] bert = "roberta"
  void rename(const Value& table) {
    for (const Member& m : table.members()) {
      const std::string from(m.key), to(text(m.value, "a path").value->str());
      bool any = false;
      for (FamilyFile::Line& l : out_.lines) {
        any |= below(l.path, from);
        l.path = FamilyFile::rename(std::move(l.path), from, to);
        l.group = FamilyFile::rename(std::move(l.group), from, to);
        l.renamed.emplace_back(from, to);
      }
      if (!any) file_->fail_key(m.value, "nothing is inherited at " + from + ", so nothing is renamed");
      std::map<std::string, FamilyFile::Group, std::less<>> groups;
      for (auto& [key, group] : out_.groups) groups.emplace(FamilyFile::rename(key, from, to), std::move(group));
      out_.groups = std::move(groups);
      out_.base = FamilyFile::rename(std::move(out_.base), from, to);
    }
  }

  Section* section(std::string_view key) {
    if (key == "config") return &out_.config;
    if (key == "defaults") return &out_.defaults;
    if (key == "options") return &out_.options;
    if (key == "derived") return &out_.derived;
    if (key == "index") return &out_.index;
    if (key == "heads") return &out_.heads;
    if (key == "include") return &out_.include;
    return key == "names" ? &out_.names : nullptr;
  }

  void modules(const Value& table) {
    if (!table.is(Kind::object)) file_->fail(table, "[module] is a table");
    for (const Member& m : table.members()) {
      if (!m.value.is(Kind::object)) {
        line(std::string(m.key), m.value, "");
        continue;
      }
      FamilyFile::Group& group = groups_[std::string(m.key)];
      for (const Member& child : m.value.members()) {
        const bool plain = !child.value.is(Kind::object) && !child.value.is(Kind::boolean);
        if (plain && child.key == "when") group.when = source(child.value);
        else if (plain && child.key == "over") group.over = text(child.value, "over");
        else if (plain && child.key == "part") group.part = text(child.value, "part");
        else flatten(std::string(without_label(m.key)) + "." + std::string(child.key), child.value, m.key, 0);
      }
    }
  }

  void flatten(std::string path, const Value& v, std::string_view group, unsigned depth) {
    if (!v.is(Kind::object)) return line(std::move(path), v, group);
    if (depth > 16) file_->fail(v, "tables nested deeper than 16");
    for (const Member& m : v.members()) flatten(path + "." + std::string(m.key), m.value, group, depth + 1);
  }

  void line(std::string path, const Value& v, std::string_view group) {
    if (!v.is(Kind::string) && !(v.is(Kind::boolean) && !v.boolean()))
      file_->fail(v, path + " is a line in quotes, or false to remove what is inherited, not " + Expression::describe(v));
    // one tensor may have two meanings, each under a label and a condition of its own
    if (!seen_.emplace(path, FamilyFile::label(group)).second) file_->fail_key(v, path + " is given twice");
    own_.push_back({std::move(path), source(v), std::string(group), {}});
  }

  // what was inherited is removed before what is new comes in, so one file may do both under one path
  void merge() {
    for (const auto& l : own_) {
      if (!l.text.value->is(Kind::boolean)) continue;
      const auto gone = std::remove_if(out_.lines.begin(), out_.lines.end(), [&](const auto& old) { return below(old.path, l.path); });
      if (gone == out_.lines.end()) l.text.file->fail_key(*l.text.value, "nothing is inherited at " + l.path + ", so false removes nothing");
      out_.lines.erase(gone, out_.lines.end());
      std::erase_if(out_.groups, [&](const auto& g) { return below(without_label(g.first), l.path); });
    }
    for (auto& [key, group] : groups_) {
      FamilyFile::Group& to = out_.groups[key];
      if (group.when) to.when = group.when;
      if (group.over) to.over = group.over;
      if (group.part) to.part = group.part;
    }
    for (auto& l : own_) {
      if (l.text.value->is(Kind::boolean)) continue;
      const std::string_view label = FamilyFile::label(l.group);
      const auto standing = [&](bool same_label) {
        return std::find_if(out_.lines.begin(), out_.lines.end(), [&](const auto& o) { return o.path == l.path && (!same_label || label == FamilyFile::label(o.group)); });
      };
      auto old = standing(true);
      if (old == out_.lines.end() && label.empty()) old = standing(false);
      if (old != out_.lines.end()) *old = std::move(l);
      else out_.lines.push_back(std::move(l));
    }
    if (out_.lines.size() > FamilyFile::kMaxLines)
      throw Error(file_->name() + ": more than " + std::to_string(FamilyFile::kMaxLines) + " module lines", MS_LIMIT);
  }

  FamilyFile& out_;
  std::shared_ptr<const TomlFile> file_;
  std::map<std::string, FamilyFile::Group> groups_;
  std::vector<FamilyFile::Line> own_;
  std::set<std::pair<std::string, std::string>> seen_;  // path, label
};

}  // namespace

std::string_view FamilyFile::label(std::string_view group) {
  const std::size_t hash = group.find('#');
  return hash == group.npos ? std::string_view() : group.substr(hash + 1);
}

std::string FamilyFile::rename(std::string path, const std::string& from, const std::string& to) {
  const bool inside = below(path, from) || (path.size() > from.size() && path.compare(0, from.size(), from) == 0 && path[from.size()] == '#');
  return inside ? to + path.substr(from.size()) : path;
}

const Source* Section::find(std::string_view key) const {
  for (const auto& [name, source] : entries)
    if (name == key) return &source;
  return nullptr;
}

void Section::put(std::string_view key, Source source) {
  for (auto& [name, old] : entries)
    if (name == key) {
      old = std::move(source);
      return;
    }
  entries.emplace_back(key, std::move(source));
}

FamilyFile FamilyFile::load(std::string_view name, const Open& open) {
  FamilyFile out;
  out.name = name;
  std::vector<std::string> chain{std::string(name)};
  const Value* asked = nullptr;  // the `extends` that named the file to be opened
  while (true) {
    try {
      out.files.push_back(open(chain.back()));
    } catch (const Error& e) {
      if (!asked || e.status() != MS_NOT_FOUND) throw;
      out.files.back()->fail(*asked, e.what());
    }
    const TomlFile& file = *out.files.back();
    const Value* up = file.root().find("extends");
    if (!up || !up->is(Kind::string)) break;
    const std::string next(up->str());
    const bool circle = std::find(chain.begin(), chain.end(), next) != chain.end();
    chain.push_back(next);
    asked = up;
    if (circle) {
      std::string path;
      for (const std::string& c : chain) path += (path.empty() ? "" : " > ") + c;
      file.fail(*up, "families extend one another in a circle: " + path);
    }
    if (chain.size() > kMaxAncestors) file.fail(*up, "more than " + std::to_string(kMaxAncestors - 1) + " ancestors");
  }
  for (std::size_t i = out.files.size(); i-- > 0;) {
    out.defaults = {};  // facts about one config class
    out.family = {};
    Reader(out, out.files[i]).read();
  }
  if (!out.family || !out.family.value->is(Kind::array))
    throw Error(out.files[0]->name() + ":1: a family file says which model types it serves: family = [\"...\"]");
  for (const Value& v : out.family.value->items())
    if (!v.is(Kind::string)) out.files[0]->fail(v, "a model type is a text");
  return out;
}

}  // namespace modelsig::families
