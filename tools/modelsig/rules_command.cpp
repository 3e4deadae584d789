#include <algorithm>
#include <cstdio>
#include <map>
#include <set>

#include "core/pipeline/analyse.hpp"
#include "tools/modelsig/app.hpp"

namespace modelsig::cli {

namespace {

// One tensor name: per table every rule that matched, the one that won first.
void print_chain(const RuleSet& rules, std::string_view name) {
  Document document;
  Builder b(document);
  rules.explain(name, b);
  const Value why = b.finish();
  std::printf("%s\n", std::string(why["abstract"].str()).c_str());
  for (const Value& table : why["tables"].items())
    for (const Value& link : table["chain"].items())
      std::printf("  %-14s %-20s %s  %s  (%s, %s)\n", std::string(table["table"].str()).c_str(), std::string(link["value"].str()).c_str(),
                  link["wins"].boolean() ? "won " : "lost", std::string(link["rule"].str()).c_str(), std::string(link["at"].str()).c_str(),
                  std::string(link["matcher"].str()).c_str());
}

int explain(App& app) {
  const Pipeline pipeline = app.pipeline();
  Plan plan(pipeline, app.registry(), pipeline.flags);
  const LoadedKnowledge loaded = app.knowledge(pipeline);
  const Knowledge known = loaded.view();
  const auto& rules = loaded.rules;
  const auto& arguments = app.options.arguments;
  if (arguments.size() > 1) {
    for (std::size_t i = 1; i < arguments.size(); ++i) print_chain(*rules, arguments[i]);
    return kOk;
  }
  const Analysis analysis{plan, app.session, known};
  auto fingerprint = analysis.run(Target::parse(arguments.front()));
  for (const Problem& p : fingerprint->problems().sorted())
    if (p.level >= MS_ERROR) app.console.warning(p.step + ": " + p.text);
  const Model& model = *fingerprint->model;
  for (std::size_t g = 0; g < model.groups(); ++g) print_chain(*rules, model.name((*model.group(g))["first"].u64()));
  return fingerprint->problems().incomplete() ? kIncomplete : kOk;
}

// The rule sets that were said, or all there are; files of families are none.
std::vector<std::filesystem::path> rule_sets(App& app) {
  std::vector<std::filesystem::path> out;
  for (const std::string& name : app.options.arguments) out.push_back(app.dirs.find("rules", name));
  if (out.empty())
    for (const std::string& name : app.dirs.names("rules"))
      if (!name.starts_with("families/")) out.push_back(app.dirs.find("rules", name));
  return out;
}

// As the pipeline would lay it: an organisation's overlay is read over the default set. A set that is whole by itself is taken so.
std::shared_ptr<const RuleSet> load_one(App& app, const std::filesystem::path& file) {
  const auto organisation = app.dirs.organisation_rules();
  if (std::find(organisation.begin(), organisation.end(), file) == organisation.end()) return RuleSet::load(std::vector{file});
  return RuleSet::load(std::vector{app.dirs.find("rules", "default"), file});
}

// lint: everything that is wrong; test: the rules' own tests. Both go on behind a file that does not load.
int check(App& app, bool lint) {
  std::size_t sets = 0, errors = 0, warnings = 0;
  std::set<std::string> said;  // a file that several sets extend is told about once
  for (const auto& file : rule_sets(app)) {
    ++sets;
    const auto organisation = app.dirs.organisation_rules();
    const bool overlay = std::find(organisation.begin(), organisation.end(), file) != organisation.end();
    const auto say = [&](bool error, const std::string& text) {
      if (overlay && !text.starts_with(file.string() + ":")) return;  // of the set below it
      if (!said.insert(text).second) return;
      ++(error ? errors : warnings);
      std::printf("%s: %s\n", error ? "error" : "warning", text.c_str());
    };
    try {
      const auto rules = load_one(app, file);
      if (lint) {
        for (const RuleLint& found : rules->lint()) say(found.error, found.text);
      } else {
        for (const auto& failure : rules->run_tests()) say(true, failure.text());
      }
    } catch (const Error& error) {
      say(true, error.what());  // begins with the file, or one that it extends
    }
  }
  if (lint) std::printf("%zu rule sets, %zu errors, %zu warnings\n", sets, errors, warnings);
  else std::printf("%zu rule sets, %zu failures\n", sets, errors);
  return errors ? kUsage : kOk;
}

bool same(const Value& a, const Value& b) {
  if (a.is_integer() && b.is_integer()) return a.u64() == b.u64() && a.i64() == b.i64();
  if (a.kind() != b.kind() || a.size() != b.size()) return false;
  switch (a.kind()) {
    case Kind::boolean: return a.boolean() == b.boolean();
    case Kind::real: return a.f64() == b.f64();
    case Kind::string: return a.str() == b.str();
    case Kind::array:
      for (std::size_t i = 0; i < a.size(); ++i)
        if (!same(a.at(i), b.at(i))) return false;
      return true;
    case Kind::object:
      for (const Member& m : a.members())
        if (m.key != "at" && (!b.find(m.key) || !same(m.value, b[m.key]))) return false;
      return true;
    default: return true;
  }
}

std::size_t diff_rules(const RuleSet& a, const RuleSet& b) {
  std::size_t changes = 0;
  std::set<std::string_view> tables;
  for (const RuleSet* set : {&a, &b})
    for (const std::string_view table : set->tables()) tables.insert(table);
  for (const std::string_view name : tables) {
    std::map<std::string_view, std::pair<const Value*, const Value*>> rules;
    if (const Value* table = a.table(name))
      for (const Value& rule : table->items()) rules[rule["id"].str()].first = &rule;
    if (const Value* table = b.table(name))
      for (const Value& rule : table->items()) rules[rule["id"].str()].second = &rule;
    for (const auto& [id, sides] : rules) {
      const auto& [before, after] = sides;
      if (before && after && same(*before, *after)) continue;
      ++changes;
      std::printf("%c %-16s %-28s %s%s%s\n", !before ? '+' : !after ? '-' : '~', std::string(name).c_str(), std::string(id).c_str(), before ? std::string((*before)["at"].str()).c_str() : "",
                  before && after ? " -> " : "", after ? std::string((*after)["at"].str()).c_str() : "");
    }
  }
  return changes;
}

// "FFN (layer_types.toml:12)", or all of them where the table collects
std::string shown(const Value* label) {
  if (!label) return "nothing";
  const auto one = [](const Value& v) {
    return (v["value"].is(Kind::string) ? std::string(v["value"].str()) : std::to_string(v["value"].i64())) + " (" + std::string(v["at"].str()) + ")";
  };
  if (!label->is(Kind::array)) return one(*label);
  std::string out;
  for (const Value& item : label->items()) out += (out.empty() ? "" : ", ") + one(item);
  return out;
}

std::size_t diff_labels(const RuleSet& a, const RuleSet& b, std::string_view tensor) {
  Document document;
  const auto labels = [&](const RuleSet& set) {
    Builder builder(document);
    set.label(set.abstract(tensor), builder);
    return builder.finish();
  };
  const Value before = labels(a), after = labels(b);
  std::set<std::string_view> tables;
  for (const Value* side : {&before, &after})
    for (const Member& m : side->members()) tables.insert(m.key);
  std::size_t changes = 0;
  for (const std::string_view table : tables) {
    const Value *old = before.find(table), *now = after.find(table);
    if (old && now && same(*old, *now)) continue;
    ++changes;
    std::printf("  %-50s %-14s %s -> %s\n", a.abstract(tensor).c_str(), std::string(table).c_str(), shown(old).c_str(), shown(now).c_str());
  }
  return changes;
}

// rules diff A B [MODEL...]: both laid over the pipeline's rules
int diff(App& app) {
  const auto& arguments = app.options.arguments;
  if (arguments.size() < 2) throw Error("rules diff takes two rule sets, and models to try them on: rules diff default mine.toml /models/7b");
  const Pipeline pipeline = app.pipeline();
  const auto with = [&](const std::string& name) {
    auto files = pipeline.rules;
    if (const auto file = app.dirs.find("rules", name); std::find(files.begin(), files.end(), file) == files.end()) files.push_back(file);
    return RuleSet::load(files);
  };
  const auto a = with(arguments[0]), b = with(arguments[1]);
  std::size_t changes = diff_rules(*a, *b);
  std::printf("%zu rules differ\n", changes);
  Plan plan(pipeline, app.registry(), pipeline.flags);
  LoadedKnowledge loaded = app.knowledge(pipeline);
  const Knowledge known = loaded.view();
  int status = kOk;
  for (std::size_t i = 2; i < arguments.size(); ++i) {
    const auto fingerprint = Analysis{plan, app.session, known}.run(Target::parse(arguments[i]));
    const Model& model = *fingerprint->model;
    std::printf("\n%s\n", arguments[i].c_str());
    std::size_t count = 0;
    for (std::size_t g = 0; g < model.groups(); ++g) count += diff_labels(*a, *b, model.known_as((*model.group(g))["first"].u64()));
    std::printf("  %zu labels of %zu groups of tensors change\n", count, model.groups());
    if (fingerprint->problems().incomplete()) status = kIncomplete;
  }
  return status;
}

}  // namespace

int rules_command(App& app) {
  const std::string& command = app.options.command;
  if (command == "rules learn") return rules_learn(app);
  return command == "rules explain" ? explain(app) : command == "rules diff" ? diff(app) : check(app, command == "rules lint");
}

}  // namespace modelsig::cli
