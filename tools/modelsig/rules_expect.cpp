// [[expect]] rules: what the report of whole models must say. Run by 'modelsig rules test'.
#include <fmt/core.h>

#include <algorithm>

#include "core/pipeline/analyse.hpp"
#include "core/report/report.hpp"
#include "tools/modelsig/app.hpp"

namespace modelsig::cli {

namespace {

// "models/small/family/exact"; a number is a place in a list. Null where there is no such place.
const Value* place(const Value& report, std::string_view path) {
  const Value* at = &report;
  while (at && !path.empty()) {
    const std::string_view step = path.substr(0, path.find('/'));
    path.remove_prefix(std::min(step.size() + 1, path.size()));
    if (!at->is(Kind::array)) {
      at = at->find(step);
      continue;
    }
    std::size_t index = 0;
    for (const char c : step) index = c >= '0' && c <= '9' && index < at->size() ? index * 10 + static_cast<std::size_t>(c - '0') : at->size();
    at = index < at->size() ? &at->at(index) : nullptr;
  }
  return at;
}

bool holds(const Value& place, const Value& item) {
  if (place.is(Kind::object)) return place.find(item.str()) != nullptr;
  const auto items = place.items();
  return std::any_of(items.begin(), items.end(), [&](const Value& v) { return same_value(v, item); });
}

std::string shown(const Value* v) {
  if (!v) return "nothing";
  if (v->is(Kind::array) || v->is(Kind::object)) {
    std::string out;
    for (std::size_t i = 0; i < v->size() && out.size() < 200; ++i) out += (i ? ", " : "") + (v->is(Kind::object) ? std::string(v->key(i)) : Expression::describe(v->at(i)));
    return "[" + out + "]";
  }
  return Expression::describe(*v);
}

void compare(const Value& rule, const Value& report, const std::string& who, std::vector<std::string>& out) {
  for (const char* how : {"is", "has", "lacks"})
    for (const Member& m : rule[how].members()) {
      const Value* at = place(report, m.key);
      const auto wrong = [&](const Value& wanted) { out.push_back(fmt::format("{} expects that {} {} {}, it is {}", who, m.key, how, shown(&wanted), shown(at))); };
      if (how == std::string_view("is")) {
        if (!at || !same_value(*at, m.value)) wrong(m.value);
        continue;
      }
      const bool list = m.value.is(Kind::array);
      for (std::size_t i = 0; i < (list ? m.value.size() : 1); ++i) {
        const Value& item = list ? m.value.at(i) : m.value;
        if (!at || holds(*at, item) != (how == std::string_view("has"))) wrong(item);
      }
    }
}

Report report_of(App& app, const Value& rule, const std::filesystem::path& file, Plan& plan, const Knowledge& known) {
  std::vector<Target> targets;
  const Value& models = rule["models"];
  for (std::size_t i = 0; i < (models.is(Kind::array) ? models.size() : 1); ++i) {
    const std::filesystem::path path = file.parent_path() / std::string((models.is(Kind::array) ? models.at(i) : models).str());
    if (!std::filesystem::is_directory(path)) throw Error(path.string() + ": there is no such folder");
    targets.push_back(Target::parse("local:" + path.lexically_normal().string()));
  }
  assign_ids(targets, true);
  std::vector<std::unique_ptr<Fingerprint>> fingerprints;
  const Analysis analysis{plan, app.session, known, rule["fast"].boolean()};
  for (const Target& t : targets) fingerprints.push_back(analysis.run(t));
  return Report::build(plan, app.session, known, std::move(fingerprints), targets.size() > 1);
}

}  // namespace

std::vector<std::string> expectations(App& app, const RuleSet& rules, const std::filesystem::path& file) {
  std::vector<std::string> out;
  const Value* table = rules.table("expect");
  if (!table) return out;
  for (const Value& rule : table->items()) {
    const std::string where(rule["at"].str());
    if (!where.starts_with(file.string() + ":")) continue;  // told where it stands
    const std::string who = fmt::format("{}: '{}'", where, rule["id"].str());
    try {
      Pipeline pipeline = app.pipeline();
      if (std::find(pipeline.rules.begin(), pipeline.rules.end(), file) == pipeline.rules.end()) pipeline.rules.push_back(file);
      if (pipeline.flags.contains("fast")) pipeline.flags["fast"] = rule["fast"].boolean();
      Plan plan(pipeline, app.registry(), pipeline.flags);
      const LoadedKnowledge loaded = app.knowledge(pipeline);
      const Knowledge known = loaded.view();
      const Report report = report_of(app, rule, file, plan, known);
      compare(rule, report.root(), who, out);
    } catch (const Error& error) {
      out.push_back(who + ": " + error.what());
    }
  }
  return out;
}

}  // namespace modelsig::cli
