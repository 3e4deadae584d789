#include "core/model/family_link.hpp"

#include <algorithm>
#include <deque>

#include "core/families/modules_part.hpp"
#include "core/families/structure.hpp"
#include "core/value/error.hpp"

namespace modelsig {

namespace {

const Value* walk(const Value& config, std::string_view path) {
  const Value* at = &config;
  while (at) {
    const std::size_t dot = path.find('.');
    at = at->find(path.substr(0, dot));
    if (dot == std::string_view::npos) break;
    path.remove_prefix(dot + 1);
  }
  return at;
}

// the first of a rule table's config keys that holds a string; a key with a `table`: what that table makes of its (first) word
std::string_view keyed(const RuleSet& rules, std::string_view table, const Value& config) {
  const Value* keys = rules.table(table);
  if (!keys) return {};
  for (const Value& rule : keys->items()) {
    const Value* v = walk(config, rule["name"].str());
    if (!v) continue;
    const Value word = v->is(Kind::array) && v->size() > 0 ? v->at(0) : *v;
    if (!word.is(Kind::string)) continue;
    if (rule["table"].is(Kind::null)) return word.str();
    if (const Value* meant = rules.match(rule["table"].str(), word.str())) return (*meant)["value"].str();
  }
  return {};
}

}  // namespace

std::string_view FamilyLink::type_of(const RuleSet& rules, const Value& config) { return keyed(rules, "family_key", config); }

std::shared_ptr<const FamilyLink> FamilyLink::find(const families::FamilyLibrary& library, const RuleSet& rules, const Value& config,
                                                   const std::vector<std::pair<std::string, Value>>& parts) {
  const std::string_view type = type_of(rules, config);
  if (type.empty()) return nullptr;
  auto family = library.find(type);
  return family ? link(std::move(family), rules, config, parts) : nullptr;
}

std::shared_ptr<const FamilyLink> FamilyLink::generic(const families::FamilyLibrary& library, const RuleSet& rules, const Value& config) {
  auto family = library.find("generic");
  if (!family) return nullptr;
  std::vector<std::pair<std::string, Value>> nested;
  if (const Value* sections = rules.table("config_section"))
    for (const Value& rule : sections->items())
      if (const Value* section = walk(config, rule["name"].str()); section && section->is(Kind::object))
        for (const Member& m : section->members())
          if (std::none_of(nested.begin(), nested.end(), [&](const auto& n) { return n.first == m.key; })) nested.emplace_back(m.key, m.value);
  return link(std::move(family), rules, config, nested);
}

std::shared_ptr<FamilyLink> FamilyLink::link(std::shared_ptr<const families::Family> family, const RuleSet& rules, const Value& config,
                                             const std::vector<std::pair<std::string, Value>>& parts) {
  auto link = std::make_shared<FamilyLink>();
  Builder whole(link->document_, Builder::Duplicates::refuse, Builder::NonFinite::keep);
  whole.begin('{');
  for (const Member& m : config.members()) whole.key(m.key), whole.copy(m.value);
  for (const auto& [name, value] : parts)
    if (!config.find(name)) whole.key(name), whole.copy(value);
  whole.end();
  const Value merged = whole.finish();
  link->name_ = family->name();
  link->family_ = family;
  for (const auto& [name, value] : parts)
    if (const Value* rule = rules.match("name_dialect", name)) {
      link->options_.dialect = (*rule)["dialect"].str();
      link->options_.quantised = (*rule)["quantised"].boolean(true);
    }
  link->model_ = std::make_shared<FamilyModel>(FamilyModel::apply(family, merged, link->options_));
  const std::string_view said = keyed(rules, "stored_dtype_key", config);
  if (const Value* rule = rules.match("stored_dtype", said)) link->dtype_ = (*rule)["value"].str();
  link->document_.set_root(merged);
  return link;
}

void FamilyLink::generate(Model& into) const {
  std::uint64_t refused = 0;
  model_->tensors([&](const families::FamilyTensor& t) {
    const std::string_view dtype = t.dtype.empty() ? std::string_view(dtype_) : t.dtype;
    const ms_tensor row = {sizeof(ms_tensor), static_cast<std::uint32_t>(t.shape.size()), {t.name.data(), t.name.size()},
                           {dtype.data(), dtype.size()}, t.shape.data(), 0, MS_SIZE_UNKNOWN, nullptr, {}, 0, 0, 0, 0, nullptr, nullptr, {}, {}};
    if (into.add(&row) != MS_OK) ++refused;
  });
  if (refused) throw Error("family '" + name_ + "' promises " + std::to_string(refused) + " tensors more than a model may have", MS_LIMIT);
}

const families::TensorTemplate* FamilyLink::label(std::string_view tensor, Builder& labels) const {
  const families::TemplateMatch match = model_->match(tensor);
  if (!match) return nullptr;
  labels.key("role");
  labels.begin('{');
  labels.member("value", std::string_view(match.tensor->label));
  labels.member("rule", std::string_view(match.tensor->family));
  labels.member("at", std::string_view(match.tensor->where));
  labels.key("axes");
  labels.begin('[');
  for (const std::string& axis : match.tensor->axes) labels.put(std::string_view(axis));
  labels.end();
  if (!match.tensor->condition.empty()) labels.member("condition", std::string_view(match.tensor->condition));
  if (!match.tensor->scheme.empty()) labels.member("scheme", std::string_view(match.tensor->scheme));
  labels.end();
  return match.tensor;
}

std::string FamilyLink::name_of_role(std::string_view alias) const {
  std::vector<std::string_view> words;
  for (std::size_t at = 1; at <= alias.size();) {
    const std::size_t end = std::min(alias.find(' ', at), alias.size());
    words.push_back(alias.substr(at, end - at));
    at = end + 1;
  }
  for (const families::TensorTemplate& t : model_->templates()) {
    if (words.empty() || t.label != words[0] || t.indices.size() != words.size() - 1) continue;
    std::string name = t.pattern;
    for (std::size_t i = 0; i < t.indices.size(); ++i) {
      const std::string hole = "{" + t.indices[i] + "}";
      const std::size_t at = name.find(hole);
      if (at != std::string::npos) name.replace(at, hole.size(), words[i + 1]);
    }
    const families::TemplateMatch match = model_->match(name);
    if (match && model_->explain(match).empty()) return name;
  }
  return {};
}

void FamilyLink::write_structure(const FamilyOptions& options, const families::Lacking& lacking, Builder& out) const {
  FamilyOptions plain = options;
  plain.quantised = false;
  if (!options_.dialect.empty()) plain.dialect.clear();  // a container's names: the structure is the family's own, comparable
  families::write_structure(FamilyModel::apply(family_, document_.root(), plain), lacking, out);
}

void FamilyLink::write_modules(const FamilyOptions& options, Builder& out) const {
  FamilyOptions plain = options;
  plain.quantised = false;
  if (plain.dialect.empty()) plain.dialect = "running";  // the module tree in memory, where the family says that it is spelled otherwise
  families::write_modules(FamilyModel::apply(family_, document_.root(), plain), dtype_, out);
}

void FamilyLink::write_match(std::string_view tensor, Builder& out) const {
  const families::TemplateMatch match = model_->match(tensor);
  if (!match) return out.put(Value());
  out.begin('{');
  label(tensor, out);
  out.member("pattern", std::string_view(match.tensor->pattern));
  out.key("indices");
  out.begin('[');
  for (std::uint64_t i : match.indices) out.put(Value(i));
  out.end();
  const std::string why = model_->explain(match);
  if (!why.empty()) out.member("absent_because", std::string_view(why));
  out.end();
}

std::span<const std::uint64_t> FamilyLink::promised(std::string_view tensor) const {
  std::call_once(promised_once_, [&] {
    try {
      model_->tensors([&](const families::FamilyTensor& t) { promised_.emplace(t.name, std::vector<std::uint64_t>(t.shape.begin(), t.shape.end())); });
    } catch (const Error&) {  // a config that cannot be read promises nothing; the part "family" says why
      promised_.clear();
    }
  });
  const auto it = promised_.find(tensor);
  return it == promised_.end() ? std::span<const std::uint64_t>() : it->second;
}

std::vector<families::StoredTensor> FamilyLink::parts_of(std::string_view alias, std::span<const std::uint64_t> shape) const {
  const auto& roles = family_->vocabulary().roles;
  const std::size_t blank = std::min(alias.find(' '), alias.size()), slash = alias.rfind('/', blank), at = slash == std::string_view::npos ? 1 : slash + 1;
  const auto [role, suffix] = roles.split(alias.substr(at, blank - at));
  std::vector<families::StoredTensor> out;
  std::uint64_t rows = 0;
  for (const std::string& part : roles.parts(role)) {
    const std::string name = name_of_role(std::string(alias.substr(0, at)) + part + (suffix.empty() ? "" : "." + std::string(suffix)) + std::string(alias.substr(blank)));
    const auto it = promised(name).empty() ? promised_.end() : promised_.find(name);
    if (it == promised_.end() || it->second.size() != shape.size() || !std::equal(shape.begin() + 1, shape.end(), it->second.begin() + 1)) return {};
    rows += it->second[0];
    out.push_back({it->first, it->second});
  }
  if (out.empty() || rows != shape[0]) return {};
  return out;
}

families::CheckpointCheck FamilyLink::check(const Model& checkpoint) const {
  constexpr std::uint32_t NOT_COMPARED = MS_TENSOR_COMPANION | MS_TENSOR_CONSTANT | MS_TENSOR_SHARED;
  std::vector<families::StoredTensor> stored;
  std::deque<std::string> respelled;
  stored.reserve(checkpoint.size());
  for (std::size_t i = 0; i < checkpoint.size(); ++i) {
    if (checkpoint.flags(i) & NOT_COMPARED) continue;
    const std::string_view name = checkpoint.known_as(i);
    const auto parts = name.starts_with('@') && !checkpoint.shape(i).empty() ? parts_of(name, checkpoint.shape(i)) : std::vector<families::StoredTensor>();
    if (parts.empty()) stored.push_back({name, checkpoint.shape(i)});
    else stored.insert(stored.end(), parts.begin(), parts.end());
    if (options_.dialect.empty() || !parts.empty()) continue;
    if (std::string spelled = model_->first_name(model_->match(name)); !spelled.empty()) stored.back().name = respelled.emplace_back(std::move(spelled));
  }
  return check_checkpoint(family_, document_.root(), stored, options_);
}

}  // namespace modelsig
