// Section plan: what the values that were planned mean for this model, by rule table "plan_check".
#include <modelsig/kit/message.hpp>
#include <modelsig/kit/test_plan.hpp>
#include <modelsig/plugin.hpp>

#include <algorithm>

namespace {

using ms::kit::TestPlan;

struct Check { std::string id, at; bool illegal; const ms_expression* holds; ms::kit::Message message; };
struct Finding {
  std::string component, text, at;
  const Check* check;
  bool operator==(const Finding& o) const { return component == o.component && text == o.text && at == o.at && check == o.check; }
};

class Planned {
 public:
  explicit Planned(ms::Node) {}

  void run(ms::Call& call, ms::Model, ms::Node so_far, ms::Writer& out) {
    auto members = out.object();
    const TestPlan plan(call);
    if (plan.empty() || so_far["structure"].size() == 0) return;
    std::vector<Check> checks;
    for (ms::Node rule : call.rules("plan_check").items()) {
      const std::string_view at = rule["at"].str();
      checks.push_back({std::string(rule["id"].str()), std::string(at), rule["illegal"].boolean(), call.expression(rule["holds"].str(), at), {call, rule["message"].str(), at}});
    }
    std::vector<Finding> findings;
    std::map<std::string, std::vector<bool>> refused;  // key -> of each value
    for (ms::Node part : so_far["structure"].items()) {
      const std::string component(part["component"].str());
      for (ms::Node layer : part["classes"].items()) ask(call, plan, checks, component, layer["facts"], findings, refused);
    }
    auto section = out.object("plan");
    write_legal(plan, refused, out);
    auto list = out.array("findings");
    for (const Finding& f : findings) {
      auto one = out.object();
      out.member("at", f.at);
      out.member("illegal", f.check->illegal);
      out.member("component", f.component);
      out.member("text", f.text);
      out.member("check", f.check->id);
      out.member("rule", f.check->at);
    }
  }

 private:
  static void ask(const ms::Call& call, const TestPlan& plan, const std::vector<Check>& checks, const std::string& component, ms::Node facts,
                  std::vector<Finding>& findings, std::map<std::string, std::vector<bool>>& refused) {
    const auto fact = [&](std::string_view name, ms::Writer& to) {
      if (const ms::Node value = facts[name]) to.value(value);
    };
    for (const Check& check : checks) {
      const auto asked = plan.ask(check.holds, fact);
      for (const auto& choice : asked.holds) {
        Finding f{component, {}, plan.show(choice), &check};
        f.text = check.message.show(call, [&](std::string_view name, ms::Writer& to) { name.starts_with("plan.") ? plan.look_up(name, choice, to) : fact(name, to); });
        if (std::find(findings.begin(), findings.end(), f) == findings.end()) findings.push_back(std::move(f));
        if (!check.illegal) continue;
        // a value is refused if it is with every value of the other keys
        for (const auto& [key, which] : choice) {
          const auto alike = std::count_if(asked.holds.begin(), asked.holds.end(), [&key = key, &which = which](const auto& c) { return c.at(key) == which; });
          auto& values = refused[key];
          values.resize(plan.values(key));
          if (static_cast<std::size_t>(alike) * plan.values(key) == asked.combinations) values[which] = true;
        }
      }
    }
  }

  static void write_legal(const TestPlan& plan, const std::map<std::string, std::vector<bool>>& refused, ms::Writer& out) {
    auto legal = out.object("legal");
    for (ms::Node entry : plan.said().items()) {
      const std::string key(entry["id"].str());
      const auto it = refused.find(key);
      auto list = out.array(key);
      for (std::size_t i = 0; i < entry["values"].size(); ++i)
        if (it == refused.end() || !it->second[i]) out.value(entry["values"].at(i));
    }
  }
};

}  // namespace

MODELSIG_PLUGIN("org.modelsig.layers.plan", "1.0.0", "Apache-2.0", ms::layer<Planned>("layer.plan"))
