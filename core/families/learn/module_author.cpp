#include "core/families/learn/module_author.hpp"

#include <algorithm>
#include <set>

namespace modelsig::families::learn {

namespace {

constexpr unsigned kMaxCases = 3;    // different sizes of one axis over the layers

std::vector<Place> places(const Path& p) {
  std::vector<Place> out;
  for (const auto& [place, tensor] : p.tensors) out.push_back(place);
  return out;
}

std::string in_brackets(const std::string& text) { return text.find(" or ") == std::string::npos ? text : "(" + text + ")"; }

void doubt(Line& line, const std::string& what, const Answer& answer) {
  if (!answer.doubt.empty()) line.doubts.push_back(what.empty() ? answer.doubt : what + ": " + answer.doubt);
}

}  // namespace

ModuleAuthor::ModuleAuthor(const std::vector<Sample>& samples, const Habits& habits, Quantities& quantities, const SizeSolver& sizes, const Vocabulary& vocabulary,
                           const Skeleton& skeleton, const IndexNames& indices)
    : samples_(samples), habits_(habits), quantities_(quantities), sizes_(sizes), conditions_(quantities, habits), vocabulary_(vocabulary), skeleton_(skeleton), indices_(indices) {
  std::map<std::string, std::size_t> dtypes;
  for (const Sample& s : samples)
    for (const auto& t : s.tensors) ++dtypes[t.dtype];
  for (const auto& [name, n] : dtypes)
    if (dtype_.empty() || n > dtypes[dtype_]) dtype_ = name;
}

std::vector<Line> ModuleAuthor::lines(const Module& module) {
  if (const auto choice = choose(module)) return {written(module, *choice)};
  std::vector<Line> out;
  for (const auto& [suffix, path] : module.tensors) out.push_back(bare(module, suffix, *path));
  return out;
}

// Of the kinds that store such tensors, the one that families use for this role, else the most usual one.
std::optional<ModuleAuthor::Choice> ModuleAuthor::choose(const Module& module) {
  std::size_t most = 0;
  for (const auto& [suffix, path] : module.tensors) most = std::max(most, path->tensors.size());
  std::map<std::string, bool> whole;
  for (const auto& [suffix, path] : module.tensors) whole[suffix] = path->tensors.size() == most;
  std::optional<Choice> best;
  double score = 0;
  std::vector<std::string> all;
  for (const std::string& name : vocabulary_.kinds.names()) {
    if (module.tensors.contains("")) break;  // a tensor without a module
    auto fits = fit(*vocabulary_.kinds.find(name), module.tensors, whole);
    if (!fits) continue;
    bool solved = true;
    for (const std::string& open : fits->open) solved &= !words(module, habits_.wordings(module.role, name, open)).empty();
    const std::string& stored = module.tensors.begin()->second->tensors.begin()->second->dtype;
    if (!solved || (fits->own_dtype && stored == dtype_)) continue;
    const std::size_t used = habits_.uses(module.role, name);
    double now = (used ? 1000.0 * static_cast<double>(used) : 0) + static_cast<double>(habits_.uses(name)) + 1;
    for (const auto& [p, optional] : fits->optional)  // a layer_norm without its bias is more likely something else
      if (!optional.path && fits->kind->parameter(p)->otherwise.show() == "true") now *= 0.1;
    if (fits->other_dtype) now *= 0.1;  // a whole model may have been stored in one
    if (fits->own_dtype) now += 1e6;
    if (!used && !fits->own_dtype) all.push_back(name);
    if (now > score) score = now, best = Choice{std::move(*fits), {}};
  }
  if (best && !habits_.uses(module.role, best->fit.kind->name) && !best->fit.own_dtype)
    for (const std::string& name : all)
      if (name != best->fit.kind->name && habits_.uses(name) >= 5) best->others.push_back(name);
  return best;
}

Line ModuleAuthor::begin(const Module& module, const std::string& with_numbers) const {
  Line line;
  const std::string path = indices_.path(with_numbers);
  const std::size_t dot = path.rfind('.');
  line.group = dot == std::string::npos ? "" : path.substr(0, dot);
  line.key = dot == std::string::npos ? path : path.substr(dot + 1);
  line.role = module.role;
  if (!module.role_doubt.empty()) line.doubts.push_back(module.role_doubt);
  line.over = habits_.over(module.role);
  return line;
}

void ModuleAuthor::there(const Module& module, const std::vector<const Path*>& tensors, Line& line) {
  std::set<Place> all;
  for (const Path* p : tensors)
    for (const auto& [place, tensor] : p->tensors) all.insert(place);
  const Answer when = condition(module.holes, {all.begin(), all.end()}, module.path);
  line.when = when.text;
  doubt(line, "when", when);
  if (line.when.empty()) line.when = head(module);
  line.expressions.push_back(line.when);
}

std::string ModuleAuthor::head(const Module& module) const {
  const std::string text = habits_.head(module.role);
  if (text.empty() || !module.holes.empty()) return {};
  const auto when = Expression::parse(text);
  for (std::size_t s = 0; s < samples_.size(); ++s)
    if (!when.holds([&](std::string_view) { return Value::text(quantities_.head(s)); })) return {};
  return text;
}

// Index by index, outermost first; what is not a product of its indices' values comes out larger than it is, in doubt.
Answer ModuleAuthor::condition(const std::vector<std::size_t>& holes, const std::vector<Place>& there, const std::string& path) const {
  if (holes.empty()) {
    ConditionSolver::Presence presence(samples_.size(), {false});
    for (const Place& p : there) presence[p.sample][0] = true;
    return conditions_.solve(presence, "", "", path);
  }
  Answer out;
  std::vector<std::size_t> product(samples_.size(), 1);
  for (std::size_t h = 0; h < holes.size(); ++h) {
    const auto& index = indices_.of(holes[h]);
    ConditionSolver::Presence presence;
    for (const std::int64_t n : skeleton_.holes()[holes[h]].counts) presence.emplace_back(n == kAbsent ? 0 : static_cast<std::size_t>(n), false);
    for (const Place& p : there) presence[p.sample][p.at[h]] = true;
    if (h > 0)  // a sample that the outer conditions rule out says nothing
      for (auto& sample : presence)
        if (std::none_of(sample.begin(), sample.end(), [](bool is) { return is; })) sample.clear();
    for (std::size_t s = 0; s < samples_.size(); ++s) product[s] *= static_cast<std::size_t>(std::count(presence[s].begin(), presence[s].end(), true));
    const Answer one = conditions_.solve(presence, index.name, index.count.text, path);
    if (one.text.empty()) continue;
    out.text = out.text.empty() ? one.text : in_brackets(out.text) + " and " + in_brackets(one.text);
    out.doubt += (out.doubt.empty() || one.doubt.empty() ? "" : "; ") + one.doubt;
  }
  std::vector<std::size_t> have(samples_.size(), 0);
  for (const Place& p : there) ++have[p.sample];
  for (std::size_t s = 0; s < samples_.size(); ++s)
    if (have[s] && have[s] != product[s]) {
      out.doubt += std::string(out.doubt.empty() ? "" : "; ") + "not every combination of its indices is there";
      break;
    }
  return out;
}

Line ModuleAuthor::written(const Module& module, const Choice& choice) {
  Line line = begin(module, module.path);
  const ModuleKind& kind = *choice.fit.kind;
  std::string arguments;
  bool positional = true;
  for (const auto& p : kind.parameters) {
    const std::string text = argument(module, choice.fit, p, line);
    if (text.empty() || (p.otherwise && text == p.otherwise.show())) {
      positional &= !p.otherwise;
      continue;
    }
    if (p.otherwise) positional = false;
    arguments += (arguments.empty() ? "" : positional && p.arrow ? " -> " : ", ") + (positional ? "" : p.name + " = ") + text;
  }
  line.what = kind.name + "(" + arguments + ")";
  if (!choice.others.empty()) {
    std::string text = "or kind";
    for (std::size_t i = 0; i < choice.others.size() && i < 3; ++i) text += (i ? ", " : " ") + choice.others[i];
    line.doubts.push_back(text);
  }
  std::vector<const Path*> all;
  for (const auto& [suffix, path] : module.tensors) all.push_back(path);
  there(module, all, line);
  return line;
}

std::string ModuleAuthor::argument(const Module& module, const KindFit& fit, const ModuleKind::Parameter& p, Line& line) {
  const auto& wordings = habits_.wordings(module.role, fit.kind->name, p.name);
  if (const auto optional = fit.optional.find(p.name); optional != fit.optional.end()) {
    const Path* whole = nullptr;
    std::string suffix;
    for (const auto& [name, path] : module.tensors)
      if (!whole || path->tensors.size() > whole->tensors.size()) whole = path;
    for (const auto& [name, path] : module.tensors)
      if (path == optional->second.path) suffix = name;
    return flag(module, suffix, optional->second, *whole, line);
  }
  if (const auto literal = fit.literals.find(p.name); literal != fit.literals.end()) return literal->second;
  if (const auto axis = fit.sizes.find(p.name); axis != fit.sizes.end()) {
    Values values;
    for (const auto& [place, tensor] : axis->second.path->tensors) values[place] = static_cast<std::int64_t>(tensor->shape[axis->second.number]);
    const Answer answer = size(module, values, wordings);
    doubt(line, p.name, answer);
    line.expressions.push_back(answer.text);
    return answer.text;
  }
  if (p.otherwise) return {};
  const auto said = words(module, wordings);  // no tensor shows it: as others write it
  line.doubts.push_back(p.name + ": no tensor shows it");
  line.expressions.push_back(said.front().show());
  return said.front().show();
}

// A tensor that is optional to its kind: always, never, or under a condition over samples and layers.
std::string ModuleAuthor::flag(const Module& module, const std::string& suffix, const KindFit::Optional& optional, const Path& whole, Line& line) {
  const auto written_as = [&](bool is) { return is != optional.negated ? "true" : "false"; };
  if (!optional.path) return written_as(false);
  if (optional.path->tensors.size() == whole.tensors.size()) {
    if (optional.negated) return written_as(true);
    std::vector<const Quantity*> flags;  // attention_bias = true, and there is a bias
    for (const Quantity& q : quantities_.all()) {
      const bool set = std::all_of(q.values.begin(), q.values.end(), [](const Value& v) { return v.is(Kind::boolean) && v.boolean(); });
      if (set && !q.derived && q.context == module.context && related(q.key, suffix)) flags.push_back(&q);
    }
    if (flags.size() != 1) return written_as(true);
    line.doubts.push_back("bias: or always");
    line.doubts.back().replace(0, 4, suffix);
    line.expressions.push_back(flags.front()->name);
    return flags.front()->name;
  }
  // over the samples alone, if each has it everywhere or nowhere
  std::vector<std::size_t> have(samples_.size(), 0), all(samples_.size(), 0);
  for (const Place& p : places(*optional.path)) ++have[p.sample];
  for (const Place& p : places(whole)) ++all[p.sample];
  bool by_sample = true;
  for (std::size_t s = 0; s < samples_.size(); ++s) by_sample &= !have[s] || have[s] == all[s];
  Answer answer;
  if (by_sample) {
    ConditionSolver::Presence presence;
    for (std::size_t s = 0; s < samples_.size(); ++s) presence.push_back(all[s] ? std::vector<bool>{have[s] > 0} : std::vector<bool>{});
    answer = conditions_.solve(presence, "", "", module.path);
  } else answer = condition(module.holes, places(*optional.path), module.path);
  doubt(line, suffix, answer);
  line.expressions.push_back(answer.text);
  return optional.negated ? "not (" + answer.text + ")" : answer.text;
}

std::vector<Expression> ModuleAuthor::words(const Module& module, const Habits::Wordings& wordings) {
  std::vector<Expression> out;
  for (const auto& w : wordings)
    if (auto e = quantities_.translate(w.text, *w.family, module.context)) out.push_back(std::move(*e));
  return out;
}

Answer ModuleAuthor::size(const Module& module, const Values& values, const Habits::Wordings& wordings, unsigned depth) {
  SizeSolver::Query query{Sizes(samples_.size(), kAbsent), module.context, module.path, words(module, wordings)};
  bool same = true;
  for (const auto& [place, value] : values) {
    std::int64_t& target = query.target[place.sample];
    same &= target == kAbsent || target == value;
    if (target == kAbsent) target = value;
  }
  if (same) return sizes_.solve(query);
  for (std::size_t h = 0; h < module.holes.size(); ++h) {
    const auto& index = indices_.of(module.holes[h]).name;
    for (const Quantity& q : quantities_.all()) {  // a list with a place for each
      const bool fits = std::all_of(values.begin(), values.end(), [&](const auto& v) {
        const Value& list = q.values[v.first.sample];
        return list.is(Kind::array) && v.first.at[h] < list.size() && list.at(v.first.at[h]).is(Kind::integer) && list.at(v.first.at[h]).i64() == v.second;
      });
      if (fits) return {q.name + "[" + index + "]", 1, {}};
    }
    // the first layer's size where a condition holds, else the others'
    Values first, rest;
    for (const auto& [place, value] : values) (value == query.target[place.sample] ? first : rest).emplace(place, value);
    std::set<std::uint64_t> firsts, rests;
    for (const auto& [place, value] : first) firsts.insert(place.at[h]);
    for (const auto& [place, value] : rest) rests.insert(place.at[h]);
    const bool apart = std::none_of(firsts.begin(), firsts.end(), [&](std::uint64_t i) { return rests.contains(i); });
    if (depth == kMaxCases || (!apart && samples_.size() == 1)) continue;
    ConditionSolver::Presence presence;
    for (const std::int64_t n : skeleton_.holes()[module.holes[h]].counts) presence.emplace_back(n == kAbsent ? 0 : static_cast<std::size_t>(n), false);
    for (const auto& [place, value] : first) presence[place.sample][place.at[h]] = true;
    const Answer when = conditions_.solve(presence, index, indices_.of(module.holes[h]).count.text, module.path);
    const Answer a = size(module, first, wordings, depth + 1), b = size(module, rest, wordings, depth + 1);
    Answer out{"(" + a.text + ") if " + in_brackets(when.text) + " else (" + b.text + ")", a.cost + b.cost, when.doubt};
    for (const Answer& part : {a, b})
      if (!part.doubt.empty()) out.doubt += (out.doubt.empty() ? "" : "; ") + part.doubt;
    out.text = Expression::parse(out.text).show();
    return out;
  }
  Answer out = sizes_.solve(query);
  out.doubt += std::string(out.doubt.empty() ? "" : "; ") + "other layers have other sizes";
  return out;
}

Line ModuleAuthor::bare(const Module& module, const std::string& suffix, const Path& path) {
  Line line = begin(module, suffix.empty() ? module.path : module.path + "." + suffix);
  if (!suffix.empty() && !vocabulary_.roles.unsaid(suffix) && vocabulary_.roles.split(module.role + "." + suffix).role == module.role) line.role += "." + suffix;
  line.over.clear();
  const std::size_t rank = path.tensors.begin()->second->shape.size();
  const std::string& dtype = path.tensors.begin()->second->dtype;
  if (dtype != dtype_) line.what = dtype + " ";
  line.what += "[";
  for (std::size_t i = 0; i < rank; ++i) {
    Values values;
    for (const auto& [place, tensor] : path.tensors) values[place] = i < tensor->shape.size() ? static_cast<std::int64_t>(tensor->shape[i]) : 0;
    const Answer answer = size(module, values, habits_.wordings(line.role, "", std::to_string(i)));
    doubt(line, "axis " + std::to_string(i), answer);
    line.expressions.push_back(answer.text);
    line.what += (i ? ", " : "") + answer.text;
  }
  line.what += "]";
  there(module, {&path}, line);
  return line;
}

}  // namespace modelsig::families::learn
