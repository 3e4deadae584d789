#include "core/families/learn/size_solver.hpp"

#include <algorithm>
#include <cctype>
#include <map>

namespace modelsig::families::learn {

namespace {

constexpr std::int64_t kLimit = std::int64_t{1} << 40;  // no axis is longer
constexpr std::size_t kMaxNames = 96;
constexpr double kSmallNumber = 2.3, kNumber = 20, kClose = 0.6;

bool fits(const Sizes& values, const Sizes& target) {
  for (std::size_t s = 0; s < target.size(); ++s)
    if (target[s] != kAbsent && values[s] != target[s]) return false;
  return true;
}

// a op b in every sample; kAbsent where either is or the result is none
template <class Op>
Sizes each(const Sizes& a, const Sizes& b, Op op) {
  Sizes out(a.size(), kAbsent);
  for (std::size_t s = 0; s < a.size(); ++s)
    if (a[s] > 0 && b[s] > 0) out[s] = op(a[s], b[s]);
  return out;
}

std::int64_t times(std::int64_t a, std::int64_t b) { return a > kLimit / b ? kAbsent : a * b; }
std::int64_t parts(std::int64_t a, std::int64_t b) { return a > b && a % b == 0 ? a / b : kAbsent; }

bool simpler(const Answer& a, const Answer& b) {
  if (a.cost != b.cost) return a.cost < b.cost;
  return a.text.size() != b.text.size() ? a.text.size() < b.text.size() : a.text < b.text;
}

std::vector<std::string> words(std::string_view text) {
  std::vector<std::string> out(1);
  for (const char c : text) {
    if (std::isalpha(static_cast<unsigned char>(c))) out.back() += static_cast<char>(std::tolower(static_cast<unsigned char>(c)));
    else if (!out.back().empty()) out.emplace_back();
  }
  return out;
}

}  // namespace

unsigned related(std::string_view a, std::string_view b) {
  const auto theirs = words(b);
  unsigned out = 0;
  for (const std::string& x : words(a))
    out += std::any_of(theirs.begin(), theirs.end(), [&](const std::string& y) {
      std::size_t same = 0;
      while (same < x.size() && same < y.size() && x[same] == y[same]) ++same;
      return same >= 3 && 2 * same >= std::min(x.size(), y.size());
    });
  return out;
}

SizeSolver::SizeSolver(const Quantities& quantities, const Habits& habits) : quantities_(quantities), habits_(habits) {
  const auto& all = quantities.all();
  for (const bool known : {true, false})  // the known ones first, for the limit
    for (std::size_t q = 0; q < all.size() && terms_.size() < kMaxNames; ++q) {
      if (all[q].known != known) continue;
      const auto same = [&](const Quantity& other) {  // kv_heads where only heads are said
        return !other.derived && std::equal(other.values.begin(), other.values.end(), all[q].values.begin(), Expression::equal);
      };
      if (all[q].derived && std::any_of(all.begin(), all.end(), same)) continue;
      Sizes values, lengths;
      bool numbers = false, lists = false;
      for (const Value& v : all[q].values) {
        const bool number = v.is(Kind::integer) && v.i64() > 0 && v.i64() < kLimit;
        values.push_back(number ? v.i64() : kAbsent);
        lengths.push_back(v.is(Kind::array) && v.size() ? static_cast<std::int64_t>(v.size()) : kAbsent);
        numbers |= number, lists |= lengths.back() != kAbsent;
      }
      if (numbers) add(all[q].name, 0, {q}, 0, values);
      if (lists) add("len(" + all[q].name + ")", 0, {q}, 0.8, lengths);
    }
  names_ = terms_.size();
  products();
}

void SizeSolver::add(std::string text, int level, std::vector<std::size_t> parts_of, double cost, Sizes values) {
  if (std::all_of(values.begin(), values.end(), [](std::int64_t v) { return v == kAbsent; })) return;
  terms_.push_back({std::move(text), level, std::move(parts_of), cost, std::move(values)});
}

void SizeSolver::products() {
  const auto& all = quantities_.all();
  const std::size_t n = names_;
  const auto both = [&](std::size_t a, std::size_t b) { return std::vector<std::size_t>{terms_[a].parts[0], terms_[b].parts[0]}; };
  const auto apart = [&](std::size_t a, std::size_t b) {  // nobody has them in one size
    return a == b ? 1.5 : habits_.together(all[terms_[a].parts[0]].name, all[terms_[b].parts[0]].name) ? 0 : 0.8;
  };
  const auto number = [](std::int64_t k) { return [k](std::int64_t a, std::int64_t) { return times(a, k); }; };
  for (std::size_t a = 0; a < n; ++a)
    for (std::size_t b = a; b < n; ++b)
      add(terms_[a].text + "*" + terms_[b].text, 1, both(a, b), apart(a, b) + 0.3, each(terms_[a].values, terms_[b].values, times));
  for (std::size_t a = 0; a < n; ++a)
    for (const std::int64_t k : {2, 3, 4, 5, 6, 8})
      add(std::to_string(k) + "*" + terms_[a].text, 1, terms_[a].parts, k == 2 ? 0.7 : 1.1, each(terms_[a].values, terms_[a].values, number(k)));
  simple_ = terms_.size();
  for (std::size_t a = 0; a < n; ++a)
    for (std::size_t b = 0; b < n; ++b)
      if (a != b) add(terms_[a].text + "//" + terms_[b].text, 2, both(a, b), apart(a, b) + 0.9, each(terms_[a].values, terms_[b].values, parts));
  for (std::size_t a = 0; a < n; ++a) {
    for (const std::int64_t k : {2, 4, 8})
      add(terms_[a].text + "//" + std::to_string(k), 2, terms_[a].parts, 1.2, each(terms_[a].values, terms_[a].values, [k](auto x, auto) { return parts(x, k); }));
    for (const std::int64_t k : {1, 2})
      add(terms_[a].text + " + " + std::to_string(k), 2, terms_[a].parts, 1.3, each(terms_[a].values, terms_[a].values, [k](auto x, auto) { return x + k; }));
  }
  const std::size_t end = terms_.size();
  for (std::size_t t = n; t < simple_; ++t)  // k*a*b
    if (terms_[t].parts.size() == 2)
      for (const std::int64_t k : {2, 3, 4})
        add(std::to_string(k) + "*" + terms_[t].text, 1, terms_[t].parts, terms_[t].cost + (k == 2 ? 0.7 : 1.1), each(terms_[t].values, terms_[t].values, number(k)));
  for (std::size_t t = simple_; t < end; ++t) {  // (a//b)*c, and a grid with and without a place of its own
    if (terms_[t].parts.size() != 2) continue;
    for (std::size_t c = 0; c < n; ++c) {
      if (!all[terms_[c].parts[0]].size) continue;
      auto of = terms_[t].parts;
      of.push_back(terms_[c].parts[0]);
      add("(" + terms_[t].text + ")*" + terms_[c].text, 1, std::move(of), 1.3, each(terms_[t].values, terms_[c].values, times));
    }
    const std::string square = "(" + terms_[t].text + ")*(" + terms_[t].text + ")";
    const Sizes values = each(terms_[t].values, terms_[t].values, times);
    add(square, 1, terms_[t].parts, 1.3, values);
    add(square + " + 1", 2, terms_[t].parts, 1.7, each(values, values, [](auto x, auto) { return x + 1; }));
  }
  for (std::size_t a = 0; a < n; ++a)  // three names
    for (std::size_t b = a; b < n; ++b)
      for (std::size_t c = b; c < n; ++c) {
        const auto size = [&](std::size_t t) { return all[terms_[t].parts[0]].size; };
        if (!size(a) || !size(b) || !size(c)) continue;
        add(terms_[a].text + "*" + terms_[b].text + "*" + terms_[c].text, 1, {terms_[a].parts[0], terms_[b].parts[0], terms_[c].parts[0]}, 0.9,
            each(each(terms_[a].values, terms_[b].values, times), terms_[c].values, [](auto x, auto y) { return x == kAbsent ? kAbsent : times(x, y); }));
      }
}

double SizeSolver::price(const Quantity& q, const Query& query) const {
  double cost = q.size ? 1 : q.known ? 1.7 : 2;
  if (query.count) {
    cost = habits_.index_of(q.name).empty() ? cost + 0.4 : 0.8;
    if (!q.context.empty()) cost += related(q.context, query.path) ? -0.8 : 1;
  } else if (q.context != query.context) cost += 1;
  return cost - 0.3 * std::min(2u, related(q.key.substr(q.key.rfind('.') + 1), query.path));
}

double SizeSolver::price(const Term& term, const Query& query) const {
  double cost = term.cost;
  for (const std::size_t q : term.parts) cost += price(quantities_.all()[q], query);
  return cost;
}

// what families say of such a module
void SizeSolver::worded(const Query& query, std::vector<Answer>& out) const {
  std::map<std::string, std::size_t> said;
  const auto absent = [&](std::string_view n) {  // `x ?? hidden` where no sample has an x
    const Quantity* q = quantities_.find(n);
    return q && std::all_of(q->values.begin(), q->values.end(), [](const Value& v) { return v.is(Kind::null); });
  };
  for (const Expression& e : query.wordings) {
    const auto names = e.names();
    if (std::any_of(names.begin(), names.end(), [&](std::string_view n) { return absent(n); })) continue;
    Sizes values;
    for (std::size_t s = 0; s < query.target.size(); ++s) values.push_back(query.target[s] == kAbsent ? kAbsent : quantities_.whole(e, s));
    if (fits(values, query.target)) ++said[e.show()];
  }
  for (const auto& [text, times_said] : said) {
    const bool bare = text.find_first_not_of("0123456789") == std::string::npos;
    const double length = static_cast<double>(std::min<std::size_t>(text.size(), 200));
    out.push_back({text, (bare ? 0.9 : 0.4) - 0.1 * static_cast<double>(std::min<std::size_t>(times_said, 3)) + length / 1000, {}});
  }
}

// a + b, a | a | b: of names, products and multiples that other families make axes of
void SizeSolver::sums(const Query& query, std::vector<Answer>& out) const {
  std::vector<const Term*> usable;
  for (std::size_t t = 0; t < simple_; ++t) {
    const Term& term = terms_[t];
    if (std::all_of(term.parts.begin(), term.parts.end(), [&](std::size_t q) { return quantities_.all()[q].size && quantities_.all()[q].context == query.context; }))
      usable.push_back(&term);
  }
  for (const Term* a : usable)
    for (const std::int64_t repeat : {1, 2, 3})
      for (const Term* b : usable) {
        if (repeat == 1 && b < a) continue;
        if (repeat > 1 && a == b && repeat == 3) continue;
        bool ok = true;
        for (std::size_t s = 0; ok && s < query.target.size(); ++s)
          ok = query.target[s] == kAbsent || (a->values[s] > 0 && b->values[s] > 0 && repeat * a->values[s] + b->values[s] == query.target[s]);
        if (!ok) continue;
        std::string text;
        for (std::int64_t r = 0; r < repeat; ++r) text += a->text + " | ";
        out.push_back({text + b->text, price(*a, query) + price(*b, query) + 2 + 0.4 * static_cast<double>(repeat - 1), {}});
      }
}

Answer SizeSolver::solve(const Query& query) const {
  std::vector<Answer> found;
  worded(query, found);
  std::int64_t number = kAbsent;
  bool same = true;
  for (const std::int64_t t : query.target) {
    if (t == kAbsent) continue;
    same &= number == kAbsent || number == t;
    number = t;
  }
  if (same && number >= 0) found.push_back({std::to_string(number), number <= 1 && !query.count ? 0 : number <= 4 ? kSmallNumber : kNumber, {}});
  for (const Term& t : terms_)
    if (fits(t.values, query.target)) found.push_back({Expression::parse(t.text).show(), price(t, query), {}});
  std::sort(found.begin(), found.end(), simpler);
  if (found.empty() || found.front().cost > 3.2) {
    sums(query, found);
    std::sort(found.begin(), found.end(), simpler);
  }
  if (found.empty()) return {};
  Answer best = found.front();
  if (best.text == std::to_string(number) && number > 1) best.doubt = "no config value explains " + best.text;
  std::size_t also = 0;
  for (const Answer& other : found) {
    if (other.text == best.text || best.doubt.ends_with(" " + other.text) || other.cost > best.cost + kClose || also == 3 || number <= 1) continue;
    if (other.text == std::to_string(number) || other.text.find(" ?? ") != std::string::npos || other.text.find(" if ") != std::string::npos) continue;
    best.doubt += (best.doubt.empty() ? "" : also ? ", " : "; ") + std::string(also ? "" : std::to_string(number) + " is also ") + other.text;
    ++also;
  }
  return best;
}

}  // namespace modelsig::families::learn
