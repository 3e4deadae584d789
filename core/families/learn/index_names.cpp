#include "core/families/learn/index_names.hpp"

#include <algorithm>

#include "core/families/lexer.hpp"

namespace modelsig::families::learn {

namespace {

bool counts_something(const Answer& count, const Habits& habits) {
  if (count.text.empty()) return false;
  const auto expression = Expression::parse(count.text);
  const auto names = expression.names();
  return std::any_of(names.begin(), names.end(), [&](std::string_view n) { return !habits.index_of(n).empty(); });
}

std::size_t alike(const std::string& a, const std::string& b) {  // components that both begin with
  std::size_t n = 0;
  for (std::size_t i = 0; i < a.size() && i < b.size() && a[i] == b[i]; ++i)
    if (a[i] == '.') ++n;
  return n;
}

}  // namespace

bool IndexNames::is_index(const Hole& hole, const Habits& habits, const SizeSolver& sizes) {
  if (!hole.dense) return hole.values > 8 && hole.shared >= 0.5;
  const bool counted = counts_something(sizes.solve({hole.counts, "", hole.prefix, {}, true}), habits);
  if (hole.values == 1) return counted;
  if (counted && hole.shared >= 0.5) return true;
  return hole.kinds == 1 || (hole.kinds < hole.values && hole.values >= 4);
}

IndexNames::IndexNames(const Habits& habits, const Quantities& quantities, const SizeSolver& sizes, const std::vector<Hole>& holes) : holes_(holes) {
  for (const Hole& hole : holes) {
    Index index{{}, sizes.solve({hole.counts, "", hole.prefix, {}, true}), {}};
    const auto expression = Expression::parse(index.count.text);
    for (const std::string_view n : expression.names())
      if (const Quantity* q = quantities.find(n)) index.context = q->context;
    const auto same = std::find_if(indices_.begin(), indices_.end(), [&](const Index& other) { return other.count.text == index.count.text && !expression.names().empty(); });
    index.name = same == indices_.end() ? name_for(habits, quantities, hole, index) : same->name;
    indices_.push_back(std::move(index));
  }
}

std::string IndexNames::name_for(const Habits& habits, const Quantities& quantities, const Hole& hole, const Index& index) const {
  std::string name;
  const Expression count = Expression::parse(index.count.text);  // its names point into it
  for (const std::string_view n : count.names())
    if (name.empty()) name = habits.index_of(n);
  if (name.empty()) {  // what it is a list of
    std::string prefix = hole.prefix;
    while (!prefix.empty() && prefix.back() == '}') prefix.resize(prefix.rfind('.') == std::string::npos ? 0 : prefix.rfind('.'));
    for (const char c : prefix.substr(prefix.rfind('.') + 1)) name += std::isalnum(static_cast<unsigned char>(c)) ? c : '_';
    if (name.size() > 2 && name.back() == 's') name.pop_back();
    if (name.empty()) name = "index";
  }
  const auto taken = [&](const std::string& n) {
    const Family::Meaning* m = habits.root().meaning(n);
    return is_reserved(n) || quantities.find(n) || (m && m->index < 0) || std::any_of(indices_.begin(), indices_.end(), [&](const Index& i) { return i.name == n; });
  };
  if (taken(name) && !index.context.empty()) name = index.context.substr(0, index.context.find('_')) + "_" + name;
  if (!taken(name)) return name;
  for (std::size_t i = 2;; ++i)
    if (const std::string numbered = name + "_" + std::to_string(i); !taken(numbered)) return numbered;
}

std::vector<IndexNames::Index> IndexNames::distinct() const {
  std::vector<Index> out;
  for (const Index& i : indices_)
    if (std::none_of(out.begin(), out.end(), [&](const Index& o) { return o.name == i.name; })) out.push_back(i);
  return out;
}

std::string IndexNames::path(const std::string& with_numbers) const {
  std::string out;
  for (std::size_t i = 0; i < with_numbers.size(); ++i) {
    out += with_numbers[i];
    if (with_numbers[i] != '{') continue;
    const std::size_t end = with_numbers.find('}', i);
    out += indices_[std::stoull(with_numbers.substr(i + 1, end - i - 1))].name + "}";
    i = end;
  }
  return out;
}

std::string IndexNames::context(const Path& path) const {
  if (!path.holes.empty()) return indices_[path.holes.front()].context;
  std::size_t best = 0;
  std::string out;
  bool sure = true;
  for (std::size_t h = 0; h < holes_.size(); ++h) {
    if (holes_[h].prefix.find('{') != std::string::npos) continue;
    const std::size_t n = alike(path.text + ".", holes_[h].prefix + ".");
    if (n > best) best = n, out = indices_[h].context, sure = true;
    else if (n == best && n && out != indices_[h].context) sure = false;
  }
  return sure ? out : std::string();
}

}  // namespace modelsig::families::learn
