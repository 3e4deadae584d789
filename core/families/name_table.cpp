#include "core/families/name_table.hpp"

#include <algorithm>

#include "core/families/lexer.hpp"

namespace modelsig::families {

namespace {

constexpr std::string_view kHole = "{layer}", kWeight = "weight";

// "vision/attn.q" -> "attn.q"
std::string_view without_part(std::string_view label) { return label.substr(label.find('/') == label.npos ? 0 : label.rfind('/') + 1); }

// The pattern of a name: its one hole is the line's outermost index. False if the line has not as many as the name.
bool place(const std::string& name, const Family::Template& line, Family::Pattern& out) {
  const std::size_t at = name.find(kHole);
  out.texts = {name.substr(0, at)};
  out.holes.clear();
  if (at == std::string::npos) return line.indices.empty();
  if (line.indices.size() != 1) return false;
  out.texts.push_back(name.substr(at + kHole.size()));
  out.holes.push_back(line.indices[0]);
  return true;
}

// The innermost index, if there are two, becomes the first axis.
void stack(const Family& family, Family::Template& line, TensorSpec& spec) {
  if (line.indices.size() != 2) return;
  spec.shape.insert(spec.shape.begin(), family.indices()[line.indices[1]].count);
  line.indices.pop_back();
}

}  // namespace

NameTable NameTable::read(const TomlFile& file, const RoleVocabulary& roles) {
  NameTable out;
  const auto check = [&](const Member& m) {
    if (roles.split(without_part(m.key)).role.empty()) file.fail_key(m.value, "no role '" + std::string(m.key) + "'");
  };
  const auto table = [&](const Value& section, Table& into) {
    for (const Member& m : section.members()) {
      check(m);
      if (!(m.value.is(Kind::boolean) && !m.value.boolean())) into[std::string(m.key)] = file.texts(m.value);
      else into[std::string(m.key)] = {};
    }
  };
  for (const Member& section : file.root().members()) {
    if (section.key == "roles") table(section.value, out.roles_);
    else if (section.key == "tensors") table(section.value, out.tensors_);
    else if (section.key == "stacked") table(section.value, out.stacked_);
    else if (section.key == "turned") for (const std::string& kind : file.texts(section.value)) out.turned_.insert(kind);
    else if (section.key == "only") for (const Member& family : section.value.members()) table(family.value, out.only_[std::string(family.key)]);
    else if (section.key == "split") {
      for (const Value& item : section.value.items()) {
        Split split;
        split.label = item["role"].str();
        if (roles.split(without_part(split.label)).role.empty()) file.fail(item, "a [[split]] needs the role that it is of, '" + split.label + "' is none");
        if (const Value* only = item.find("only")) for (std::string& f : file.texts(*only)) split.only.insert(std::move(f));
        split.always = item["always"].boolean(false);
        for (const Value& piece : item["into"].items()) {
          Piece p{std::string(piece["role"].str()), std::string(piece["name"].str()), {}};
          if (roles.split(p.label).role.empty()) file.fail(piece, "no role '" + p.label + "'");
          try {
            p.shape = parse_shape(piece["shape"].str());
          } catch (const SyntaxError& error) {
            file.fail(piece["shape"], error.what(), error.offset() + 1);
          }
          split.into.push_back(std::move(p));
        }
        out.splits_.push_back(std::move(split));
      }
    } else file.fail_key(section.value, "a names file has turned, [roles], [tensors], [stacked], [[split]] and [only.FAMILY], not [" + std::string(section.key) + "]");
  }
  return out;
}

const NameTable::Split* NameTable::split_of(const Family& family, const Family::Template& line, std::string_view label) const {
  for (const Split& s : splits_)
    if (s.label == label && (s.only.empty() || s.only.contains(family.name()) || s.only.contains(line.family))) return &s;
  return nullptr;
}

const NameTable::Names* NameTable::names_of(const Family& family, const Family::Template& line, std::string_view label) const {
  for (std::string_view name : {std::string_view(family.name()), std::string_view(line.family)})
    if (const auto f = only_.find(name); f != only_.end())
      if (const auto it = f->second.find(label); it != f->second.end()) return &it->second;
  for (const Table* table : {&stacked_, &roles_})
    if (const auto it = table->find(label); it != table->end()) return &it->second;
  return nullptr;
}

std::vector<NameTable::Spelled> NameTable::spell(const Family& family, const Family::Template& line, std::string_view label_part) const {
  std::vector<Spelled> out;
  const std::string role = std::string(label_part) + line.role;
  for (const auto& [own_suffix, spec] : line.tensors) {
    const std::string suffix = !own_suffix.empty() ? own_suffix : line.suffix.empty() ? std::string(kWeight) : line.suffix;
    const std::string label = suffix == kWeight ? role : role + "." + suffix;
    const auto add = [&](const std::string& name, TensorSpec with, bool stacks) -> Spelled* {
      Spelled s;
      s.line = line;
      if (stacks) stack(family, s.line, with);
      if (!place(name, s.line, s.line.pattern)) return nullptr;
      s.line.path = name;
      s.line.tensors = {{"", std::move(with)}};
      s.label_role = line.role;
      s.label_suffix = suffix;
      out.push_back(std::move(s));
      return &out.back();
    };
    const Split* split = split_of(family, line, label);
    if (split) {
      const auto axis = [&shape = spec.shape](std::string_view n) -> const Expression* {
        if (n.size() != 2 || n[0] != 'a' || n[1] < '0' || n[1] > '9') return nullptr;
        const std::size_t i = static_cast<std::size_t>(n[1] - '0');
        return i < shape.size() ? &shape[i] : nullptr;
      };
      for (const Piece& p : split->into) {
        TensorSpec with{spec.dtype, {}, spec.when};
        for (const Expression& e : p.shape) with.shape.push_back(e.substitute(axis));
        Spelled* s = add(p.name, std::move(with), true);
        if (!s) continue;
        const auto words = family.vocabulary().roles.split(p.label);
        s->label_role = words.role;
        s->label_suffix = words.suffix.empty() ? std::string(kWeight) : std::string(words.suffix);
        s->piece = true;
        if (!split->always) s->split = label;
      }
      if (split->always) continue;
    }
    TensorSpec stored = spec;
    if (line.kind && suffix == kWeight && turned_.contains(line.kind->name)) std::reverse(stored.shape.begin(), stored.shape.end());
    const auto whole = tensors_.find(label);
    const Names* names = whole != tensors_.end() ? &whole->second : names_of(family, line, role);
    bool first = true;
    for (std::size_t i = 0; names && i < names->size(); ++i) {
      Spelled* s = add(whole != tensors_.end() ? (*names)[i] : (*names)[i] + "." + suffix, stored, stacked_.contains(role));
      if (!s) continue;
      s->first = first;
      first = false;
      if (split) s->split = label;
    }
  }
  return out;
}

}  // namespace modelsig::families
