#include "core/families/checkpoint_check.hpp"

#include <algorithm>
#include <set>
#include <unordered_map>

#include "core/families/name_places.hpp"
#include "core/families/quant_scheme.hpp"
#include "core/value/error.hpp"

namespace modelsig::families {

namespace {

constexpr unsigned kMaxRounds = 4;

// Components that are numbers become '#', so that names of one line share a key; into a buffer that is reused.
void without_indices(std::string_view name, std::string& out) {
  out.clear();
  for (std::size_t at = 0; at <= name.size();) {
    const std::size_t end = std::min(name.find('.', at), name.size());
    const std::string_view part = name.substr(at, end - at);
    if (!part.empty() && part.find_first_not_of("0123456789") == part.npos) out += '#';
    else out += part;
    if (end < name.size()) out += '.';
    at = end + 1;
  }
}

class Groups {
 public:
  explicit Groups(std::vector<CheckpointDifference::Group>& out) : out_(out) {}
  CheckpointDifference::Group& of(const std::string& key, std::string_view example) {
    const auto [it, fresh] = at_.emplace(key, out_.size());
    if (fresh) {
      out_.emplace_back();
      out_.back().example = example;
    }
    return out_[it->second];
  }

 private:
  std::vector<CheckpointDifference::Group>& out_;
  std::unordered_map<std::string, std::size_t> at_;
};

bool same_but_ones(std::span<const std::uint64_t> a, std::span<const std::uint64_t> b) {
  std::size_t j = 0;
  for (std::uint64_t axis : a) {
    if (axis == 1) continue;
    while (j < b.size() && b[j] == 1) ++j;
    if (j == b.size() || b[j++] != axis) return false;
  }
  return std::all_of(b.begin() + static_cast<std::ptrdiff_t>(j), b.end(), [](std::uint64_t axis) { return axis == 1; });
}

// Every way to read the same config otherwise: an option turned, another head, another spelling.
std::vector<std::pair<std::string, FamilyOptions>> turns(const Family& family, const FamilyModel& model, const FamilyOptions& from) {
  std::vector<std::pair<std::string, FamilyOptions>> out;
  std::set<std::string> seen, heads;
  const auto visit = [&](auto&& self, const Family& f) -> void {
    for (const auto& o : f.options()) {
      if (!seen.insert(o.name).second) continue;
      const auto it = from.options.find(o.name);
      const bool value = it == from.options.end() ? o.otherwise : it->second;
      FamilyOptions turned = from;
      turned.options[o.name] = !value;
      out.emplace_back(o.name + (value ? " = false" : " = true"), std::move(turned));
    }
    for (const auto& d : f.dialects()) {
      if (model.loose_ones() || d.name == from.dialect || !seen.insert("names." + d.name).second) continue;
      FamilyOptions turned = from;
      turned.dialect = d.name;
      out.emplace_back("names = " + d.name, std::move(turned));
    }
    for (const auto& inc : f.includes()) self(self, *inc.loaded);
  };
  visit(visit, family);
  for (const std::string& label : model.splits()) {
    FamilyOptions turned = from;
    const bool split = turned.split.erase(label) > 0;
    if (!split) turned.split.insert(label);
    out.emplace_back(label + (split ? " = whole" : " = split"), std::move(turned));
  }
  std::vector<std::pair<std::string, std::string>> by_ending(family.heads().begin(), family.heads().end());
  std::stable_sort(by_ending.begin(), by_ending.end(), [](const auto& a, const auto& b) { return a.first.size() < b.first.size(); });
  for (const auto& [ending, head] : by_ending) {  // the most general first: a file without a head is the bare model, not one of another use
    if (head == model.head() || !heads.insert(head).second) continue;
    FamilyOptions turned = from;
    turned.head = head;
    out.emplace_back("head = " + head, std::move(turned));
  }
  return out;
}

// Modules that a scheme packs of which only the name is known: by the name of their weight, or of anything stored below them.
class Opaque {
 public:
  explicit Opaque(const FamilyModel& model) : model_(model), scheme_(model.opaque()) {}
  bool weight(std::string_view name, const TensorTemplate& t) const {
    if (!scheme_ || t.kind.empty() || !name.ends_with(kWeight)) return false;
    const std::size_t group = scheme_->group_of(name.substr(0, name.size() - kWeight.size()), t.class_name);
    return group != ActiveScheme::kNone && scheme_->scheme(group).opaque && scheme_->touches(group, t.role, t.part);
  }
  bool part(std::string_view name) const {
    for (std::size_t dot = name.rfind('.'); scheme_ && dot != name.npos && dot > 0; dot = name.rfind('.', dot - 1)) {
      const std::string owner = std::string(name.substr(0, dot)) + std::string(kWeight);
      if (const TemplateMatch m = model_.match(owner)) return weight(owner, *m.tensor);
    }
    return false;
  }

 private:
  static constexpr std::string_view kWeight = ".weight";
  const FamilyModel& model_;
  const ActiveScheme* scheme_;
};

CheckpointDifference compare(const FamilyModel& model, std::span<const StoredTensor> checkpoint, const NamePlaces& places) {
  CheckpointDifference out;
  Groups absent(out.absent), unexpected(out.unexpected);
  const Opaque opaque(model);
  std::size_t met = 0;
  std::vector<bool> seen(checkpoint.size());
  NextPlace next(checkpoint, places);
  model.tensors([&](const FamilyTensor& t) {
    const std::uint32_t place = next.find(t.name);
    if (place == NamePlaces::kNone && opaque.weight(t.name, *t.origin)) {
      ++out.opaque_modules;
      return;
    }
    if (place == NamePlaces::kNone) {
      ++out.absent_count;
      auto& g = absent.of(std::to_string(t.origin->id), t.name);
      if (!g.count++) {
        g.origin = t.origin;
        g.pattern = t.origin->pattern;
        g.why = t.origin->condition.empty() ? "always there" : "there because " + t.origin->condition;
      }
      return;
    }
    ++met;
    seen[place] = true;
    const auto& shape = checkpoint[place].shape;
    if (opaque.weight(t.name, *t.origin) && t.shape.size() > 1 && !std::ranges::equal(t.shape, shape)) {  // packed under its own name
      ++out.opaque_modules, ++out.opaque_tensors;
      return;
    }
    if (model.loose_ones() ? same_but_ones(t.shape, shape) : std::equal(t.shape.begin(), t.shape.end(), shape.begin(), shape.end())) {
      ++out.matched;
      return;
    }
    ++out.wrong_count;
    if (out.wrong.size() < CheckpointDifference::kMaxShown)
      out.wrong.push_back({std::string(t.name), {shape.begin(), shape.end()}, {t.shape.begin(), t.shape.end()}, std::string(t.symbolic), t.origin});
  });
  if (met == checkpoint.size()) return out;
  std::string key;
  for (std::size_t i = 0; i < checkpoint.size(); ++i) {
    if (seen[i]) continue;
    if (opaque.part(checkpoint[i].name)) {
      ++out.opaque_tensors;
      continue;
    }
    ++out.unexpected_count;
    without_indices(checkpoint[i].name, key);
    auto& g = unexpected.of(key, checkpoint[i].name);
    if (g.count++) continue;
    const TemplateMatch m = model.match(checkpoint[i].name);
    g.origin = m.tensor;
    g.pattern = m ? m.tensor->pattern : key;
    g.why = model.explain(m);
    if (g.why.empty()) g.why = "the family names it twice";
  }
  return out;
}

// Whether reading the config this other way changes anything about the differences, judged by one tensor of each
// group: a dozen matches instead of another 90,000 tensors.
bool may_explain(const FamilyModel& model, const CheckpointDifference& difference) {
  if (difference.wrong_count) return true;  // shapes have to be worked out
  const auto made = [&](const std::string& name) {
    const TemplateMatch m = model.match(name);
    return m && model.explain(m).empty();
  };
  return std::any_of(difference.unexpected.begin(), difference.unexpected.end(), [&](const auto& g) { return made(g.example); }) ||
         std::any_of(difference.absent.begin(), difference.absent.end(), [&](const auto& g) { return !made(g.example); });
}

// A module that some layers store and others don't, though the config promises it in all: those others are of another class.
Lacking lacking(const CheckpointCheck& found, std::span<const StoredTensor> checkpoint) {
  std::set<std::string_view> labels;
  for (const auto& g : found.difference.absent)
    if (!g.origin->indices.empty()) labels.insert(g.origin->label);
  if (labels.empty()) return {};
  std::set<std::string_view> stored;
  for (const StoredTensor& t : checkpoint) stored.insert(t.name);
  std::map<std::string, std::map<std::uint64_t, bool>, std::less<>> there;  // label -> layer -> any tensor of it
  found.model->tensors([&](const FamilyTensor& t) {
    if (!labels.contains(t.origin->label)) return;
    if (const TemplateMatch m = found.model->match(t.name); m && !m.indices.empty()) there[t.origin->label][m.indices[0]] |= stored.contains(t.name);
  });
  Lacking out;
  for (const auto& [label, layers] : there) {
    const auto present = [](const auto& layer) { return layer.second; };
    if (std::none_of(layers.begin(), layers.end(), present)) continue;  // all layers are without it: said as absent
    for (const auto& [layer, any] : layers)
      if (!any) out[label].insert(layer);
  }
  return out;
}

}  // namespace

CheckpointDifference compare(const FamilyModel& model, std::span<const StoredTensor> checkpoint) { return compare(model, checkpoint, NamePlaces(checkpoint)); }

CheckpointCheck check_checkpoint(std::shared_ptr<const Family> family, const Value& config, std::span<const StoredTensor> checkpoint, const FamilyOptions& options) {
  CheckpointCheck best;
  best.model = std::make_shared<FamilyModel>(FamilyModel::apply(family, config, options));
  const NamePlaces places(checkpoint);
  best.difference = compare(*best.model, checkpoint, places);
  FamilyOptions now = options;
  for (unsigned round = 0; round < kMaxRounds && best.difference.total(); ++round) {
    CheckpointCheck better;
    FamilyOptions with;
    for (auto& [what, turned] : turns(*family, *best.model, now)) {
      try {
        auto model = std::make_shared<FamilyModel>(FamilyModel::apply(family, config, turned));
        if (!may_explain(*model, best.difference)) continue;
        CheckpointDifference d = compare(*model, checkpoint, places);
        if (d.total() >= (better.model ? better.difference : best.difference).total()) continue;
        better = {std::move(model), best.turned, std::move(d), {}, {}};
        better.turned.push_back(what);
        with = std::move(turned);
      } catch (const Error&) {  // another head may need what this config doesn't have
      }
    }
    if (!better.model) break;
    best = std::move(better);
    now = std::move(with);
  }
  best.options = std::move(now);
  if (best.difference.absent_count) best.lacking = lacking(best, checkpoint);
  return best;
}

}  // namespace modelsig::families
