#include "core/families/quant_scheme.hpp"

#include <re2/re2.h>

#include <algorithm>

#include "core/families/lexer.hpp"

namespace modelsig::families {

std::vector<std::string> cut(std::string_view text, char at) {
  std::vector<std::string> out;
  while (true) {
    const std::size_t end = text.find(at);
    out.emplace_back(text.substr(0, end));
    if (end == std::string_view::npos) return out;
    text.remove_prefix(end + 1);
  }
}

const Value* follow(const Value& config, const std::vector<std::string>& steps) {
  const Value* v = &config;
  for (const std::string& step : steps) {
    v = v->find(step);
    if (!v) return nullptr;
  }
  return v;
}

namespace {

constexpr std::size_t kMaxSkipped = 100000;

QuantScheme scheme(const TomlFile& file, const Member& m, const RoleVocabulary& roles) {
  QuantScheme out;
  out.name = m.key;
  out.where = file.where(m.value);
  const auto role_list = [&](const Value& list) {
    for (const std::string& r : file.texts(list))
      if (roles.split(r).role.empty()) file.fail(list, "no role '" + r + "'");
    return file.texts(list);
  };
  for (const Member& e : m.value.members()) {
    if (e.key == "when") out.when = Expression::parse(file, e.value);
    else if (e.key == "keep") out.keep = role_list(e.value);
    else if (e.key == "only") out.only = role_list(e.value);
    else if (e.key == "keep_parts") out.keep_parts = file.texts(e.value);
    else if (e.key == "opaque") {
      if (!e.value.is(Kind::boolean)) file.fail(e.value, "opaque is true or false");
      out.opaque = e.value.boolean();
    } else if (e.key == "store") {
      for (const Member& kind : e.value.members()) {
        auto& stored = out.store[std::string(kind.key)];
        for (const Member& s : kind.value.members()) {
          if (!s.value.is(Kind::string)) file.fail(s.value, "what is stored is a text: DTYPE [shape] when condition");
          try {
            stored.emplace_back(std::string(s.key.substr(0, s.key.find('#'))), TensorSpec::parse(s.value.str()));
          } catch (const SyntaxError& error) {
            file.fail(s.value, error.what(), error.offset() + 1);
          }
        }
      }
    } else file.fail_key(e.value, "a scheme has no '" + std::string(e.key) + "'; it has when, keep, keep_parts, only, opaque, store");
  }
  if (!out.when) file.fail_key(m.value, "scheme " + out.name + " needs a 'when'");
  return out;
}

// `*` any text, `?` one character, [..] as in a shell
std::string from_glob(std::string_view glob) {
  std::string out;
  for (char c : glob) {
    if (c == '*') out += ".*";
    else if (c == '?') out += '.';
    else out += re2::RE2::QuoteMeta(std::string(1, c));
  }
  return out;
}

}  // namespace

void QuantTable::read(const TomlFile& file, const RoleVocabulary& roles) {
  for (const Member& section : file.root().members()) {
    if (section.key == "config") {
      for (const Member& m : section.value.members()) {
        Name name{std::string(m.key), {}};
        for (const std::string& key : file.texts(m.value)) name.keys.push_back(cut(key, '.'));
        std::erase_if(names_, [&](const Name& n) { return n.name == name.name; });
        names_.push_back(std::move(name));
      }
    } else if (section.key == "scheme") {
      for (const Member& m : section.value.members()) {
        std::erase_if(schemes_, [&](const QuantScheme& s) { return s.name == m.key; });
        schemes_.push_back(scheme(file, m, roles));
      }
    } else if (section.key == "groups") {
      for (const Member& m : section.value.members()) {
        if (m.key == "at") {
          groups_.clear();
          for (const std::string& key : file.texts(m.value)) groups_.push_back(cut(key, '.'));
        } else if (m.key == "targets") targets_ = m.value.str();
        else if (m.key == "whole") whole_ = file.texts(m.value);
        else file.fail_key(m.value, "[groups] has at, targets and whole, not '" + std::string(m.key) + "'");
      }
    } else file.fail_key(section.value, "a file of schemes has [config], [groups] and [scheme.*], not [" + std::string(section.key) + "]");
  }
}

namespace {

constexpr std::size_t kMaxGroups = 64, kMaxTargets = 100000;

re2::RE2::Options quiet() {
  re2::RE2::Options out;
  out.set_log_errors(false);
  out.set_never_capture(true);
  return out;
}

// What the names of [config] stand for, seen from one group.
std::unordered_map<std::string_view, Value> values_of(const QuantTable& table, const Value& config, const std::string& group, bool& any) {
  std::unordered_map<std::string_view, Value> out;
  for (const QuantTable::Name& n : table.names()) {
    Value value;
    for (auto key : n.keys) {
      std::replace(key.begin(), key.end(), std::string("*"), group);
      const Value* v = follow(config, key);
      if (v && !v->is(Kind::null)) { value = *v; break; }
    }
    any |= !value.is(Kind::null);
    out.emplace(n.name, value);
  }
  return out;
}

}  // namespace

std::shared_ptr<const ActiveScheme> ActiveScheme::pick(std::shared_ptr<const QuantTable> table, const Value& config) {
  auto out = std::make_shared<ActiveScheme>();
  const Value* groups = nullptr;
  for (const auto& key : table->groups())
    if (!groups) groups = follow(config, key);
  const bool several = groups && groups->is(Kind::object) && groups->size() > 0;
  if (several && groups->size() > kMaxGroups) throw Error("it has " + std::to_string(groups->size()) + " groups of modules, more than " + std::to_string(kMaxGroups), MS_LIMIT);
  for (std::size_t i = 0; i < (several ? groups->size() : 1); ++i) {
    bool any = false;
    const auto values = values_of(*table, config, several ? std::string(groups->key(i)) : "", any);
    if (!any) return nullptr;
    const auto look = [&](std::string_view name) {
      const auto it = values.find(name);
      return it == values.end() ? Value() : it->second;
    };
    Group group;
    for (const QuantScheme& s : table->schemes())
      if (s.when.holds(look)) {
        group.scheme = &s;
        break;
      }
    if (!group.scheme) continue;  // a group of activations only
    for (const auto& [name, value] : values) group.constants.emplace(name, Expression::literal(value));
    std::size_t targets = 0;
    bool whole = true;
    if (several)
      for (const Value& v : groups->at(i)[table->targets()].items()) {
        const std::string_view text = v.str();
        if (text.empty() || ++targets > kMaxTargets) continue;
        whole &= table->is_whole(text);
        if (text.substr(0, 3) != "re:") group.names.emplace(text);
        else if (auto re = std::make_shared<re2::RE2>("(?:" + std::string(text.substr(3)) + ").*", quiet()); re->ok()) group.patterns.push_back(std::move(re));
      }
    out->targeted_ |= !whole;
    out->groups_.push_back(std::move(group));
    if (out->groups_.size() == 1) out->leave_alone(look("skip"));
  }
  if (out->groups_.empty()) return nullptr;
  out->targeted_ |= out->groups_.size() > 1;
  out->table_ = std::move(table);
  return out;
}

void ActiveScheme::leave_alone(const Value& list) {
  std::string patterns;
  std::size_t listed = 0;
  for (const Value& v : list.items()) {
    const std::string_view text = v.str();
    if (text.empty() || ++listed > kMaxSkipped) continue;
    const bool regex = text.substr(0, 3) == "re:";
    if (!regex && text.find_first_of("*?") == std::string_view::npos) {
      longest_ = std::max(longest_, 1 + static_cast<std::size_t>(std::count(text.begin(), text.end(), '.')));
      exact_.emplace(text);
      continue;
    }
    const std::string pattern = regex ? "(?:" + std::string(text.substr(3)) + ").*" : from_glob(text);
    if (re2::RE2(pattern, quiet()).ok()) patterns += (patterns.empty() ? "" : "|") + pattern;  // one nobody can read excludes nothing
  }
  if (patterns.empty()) return;
  auto all = std::make_shared<re2::RE2>(patterns, quiet());
  if (!all->ok()) throw Error("the list of modules left alone is too large to be read as patterns", MS_LIMIT);
  patterns_ = std::move(all);
}

std::string ActiveScheme::name() const {
  std::vector<std::string_view> names;
  for (const Group& g : groups_)
    if (std::find(names.begin(), names.end(), g.scheme->name) == names.end()) names.push_back(g.scheme->name);
  std::string out;
  for (const std::string_view n : names) out.append(out.empty() ? "" : " + ").append(n);
  return out;
}

bool ActiveScheme::opaque() const {
  return std::any_of(groups_.begin(), groups_.end(), [](const Group& g) { return g.scheme->opaque; });
}

const Expression* ActiveScheme::constant(std::size_t group, std::string_view name) const {
  const auto it = groups_[group].constants.find(std::string(name));
  return it == groups_[group].constants.end() ? nullptr : &it->second;
}

bool ActiveScheme::touches(std::size_t group, std::string_view role, std::string_view part) const {
  const QuantScheme& scheme = *groups_[group].scheme;
  const auto has = [](const std::vector<std::string>& list, std::string_view r) { return std::find(list.begin(), list.end(), r) != list.end(); };
  if (has(scheme.keep_parts, part.substr(0, part.find('/')))) return false;
  return !has(scheme.keep, role) && (scheme.only.empty() || has(scheme.only, role));
}

std::size_t ActiveScheme::group_of(std::string_view path, std::string_view class_name) const {
  if (skips(path)) return kNone;
  if (!targeted_) return 0;
  const re2::StringPiece piece(path.data(), path.size());
  const auto first = [&](const auto& holds) {
    const auto it = std::find_if(groups_.begin(), groups_.end(), holds);
    return it == groups_.end() ? kNone : static_cast<std::size_t>(it - groups_.begin());
  };
  std::size_t found = first([&](const Group& g) { return g.names.contains(path); });
  if (found == kNone) found = first([&](const Group& g) { return std::any_of(g.patterns.begin(), g.patterns.end(), [&](const auto& p) { return re2::RE2::FullMatch(piece, *p); }); });
  if (found == kNone) found = first([&](const Group& g) { return g.names.contains(class_name); });
  return found;
}

// A listed name leaves alone the module of that path, everything below it, and every module whose path contains it between
// dots: engines differ (prefix, suffix, substring), and between dots all of them agree.
bool ActiveScheme::skips(std::string_view path) const {
  if (!exact_.empty()) {
    std::vector<std::size_t> starts{0};
    for (std::size_t i = 0; i < path.size(); ++i)
      if (path[i] == '.') starts.push_back(i + 1);
    for (std::size_t a = 0; a < starts.size(); ++a)
      for (std::size_t n = 1; n <= longest_ && a + n <= starts.size(); ++n) {
        const std::size_t end = a + n < starts.size() ? starts[a + n] - 1 : path.size();
        if (exact_.contains(path.substr(starts[a], end - starts[a]))) return true;
      }
  }
  return patterns_ && re2::RE2::FullMatch(re2::StringPiece(path.data(), path.size()), *patterns_);
}

}  // namespace modelsig::families
