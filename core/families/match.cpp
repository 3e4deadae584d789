// Name -> template. Runs of digits are left out of the name; what is left finds the candidates in one lookup, then the numbers
// decide: a hole takes any, a literal digit ("layer.0.", "w1") only itself.
#include <algorithm>
#include <charconv>

#include "core/families/lexer.hpp"
#include "core/families/line_walker.hpp"

namespace modelsig::families {

namespace {

// calls number(text) for every run of digits and appends the rest to `key`, each run as '#'
template <class Number>
void collapse(std::string_view name, std::string& key, Number&& number) {
  for (std::size_t i = 0; i < name.size();) {
    std::size_t end = i;
    while (end < name.size() && !is_digit(name[end])) ++end;
    key.append(name.substr(i, end - i));
    if (end == name.size()) return;
    i = end;
    while (end < name.size() && is_digit(name[end])) ++end;
    key += '#';
    number(name.substr(i, end - i));
    i = end;
  }
}

constexpr std::uint8_t kLiteral = 255;

}  // namespace

void FamilyModel::Impl::index_names() {
  std::string key;
  const auto first_unpromised = [&](auto& bucket) {  // what is expected is what a name means first
    return std::find_if(bucket.begin(), bucket.end(), [&](const NameIndex::Entry& e) { return !lines[templates[e.id].module].promised; });
  };
  for (const AppliedLine& l : lines) {
    const auto put = [&](std::uint32_t id, const std::string& suffix) {
      NameIndex::Entry entry{id, NameIndex::kNone, {}, {}, {}};
      key.clear();
      const auto literal = [&](std::string_view n) {
        entry.numbers.emplace_back(n);
        entry.holes.push_back(kLiteral);
      };
      for (std::size_t h = 0; h < l.texts.size(); ++h) {
        if (h) {
          key += '#';
          entry.numbers.emplace_back();
          entry.holes.push_back(l.line->pattern.holes[h - 1]);
        }
        collapse(l.texts[h], key, literal);
      }
      collapse(suffix, key, literal);
      auto& bucket = names.buckets[key];
      // plain and packed under one name: which of the two a module has is for its path to say, or for the packed one if all are
      const auto twin = std::find_if(bucket.begin(), bucket.end(), [&](const NameIndex::Entry& e) { return templates[e.id].module == templates[id].module && e.numbers == entry.numbers; });
      if (twin == bucket.end()) bucket.insert(l.promised ? first_unpromised(bucket) : bucket.end(), std::move(entry));
      else {
        if (l.owner->scheme->by_path()) (templates[twin->id].scheme.empty() ? twin->plain : twin->others.emplace_back()) = twin->id;
        twin->id = id;
      }
    };
    for (std::size_t i = 0; i < l.plain.size(); ++i) put(l.plain[i].id, l.plain_suffixes[i]);
    for (std::size_t i = 0; i < l.packed.size(); ++i) put(l.packed[i].id, l.packed_suffixes[i]);
  }
}

// Of two lines with one path, is this the one that holds here?
bool FamilyModel::Impl::holds(const AppliedLine& l, const std::vector<std::uint64_t>& indices) const {
  Scope scope(*l.owner);
  for (std::size_t i = 0; i < indices.size(); ++i) scope.bind(l.line->indices[i], indices[i]);
  try {
    return std::all_of(l.line->when.begin(), l.line->when.end(), [&](const Family::Condition& c) { return c.when.holds(scope.lookup()); });
  } catch (const Error&) {  // said with the tensor's name when it is generated
    return false;
  }
}

TemplateMatch FamilyModel::match(std::string_view name) const {
  std::string key;
  std::array<std::string_view, 16> numbers;
  std::size_t count = 0;
  bool fits = true;
  collapse(name, key, [&](std::string_view n) {
    if (count == numbers.size()) fits = false;
    else numbers[count++] = n;
  });
  if (!fits) return {};
  const auto bucket = impl_->names.buckets.find(std::string_view(key));
  if (bucket == impl_->names.buckets.end()) return {};
  TemplateMatch first;
  for (const NameIndex::Entry& e : bucket->second) {
    std::array<std::uint64_t, Family::kMaxIndices> values{};
    IndexSet bound = 0;
    bool ok = e.numbers.size() == count;
    for (std::size_t i = 0; ok && i < count; ++i) {
      if (e.holes[i] == kLiteral) {
        ok = e.numbers[i] == numbers[i];
        continue;
      }
      std::uint64_t v = 0;
      ok = numbers[i].size() <= 18 && (numbers[i].size() == 1 || numbers[i][0] != '0');
      if (ok) std::from_chars(numbers[i].data(), numbers[i].data() + numbers[i].size(), v);
      if (ok && (bound >> e.holes[i] & 1)) ok = values[e.holes[i]] == v;  // one index, twice in a path
      values[e.holes[i]] = v;
      bound |= IndexSet{1} << e.holes[i];
    }
    if (!ok) continue;
    TemplateMatch out{&impl_->templates[e.id], {}};
    const AppliedLine& l = impl_->lines[out.tensor->module];
    for (std::uint8_t h : l.line->indices) out.indices.push_back(values[h]);
    if (e.plain != NameIndex::kNone || !e.others.empty()) {
      const auto of = [&](std::uint32_t id) -> const AppliedTensor& { return l.packed[id - l.packed.front().id]; };
      const std::string_view suffix = l.packed_suffixes[e.id - l.packed.front().id];
      const std::size_t group = l.packed_by(std::string(name.substr(0, name.size() - suffix.size())));
      for (const std::uint32_t other : e.others)
        if (of(other).group == group) out.tensor = &impl_->templates[other];
      if (group == ActiveScheme::kNone && e.plain != NameIndex::kNone) out.tensor = &impl_->templates[e.plain];
    }
    if (!l.line->shares_names || impl_->holds(l, out.indices)) return out;
    if (!first) first = std::move(out);
  }
  return first;
}

std::string FamilyModel::explain(const TemplateMatch& m) const {
  if (!m) return "no line of the family names it";
  const AppliedLine& l = impl_->lines[m.tensor->module];
  const Family::Template& t = *l.line;
  Scope scope(*l.owner);
  const auto decided = [&](const Expression& e) { return e.show() + " is false"; };
  try {
    for (std::size_t level = 0; level <= t.indices.size(); ++level) {
      for (const auto& c : t.when)
        if (level_of(t, c.needs) == level && !c.when.holds(scope.lookup())) return decided(c.when);
      if (level == t.indices.size()) break;
      const std::uint64_t n = scope.count(t.indices[level]);
      const std::string& index = l.owner->family->indices()[t.indices[level]].name;
      if (m.indices[level] >= n) return index + " " + std::to_string(m.indices[level]) + " is not below " + std::to_string(n) + " (" + l.owner->family->indices()[t.indices[level]].count.show() + ")";
      scope.bind(t.indices[level], m.indices[level]);
    }
    if (!t.same_as.empty() && (!t.same_if || t.same_if.holds(scope.lookup())))
      return "its tensors are those of " + t.same_as + (t.same_if ? " because " + t.same_if.show() : "");
    std::string path;
    fill(path, l, scope);
    const std::size_t group = l.packed_by(path);
    const bool packs = group != ActiveScheme::kNone;
    for (const auto* list : {&l.plain, &l.packed})
      for (const AppliedTensor& a : *list) {
        if (a.id != m.tensor->id) continue;
        if (packs && (m.tensor->scheme.empty() || a.group != group)) return "the scheme " + l.owner->scheme->scheme(group).name + " stores something else";
        if (!packs && !m.tensor->scheme.empty()) return "the config leaves this module out of " + m.tensor->scheme;
        if (a.spec.when && !a.spec.when.holds(scope.lookup())) return decided(a.spec.when);
      }
  } catch (const Error& e) {
    return e.what();
  }
  return {};
}

}  // namespace modelsig::families
