#include "core/families/learn/condition_solver.hpp"

#include <algorithm>
#include <functional>
#include <set>

namespace modelsig::families::learn {

namespace {

constexpr std::size_t kMaxTests = 600;
constexpr double kLiteral = 3;          // a number that no config says
constexpr const char* kSaysNothing = "no config value says so";

std::string quoted(const Value& v) {
  if (v.is(Kind::string)) return "'" + std::string(v.str()) + "'";
  if (v.is(Kind::boolean)) return v.boolean() ? "true" : "false";
  return std::to_string(v.i64());
}

bool plain(const Value& v) {
  return v.is(Kind::boolean) || v.is(Kind::integer) || (v.is(Kind::string) && v.str().find_first_of("'\n\\") == std::string_view::npos);
}

}  // namespace

std::vector<ConditionSolver::Test> ConditionSolver::tests(const Presence& there, const std::string& index, const std::string& count, const std::string& path) const {
  std::vector<Test> out;
  bool literal = false;
  const auto add = [&](std::string text, double cost, const std::function<bool(std::size_t, std::int64_t)>& test) {
    std::string holds;
    for (std::size_t s = 0; s < there.size(); ++s)
      for (std::size_t i = 0; i < there[s].size(); ++i) holds += test(s, static_cast<std::int64_t>(i)) ? '1' : '0';
    const bool decides = holds.find('1') != std::string::npos && holds.find('0') != std::string::npos;
    if (decides && out.size() < kMaxTests) out.push_back({std::move(text), cost, std::move(holds), literal});
  };
  const auto value = [](const Quantity& q, std::size_t s) { return q.values[s]; };
  const auto by_layer = [&](const std::string& number, double cost, const std::function<std::int64_t(std::size_t)>& k) {
    for (std::size_t s = 0; s < there.size(); ++s)
      if (!there[s].empty() && (k(s) < 0 || k(s) > static_cast<std::int64_t>(there[s].size()))) return;  // beyond the last layer it decides nothing
    const auto divides = [k](std::size_t s, std::int64_t i) { return k(s) > 0 && i % k(s) == 0; };
    add(index + " >= " + number, cost, [&](std::size_t s, std::int64_t i) { return i >= k(s); });
    add(index + " < " + number, cost, [&](std::size_t s, std::int64_t i) { return i < k(s); });
    add(index + " == " + number, cost + 0.3, [&](std::size_t s, std::int64_t i) { return i == k(s); });
    add("(" + index + " + 1) % " + number + " == 0", cost + 0.2, [&](std::size_t s, std::int64_t i) { return divides(s, i + 1); });
    add("(" + index + " + 1) % " + number + " != 0", cost + 0.2, [&](std::size_t s, std::int64_t i) { return !divides(s, i + 1); });
    add(index + " % " + number + " == 0", cost + 0.2, [&](std::size_t s, std::int64_t i) { return divides(s, i); });
    add(index + " % " + number + " != 0", cost + 0.2, [&](std::size_t s, std::int64_t i) { return !divides(s, i); });
  };
  for (const Quantity& q : quantities_.all()) {
    const double cost = (habits_.decides(q.name) ? 1 : q.size ? 2.2 : q.known ? 1.5 : 1.7) - 0.3 * std::min(2u, related(q.key.substr(q.key.rfind('.') + 1), path));
    std::set<std::string> values, items;
    bool none = false, lists = false, numbers = true;   // numbers: in every sample that has the index
    for (std::size_t s = 0; s < there.size(); ++s) {
      const Value& v = q.values[s];
      none |= v.is(Kind::null);
      numbers &= there[s].empty() || v.is(Kind::integer);
      if (plain(v)) values.insert(quoted(v));
      if (!v.is(Kind::array)) continue;
      lists = true;
      for (const Value& item : v.items())
        if (plain(item)) items.insert(quoted(item));
    }
    if (index.empty() || there.size() > 1) {  // flags
      if (none) add(q.name + " == none", cost + 0.2, [&](std::size_t s, std::int64_t) { return value(q, s).is(Kind::null); });
      if (none) add(q.name + " != none", cost + 0.2, [&](std::size_t s, std::int64_t) { return !value(q, s).is(Kind::null); });
      const bool flag = std::none_of(q.values.begin(), q.values.end(), [](const Value& v) { return v.is(Kind::integer) || v.is(Kind::string); });
      add(q.name, cost + (flag ? 0 : 0.6), [&](std::size_t s, std::int64_t) { return Expression::truth(value(q, s)); });
      add("not " + q.name, cost + (flag ? 0 : 0.6), [&](std::size_t s, std::int64_t) { return !Expression::truth(value(q, s)); });
      for (const std::string& v : values)
        if (v != "true" && v != "false") add(q.name + " == " + v, cost + 0.5, [&](std::size_t s, std::int64_t) { return plain(value(q, s)) && quoted(value(q, s)) == v; });
    }
    if (index.empty()) continue;
    if (lists) {
      add(index + " in " + q.name, cost - 0.2, [&](std::size_t s, std::int64_t i) {
        const auto list = value(q, s).items();
        return std::any_of(list.begin(), list.end(), [&](const Value& v) { return v.is(Kind::integer) && v.i64() == i; });
      });
      add(index + " not in " + q.name, cost - 0.2, [&](std::size_t s, std::int64_t i) {
        const auto list = value(q, s).items();
        return std::none_of(list.begin(), list.end(), [&](const Value& v) { return v.is(Kind::integer) && v.i64() == i; });
      });
      bool each = true;  // a place for every layer
      for (std::size_t s = 0; s < there.size(); ++s) each &= there[s].empty() || (value(q, s).size() >= there[s].size() && there[s].size() > 1);
      if (each) for (const std::string& item : items)
        add(q.name + "[" + index + "] == " + item, cost - 0.4, [&](std::size_t s, std::int64_t i) {
          const Value v = value(q, s);
          return static_cast<std::size_t>(i) < v.size() && plain(v.at(static_cast<std::size_t>(i))) && quoted(v.at(static_cast<std::size_t>(i))) == item;
        });
    }
    if (numbers && q.name != count) {
      by_layer(q.name, cost + (habits_.by_index(q.name) ? 0 : 1), [&](std::size_t s) { return value(q, s).i64(); });
      for (const Quantity& offset : quantities_.all()) {  // every so many layers, from the offset on
        if (&offset == &q || !offset.values[0].is(Kind::integer)) continue;
        add(index + " % " + q.name + " == " + offset.name, cost + (habits_.decides(offset.name) ? 1 : offset.size ? 2.2 : 1.7) - 0.8 * related(q.key, offset.key) / 3, [&](std::size_t s, std::int64_t i) {
          const std::int64_t every = value(q, s).i64();
          return every > 1 && value(offset, s).i64() < every && i % every == value(offset, s).i64();
        });
      }
    }
  }
  if (!index.empty()) {
    literal = true;
    const auto last = [&](std::size_t s) { return static_cast<std::int64_t>(there[s].size()) - 1; };
    if (!count.empty()) add(index + " == " + count + " - 1", kLiteral - 0.6, [&](std::size_t s, std::int64_t i) { return i == last(s); });
    if (!count.empty()) add(index + " < " + count + " - 1", kLiteral - 0.6, [&](std::size_t s, std::int64_t i) { return i < last(s); });
    add(index + " == 0", kLiteral - 0.9, [](std::size_t, std::int64_t i) { return i == 0; });
    add(index + " > 0", kLiteral - 0.9, [](std::size_t, std::int64_t i) { return i > 0; });
    for (const std::int64_t k : {1, 2, 3, 4, 5, 6, 8}) by_layer(std::to_string(k), kLiteral, [k](std::size_t) { return k; });
  }
  return out;
}

Answer ConditionSolver::solve(const Presence& there, const std::string& index, const std::string& count, const std::string& path) const {
  std::string wanted;
  for (const auto& sample : there)
    for (const bool is : sample) wanted += is ? '1' : '0';
  if (wanted.find('0') == std::string::npos) return {};
  const auto all = tests(there, index, count, path);
  std::vector<Answer> found;
  for (const Test& t : all)
    if (t.holds == wanted) found.push_back({t.text, t.cost, t.literal ? kSaysNothing : ""});
  if (found.empty()) {
    for (std::size_t a = 0; a < all.size(); ++a)
      for (std::size_t b = a + 1; b < all.size(); ++b) {
        bool both = true, either = true;
        for (std::size_t i = 0; i < wanted.size() && (both || either); ++i) {
          const bool x = all[a].holds[i] == '1', y = all[b].holds[i] == '1', want = wanted[i] == '1';
          both &= (x && y) == want;
          either &= (x || y) == want;
        }
        const char* doubt = all[a].literal || all[b].literal ? kSaysNothing : "";
        if (both) found.push_back({all[a].text + " and " + all[b].text, all[a].cost + all[b].cost + 0.5, doubt});
        if (either) found.push_back({all[a].text + " or " + all[b].text, all[a].cost + all[b].cost + 0.6, doubt});
      }
  }
  std::sort(found.begin(), found.end(), [](const Answer& a, const Answer& b) { return a.cost < b.cost || (a.cost == b.cost && a.text < b.text); });
  if (found.empty()) {  // as it is
    std::string list;
    for (std::size_t s = 0; s < there.size() && list.empty(); ++s)
      for (std::size_t i = 0; i < there[s].size(); ++i)
        if (there[s][i]) list += (list.empty() ? "" : ", ") + std::to_string(i);
    if (index.empty()) return {"false", kLiteral, "nothing in the configs says which of the samples have it"};
    return {index + " in [" + list + "]", kLiteral, "nothing in the config says which layers have it"};
  }
  Answer best = found.front();
  std::size_t also = 0;
  for (const Answer& other : found) {
    if (&other == &found.front() || other.cost > best.cost + 0.25 || also == 3) continue;
    best.doubt += (also ? ", " : best.doubt.empty() ? "or " : "; or ") + other.text;
    ++also;
  }
  return best;
}

}  // namespace modelsig::families::learn
