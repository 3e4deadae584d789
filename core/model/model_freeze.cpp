// What happens to a model between its formats and its layers: every tensor gets the name that families and rules know it by, its group
// and its labels.
#include <algorithm>
#include <exception>

#include "core/host/session.hpp"
#include "core/model/family_link.hpp"
#include "core/model/model.hpp"
#include "core/rules/rule_set.hpp"
#include "core/value/word_hash.hpp"

namespace modelsig {

// Its own name if the family knows it, else the first other one that the config promises, that the family knows, that
// the rules know. Of a tensor that is said to lie in a part of the model, first what names a tensor of that part.
std::string_view Model::best_name(const Row& row, const Extra& extra, const RuleSet& rules) {
  if (family_) {
    if (const std::string_view within = texts_[row.component]; !within.empty())
      for (std::string_view alias : extra.aliases) {
        if (alias.starts_with('@')) {
          const std::string named = alias.substr(1).starts_with(std::string(within) + "/") ? family_->name_of_role(alias) : std::string();
          if (!named.empty()) return document_.keep(named);
        } else if (const families::TemplateMatch match = family_->model().match(alias); match && match.tensor->part == within && family_->model().explain(match).empty()) {
          return alias;
        }
      }
    if (family_->model().match(row.name)) return row.name;
    std::string_view known;
    for (std::string_view alias : extra.aliases) {
      if (alias.starts_with('@')) {
        const std::string named = family_->name_of_role(alias);
        if (!named.empty()) return document_.keep(named);
      } else if (const families::TemplateMatch match = family_->model().match(alias)) {
        if (family_->model().explain(match).empty()) return alias;
        if (known.empty()) known = alias;
      }
    }
    if (!known.empty()) return known;
    for (std::string_view alias : extra.aliases)  // its place in the graph, before what rules say of names in general
      if (alias.starts_with('@')) return alias;
  }
  if (rules.match("role", row.name)) return row.name;
  for (std::string_view alias : extra.aliases)
    if (alias.starts_with('@') || rules.match("role", alias)) return alias;
  return row.name;
}

// A format turns matrices to [out, in], but some families (GPT-2) store a kind of layer [in, out] everywhere. Where a
// promised shape that is not square shows it, all matrices of that kind are taken as they are stored.
void Model::turn_back() {
  struct Votes { bool as_stored = false, as_turned = false; std::vector<std::size_t> rows; };
  std::map<std::string_view, Votes> kinds;
  for (const auto& [index, extra] : extras_) {
    if (!(rows_[index].flags & MS_TENSOR_TRANSPOSED) || extra.stored.size() != rows_[index].rank) continue;
    const families::TemplateMatch match = family_->model().match(rows_[index].known_as);
    if (!match || match.tensor->kind.empty()) continue;
    Votes& votes = kinds[match.tensor->kind];
    votes.rows.push_back(index);
    const auto turned = shape(index), promised = family_->promised(rows_[index].known_as);
    if (std::ranges::equal(turned, extra.stored)) continue;
    votes.as_stored = votes.as_stored || std::ranges::equal(promised, extra.stored);
    votes.as_turned = votes.as_turned || std::ranges::equal(promised, turned);
  }
  for (const auto& [kind, votes] : kinds)
    if (votes.as_stored && !votes.as_turned)
      for (const std::size_t index : votes.rows) {
        std::copy(extras_[index].stored.begin(), extras_[index].stored.end(), shapes_.begin() + rows_[index].shape);
        rows_[index].flags &= ~static_cast<std::uint32_t>(MS_TENSOR_TRANSPOSED);
      }
}

// The indices of "@attn.qkv 3" are words of their own.
void Model::abstract_name(const Row& row, const RuleSet& rules, std::string& out) const {
  if (!is_role(row)) return rules.abstract(row.known_as, out);
  std::string_view rest = row.known_as;
  std::string word;
  out.clear();
  for (std::size_t blank; (blank = rest.find(' ')) != std::string_view::npos; rest.remove_prefix(blank + 1)) {
    rules.abstract(rest.substr(0, blank), word);
    out += word + " ";
  }
  rules.abstract(rest, word);
  out += word;
}

// "@attn.qkv.bias 3": the role is all that is known of its place.
void Model::label_alias(std::string_view known_as, Builder& out) const {
  out.key("role");
  out.begin('{');
  out.member("value", known_as.substr(1, known_as.find(' ') - 1));
  out.member("rule", std::string_view("place"));
  out.member("at", std::string_view(""));
  out.key("axes");
  out.begin('[');
  out.end();
  out.end();
}

void Model::freeze(const RuleSet& rules, Session* session, const std::set<std::string_view>& ahead) {
  for (auto& [index, extra] : extras_)
    if (!extra.aliases.empty()) rows_[index].known_as = best_name(rows_[index], extra, rules);
  if (family_) turn_back();
  frozen_ = true;
  constexpr std::size_t WORTH_A_THREAD = 4096;  // tensors; below, starting one costs more than it saves
  if (!session || ahead.empty() || rows_.size() < WORTH_A_THREAD) return label_groups(rules);
  std::exception_ptr failed;
  session->parallel(2, [&](std::size_t task) {
    try {
      if (task == 0) return label_groups(rules);
      for (const std::string_view name : ahead) part(name);
    } catch (...) {  // what a part's making throws, it throws again where the part is asked for
      if (task == 0) failed = std::current_exception();
    }
  });
  if (failed) std::rethrow_exception(failed);
}

namespace {

// What is better evidence for a label than the name: the kind that a family file gives the module (table "<label>_of_kind"), or,
// where no family serves, that the module has a bias (table "<label>_with_bias"). Neither need be there.
class BetterLabels {
 public:
  explicit BetterLabels(const RuleSet& rules) : rules_(rules) {}
  // Null: the name's label stands.
  template <class HasBias>
  const Value* find(std::string_view label, const Value& said, std::string_view kind, HasBias&& has_bias) {
    auto it = tables_.find(label);
    if (it == tables_.end()) {
      Tables t{std::string(label) + "_of_kind", std::string(label) + "_with_bias"};
      for (std::string* name : {&t.of_kind, &t.with_bias})
        if (!rules_.table(*name)) name->clear();
      it = tables_.emplace(label, std::move(t)).first;
    }
    const auto& [of_kind, with_bias] = it->second;
    const Value* rule = nullptr;
    if (!kind.empty()) rule = of_kind.empty() ? nullptr : rules_.match(of_kind, kind);
    else if (!with_bias.empty() && has_bias()) rule = rules_.match(with_bias, said["value"].str());
    return rule && (*rule)["value"].is(Kind::string) ? rule : nullptr;  // one that gives no value is no evidence
  }

 private:
  struct Tables { std::string of_kind, with_bias; };
  const RuleSet& rules_;
  std::map<std::string, Tables, std::less<>> tables_;
};

void write_better(const Value& rule, const Value& said, Builder& out) {
  out.begin('{');
  out.member("value", rule["value"].str());
  out.member("rule", rule["id"].str());
  out.member("at", rule["at"].str());
  out.member("instead_of", said["value"].str());
  out.end();
}

}  // namespace

void Model::label_groups(const RuleSet& rules) {
  struct Seen { std::string_view name; std::size_t first, count; };
  std::vector<Seen> seen;
  struct Hash { std::size_t operator()(std::string_view name) const { return word_hash(name, 0); } };
  std::unordered_map<std::string_view, std::uint32_t, Hash> ids;
  std::string abstract;
  for (std::size_t i = 0; i < rows_.size(); ++i) {
    abstract_name(rows_[i], rules, abstract);
    auto it = ids.find(abstract);
    if (it == ids.end()) {
      const std::string_view kept = document_.keep(abstract);
      it = ids.emplace(kept, static_cast<std::uint32_t>(seen.size())).first;
      seen.push_back({kept, i, 0});
    }
    ++seen[it->second].count;
    rows_[i].group = it->second;
  }
  groups_.reserve(seen.size());
  BetterLabels better(rules);
  const auto has_bias = [&](std::string_view name) {
    const std::size_t dot = name.rfind('.');
    return dot != name.npos && ids.contains((abstract.assign(name, 0, dot) += ".bias"));
  };
  for (const Seen& s : seen) {
    Builder b(document_);
    b.begin('{');
    b.member("name", s.name);
    b.member("count", Value(static_cast<std::uint64_t>(s.count)));
    b.member("first", Value(static_cast<std::uint64_t>(s.first)));
    b.key("labels");
    const Row& row = rows_[s.first];
    Document scratch;
    Builder labels(scratch);
    rules.label(s.name, labels);
    b.begin('{');
    const families::TensorTemplate* const line = family_ ? family_->label(row.known_as, b) : nullptr;  // its roles stand beside the rules' labels
    bool known = line != nullptr;
    if (!known && is_role(row)) label_alias(row.known_as, b), known = true;
    for (const Member& m : labels.finish().members()) {
      if (m.key == "role" && known) continue;
      b.key(m.key);
      if (const Value* rule = better.find(m.key, m.value, line ? line->kind : std::string_view(), [&] { return has_bias(s.name); })) write_better(*rule, m.value, b);
      else b.copy(m.value);
    }
    b.end();
    b.end();
    groups_.push_back(b.finish());
  }
}

}  // namespace modelsig
