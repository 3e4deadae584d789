#include "blocks.hpp"

#include <algorithm>
#include <map>
#include <set>

namespace {

constexpr std::size_t kUnknown = SIZE_MAX;

class Order {                         // rule table "module_order"
 public:
  explicit Order(const ms::Call& call) {
    for (ms::Node rule : call.rules("module_order").items())
      for (ms::Node role : rule["roles"].items()) place_.try_emplace(std::string(role.str()), place_.size());
  }
  std::size_t of(std::string_view role) const {
    auto it = place_.find(std::string(role));
    if (it == place_.end()) it = place_.find(std::string(role.substr(0, role.find('.'))));
    return it == place_.end() ? kUnknown : it->second;
  }

 private:
  std::unordered_map<std::string, std::size_t> place_;
};

struct Block {
  const Signature *first = nullptr, *last = nullptr;
  std::size_t first_place = kUnknown, last_place = 0;
  std::map<std::string_view, const Signature*> holds, direct;  // by role
  bool list = false, inside = false, numbered = false, mixed = false;  // mixed: modules of several families

  void take(const Signature& s, std::size_t place, bool own_child) {
    mixed |= !holds.empty() && holds.begin()->second->prefix != s.prefix;
    const std::string_view role = plain_role(s.role);
    holds.try_emplace(role, &s);
    if (own_child) direct.try_emplace(role, &s);
    if (place == kUnknown) return;
    if (!s.input.empty() && (!first || place < first_place)) first = &s, first_place = place;
    if (!s.output.empty() && (!last || place >= last_place)) last = &s, last_place = place;
  }
};

class Rules {                         // rule table "module_block"
 public:
  explicit Rules(const ms::Call& call) : call_(call), rules_(call.rules("module_block")) {}

  ms::Node of(const Block& block) {
    std::string key{block.list ? 'l' : '-', block.inside ? 'i' : '-', block.numbered ? 'n' : '-'};
    for (const auto& [role, s] : block.holds) key.append(role) += ' ';
    for (const auto& [role, s] : block.direct) (key += '/').append(role).append(s->kind);
    const auto [it, fresh] = decided_.try_emplace(std::move(key));
    if (!fresh) return it->second;
    for (ms::Node rule : rules_.items()) {
      const ms::Node holds = call_.evaluate(call_.expression(rule["when"].str(), rule["at"].str()), [&](std::string_view name, ms::Writer& out) { look_up(block, name, out); });
      if (holds.boolean()) return it->second = rule;
    }
    return {};
  }

 private:
  static bool any(const std::map<std::string_view, const Signature*>& roles, std::string_view wanted) {
    const auto it = roles.lower_bound(wanted);
    return it != roles.end() && it->first.starts_with(wanted) && (it->first.size() == wanted.size() || it->first[wanted.size()] == '.');
  }
  static void look_up(const Block& block, std::string_view name, ms::Writer& out) {
    if (name == "list") return out.value(block.list);
    if (name == "inside") return out.value(block.inside);
    if (name == "numbered") return out.value(block.numbered);
    if (name.starts_with("kind.")) {
      const auto it = block.direct.find(name.substr(5));
      return out.value(it == block.direct.end() ? std::string_view() : std::string_view(it->second->kind));
    }
    if (name.starts_with("holds.")) return out.value(any(block.holds, name.substr(6)));
    if (name.starts_with("direct.")) return out.value(any(block.direct, name.substr(7)));
  }

  const ms::Call& call_;
  ms::Node rules_;
  std::map<std::string, ms::Node> decided_;
};

// `end` for as many tokens as `rows` counts
End with_rows(End end, const End& rows) {
  if (!end.rows || !rows.rows) return end;
  const auto swap = [&](auto& own, const auto& theirs) {
    own.erase(own.begin(), own.begin() + static_cast<std::ptrdiff_t>(end.rows));
    own.insert(own.begin(), theirs.begin(), theirs.begin() + static_cast<std::ptrdiff_t>(rows.rows));
  };
  swap(end.axes, rows.axes);
  swap(end.shape, rows.shape);
  end.rows = rows.rows;
  return end;
}

Signature describe(const Block& block, ms::Node rule, const End& sequence) {
  Signature s;
  s.block = s.assumed = true;
  s.prefix = block.first->prefix;
  s.type = rule["class"].str();
  if (const std::size_t at = s.type.find("{class}"); at != s.type.npos) {
    if (s.prefix.empty() || block.mixed) s.type.clear();
    else s.type.replace(at, 7, s.prefix);
  }
  End in = block.first->input[0];
  if (rule["whole"].str() == "true") in = with_rows(std::move(in), sequence);
  End out = rule["stream"].str() == "true" ? in : with_rows(block.last->output[0], in);
  s.input.push_back(std::move(in));
  for (ms::Node field : rule["fields"].items()) s.fields.push_back({std::string(field.str()), out});
  if (!s.fields.empty()) return s;
  s.output.push_back(std::move(out));
  for (ms::Node role : rule["beside"].items())
    if (const auto it = block.direct.find(role.str()); it != block.direct.end() && !it->second->output.empty()) s.output.push_back(it->second->output[0]);
  return s;
}

// A list of layers or experts is no module that runs: its name is followed by a number.
template <class Each>
void blocks_above(std::string_view name, Each&& each) {
  bool inside = false, numbered = false;
  for (std::size_t at = 0, dot = name.find('.'); dot != name.npos; at = dot + 1, dot = name.find('.', at)) {
    inside |= numbered = is_number(name.substr(at, dot - at));
    const std::size_t next = std::min(name.find('.', dot + 1), name.size()), after = std::min(name.find('.', next + 1), name.size());
    if (is_number(name.substr(dot + 1, next - dot - 1))) continue;
    each(name.substr(0, dot), next == name.size(), next < name.size() && is_number(name.substr(next + 1, after - next - 1)), inside, numbered);
  }
}

}  // namespace

void add_blocks(const ms::Call& call, SignatureList& list) {
  const Order order(call);
  Rules rules(call);
  std::unordered_map<std::string, Block> blocks;
  std::vector<const std::string*> in_order;
  std::unordered_map<const Signature*, std::size_t> places;
  for (const NamedSignatures& n : list.items())
    for (const Variant& v : n.variants) {
      const auto [place, unseen] = places.try_emplace(v.signature, 0);
      if (unseen) place->second = order.of(plain_role(v.signature->role));
      blocks_above(n.name, [&, &place = place](std::string_view above, bool own_child, bool holds_list, bool inside, bool numbered) {
        const auto [it, fresh] = blocks.try_emplace(std::string(above));
        if (fresh) in_order.push_back(&it->first);
        Block& block = it->second;
        block.list |= holds_list;
        block.inside = inside;
        block.numbered = numbered;
        block.take(*v.signature, place->second, own_child);
      });
    }
  for (const std::string* name : in_order) {
    const Block& block = blocks.at(*name);
    if (list.contains(*name) || !block.first || !block.last) continue;
    list.add(*name, list.keep(describe(block, rules.of(block), list.sequence)));
  }
}
