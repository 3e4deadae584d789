#include "core/rules/rule_file.hpp"

#include <fmt/core.h>

#include <algorithm>
#include <unordered_map>

#include "core/rules/check.hpp"
#include "core/value/nearest.hpp"

namespace modelsig {

namespace {

const std::vector<std::string> kSettings = {"subject", "collect", "ignore_case", "keys", "expressions", "refers"};
const std::vector<std::string> kNames = {"index", "placeholder"};
const std::vector<std::string> kModes = {"components", "between-dots"};
const std::vector<std::string> kTop = {"extends", "table", "names"};
const std::vector<std::string> kMatchers = {"exact", "prefix", "suffix", "contains", "pattern"};
// long enough that a payload key one letter away is a slip; "id" and "at" are not
const std::vector<std::string> kWords = {"exact", "prefix", "suffix", "contains", "pattern", "label", "hits",
                                         "misses", "before", "first", "remove", "ignore_case"};

bool one_letter_apart(std::string_view a, std::string_view b) {  // each payload key is asked about, so no table of distances
  if (a.size() > b.size()) std::swap(a, b);
  if (b.size() - a.size() > 1 || a == b) return false;
  const auto [x, y] = std::mismatch(a.begin(), a.end(), b.begin());
  return std::equal(x + (a.size() == b.size()), a.end(), y + 1, b.end());
}

void refuse_slip(const TomlFile& file, const Member& m) {
  for (const std::string& word : kWords)
    if (one_letter_apart(m.key, word))
      file.fail_key(m.value, fmt::format("'{}' is one letter away from '{}': write that, or a payload key that can't be taken for it", m.key, word));
}

void check_placing(Rule& rule, const Value& node) {
  const TomlFile& file = *rule.file;
  if (rule.remove) {
    for (const Member& m : node.members())
      if (m.key != "id" && m.key != "remove") file.fail_key(m.value, fmt::format("rule '{}' is removed here, so '{}' has no use beside id and remove", rule.id, m.key));
  } else if (rule.before && rule.first) {
    file.fail_key(*rule.before, fmt::format("rule '{}' has both 'before' and 'first', it can stand in one place only", rule.id));
  } else if (rule.before && rule.before->str() == rule.id) {
    file.fail(*rule.before, fmt::format("rule '{}' can't stand before itself", rule.id));
  }
}

Rule check_rule(const std::shared_ptr<const TomlFile>& toml, const Value& node) {
  const TomlFile& file = *toml;
  Rule rule;
  rule.file = toml;
  rule.node = &node;
  const Value* id = node.find("id");
  if (!id) file.fail(node, "a rule without 'id': it is the name by which later files replace it");
  rule.id = check::text(file, *id, "id");
  if (rule.id.empty()) file.fail(*id, "'id' is empty, it needs at least one character");
  bool tested = false;
  for (const Member& m : node.members()) {
    const Value& v = m.value;
    if (auto it = std::find(kMatchers.begin(), kMatchers.end(), m.key); it != kMatchers.end()) {
      if (rule.kind != MatcherKind::none)
        file.fail_key(v, fmt::format("rule '{}' has both '{}' and '{}', it takes one matcher of {}", rule.id, to_string(rule.kind), m.key, check::join(kMatchers)));
      rule.kind = static_cast<MatcherKind>(1 + (it - kMatchers.begin()));
      // prefix = "" is everything, exact = "" the empty subject
      rule.texts = check::texts(file, v, m.key, rule.kind == MatcherKind::prefix || rule.kind == MatcherKind::exact);
    } else if (m.key == "label") {
      if (check::text(file, v, m.key).empty()) file.fail(v, "'label' is empty, it needs at least one character");
      rule.label = &v;
    } else if (m.key == "hits" || m.key == "misses") {
      check::texts(file, v, m.key, true);
      tested = true;
    } else if (m.key == "ignore_case") rule.ignore_case = check::boolean(file, v, m.key);
    else if (m.key == "before") check::text(file, v, m.key), rule.before = &v;
    else if (m.key == "first" || m.key == "remove") {
      if (!check::boolean(file, v, m.key)) file.fail(v, fmt::format("'{}' can only be true; leave it out instead", m.key));
      (m.key == "first" ? rule.first : rule.remove) = true;
    } else if (m.key == "at") file.fail_key(v, "'at' is where the kernel notes file and line of a rule, a payload key needs another name");
    else if (m.key != "id") refuse_slip(file, m);
  }
  if (tested && rule.kind == MatcherKind::none && !rule.remove)
    file.fail(node, fmt::format("rule '{}' has hits or misses but no matcher ({})", rule.id, check::join(kMatchers)));
  check_placing(rule, node);
  return rule;
}

TableSettings check_settings(const TomlFile& file, const Member& m) {
  if (!m.value.is(Kind::object)) file.fail(m.value, fmt::format("[table.{}] is {}, it must be a table", m.key, check::describe(m.value)));
  check::keys(file, m.value, kSettings, fmt::format("[table.{}]", m.key));
  TableSettings out;
  out.table = m.key;
  if (const Value* v = m.value.find("subject")) {
    if (check::text(file, *v, "subject") != "tensor") file.fail(*v, fmt::format("'subject' is '{}', it can only be 'tensor'; leave it out for a table that plugins look things up in", v->str()));
    out.labels = true;
  }
  if (const Value* v = m.value.find("collect")) out.collect = check::boolean(file, *v, "collect");
  if (const Value* v = m.value.find("ignore_case")) out.ignore_case = check::boolean(file, *v, "ignore_case");
  const auto words = [&](const Value& list, std::string_view key) {
    if (!list.is(Kind::array)) file.fail(list, fmt::format("'{}' is {}, it must be a list of keys", key, check::describe(list)));
    std::vector<std::string> words_of;
    for (const Value& v : list.items()) words_of.emplace_back(check::text(file, v, key));
    return words_of;
  };
  if (const Value* v = m.value.find("keys")) out.payload.keys = words(*v, "keys");
  if (const Value* v = m.value.find("expressions")) out.payload.expressions = words(*v, "expressions");
  if (const Value* v = m.value.find("refers")) {
    if (!v->is(Kind::object)) file.fail(*v, fmt::format("'refers' is {}, it must be a table: {{ key = \"table\" }}", check::describe(*v)));
    for (const Member& r : v->members()) out.payload.refers.emplace(r.key, check::text(file, r.value, r.key));
  }
  return out;
}

void check_names(RuleFile& out, const Value& names) {
  const TomlFile& file = *out.toml;
  if (!names.is(Kind::object)) file.fail(names, fmt::format("'names' is {}, it must be a table", check::describe(names)));
  check::keys(file, names, kNames, "[names]");
  if (const Value* v = names.find("index")) {
    const auto it = std::find(kModes.begin(), kModes.end(), check::text(file, *v, "index"));
    if (it == kModes.end()) file.fail(*v, fmt::format("'index' is '{}', allowed are {}", v->str(), check::join(kModes)));
    out.index = it == kModes.begin() ? IndexNames::Mode::components : IndexNames::Mode::between_dots;
  }
  if (const Value* v = names.find("placeholder")) {
    const std::string_view text = check::text(file, *v, "placeholder");
    const bool digits = text.find_first_not_of("0123456789") == std::string_view::npos;  // or empty
    if (digits || text.find('.') != std::string_view::npos) file.fail(*v, fmt::format("'placeholder' is '{}', it needs at least one character that is no digit, and no dot", text));
    out.placeholder = text;
  }
}

}  // namespace

std::string_view to_string(MatcherKind kind) {
  return kind == MatcherKind::none ? std::string_view{} : kMatchers[static_cast<std::size_t>(kind) - 1];
}

RuleFile RuleFile::check(std::shared_ptr<const TomlFile> toml) {
  RuleFile out;
  out.toml = toml;
  const TomlFile& file = *toml;
  for (const Member& m : toml->root().members()) {
    if (m.key == "extends") out.extends = check::texts(file, m.value, m.key);
    else if (m.key == "names") check_names(out, m.value);
    else if (m.key == "table") {
      if (!m.value.is(Kind::object)) file.fail(m.value, fmt::format("'table' is {}, it holds the settings of tables: [table.name]", check::describe(m.value)));
      for (const Member& t : m.value.members()) out.settings.push_back(check_settings(file, t));
    } else if (!m.value.is(Kind::array)) {
      const std::string hint = did_you_mean(m.key, kTop);
      file.fail_key(m.value, fmt::format("unknown key '{}'{} are {}, and rules as [[table]]", m.key, hint.empty() ? "; allowed" : hint + " Allowed", check::join(kTop)));
    } else {
      Rules& rules = out.tables.emplace_back(Rules{m.key, {}});
      std::unordered_map<std::string_view, const Value*> seen;
      for (const Value& node : m.value.items()) {
        if (!node.is(Kind::object)) file.fail(node, fmt::format("an item of '{0}' is {1}, rules are written as [[{0}]]", m.key, check::describe(node)));
        rules.rules.push_back(check_rule(toml, node));
        const Rule& rule = rules.rules.back();
        if (const auto [it, fresh] = seen.emplace(rule.id, &node); !fresh)
          file.fail(node["id"], fmt::format("rule '{}' of table '{}' is there already, at {}", rule.id, m.key, file.where(*it->second)));
      }
    }
  }
  return out;
}

}  // namespace modelsig
