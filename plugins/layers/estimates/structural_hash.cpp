#include "structural_hash.hpp"

#include <modelsig/kit/run_lengths.hpp>
#include <modelsig/kit/scalar.hpp>

#include <map>
#include <set>
#include <string>
#include <vector>

namespace {

__extension__ typedef unsigned __int128 Wide;

// FNV-1a over 128 bits: no secret hangs on it, and it is the same everywhere for all time
std::string digest(const std::string& text) {
  Wide h = (static_cast<Wide>(0x6c62272e07bb0142ull) << 64) | 0x62b821756295c58dull;
  const Wide prime = (static_cast<Wide>(1) << 88) | 0x13b;
  for (const char c : text) h = (h ^ static_cast<unsigned char>(c)) * prime;
  std::string out;
  for (int shift = 124; shift >= 0; shift -= 4) out += "0123456789abcdef"[static_cast<unsigned>(h >> shift) & 15u];
  return out;
}

class Level {
 public:
  Level(const ms::Call& call, ms::Node rule) : rule_(rule) {
    for (ms::Node fact : call.rules("fact").items()) group_[std::string(fact["id"].str())] = fact["group"].str();
    for (ms::Node g : rule["groups"].items()) groups_.emplace(g.str());
    for (ms::Node s : rule["skip"].items()) skip_.emplace(s.str());
    for (ms::Node r : rule["skip_roles"].items()) skip_.emplace(r.str());
    for (ms::Node r : rule["either_way"].items()) {
      std::vector<std::string>& as = either_way_[std::string(r.str())];
      for (ms::Node fused : call.rules("role_parts").items())
        if (fused["id"].str() == r.str())
          for (ms::Node part : fused["parts"].items()) as.emplace_back(part.str());
      if (as.empty()) as.emplace_back(r.str());
    }
  }

  std::string text(ms::Node part) const {
    std::string out = "part " + std::string(part["component"].str()) + "\n" + roles(part["top"]);
    std::set<std::string> kinds;  // without sizes several classes may be one
    std::string in_order;
    bool drafts = false;
    for (ms::Node k : part["classes"].items()) {
      const bool draft = rule_["drafts"].str() == "false" && k["facts"]["draft_layer"].boolean();
      drafts |= draft;
      if (draft) continue;
      std::string kind = "class " + std::string(k["name"].str()) + "\n" + facts(k["facts"]) + roles(k["roles"]);
      if (counted()) in_order += kind + "layers " + std::to_string(k["layers"].u64()) + " as " + ms::kit::class_letter(k["number"].u64()) + "\n";
      else kinds.insert(std::move(kind));
    }
    if (drafts && kinds.empty() && in_order.empty()) return {};  // a part that only drafts
    out += in_order;
    for (const std::string& kind : kinds) out += kind;
    if (counted())
      for (auto [path, sequence] : part["stacks"].members()) {
        std::vector<std::size_t> classes;
        for (ms::Node c : sequence.items()) classes.push_back(c.u64());
        out += "pattern " + ms::kit::run_lengths(classes) + "\n";
      }
    return out;
  }

 private:
  bool counted() const { return rule_["layers"].str() == "true"; }

  std::string facts(ms::Node facts) const {
    std::string out;
    for (auto [id, value] : facts.members()) {
      const auto group = group_.find(std::string(id));
      if (group == group_.end() || !groups_.contains(group->second) || skip_.contains(std::string(id))) continue;
      out += "fact " + std::string(id) + " " + ms::kit::Scalar::of(value).show() + "\n";
    }
    return out;
  }

  std::string roles(ms::Node roles) const {
    if (rule_["shapes"].str() == "none") return {};
    std::map<std::string, std::string> sorted;  // families list them in orders of their own
    for (auto [key, role] : roles.members()) {
      if (skip_.contains(std::string(key))) continue;
      const std::size_t group = key.find('.'), end = group == key.npos ? group : key.find('.', group + 1);
      if (const auto it = either_way_.find(key.substr(0, end)); it != either_way_.end()) {
        for (const std::string& part : it->second) sorted.emplace(part, "role " + part + "\n");
        continue;
      }
      std::string line = "role " + std::string(key);
      if (rule_["shapes"].str() == "concrete") line += " x" + std::to_string(role["count"].u64(1));
      const ms::Node axes = rule_["shapes"].str() == "concrete" ? role["shape"] : role["axes"];
      for (ms::Node axis : axes.items()) line += " " + (axis.is_string() ? std::string(axis.str()) : std::to_string(axis.u64()));
      sorted.emplace(key, line + "\n");
    }
    std::string out;
    for (const auto& [key, line] : sorted) out += line;
    return out;
  }

  ms::Node rule_;
  std::map<std::string, std::string> group_;
  std::set<std::string> groups_, skip_;
  std::map<std::string, std::vector<std::string>, std::less<>> either_way_;
};

}  // namespace

void write_hashes(const ms::Call& call, ms::Node structure, ms::Writer& out) {
  if (!structure.size()) return;
  std::vector<std::pair<std::string, Level>> levels;
  for (ms::Node rule : call.rules("structural_hash").items()) levels.emplace_back(rule["id"].str(), Level(call, rule));
  {
    auto section = out.object("structural_hash");
    for (const auto& [id, level] : levels) {
      std::string text;
      for (ms::Node part : structure.items()) text += level.text(part);
      out.member(id, digest(text));
    }
  }
  if (structure.size() < 2) return;
  auto section = out.object("structural_hash_by_component");  // a file without the towers is as its original's language model
  for (ms::Node part : structure.items()) {
    auto one = out.object(part["component"].str());
    for (const auto& [id, level] : levels) out.member(id, digest(level.text(part)));
  }
}
