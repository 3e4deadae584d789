#include "core/pipeline/pipeline.hpp"

#include <fmt/format.h>
#include <modelsig/abi.h>

#include <algorithm>

#include "core/host/manifest.hpp"
#include "core/value/nearest.hpp"

namespace modelsig {

namespace {

const std::vector<std::string> kTopKeys = {"summary", "extends", "rules", "families", "policy", "plan", "flags", "store", "format", "layer",
                                           "comparator", "advisor", "formatter", "report", "output", "models", "errors", "limits"};
const std::vector<std::string> kStepKeys = {"use", "id", "section", "when", "with", "remove"};

void check_keys(const TomlFile& file, const Value& table, std::span<const std::string> allowed, const std::string& what) {
  for (const Member& m : table.members())
    if (std::find(allowed.begin(), allowed.end(), m.key) == allowed.end())
      file.fail_key(m.value, what + " has no '" + std::string(m.key) + "'" + did_you_mean(m.key, allowed) + " (" + fmt::format("{}", fmt::join(allowed, ", ")) + ")");
}

std::string text(const TomlFile& file, const Value& table, std::string_view key, const std::string& otherwise = {}) {
  const Value* v = table.find(key);
  if (!v) return otherwise;
  if (!v->is(Kind::string)) file.fail(*v, "'" + std::string(key) + "' is a string");
  return std::string(v->str());
}

std::vector<std::string> texts(const TomlFile& file, const Value& list, const std::string& what) {
  if (!list.is(Kind::array)) file.fail(list, what + " is a list of strings");
  std::vector<std::string> out;
  for (const Value& item : list.items()) {
    if (!item.is(Kind::string)) file.fail(item, what + " is a list of strings");
    out.emplace_back(item.str());
  }
  return out;
}

const Value& table_of(const TomlFile& file, const Value& root, std::string_view key) {
  const Value& v = root[key];
  if (!v.is(Kind::object) && !v.is(Kind::null)) file.fail(v, "[" + std::string(key) + "] is a table");
  return v;
}

std::string one_of(const TomlFile& file, const Value& table, std::string_view key, std::span<const std::string> allowed, const std::string& otherwise) {
  const std::string said = text(file, table, key, otherwise);
  if (std::find(allowed.begin(), allowed.end(), said) == allowed.end())
    file.fail(table[key], "'" + std::string(key) + "' is '" + said + "'" + did_you_mean(said, allowed) + " (" + fmt::format("{}", fmt::join(allowed, ", ")) + ")");
  return said;
}

}  // namespace

Pipeline Pipeline::load(const ConfigDirs& dirs, const std::string& name_or_path) {
  const std::filesystem::path found = dirs.find("pipelines", name_or_path);
  return from(dirs, TomlFile::read(found), found);
}

Pipeline Pipeline::parse(const ConfigDirs& dirs, std::string_view text, const std::filesystem::path& where) {
  return from(dirs, TomlFile::parse(text, where.string()), where);
}

Pipeline Pipeline::from(const ConfigDirs& dirs, const std::shared_ptr<const TomlFile>& file, const std::filesystem::path& where) {
  Pipeline out;
  out.path = where;
  out.name = where.stem().string();
  out.merge(dirs, file, where, 0);
  std::stable_sort(out.steps.begin(), out.steps.end(), [](const Step& a, const Step& b) { return a.kind < b.kind; });
  return out;
}

void Pipeline::merge(const ConfigDirs& dirs, const std::shared_ptr<const TomlFile>& file, const std::filesystem::path& beside, int depth) {
  const Value& root = file->root();
  check_keys(*file, root, kTopKeys, "a pipeline file");
  if (const Value* parent = root.find("extends")) {
    if (depth > 8) file->fail(*parent, "pipelines extend one another in a circle, or more than 8 deep");
    std::filesystem::path up;
    try {
      up = dirs.find("pipelines", text(*file, root, "extends"), beside);
    } catch (const Error& e) {
      file->fail(*parent, e.what());
    }
    merge(dirs, TomlFile::read(up), up, depth + 1);
  }
  files.push_back(file);
  summary = text(*file, root, "summary", summary);
  if (const Value* list = root.find("rules")) {
    for (const Value& item : list->items()) {
      try {
        rules.push_back(dirs.find("rules", item.str(), beside));
      } catch (const Error& e) {
        file->fail(item, e.what());
      }
    }
    texts(*file, *list, "'rules'");
  }
  for (const Member& m : table_of(*file, root, "flags").members()) {
    if (!m.value.is(Kind::boolean)) file->fail(m.value, "a flag is true or false");
    flags[std::string(m.key)] = m.value.boolean();
  }
  for (const Member& m : table_of(*file, root, "plan").members()) plan[std::string(m.key)] = {&m.value, file};
  for (int kind = 1; kind < 7; ++kind) {
    const Value& list = root[role_kind_name(kind)];
    if (list.is(Kind::null)) continue;
    if (!list.is(Kind::array)) file->fail(list, "steps are written as [[" + std::string(role_kind_name(kind)) + "]], their order counts");
    for (const Value& table : list.items()) merge_step(file, kind, table);
  }
  const Value& layout = table_of(*file, root, "report");
  check_keys(*file, layout, std::vector<std::string>{"top", "model", "pair", "only", "hide", "non_finite", "version"}, "[report]");
  for (auto [key, into] : {std::pair{"top", &report.top}, {"model", &report.model}, {"pair", &report.pair}, {"hide", &report.hide}})
    if (const Value* list = layout.find(key)) *into = texts(*file, *list, "[report] " + std::string(key));
  if (const Value* only = layout.find("only")) report.only = only->boolean();
  if (const Value* non_finite = layout.find("non_finite")) report.non_finite = non_finite->boolean();
  report.version = text(*file, layout, "version", report.version);

  const Value& output = table_of(*file, root, "output");
  check_keys(*file, output, std::vector<std::string>{"format", "save"}, "[output]");
  format = text(*file, output, "format", format);
  save = text(*file, output, "save", save);
  if (const Value* use = root.find("families")) {
    if (!use->is(Kind::boolean)) file->fail(*use, "'families' is true or false");
    families = use->boolean();
  }
  const Value& models = table_of(*file, root, "models");
  check_keys(*file, models, std::vector<std::string>{"label"}, "[models]");
  labels = one_of(*file, models, "label", std::vector<std::string>{"unique", "basename"}, labels);
  const Value& errors = table_of(*file, root, "errors");
  check_keys(*file, errors, std::vector<std::string>{"step"}, "[errors]");
  abort_on_error = one_of(*file, errors, "step", std::vector<std::string>{"report", "abort"}, abort_on_error ? "abort" : "report") == "abort";
  const Value& limits = table_of(*file, root, "limits");
  check_keys(*file, limits, std::vector<std::string>{"bytes"}, "[limits]");
  if (const Value* bytes = limits.find("bytes")) {
    if (!bytes->is_integer() || bytes->i64() <= 0) file->fail(*bytes, "[limits] bytes is a positive number of bytes per model");
    budget = bytes->u64();
  }
  if (const Value* policy = root.find("policy")) apply_policy(dirs, file, *policy);
}

Step* Pipeline::step(std::string_view id) {
  auto it = std::find_if(steps.begin(), steps.end(), [&](const Step& s) { return s.id == id; });
  return it == steps.end() ? nullptr : &*it;
}

void Pipeline::merge_step(const std::shared_ptr<const TomlFile>& file, int kind, const Value& table) {
  const std::string what = "[[" + std::string(role_kind_name(kind)) + "]]";
  check_keys(*file, table, kStepKeys, what);
  const std::string use = text(*file, table, "use");
  std::string id = text(*file, table, "id");
  if (id.empty() && !use.empty()) id = use.substr(use.find('.') + 1);
  if (id.empty()) file->fail_key(table, what + " needs use = \"" + std::string(role_kind_name(kind)) + ".NAME\"");
  // ids are unique over all kinds but for names like format.json / formatter.json: the kind is part of the place
  auto it = std::find_if(steps.begin(), steps.end(), [&](const Step& s) { return s.kind == kind && s.id == id; });
  if (it != steps.end() && it->at.file == file) file->fail_key(table, what + " '" + id + "' is given twice, give the second an id of its own");
  if (table["remove"].boolean()) {
    if (it == steps.end()) file->fail(table["remove"], "there is no " + what + " '" + id + "' to remove");
    steps.erase(it);
    return;
  }
  if (it == steps.end()) {
    if (use.empty()) file->fail_key(table, what + " '" + id + "' needs use = \"" + std::string(role_kind_name(kind)) + ".NAME\"");
    it = steps.insert(steps.end(), Step{});
    it->kind = kind;
    it->id = id;
  }
  if (!use.empty()) {
    if (role_kind(use.substr(0, use.find('.'))) != kind) file->fail(table["use"], "'" + use + "' is no " + std::string(role_kind_name(kind)) + ": its name would begin with '" + std::string(role_kind_name(kind)) + ".'");
    it->use = use;
  }
  it->at = {&table, file};
  it->section = text(*file, table, "section", it->section);
  it->when = text(*file, table, "when", it->when);
  const Value& with = table["with"];
  if (!with.is(Kind::object) && !with.is(Kind::null)) file->fail(with, "'with' is a table of options");
  for (const Member& m : with.members()) it->with[std::string(m.key)] = {&m.value, file};
}

void Pipeline::apply_policy(const ConfigDirs& dirs, const std::shared_ptr<const TomlFile>& file, const Value& named) {
  if (!named.is(Kind::string)) file->fail(named, "'policy' is a name or a file");
  std::shared_ptr<const TomlFile> policy;
  try {
    policy = TomlFile::read(dirs.find("policies", named.str(), file->name()));
  } catch (const Error& e) {
    file->fail(named, e.what());
  }
  files.push_back(policy);
  std::vector<std::string> ids;
  for (const Step& s : steps) ids.push_back(s.id);
  for (const Member& m : policy->root().members()) {
    Step* target = step(m.key);
    if (!m.value.is(Kind::object) || !target)
      policy->fail_key(m.value, "a policy has one table per step, [STEP] with its options; no step is called '" + std::string(m.key) + "'" + did_you_mean(m.key, ids));
    for (const Member& option : m.value.members()) target->with[std::string(option.key)] = {&option.value, policy};
  }
}

void Pipeline::set(const std::string& assignment) {
  const std::size_t equals = assignment.find('='), dot = assignment.find('.');
  if (equals == std::string::npos || dot == std::string::npos || dot > equals)
    throw Error("--set " + assignment + ": expected step.key=value, e.g. --set coverage.threshold=0.9");
  const std::string id = assignment.substr(0, dot), key = assignment.substr(dot + 1, equals - dot - 1), value = assignment.substr(equals + 1);
  std::vector<std::string> ids;
  std::vector<Step*> targets;
  for (Step& s : steps) {
    ids.push_back(s.id);
    if (s.id == id) targets.push_back(&s);
  }
  if (targets.empty()) throw Error("--set " + assignment + ": pipeline '" + name + "' has no step '" + id + "'" + did_you_mean(id, ids) + " (" + fmt::format("{}", fmt::join(ids, ", ")) + ")");
  std::shared_ptr<const TomlFile> file;
  const std::string where = "--set " + id + "." + key;
  try {
    file = TomlFile::parse("v = " + value, where);
  } catch (const Error&) {  // not TOML: taken as the text it is, in a literal string where it can be
    if (value.find('\'') != std::string::npos || value.find('\n') != std::string::npos) throw Error(where + ": '" + value + "' is no TOML value");
    file = TomlFile::parse("v = '" + value + "'", where);
  }
  files.push_back(file);
  for (Step* s : targets) s->with[key] = {&file->root()["v"], file};
}

void Pipeline::set_plan(const std::string& assignment) {
  const std::size_t equals = assignment.find('=');
  if (equals == std::string::npos || equals == 0 || equals + 1 == assignment.size())
    throw Error("--plan " + assignment + ": expected name=value or name=value,value,..., e.g. --plan tp=1,2,4,8");
  const std::string key = assignment.substr(0, equals), where = "--plan " + key;
  const auto literal = [&](const std::string& word) {  // a number or truth value as TOML has it, else a text
    if (word == "true" || word == "false" || (!word.empty() && word.find_first_not_of("0123456789.-") == std::string::npos)) return word;
    if (word.empty() || word.find_first_of("'\n") != std::string::npos) throw Error(where + ": '" + word + "' is no value");
    return "'" + word + "'";
  };
  std::string list;
  for (std::size_t at = equals + 1, end; at <= assignment.size(); at = end + 1) {
    end = std::min(assignment.find(',', at), assignment.size());
    list += (list.empty() ? "" : ", ") + literal(assignment.substr(at, end - at));
  }
  const auto file = TomlFile::parse(key.find_first_not_of("abcdefghijklmnopqrstuvwxyz_") == std::string::npos ? key + " = [" + list + "]" : "'" + key + "' = [" + list + "]", where);
  files.push_back(file);
  plan[key] = {&file->root().at(0), file};
}

}  // namespace modelsig
