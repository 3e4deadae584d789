// An adapter is no model: its tensors are additions to the modules of one. Rule table "adapter_tensor" knows them by the ends of
// their names, "adapter_prefix" what is wrapped round the module's own name, "adapter_field" where the settings stand.
#include <modelsig/kit/value_text.hpp>
#include <modelsig/plugin.hpp>

#include <algorithm>
#include <map>
#include <set>
#include <string>

namespace {

struct Target {
  std::uint64_t count = 0;
  std::set<std::string> kinds;
  std::set<std::uint64_t> ranks;
  std::uint64_t in = 0, out = 0;       // 0: not to be told from these tensors
  std::string example;                 // a module of this name, with its numbers
};

// One tensor of an adapter: whose module it adds to, and which of its sides it is.
struct Addition { std::string module; ms::Node rule; };

class Adapter {
 public:
  explicit Adapter(ms::Node) {}

  void run(ms::Call& call, ms::Model model, ms::Node, ms::Writer& out) {
    std::map<std::string, Target> targets;
    std::map<std::string, std::uint64_t> whole;
    std::vector<Addition> of_group(model.groups());
    std::size_t added = 0;
    for (std::size_t g = 0; g < model.groups(); ++g) {
      const ms::Node group = model.group(g);
      of_group[g] = addition(call, group["name"].str());
      if (of_group[g].rule) added += group["count"].u64();
      else whole[std::string(group["name"].str())] = group["count"].u64();
    }
    const ms::Node settings = model.part("adapter_config");
    auto members = out.object();
    out.key("adapter");
    const bool adapter = model.tensors() > 0 ? 2 * added >= model.tensors() : bool(settings) && !model.part("config");
    if (!adapter) return out.null();  // told from the groups: a model's many tensors are not walked for it
    for (std::size_t i = 0; i < model.tensors(); ++i) {
      const ms::Tensor t = model.tensor(i);
      const Addition& a = of_group[t.group];
      if (!a.rule) continue;
      Target& target = targets[a.module];
      if (target.example.empty()) target.example = addition(call, t.name).module;
      add(a.rule, t, target);
    }
    write(call, model, settings, added, targets, whole, out);
  }

 private:
  static Addition addition(const ms::Call& call, std::string_view name) {
    const ms::Node rule = call.rule("adapter_tensor", name);
    if (!rule) return {};
    std::string_view end;  // the longest of the rule's that fits
    for (ms::Node s : rule["suffix"].items())
      if (name.ends_with(s.str()) && s.str().size() > end.size()) end = s.str();
    name.remove_suffix(end.size());
    if (const ms::Node prefix = call.rule("adapter_prefix", name))
      for (ms::Node p : prefix["prefix"].items())
        if (name.starts_with(p.str())) {
          name.remove_prefix(p.str().size());
          break;
        }
    return {std::string(name), rule};
  }

  // side: which axis is the rank, and where the other one's size belongs
  static void add(const ms::Node& rule, const ms::Tensor& t, Target& to) {
    to.kinds.emplace(rule["value"].str());
    const std::string_view side = rule["side"].str();
    if (side.empty() || t.shape.size() < 2) return;
    const bool in = side.starts_with("in"), turned = side.ends_with("turned");
    const std::size_t rank = in != turned ? 0 : 1;
    if (in) ++to.count;
    to.ranks.insert(t.shape[rank]);
    std::uint64_t other = 1;
    for (std::size_t axis = 0; axis < t.shape.size(); ++axis)
      if (axis != rank) other *= t.shape[axis];
    (in ? to.in : to.out) = other;
  }

  static ms::Node setting(const ms::Call& call, std::string_view what, ms::Node settings) {
    for (ms::Node rule : call.rules("adapter_field").items()) {
      if (rule["value"].str() != what) continue;
      ms::Node at = settings;
      std::string_view path = rule["name"].str();
      for (std::size_t dot = path.find('.'); dot != path.npos; dot = path.find('.')) at = at[path.substr(0, dot)], path.remove_prefix(dot + 1);
      if (const ms::Node v = at[path]; v && !v.is_null()) return v;
    }
    return {};
  }

  // As the family of the base model names it, where the container says which that is; else by rules.
  static ms::Node role(const ms::Call& call, const ms::Model& model, const std::string& module, const Target& t) {
    if (const ms::Node known = model.family_match(call, t.example + ".weight")["role"]["value"]) return known;
    return call.rule("role", module + ".weight")["label"];
  }

  static void write(const ms::Call& call, const ms::Model& model, ms::Node settings, std::size_t added, const std::map<std::string, Target>& targets,
                    const std::map<std::string, std::uint64_t>& whole, ms::Writer& out) {
    auto section = out.object();
    std::set<std::string> kinds;
    for (const auto& [module, t] : targets) kinds.insert(t.kinds.begin(), t.kinds.end());
    out.list("kinds", kinds);
    for (const std::string_view what : {"base", "type", "rank", "alpha", "wanted"}) {
      const ms::Node v = setting(call, what, settings);
      out.key(what);
      if (v) out.value(v);
      else out.null();
    }
    out.member("from", std::to_string(added) + " of " + std::to_string(model.tensors()) + " tensors" + (settings ? ", adapter_config.json" : ""));
    {
      auto list = out.array("targets");
      for (const auto& [module, t] : targets) {
        auto one = out.object();
        out.member("module", module);
        out.key("role");
        if (const ms::Node known = role(call, model, module, t)) out.value(known);
        else out.null();
        out.member("count", std::max<std::uint64_t>(t.count, 1));
        out.list("ranks", t.ranks);
        if (t.in && t.out) out.list("shape", std::vector<std::uint64_t>{t.out, t.in});  // of the weight it adds to
      }
    }
    auto list = out.array("saved_whole");  // tensors that stand in for the base model's own
    for (const auto& [name, count] : whole) {
      auto one = out.object();
      out.member("tensor", name);
      out.member("count", count);
    }
  }
};

}  // namespace

MODELSIG_PLUGIN("org.modelsig.layers.adapter", "1.0.0", "Apache-2.0", ms::layer<Adapter>("layer.adapter"))
