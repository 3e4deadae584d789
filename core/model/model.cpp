#include "core/model/model.hpp"

#include <algorithm>
#include <exception>

#include "core/host/session.hpp"
#include "core/model/family_link.hpp"
#include "core/rules/rule_set.hpp"
#include "core/value/error.hpp"
#include "core/value/word_hash.hpp"

namespace modelsig {

Model::Model() {
  texts_.emplace_back();
  text_ids_[""] = 0;
}
Model::~Model() = default;

std::uint32_t Model::intern(std::string_view text, std::uint32_t likely) {
  if (texts_[likely] == text) return likely;
  auto it = text_ids_.find(text);
  if (it != text_ids_.end()) return it->second;
  texts_.push_back(document_.keep(text));
  return text_ids_[texts_.back()] = static_cast<std::uint32_t>(texts_.size() - 1);
}

ms_status Model::add(const ms_tensor* row) {
  if (frozen_ || !row || row->struct_size < MS_TENSOR_SIZE_1_0 || row->rank > kMaxRank || (row->rank && !row->shape)) return MS_INVALID_ARGUMENT;
  if (rows_.size() >= kMaxTensors) return MS_LIMIT;
  try {
    const auto text = [](ms_str s) { return std::string_view(s.data ? s.data : "", s.size); };
    const Row* const last = rows_.empty() ? nullptr : &rows_.back();  // mostly of the same dtype and component
    rows_.push_back({document_.keep(text(row->name)), row->offset, row->size, row->file, static_cast<std::uint32_t>(shapes_.size()), row->rank,
                     intern(text(row->dtype), last ? last->dtype : 0), intern(text(row->component), last ? last->component : 0), 0, row->flags, {}});
    rows_.back().known_as = rows_.back().name;
    shapes_.insert(shapes_.end(), row->shape, row->shape + row->rank);
    if (MS_HAS(ms_tensor, row, of) && (row->alias_count || row->stored_shape || row->of.size)) {
      if (row->stored_rank > kMaxRank || (row->alias_count && !row->aliases)) return MS_INVALID_ARGUMENT;
      Extra& extra = extras_[rows_.size() - 1];
      for (std::uint32_t i = 0; i < row->alias_count; ++i) extra.aliases.push_back(document_.keep(text(row->aliases[i])));
      if (row->stored_shape) extra.stored.assign(row->stored_shape, row->stored_shape + row->stored_rank);
      extra.of = document_.keep(text(row->of));
    }
    return MS_OK;
  } catch (...) {
    return MS_LIMIT;
  }
}

std::size_t Model::take(const Model& other, const Value& components, const Value& prefixes) {
  std::set<std::string_view> taken;
  for (const Row& row : rows_) taken.insert(row.name);
  const std::string_view component = components.size() > 0 ? components.at(0).str() : std::string_view();
  std::size_t refused = 0;
  for (std::size_t i = 0; i < other.size(); ++i) {
    ms_tensor row{};
    row.struct_size = sizeof row;
    other.get(i, &row);
    std::vector<std::string> names;
    const auto wrapped = [&](std::string_view name) {
      for (const Value& prefix : prefixes.items()) names.push_back(std::string(prefix.str()).append(name));
    };
    const std::string_view own = other.name(i);
    wrapped(own);
    if (const auto extra = other.extras_.find(i); extra != other.extras_.end())
      for (const std::string_view alias : extra->second.aliases) {
        if (!alias.starts_with('@')) names.emplace_back(alias), wrapped(alias);
        else
          for (const Value& c : components.items())
            names.push_back("@" + (c.str().empty() ? "" : std::string(c.str()) + "/") + std::string(alias.substr(1)));
      }
    std::string name(own);
    for (int n = 2; taken.contains(name); ++n) name = std::string(own) + " (" + std::to_string(n) + ")";
    std::vector<ms_str> aliases;
    if (name != own) aliases.push_back({own.data(), own.size()});
    for (const std::string& alias : names) aliases.push_back({alias.data(), alias.size()});
    row.name = {name.data(), name.size()};
    row.component = {component.data(), component.size()};
    row.aliases = aliases.data();
    row.alias_count = static_cast<std::uint32_t>(aliases.size());
    if (!(row.stored_shape && row.stored_shape != row.shape)) row.stored_shape = nullptr, row.stored_rank = 0;
    if (add(&row) != MS_OK) ++refused;
    else taken.insert(rows_.back().name);
  }
  return refused;
}

Writer* Model::add_part(std::string_view name) {
  if (frozen_ || part(name)) return nullptr;
  auto [it, fresh] = open_parts_.try_emplace(std::string(name));
  if (!fresh) return nullptr;
  it->second = std::make_unique<Writer>(document_, Builder::Duplicates::last_wins, Builder::NonFinite::keep);
  return it->second.get();
}

void Model::set_part(std::string_view name, Value value) { parts_.insert_or_assign(std::string(name), value); }

const Value* Model::part(std::string_view name) const {
  if (frozen_ && (((name == "family" || name == "modules") && family_) || (name == "structure" && (family_ || generic_)))) return made_part(name);
  auto it = parts_.find(name);
  return it == parts_.end() ? nullptr : &it->second;
}

const Value* Model::made_part(std::string_view name) const {
  const auto make = [&](Made& made, const auto& write) {
    std::call_once(made.once, [&] {
      try {
        Builder b(made.document, Builder::Duplicates::last_wins, Builder::NonFinite::keep);
        write(b);
        made.value = b.finish();
      } catch (const Error& error) {  // a config that the family file cannot read says nothing against the checkpoint
        Builder b(made.document);
        b.begin('{');
        b.member("family", std::string_view((family_ ? family_ : generic_)->name()));
        b.member("problem", std::string_view(error.what()));
        b.end();
        made.value = b.finish();
      }
    });
    return &made.value;
  };
  const auto check = [&] {
    return make(check_, [&](Builder& b) {
      const families::CheckpointCheck found = family_->check(*this);
      turned_ = found.options.options;
      head_ = found.options.head;
      dialect_ = found.options.dialect;
      lacking_ = found.lacking;
      found.write(b);
    });
  };
  if (name == "family") return check();
  if (family_ && !generated_) check();
  if (name == "modules") return make(modules_, [&](Builder& b) { family_->write_modules({head_, turned_, {}, dialect_, false}, b); });
  return make(structure_, [&](Builder& b) {
    if (family_) return family_->write_structure({head_, turned_, {}, dialect_, false}, lacking_, b);
    generic_->write_structure({}, {}, b);
  });
}

void Model::close_parts(const std::string& who) {
  for (auto& [name, writer] : open_parts_)
    if (!writer->untouched()) parts_.insert_or_assign(name, writer->finish(who + " (part '" + name + "')"));
  open_parts_.clear();
}

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
  for (const Seen& s : seen) {
    Builder b(document_);
    b.begin('{');
    b.member("name", s.name);
    b.member("count", Value(static_cast<std::uint64_t>(s.count)));
    b.member("first", Value(static_cast<std::uint64_t>(s.first)));
    b.key("labels");
    const Row& row = rows_[s.first];
    if (family_ || is_role(row)) {  // its roles stand beside the rules' labels
      Document scratch;
      Builder labels(scratch);
      rules.label(s.name, labels);
      b.begin('{');
      bool known = family_ && family_->label(row.known_as, b);
      if (!known && is_role(row)) label_alias(row.known_as, b), known = true;
      for (const Member& m : labels.finish().members())
        if (m.key != "role" || !known) b.key(m.key), b.copy(m.value);
      b.end();
    } else {
      rules.label(s.name, b);
    }
    b.end();
    groups_.push_back(b.finish());
  }
}

ms_status Model::get(std::size_t index, ms_tensor* out) const {
  if (index >= rows_.size() || !out || out->struct_size < MS_TENSOR_SIZE_1_0) return MS_INVALID_ARGUMENT;
  const Row& row = rows_[index];
  const auto text = [](std::string_view s) { return ms_str{s.data(), s.size()}; };
  out->rank = row.rank;
  out->name = text(row.name);
  out->dtype = text(texts_[row.dtype]);
  out->shape = shapes_.data() + row.shape;
  out->offset = row.offset;
  out->size = row.size;
  out->file = row.file;
  out->component = text(texts_[row.component]);
  out->group = row.group;
  out->flags = row.flags;
  if (!MS_HAS(ms_tensor, out, of)) return MS_OK;
  const auto extra = extras_.empty() ? extras_.end() : extras_.find(index);
  const bool stored = extra != extras_.end() && !extra->second.stored.empty();
  out->stored_shape = stored ? extra->second.stored.data() : out->shape;
  out->stored_rank = stored ? static_cast<std::uint32_t>(extra->second.stored.size()) : out->rank;
  out->aliases = nullptr;
  out->alias_count = 0;
  out->known_as = text(row.known_as);
  out->of = extra == extras_.end() ? ms_str{} : text(extra->second.of);
  return MS_OK;
}

std::vector<std::pair<std::string, Value>> Model::parts() const { return {parts_.begin(), parts_.end()}; }

}  // namespace modelsig
