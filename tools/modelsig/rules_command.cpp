#include <algorithm>
#include <cstdio>
#include <functional>
#include <map>
#include <set>

#include "core/families/name_table.hpp"
#include "core/pipeline/analyse.hpp"
#include "tools/modelsig/app.hpp"

namespace modelsig::cli {

namespace {

// One tensor name: per table every rule that matched, the one that won first. A family's own line goes before role rules.
void print_chain(const RuleSet& rules, std::string_view name, const Value& labels) {
  Document document;
  Builder b(document);
  rules.explain(name, b);
  const Value why = b.finish();
  std::printf("%s\n", std::string(why["abstract"].str()).c_str());
  const auto line = [](std::string_view table, std::string_view value, bool wins, std::string_view rule, std::string_view at, std::string_view how) {
    std::printf("  %-14.*s %-20.*s %s  %.*s  (%.*s, %.*s)\n", static_cast<int>(table.size()), table.data(), static_cast<int>(value.size()), value.data(), wins ? "won " : "lost",
                static_cast<int>(rule.size()), rule.data(), static_cast<int>(at.size()), at.data(), static_cast<int>(how.size()), how.data());
  };
  std::set<std::string_view> told;
  const auto by_family = [&](std::string_view table) {  // a label that no rule of the table gave
    const Value& label = labels[table];
    return label.is(Kind::object) && (label.find("axes") || label.find("instead_of")) && told.insert(table).second ? &label : nullptr;
  };
  const auto family = [&](std::string_view table, const Value& label) {
    if (const Value* by_name = label.find("instead_of"))
      return line(table, label["value"].str(), true, label["rule"].str(), label["at"].str(), "better evidence than the name's " + std::string(by_name->str()));
    const std::string how = "family" + (label.find("condition") ? ", " + std::string(label["condition"].str()) : "");
    line(table, label["value"].str(), true, label["rule"].str(), label["at"].str(), how);
  };
  for (const Value& table : why["tables"].items()) {
    const std::string_view table_name = table["table"].str();
    const Value* label = by_family(table_name);
    if (label) family(table_name, *label);
    for (const Value& link : table["chain"].items())
      line(table_name, link["value"].str(), link["wins"].boolean() && !label, link["rule"].str(), link["at"].str(), link["matcher"].str());
  }
  for (const Member& m : labels.members())
    if (const Value* label = by_family(m.key)) family(m.key, *label);
}

int explain(App& app) {
  const Pipeline pipeline = app.pipeline();
  Plan plan(pipeline, app.registry(), pipeline.flags);
  const LoadedKnowledge loaded = app.knowledge(pipeline);
  const Knowledge known = loaded.view();
  const auto& rules = loaded.rules;
  const auto& arguments = app.options.arguments;
  const Analysis analysis{plan, app.session, known};
  auto fingerprint = analysis.run(Target::parse(arguments.front()));
  for (const Problem& p : fingerprint->problems().sorted())
    if (p.level >= MS_ERROR) app.console.warning(p.step + ": " + p.text);
  const Model& model = *fingerprint->model;
  const int status = fingerprint->problems().incomplete() ? kIncomplete : kOk;
  if (arguments.size() == 1) {
    for (std::size_t g = 0; g < model.groups(); ++g) print_chain(*rules, model.known_as((*model.group(g))["first"].u64()), (*model.group(g))["labels"]);
    return status;
  }
  for (std::size_t i = 1; i < arguments.size(); ++i) {
    const Value* group = nullptr;  // of the tensors called so, whatever their indices
    for (std::size_t g = 0; g < model.groups() && !group; ++g)
      if (rules->abstract(model.known_as((*model.group(g))["first"].u64())) == rules->abstract(arguments[i])) group = model.group(g);
    if (!group && model.groups()) app.console.warning(arguments[i] + ": the model has no such tensor; this is what the rules say of the name");
    print_chain(*rules, arguments[i], group ? (*group)["labels"] : Value());
  }
  return status;
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

// Whatever is not built in is laid over the default set, as --rules and an organisation's folder do.
bool is_overlay(const App& app, const std::filesystem::path& file) {
  std::error_code error;
  const auto relative = std::filesystem::relative(file, app.dirs.dirs().back() / "rules", error);
  return error || relative.empty() || *relative.begin() == "..";
}

std::shared_ptr<const RuleSet> load_one(App& app, const std::filesystem::path& file) {
  if (!is_overlay(app, file)) return RuleSet::load(std::vector{file});
  return RuleSet::load(std::vector{app.dirs.find("rules", "default"), file});
}

// Families, and what they share (kinds, roles, schemes, containers' names), are read when a model first needs them: here all of them are.
void lint_families(const App& app, const std::function<void(const std::string&)>& say) {
  const auto folders = app.dirs.all("rules/families");
  const auto told = [&](const auto& read) {
    try {
      read();
      return true;
    } catch (const Error& error) {
      say(error.what());
      return false;
    }
  };
  const FamilyLibrary library(folders);
  if (!told([&] { library.vocabulary(); })) return;  // nothing can be read without it
  for (const auto& folder : folders) {
    std::error_code none;
    for (const auto& entry : std::filesystem::directory_iterator(folder / "names", none))
      if (entry.path().extension() == ".toml") told([&] { families::NameTable::read(*TomlFile::read(entry.path()), library.vocabulary()->roles); });
  }
  for (const std::string& name : library.names()) told([&] { library.load(name); });
}

// lint: everything that is wrong; test: the rules' own tests. Both go on behind a file that does not load.
int check_rules(App& app, bool lint) {
  std::size_t sets = 0, errors = 0, warnings = 0;
  std::set<std::string> said;  // a file that several sets extend is told about once
  for (const auto& file : rule_sets(app)) {
    ++sets;
    const bool overlay = is_overlay(app, file);
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
        for (const std::string& failure : expectations(app, *rules, file)) say(true, failure);
      }
    } catch (const Error& error) {
      say(true, error.what());  // begins with the file, or one that it extends
    }
  }
  if (lint && app.options.arguments.empty())
    lint_families(app, [&](const std::string& text) {
      if (said.insert(text).second) ++errors, std::printf("error: %s\n", text.c_str());
    });
  if (lint) std::printf("%zu rule sets, %zu errors, %zu warnings\n", sets, errors, warnings);
  else std::printf("%zu rule sets, %zu failures\n", sets, errors);
  return errors ? kUsage : kOk;
}

}  // namespace

bool same_value(const Value& a, const Value& b) {
  if (a.is_integer() && b.is_integer()) return a.u64() == b.u64() && a.i64() == b.i64();
  if (a.kind() != b.kind() || a.size() != b.size()) return false;
  switch (a.kind()) {
    case Kind::boolean: return a.boolean() == b.boolean();
    case Kind::real: return a.f64() == b.f64();
    case Kind::string: return a.str() == b.str();
    case Kind::array:
      for (std::size_t i = 0; i < a.size(); ++i)
        if (!same_value(a.at(i), b.at(i))) return false;
      return true;
    case Kind::object:
      for (const Member& m : a.members())
        if (m.key != "at" && (!b.find(m.key) || !same_value(m.value, b[m.key]))) return false;
      return true;
    default: return true;
  }
}

namespace {

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
      if (before && after && same_value(*before, *after)) continue;
      ++changes;
      std::printf("%c %-16s %-28s %s%s%s\n", !before ? '+' : !after ? '-' : '~', std::string(name).c_str(), std::string(id).c_str(), before ? std::string((*before)["at"].str()).c_str() : "",
                  before && after ? " -> " : "", after ? std::string((*after)["at"].str()).c_str() : "");
    }
  }
  return changes;
}

// "FFN (layer_types.toml:12)", or all of them where the table collects
std::string shown_label(const Value* label) {
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
    if (old && now && same_value(*old, *now)) continue;
    ++changes;
    std::printf("  %-50s %-14s %s -> %s\n", a.abstract(tensor).c_str(), std::string(table).c_str(), shown_label(old).c_str(), shown_label(now).c_str());
  }
  return changes;
}

// rules diff A B [MODEL...]: both laid over the pipeline's rules
int rules_diff(App& app) {
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
  return command == "rules explain" ? explain(app) : command == "rules diff" ? rules_diff(app) : check_rules(app, command == "rules lint");
}

}  // namespace modelsig::cli
