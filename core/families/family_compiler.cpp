#include "core/families/family_compiler.hpp"

#include <algorithm>
#include <cctype>
#include <filesystem>

#include "core/families/lexer.hpp"
#include "core/value/nearest.hpp"

namespace modelsig::families {

namespace {

bool is_identifier(std::string_view s) {
  if (s.empty() || is_reserved(s) || (s[0] >= '0' && s[0] <= '9')) return false;
  return std::all_of(s.begin(), s.end(), [](char c) { return (c >= 'a' && c <= 'z') || (c >= 'A' && c <= 'Z') || (c >= '0' && c <= '9') || c == '_'; });
}

// where a name stands in the text it was read from
std::size_t word_offset(std::string_view text, std::string_view name) {
  const auto inside = [&](std::size_t i) { return i < text.size() && (std::isalnum(static_cast<unsigned char>(text[i])) || text[i] == '_' || text[i] == '.'); };
  for (std::size_t at = text.find(name); at != std::string_view::npos; at = text.find(name, at + 1))
    if ((at == 0 || !inside(at - 1)) && !inside(at + name.size())) return at;
  return 0;
}

}  // namespace

FamilyCompiler::FamilyCompiler(const FamilyFile& file, std::shared_ptr<const Vocabulary> vocabulary, const Family::Load& load)
    : file_(file), load_(load), out_(std::make_shared<Family>()) {
  out_->vocabulary_ = std::move(vocabulary);
}

std::shared_ptr<const Family> FamilyCompiler::run() {
  head();
  names();
  includes();
  templates();
  check_overlaps();
  return out_;
}

std::string FamilyCompiler::text(const Source& at, const char* what) const {
  if (!at) return {};
  if (!at.value->is(Kind::string)) at.file->fail(*at.value, std::string(what) + " is a text, not " + Expression::describe(*at.value));
  return std::string(at.value->str());
}

Expression FamilyCompiler::expression(const Source& at) const { return Expression::parse(*at.file, *at.value); }

void FamilyCompiler::head() {
  out_->name_ = file_.name;
  out_->files_ = file_.files;
  out_->class_prefix_ = text(file_.class_name, "class");
  out_->base_ = file_.base;
  for (const Value& v : file_.family.value->items()) out_->serves_.emplace_back(v.str());
  for (const auto& [ending, at] : file_.heads.entries) out_->heads_.emplace_back(ending, text(at, "the value of head"));
  for (const auto& [key, at] : file_.defaults.entries) out_->defaults_[key] = at.value;
  for (const auto& [dialect, at] : file_.names.entries) {
    out_->dialects_.push_back({dialect, {}});
    for (const Member& m : at.value->members()) {
      if (!m.value.is(Kind::string)) at.file->fail(m.value, "the beginning of a path is a text");
      out_->dialects_.back().prefixes.emplace_back(m.key, m.value.str());
    }
  }
}

void FamilyCompiler::names() {
  const auto meaning = [&](const std::string& name, const Source& at) -> Family::Meaning& {
    if (!is_identifier(name)) at.file->fail_key(*at.value, "'" + name + "' is no name (letters, digits, _)");
    return out_->names_[name];
  };
  int input = 0;
  out_->names_["head"].input = input++;
  for (const auto& [name, value] : out_->vocabulary_->kinds.inputs) out_->names_[name].input = input++;
  for (const auto& [name, at] : file_.config.entries) {
    Family::ConfigName c{name, {}, {}};
    const auto add = [&c, &file = *at.file](const Value& v) {
      if (!v.is(Kind::string)) file.fail(v, "a config key is a text");
      c.spelled.emplace_back(v.str());
      c.keys.push_back(cut(v.str(), '.'));
    };
    if (at.value->is(Kind::array)) for (const Value& v : at.value->items()) add(v);
    else add(*at.value);
    meaning(name, at).config = static_cast<int>(out_->config_.size());
    out_->config_.push_back(std::move(c));
  }
  for (const auto& [name, at] : file_.options.entries) {
    if (!at.value->is(Kind::boolean)) at.file->fail(*at.value, "an option is true or false, not " + Expression::describe(*at.value));
    meaning(name, at).option = static_cast<int>(out_->options_.size());
    out_->options_.push_back({name, at.value->boolean(), at});
  }
  for (const auto& [name, at] : file_.derived.entries) {
    meaning(name, at).derived = static_cast<int>(out_->derived_.size());
    out_->derived_.push_back({name, expression(at), at, 0});
  }
  for (const auto& [name, at] : file_.index.entries) {
    if (out_->indices_.size() == Family::kMaxIndices) at.file->fail_key(*at.value, "more than " + std::to_string(Family::kMaxIndices) + " indices");
    meaning(name, at).index = static_cast<int>(out_->indices_.size());
    out_->indices_.push_back({name, expression(at), at, 0});
  }
  for (const auto& [name, m] : out_->names_) known_.push_back(name);
  std::sort(known_.begin(), known_.end());

  refuse_hidden_keys();
  const IndexSet all = ~IndexSet{0};
  for (const auto& d : out_->derived_) check_names(d.value, d.at, all, d.name);
  for (const auto& i : out_->indices_) check_names(i.count, i.at, all);
  std::vector<int> path;
  bound_.assign(out_->derived_.size(), false);
  for (std::size_t d = 0; d < out_->derived_.size(); ++d) bind(static_cast<int>(d), path);
  for (auto& i : out_->indices_) {
    i.needs = out_->needs(i.count);
    if (i.needs >> (&i - out_->indices_.data()) & 1) i.at.file->fail(*i.at.value, "the count of " + i.name + " depends on " + i.name);
  }
}

// A key that a file names is for nothing where an ancestor derives that name without it.
void FamilyCompiler::refuse_hidden_keys() const {
  const auto generation = [&](const Source& at) { return std::find(file_.files.begin(), file_.files.end(), at.file) - file_.files.begin(); };
  for (const auto& [name, at] : file_.config.entries) {
    const Source* derived = file_.derived.find(name);
    if (!derived || generation(at) >= generation(*derived)) continue;
    const Expression by = expression(*derived);
    const auto used = by.names();
    if (std::find(used.begin(), used.end(), name) == used.end())
      at.file->fail_key(*at.value, "'" + name + "' is derived in " + derived->file->name() + " without this key: call it something else, or derive it here as well");
  }
}

void FamilyCompiler::check_names(const Expression& e, const Source& at, IndexSet allowed, const std::string& inside) const {
  for (std::string_view n : e.names()) {
    const auto it = out_->names_.find(n);
    if (it == out_->names_.end()) {
      at.file->fail(*at.value, "nothing is called '" + std::string(n) + "'" + did_you_mean(n, known_), word_offset(at.value->str(), n) + 1);
    }
    const Family::Meaning& m = it->second;
    if (n == inside && m.input < 0 && m.option < 0 && m.config < 0)
      at.file->fail(*at.value, "circular definition: " + inside + " is defined by itself and is no config name");
  }
  if (inside.empty() && (out_->needs(e) & ~allowed)) {
    for (std::size_t i = 0; i < out_->indices_.size(); ++i)
      if ((out_->needs(e) & ~allowed) >> i & 1)
        at.file->fail(*at.value, "depends on {" + out_->indices_[i].name + "}, which has no value here");
  }
}

// Depth first over the derived names; finds circles and which indices each depends on. `needs` of a name on the path is not
// known yet, which is why a circle must be refused here.
IndexSet FamilyCompiler::bind(int derived, std::vector<int>& path) {
  auto& d = out_->derived_[static_cast<std::size_t>(derived)];
  if (bound_[static_cast<std::size_t>(derived)]) return d.needs;
  if (std::find(path.begin(), path.end(), derived) != path.end()) {
    std::string circle;
    for (int p : path) circle += out_->derived_[static_cast<std::size_t>(p)].name + " > ";
    d.at.file->fail(*d.at.value, "circular definition: " + circle + d.name);
  }
  if (path.size() == Family::kMaxDerivedDepth) d.at.file->fail(*d.at.value, "derived from more than " + std::to_string(Family::kMaxDerivedDepth) + " names in a row");
  path.push_back(derived);
  IndexSet needs = 0;
  for (std::string_view n : d.value.names()) {
    const Family::Meaning& m = out_->names_.find(n)->second;
    if (m.index >= 0) needs |= IndexSet{1} << m.index;  // a bound index hides a derived name
    else if (m.derived >= 0 && n != d.name) needs |= bind(m.derived, path);
  }
  path.pop_back();
  bound_[static_cast<std::size_t>(derived)] = true;
  return d.needs = needs;
}

void FamilyCompiler::includes() {
  for (const auto& [name, at] : file_.include.entries) {
    Family::Include inc;
    inc.name = name;
    inc.source = at;
    for (const Member& m : at.value->members()) {
      const Source s{at.file, &m.value};
      if (m.key == "family") inc.family = text(s, "family");
      else if (m.key == "config") inc.config = cut(text(s, "config"), '.');
      else if (m.key == "at") inc.at = text(s, "at");
      else if (m.key == "part") inc.part = text(s, "part");
      else if (m.key == "pick") inc.pick = text(s, "pick");
      else if (m.key == "head") inc.head = text(s, "head");
      else if (m.key == "when") check_names(inc.when = expression(s), s, 0);
      else if (m.key == "or_whole") inc.or_whole = m.value.boolean();        // no such sub-config: this config itself
      else if (m.key == "or_defaults") inc.or_defaults = m.value.boolean();  // no such sub-config: its class's defaults
      else at.file->fail_key(m.value, "an include has no '" + std::string(m.key) + "'; it has family, config, at, part, head, pick, when, or_whole, or_defaults");
    }
    if (inc.family.empty()) at.file->fail_key(*at.value, "an include names a family");
    try {
      inc.loaded = load_(inc.family);
    } catch (const Error& e) {
      const Value* f = at.value->find("family");
      if (e.status() == MS_NOT_FOUND) at.file->fail(*f, e.what());
      throw;
    }
    out_->includes_.push_back(std::move(inc));
  }
}

Family::Pattern FamilyCompiler::pattern(const FamilyFile::Line& source) const {
  Family::Pattern out;
  out.texts.emplace_back();
  const std::string& path = source.path;
  for (std::size_t i = 0; i < path.size(); ++i) {
    if (path[i] != '{') {
      out.texts.back() += path[i];
      continue;
    }
    const std::size_t end = path.find('}', i);
    const std::string name = path.substr(i + 1, end == std::string::npos ? end : end - i - 1);
    const auto it = out_->names_.find(name);
    if (end == std::string::npos || it == out_->names_.end() || it->second.index < 0)
      source.text.file->fail_key(*source.text.value, path + ": there is no [index] " + name);
    out.holes.push_back(static_cast<std::uint8_t>(it->second.index));
    out.texts.emplace_back();
    i = end;
  }
  for (std::size_t h = 0; h < out.holes.size(); ++h)
    if ((!out.texts[h].empty() && is_digit(out.texts[h].back())) || (!out.texts[h + 1].empty() && is_digit(out.texts[h + 1].front())) ||
        (h + 1 < out.holes.size() && out.texts[h + 1].empty()))
      source.text.file->fail_key(*source.text.value, path + ": a digit or another hole touches a hole, so names could not be read back");
  return out;
}

// The nearest group above the line that says `what`: its own, else the longest path that contains it.
const Source* FamilyCompiler::reaching(const FamilyFile::Line& source, Source FamilyFile::Group::*what) const {
  const auto own = file_.groups.find(source.group);
  if (own != file_.groups.end() && own->second.*what) return &(own->second.*what);
  const Source* best = nullptr;
  std::size_t longest = 0;
  for (const auto& [key, group] : file_.groups) {
    const bool above = source.path.size() > key.size() && source.path.compare(0, key.size(), key) == 0 && source.path[key.size()] == '.';
    if (above && group.*what && key.size() >= longest) {
      best = &(group.*what);
      longest = key.size();
    }
  }
  return best;
}

Family::Template FamilyCompiler::line(const FamilyFile::Line& source) {
  const TomlFile& file = *source.text.file;
  const Value& value = *source.text.value;
  Family::Template t;
  t.path = source.path;
  t.label = FamilyFile::label(source.group);
  t.line = source.text;
  t.pattern = pattern(source);
  for (std::uint8_t h : t.pattern.holes)
    if (std::find(t.indices.begin(), t.indices.end(), h) == t.indices.end()) t.indices.push_back(h);
  if (t.indices.size() > Family::kMaxHoles) file.fail_key(value, source.path + ": more than " + std::to_string(Family::kMaxHoles) + " indices");
  IndexSet bound = 0;
  for (std::uint8_t h : t.indices) {
    if (out_->indices_[h].needs & ~bound) file.fail_key(value, source.path + ": the count of {" + out_->indices_[h].name + "} depends on an index behind it");
    bound |= IndexSet{1} << h;
  }
  ModuleLine parsed;
  try {
    parsed = ModuleLine::parse(value.str());
    const auto role = out_->vocabulary_->roles.split(parsed.role);
    if (role.role.empty() || (!role.suffix.empty() && !parsed.kind.empty()))
      throw SyntaxError("no role '" + std::string(parsed.role) + "'" + did_you_mean(parsed.role, out_->vocabulary_->roles.all()), parsed.role_offset);
    t.role = role.role;
    t.suffix = role.suffix;
    if (!parsed.kind.empty()) {
      t.kind = out_->vocabulary_->kinds.find(parsed.kind);
      if (!t.kind) throw SyntaxError("no kind '" + std::string(parsed.kind) + "'" + did_you_mean(parsed.kind, out_->vocabulary_->kinds.names()), parsed.kind_offset);
      t.arguments = t.kind->bind(parsed);
    }
  } catch (const SyntaxError& e) {
    file.fail(value, e.what(), e.offset() + 1);
  }
  const auto checked = [&](const Expression& e, const Source& at) -> const Expression& {
    check_names(e, at, bound);
    return e;
  };
  const auto condition = [&](const Expression& e, const Source& at) {
    if (e) t.when.push_back({checked(e, at), out_->needs(e)});
  };
  const auto group = file_.groups.find(source.group);
  if (group != file_.groups.end() && group->second.when) condition(expression(group->second.when), group->second.when);
  condition(parsed.when, source.text);
  for (const Expression& e : t.arguments) checked(e, source.text);
  for (const Expression& e : parsed.tensor.shape) checked(e, source.text);
  t.same_as = parsed.same_as;
  for (const auto& [from, to] : source.renamed) t.same_as = FamilyFile::rename(std::move(t.same_as), from, to);
  t.same_if = checked(parsed.same_if, source.text);
  t.class_name = parsed.class_name;
  if (const Source* part = reaching(source, &FamilyFile::Group::part)) t.part = part->value->str();
  if (parsed.over) t.over = *parsed.over;
  else if (const Source* over = reaching(source, &FamilyFile::Group::over)) {
    try {
      t.over = parse_shape(over->value->str());
    } catch (const SyntaxError& e) {
      over->file->fail(*over->value, e.what(), e.offset() + 1);
    }
  } else t.over = {Expression::parse("batch"), Expression::parse("seq")};
  for (const Expression& e : t.over) checked(e, source.text);

  if (!t.kind) t.tensors.emplace_back("", parsed.tensor);
  else {
    const auto argument = [&](std::string_view n) -> const Expression* {
      for (std::size_t i = 0; i < t.arguments.size(); ++i)
        if (t.kind->parameters[i].name == n) return &t.arguments[i];
      return nullptr;
    };
    for (const auto& [suffix, spec] : t.kind->tensors) {
      TensorSpec own{spec.dtype, {}, spec.when.substitute(argument)};
      for (const Expression& e : spec.shape) own.shape.push_back(e.substitute(argument));
      t.tensors.emplace_back(suffix, std::move(own));
    }
  }
  return t;
}

void FamilyCompiler::templates() {
  out_->templates_.reserve(file_.lines.size());
  for (const auto& l : file_.lines) out_->templates_.push_back(line(l));
  for (const auto& t : out_->templates_)  // what an include brings in is not known by path here
    if (out_->includes_.empty() && !t.same_as.empty() && std::none_of(out_->templates_.begin(), out_->templates_.end(), [&](const auto& o) { return o.path == t.same_as; }))
      t.line.file->fail(*t.line.value, "'same as' names " + t.same_as + ", and no line stands at that path", t.line.value->str().find("same") + 1);
}

// Two lines must not name the same tensor, unless each stands under a label and a condition of its own. Patterns are compared piece by piece: runs of digits against runs of digits, where a
// hole meets any number; all else literally.
void FamilyCompiler::check_overlaps() const {
  struct Entry { Family::Template* t; std::vector<std::string> numbers; };  // "" for a hole
  std::unordered_map<std::string, std::vector<Entry>> buckets;
  for (auto& t : out_->templates_)
    for (const auto& [suffix, spec] : t.tensors) {
      std::string key;
      Entry entry{&t, {}};
      const auto text = [&](const std::string& s) {
        for (std::size_t i = 0; i < s.size();) {
          if (s[i] < '0' || s[i] > '9') { key += s[i++]; continue; }
          std::size_t end = i;
          while (end < s.size() && s[end] >= '0' && s[end] <= '9') ++end;
          entry.numbers.push_back(s.substr(i, end - i));
          key += '#';
          i = end;
        }
      };
      for (std::size_t h = 0; h < t.pattern.texts.size(); ++h) {
        if (h) key += '#', entry.numbers.emplace_back();
        text(t.pattern.texts[h]);
      }
      if (!suffix.empty()) text("." + suffix);
      for (const Entry& other : buckets[key]) {
        bool same = true;
        for (std::size_t i = 0; i < entry.numbers.size(); ++i)
          same &= entry.numbers[i].empty() || other.numbers[i].empty() || entry.numbers[i] == other.numbers[i];
        const bool either = t.path == other.t->path && t.label != other.t->label && !t.when.empty() && !other.t->when.empty();
        if (same && either) t.shares_names = other.t->shares_names = true;
        if (same && !either)
          t.line.file->fail_key(*t.line.value, t.path + (suffix.empty() ? "" : "." + suffix) + " and " + other.t->path + " (" + other.t->line.where() + ") name the same tensor");
      }
      buckets[key].push_back(std::move(entry));
    }
}

std::shared_ptr<const Family> Family::compile(const FamilyFile& file, std::shared_ptr<const Vocabulary> vocabulary, const Load& load) {
  return FamilyCompiler(file, std::move(vocabulary), load).run();
}

std::string Family::where() const { return files_.front()->name(); }

std::string Family::origin() const {
  return files_.size() < 2 ? name_ : std::filesystem::path(files_.back()->name()).stem().string();
}

std::string Family::comment() const {
  std::string out;
  std::string_view text = files_.front()->text();
  while (!text.empty() && text[0] == '#') {
    const std::size_t end = text.find('\n');
    std::string_view l = text.substr(1, end == std::string_view::npos ? end : end - 1);
    while (!l.empty() && l[0] == ' ') l.remove_prefix(1);
    out += (out.empty() ? "" : " ") + std::string(l);
    text.remove_prefix(end == std::string_view::npos ? text.size() : end + 1);
  }
  return out;
}

const Value* Family::default_of(std::string_view key) const {
  const auto it = defaults_.find(key);
  return it == defaults_.end() ? nullptr : it->second;
}

const Family::Meaning* Family::meaning(std::string_view name) const {
  const auto it = names_.find(name);
  return it == names_.end() ? nullptr : &it->second;
}

IndexSet Family::needs(const Expression& e) const {
  IndexSet out = 0;
  for (std::string_view n : e.names()) {
    const Meaning* m = meaning(n);
    if (!m) continue;
    if (m->index >= 0) out |= IndexSet{1} << m->index;
    else if (m->derived >= 0) out |= derived_[static_cast<std::size_t>(m->derived)].needs;
  }
  return out;
}

}  // namespace modelsig::families
