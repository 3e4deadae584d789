// Sections architecture (for people and tools) and structure (for comparators).
#include <modelsig/kit/run_lengths.hpp>

#include <algorithm>
#include <set>

#include "facts.hpp"
#include "findings.hpp"

namespace {

using Asked = std::vector<std::pair<const FactRules::Rule*, Fact>>;

// "dense-mla", "moe-full-softmax": what tells a class from its neighbours, in the words of the facts
std::string class_name(const Asked& facts, bool mixed) {
  const auto text = [&](std::string_view id) -> std::string {
    for (const auto& [rule, fact] : facts)
      if (rule->id == id) return fact.value.text;
    return "";
  };
  std::string out;
  const auto add = [&](const std::string& word) {
    if (!word.empty()) (out += out.empty() ? "" : "-") += word;
  };
  const std::string ffn = text("ffn_kind");
  add(ffn == "gated" || ffn == "plain" ? "dense" : ffn);
  std::string kind = text("attention");
  if (const std::size_t end = kind.find('_'); end != kind.npos) kind.resize(end);
  const std::string core = text("attention_kind");
  if (mixed && (core == "softmax" || core == "softmax-sinks" || core == "mla")) add(kind);
  add(core);
  const auto holds = [&](std::string_view id) {
    return std::any_of(facts.begin(), facts.end(), [&](const auto& f) { return f.first->id == id && f.second.value.truth(); });
  };
  if (holds("cross_attention")) add("cross");
  if (holds("draft_layer")) add("draft");
  return out.empty() ? "block" : out;
}

// What tells a class from others of its name: the first fact that differs, else a module that only it has or lacks.
std::string told_by(const Stack& stack, const std::vector<Asked>& classes, const std::vector<std::string>& names, std::size_t k) {
  const auto value = [&](std::size_t i, const std::string& id) {
    for (const auto& [rule, fact] : classes[i])
      if (rule->id == id) return fact.value.show();
    return std::string();
  };
  for (const auto& [rule, fact] : classes[k])
    for (std::size_t i = 0; i < classes.size(); ++i)
      if (i != k && names[i] == names[k] && value(i, rule->id) != fact.value.show()) {
        std::string name = rule->id;
        std::replace(name.begin(), name.end(), '_', ' ');
        return name + " " + fact.value.show();
      }
  const auto beyond = [&](std::size_t one, std::size_t other) {
    const auto& theirs = stack.classes[other].roles;
    for (const Role& r : stack.classes[one].roles)
      if (std::none_of(theirs.begin(), theirs.end(), [&](const Role& o) { return o.key() == r.key(); })) return r.key();
    return std::string();
  };
  for (std::size_t i = 0; i < classes.size(); ++i) {
    if (i == k || names[i] != names[k]) continue;
    if (const std::string more = beyond(k, i); !more.empty()) return "with " + more;
    if (const std::string less = beyond(i, k); !less.empty()) return "without " + less;
  }
  return "";
}

void write_roles(const std::vector<Role>& roles, ms::Writer& out) {
  std::set<std::string> written;  // BERT stores the bias of its head under two names
  for (const Role& r : roles) {
    if (!written.insert(r.key()).second) continue;
    auto role = out.object(r.key());
    if (!r.kind.empty()) out.member("kind", r.kind);
    if (!r.axes.empty()) out.list("axes", r.axes);
    out.list("shape", r.shape);
    if (r.count != 1) out.member("count", r.count);
    if (r.borrowed) out.member("borrowed", true);
    if (!r.dtype.empty()) out.member("dtype", r.dtype);
    if (r.transposed) out.member("transposed", true);
    if (!r.fused.empty()) out.member("fused", r.fused);
    out.member("tensor", r.example);
  }
}

// Equal in all classes that have it: one value; else the list of the values by class.
struct Merged { const FactRules::Rule* rule; std::vector<Fact> values; };

std::vector<Merged> merge(const FactRules& rules, const std::vector<Asked>& classes) {
  std::vector<Merged> out;
  for (const FactRules::Rule& rule : rules.rules()) {
    Merged m{&rule, {}};
    for (const Asked& facts : classes)
      for (const auto& [r, fact] : facts)
        if (r == &rule && std::none_of(m.values.begin(), m.values.end(), [&value = fact.value](const Fact& f) { return f.value == value; })) m.values.push_back(fact);
    if (!m.values.empty()) out.push_back(std::move(m));
  }
  return out;
}

class Architecture {
 public:
  explicit Architecture(ms::Node) {}

  void run(ms::Call& call, ms::Model model, ms::Node so_far, ms::Writer& out) {
    const FactRules rules(call);
    auto members = out.object();
    struct Described { Component part; std::vector<std::vector<Asked>> classes; std::vector<Merged> facts; };
    const FindingRules lint(call);
    std::vector<Finding> findings;
    std::vector<Described> all;
    const bool assembled = model.tensors() == 0 && so_far["components"].size() > 0;  // all there is of it is in its components
    if (assembled || so_far["adapter"].is_object()) return write_nothing(out);       // an adapter is no model
    for (Component& c : components(call, model)) {
      Described d{std::move(c), {}, {}};
      std::vector<Asked> flat;
      for (const Stack& s : d.part.stacks) {
        auto& asked = d.classes.emplace_back();
        for (const LayerClass& k : s.classes) {
          flat.push_back(asked.emplace_back(rules.ask(call, d.part, &s, &k)));
          lint.ask(call, d.part, &s, &k, flat.back(), findings);
        }
      }
      if (flat.empty()) {
        flat.push_back(rules.ask(call, d.part, nullptr, nullptr));
        lint.ask(call, d.part, nullptr, nullptr, flat.back(), findings);
      }
      d.facts = merge(rules, flat);
      all.push_back(std::move(d));
    }
    {
      auto section = out.array("architecture");  // the model itself before its towers
      for (const bool own : {true, false})
        for (const Described& d : all)
          if (d.part.part.empty() == own) write(d.part, d.classes, d.facts, out);
    }
    family_findings(model.part("family"), findings);
    {
      auto section = out.array("findings");
      for (const Finding& f : findings) {
        auto one = out.object();
        out.member("id", f.id);
        out.member("level", f.level);
        out.member("component", f.component);
        out.member("text", f.text);
        out.member("from", f.from);
        if (!f.rule.empty()) out.member("rule", f.rule);
      }
    }
    auto section = out.array("structure");
    for (const Described& d : all) write_structure(d.part, d.classes, out);
  }

 private:
  static void write_nothing(ms::Writer& out) {
    out.list("architecture", std::vector<std::string>{});
    out.list("structure", std::vector<std::string>{});
  }

  static void write(const Component& c, const std::vector<std::vector<Asked>>& classes, const std::vector<Merged>& facts, ms::Writer& out) {
    auto object = out.object();
    out.member("component", c.part.empty() ? "model" : c.part);
    out.key("family");
    if (c.family.empty()) out.null();
    else out.value(c.family);
    out.member("assumed", c.family.empty());
    {
      auto section = out.object("facts");
      for (const Merged& m : facts) {
        auto fact = out.object(m.rule->id);
        out.key("value");
        if (m.values.size() == 1) m.values[0].value.write(out);
        else {
          auto list = out.array();
          for (const Fact& f : m.values) f.value.write(out);
        }
        out.member("from", m.values[0].from);
        if (m.values[0].assumed) out.member("assumed", true);
        out.member("group", m.rule->group);
        if (m.rule->unsaid.contains("all") || (m.values.size() == 1 && m.rule->unsaid.contains(m.values[0].value.show()))) out.member("unsaid", true);
      }
    }
    auto stacks = out.array("stacks");
    for (std::size_t i = 0; i < c.stacks.size(); ++i) {
      const Stack& s = c.stacks[i];
      auto stack = out.object();
      out.member("path", s.path);
      out.member("layers", s.sequence.size());
      out.member("pattern", ms::kit::run_lengths(s.sequence));
      out.member("shortest_prefix", prefix(s, classes[i]));
      auto list = out.array("classes");
      std::vector<std::string> names;
      for (const Asked& asked : classes[i]) names.push_back(class_name(asked, s.classes.size() > 1));
      for (std::size_t k = 0; k < s.classes.size(); ++k) {
        auto one = out.object();
        out.member("class", ms::kit::class_letter(k));
        out.member("name", names[k]);
        if (const std::string what = told_by(s, classes[i], names, k); !what.empty()) out.member("told_by", what);
        out.member("layers", s.classes[k].layers);
        out.member("first", s.classes[k].first);
      }
    }
  }

  // Layers needed so that every class of the stack's own occurs.
  static std::uint64_t prefix(const Stack& s, const std::vector<Asked>& classes) {
    std::uint64_t out = 0;
    for (std::size_t k = 0; k < s.classes.size(); ++k) {
      const bool draft = std::any_of(classes[k].begin(), classes[k].end(), [](const auto& f) { return f.first->id == "draft_layer"; });
      if (!draft) out = std::max(out, s.classes[k].first + 1);
    }
    return out;
  }

  static void write_structure(const Component& c, const std::vector<std::vector<Asked>>& classes, ms::Writer& out) {
    auto object = out.object();
    out.member("component", c.part.empty() ? "model" : c.part);
    out.member("assumed", c.family.empty());
    if (c.guessed) out.member("guessed", true);
    {
      auto values = out.object("values");  // for the algebra of shapes
      for (auto [name, value] : c.values.members())
        if (value["value"].is_integer()) out.member(name, value["value"]);
    }
    {
      auto top = out.object("top");
      write_roles(c.top, out);
    }
    {
      auto stacks = out.object("stacks");
      for (const Stack& s : c.stacks) out.list(s.path, s.sequence);
    }
    auto list = out.array("classes");
    for (std::size_t i = 0; i < c.stacks.size(); ++i) {
      for (std::size_t k = 0; k < c.stacks[i].classes.size(); ++k) {
        const LayerClass& from = c.stacks[i].classes[k];
        auto one = out.object();
        out.member("stack", c.stacks[i].path);
        out.member("number", k);
        out.member("name", class_name(classes[i][k], c.stacks[i].classes.size() > 1));
        out.member("layers", from.layers);
        {
          auto facts = out.object("facts");
          for (const auto& [rule, fact] : classes[i][k]) out.key(rule->id), fact.value.write(out);
        }
        auto roles = out.object("roles");
        write_roles(from.roles, out);
      }
    }
  }
};

}  // namespace

MODELSIG_PLUGIN("org.modelsig.layers.architecture", "1.0.0", "Apache-2.0", ms::layer<Architecture>("layer.architecture"))
