#include "core/families/learn/learn.hpp"

#include <algorithm>
#include <set>

#include "core/families/learn/module_author.hpp"
#include "core/value/error.hpp"

namespace modelsig::families::learn {

namespace {

std::string parent(const std::string& path) { return path.substr(0, path.rfind('.') == std::string::npos ? 0 : path.rfind('.')); }
std::string last(const std::string& path) { return path.substr(path.rfind('.') + 1); }

// Tensors that make one module: their last component is one that some kind stores.
std::vector<Module> modules(const Skeleton& skeleton, const Vocabulary& vocabulary, const IndexNames& indices) {
  std::set<std::string> suffixes;
  for (const std::string& name : vocabulary.kinds.names())
    for (const auto& [suffix, spec] : vocabulary.kinds.find(name)->tensors) suffixes.insert(suffix);
  std::vector<Module> out;
  for (const Path& p : skeleton.paths()) {
    const std::string end = last(p.text);
    const bool of_module = suffixes.contains(end) && p.text.find('.') != std::string::npos;
    const std::string path = of_module ? parent(p.text) : p.text, suffix = of_module ? end : "";
    auto m = std::find_if(out.begin(), out.end(), [&](const Module& have) { return have.path == path && have.tensors.contains("") == suffix.empty(); });
    if (m == out.end()) m = out.insert(out.end(), {path, p.holes, {}, {}, {}, indices.context(p)});
    m->tensors[suffix] = &p;
  }
  return out;
}

// By rule, by what other families call such a module, else the group of its neighbours.
class Roles {
 public:
  Roles(const Request& request, const Habits& habits, const RoleVocabulary& words, const IndexNames& indices) : request_(request), habits_(habits), words_(words), indices_(indices) {}

  void give(std::vector<Module>& modules) {
    for (Module& m : modules) {
      const std::string said = request_.role ? request_.role(m.tensors.begin()->second->tensors.begin()->second->name) : "";
      if (const std::size_t bar = said.find('|'); bar != std::string::npos) either_.emplace_back(&m, std::pair{said.substr(0, bar), said.substr(bar + 1)});
      else if (known(said)) m.role = said;
      else if (const std::string usual = habits_.role_of(indices_.path(m.path)); known(usual)) {
        m.role = usual;
        m.role_doubt = "role as other families have it";
      }
    }
    for (auto& [m, two] : either_) {  // the second where the first is another module's
      const bool taken = std::any_of(modules.begin(), modules.end(), [&, m = m, first = two.first](const Module& o) { return &o != m && o.role == first && parent(o.path) == parent(m->path); });
      m->role = taken ? two.second : two.first;
    }
    for (Module& m : modules)
      if (m.role.empty()) neighbour(m, modules);
  }

 private:
  bool known(const std::string& role) const { return !role.empty() && !words_.split(role).role.empty(); }

  void neighbour(Module& m, const std::vector<Module>& modules) const {
    std::size_t best = 0;
    for (const Module& o : modules) {
      const std::size_t dot = o.role.find('.');
      if (o.role.empty() || dot == std::string::npos) continue;
      std::size_t n = 1;
      for (std::size_t i = 0; i < o.path.size() && i < m.path.size() && o.path[i] == m.path[i]; ++i) n += o.path[i] == '.';
      if (n > best) best = n, m.role = o.role.substr(0, dot);
    }
    if (m.role.empty()) m.role = words_.all().front().substr(0, words_.all().front().find('.'));
    m.role_doubt = "role: no rule knows this name";
  }

  const Request& request_;
  const Habits& habits_;
  const RoleVocabulary& words_;
  const IndexNames& indices_;
  std::vector<std::pair<Module*, std::pair<std::string, std::string>>> either_;
};

// Where two stacks of layers hold the same roles they are parts of the model: encoder, decoder, towers.
void give_parts(const std::vector<Module>& modules, const Skeleton& skeleton, std::vector<std::string>& parts) {
  parts.assign(modules.size(), {});
  std::map<std::string, std::set<std::string>> roles;  // by the stack's prefix
  std::map<std::string, std::string> context;
  for (const Module& m : modules)
    if (!m.holes.empty()) {
      const std::string& prefix = skeleton.holes()[m.holes.front()].prefix;
      roles[prefix].insert(m.role);
      context[prefix] = m.context;
    }
  std::map<std::string, std::string> named;            // beginning of a path -> part
  for (const auto& [a, of_a] : roles)
    for (const auto& [b, of_b] : roles) {
      if (a == b || context[a] != context[b]) continue;
      const auto both = std::count_if(of_a.begin(), of_a.end(), [&of_b = of_b](const std::string& r) { return of_b.contains(r); });
      if (both < 2) continue;
      std::size_t at = 0, begin = 0;
      while (at < a.size() && at < b.size() && a[at] == b[at]) begin = a[at++] == '.' ? at : begin;
      const std::size_t end = std::min(a.find('.', begin), a.size());
      named[a.substr(0, end)] = a.substr(begin, end - begin);
    }
  for (std::size_t i = 0; i < modules.size(); ++i) {
    const Module& m = modules[i];
    parts[i] = m.context.substr(0, m.context.rfind("_config"));
    for (const auto& [prefix, part] : named)
      if (m.path.starts_with(prefix + ".") || m.path == prefix) parts[i] += (parts[i].empty() ? "" : "/") + part;
  }
}

// A module that, in other families, borrows the tensors of another where the model is tied, and is there where nothing is.
void share(std::vector<Line>& lines, const std::vector<const Module*>& of, const Habits& habits, const Quantities& quantities, const IndexNames& indices,
           const ModuleAuthor& author) {
  const Quantity* tie = quantities.find(habits.tie());
  if (!tie) return;
  const auto alike = [](const Module& a, const Module& b) {  // in every sample that has both
    const auto &left = a.tensors.begin()->second->tensors, &right = b.tensors.begin()->second->tensors;
    return std::all_of(left.begin(), left.end(), [&](const auto& t) { return right.contains(t.first) && right.at(t.first)->shape == t.second->shape; });
  };
  for (std::size_t i = 0; i < lines.size(); ++i) {
    const Module& m = *of[i];
    if (m.tensors.size() != 1 || !m.holes.empty()) continue;
    bool apart = true, some = false;  // there where nothing is tied, and nowhere else
    for (std::size_t s = 0; s < tie->values.size(); ++s) {
      const Value& tied = tie->values[s];
      apart &= tied.is(Kind::boolean) && tied.boolean() != m.tensors.begin()->second->tensors.contains(Place{s, {}});
      some |= tied.boolean();
    }
    const auto other = std::find_if(of.begin(), of.end(), [&](const Module* o) { return o != &m && habits.shares(m.role, o->role) && alike(m, *o); });
    if (!apart || other == of.end()) continue;
    std::erase_if(lines[i].doubts, [](const std::string& d) { return d.starts_with("when"); });
    if (!some) lines[i].doubts.push_back("same as: no sample is tied");
    else lines[i].when = author.head(m);
    lines[i].same_as = indices.path((*other)->path) + " if " + tie->name;
    lines[i].expressions.push_back(tie->name);
  }
}

// MixtralForCausalLM without the ending that says which head it has
std::string class_prefix(const Habits& habits, const Request& request) {
  std::string name;
  if (const Family::Meaning* m = habits.root().meaning("architectures"); m && m->config >= 0)
    for (const auto& keys : habits.root().config()[static_cast<std::size_t>(m->config)].keys)
      if (const Value* v = follow(*request.samples[0].config, keys); v && v->is(Kind::array) && v->size()) name = v->at(0).str();
  std::string best;
  for (const auto& [ending, head] : habits.root().heads())
    if (name.ends_with(ending) && ending.size() > best.size()) best = ending;
  return name.substr(0, name.size() - best.size());
}

// What is different when the config alone is asked; empty: nothing.
std::string differs(const std::shared_ptr<const Family>& family, const Value& config, const std::vector<StoredTensor>& stored) {
  CheckpointCheck check;
  try {
    check.model = std::make_shared<FamilyModel>(FamilyModel::apply(family, config));
    check.difference = compare(*check.model, stored);
  } catch (const Error& e) {  // a name that this config doesn't give
    return e.what() + std::string("\n");
  }
  return check.difference.exact() ? "" : check.text();
}

}  // namespace

bool Learned::exact() const {
  return std::all_of(wrong.begin(), wrong.end(), [](const std::string& w) { return w.empty(); });
}

Learned learn(const FamilyLibrary& library, const Request& request) {
  const auto vocabulary = library.vocabulary();
  for (const Sample& s : request.samples) {
    if (s.tensors.empty()) throw Error(s.name + ": has no tensors to learn from");
    if (!s.config->is(Kind::object)) throw Error(s.name + ": has no config to learn from");
    if (const auto scheme = ActiveScheme::pick(vocabulary->schemes, *s.config))
      throw Error(s.name + ": is stored quantised (" + scheme->name() + "); learn from a checkpoint that is not, what the scheme makes of it follows from quant.toml");
  }
  const Habits habits(library);
  Quantities quantities(library, habits, request.samples);
  const SizeSolver sizes(quantities, habits);
  const Skeleton skeleton(request.samples, [&](const Hole& hole) { return IndexNames::is_index(hole, habits, sizes); });
  const IndexNames indices(habits, quantities, sizes, skeleton.holes());
  auto found = modules(skeleton, *vocabulary, indices);
  Roles(request, habits, vocabulary->roles, indices).give(found);
  std::vector<std::string> parts;
  give_parts(found, skeleton, parts);

  FamilyText text;
  text.serves = request.serves;
  text.class_prefix = class_prefix(habits, request);
  ModuleAuthor author(request.samples, habits, quantities, sizes, *vocabulary, skeleton, indices);
  std::vector<const Module*> of;
  for (std::size_t i = 0; i < found.size(); ++i)
    for (Line& line : author.lines(found[i])) {
      line.part = parts[i];
      text.lines.push_back(std::move(line));
      of.push_back(&found[i]);
    }
  share(text.lines, of, habits, quantities, indices, author);

  Learned out;
  out.lines = text.lines.size();
  for (const Line& l : text.lines) out.doubtful += !l.doubts.empty();
  const auto family = library.compile(text.write(habits, quantities, indices), request.name);
  std::string from;
  for (const Sample& s : request.samples) {
    std::vector<StoredTensor> stored;
    for (const auto& t : s.tensors) stored.push_back({t.name, t.shape});
    out.wrong.push_back(differs(family, *s.config, stored));
    from += "\n  " + s.name + ": " + std::to_string(stored.size()) + " tensors, " + (out.wrong.back().empty() ? "all from the config alone" : "NOT all from the config alone");
  }
  text.comment = request.name + ": proposed by 'modelsig rules learn' from" + from + "\nA person reviews what is guessed; " + std::to_string(out.doubtful) + " of " +
                 std::to_string(out.lines) + " lines are.";
  out.text = text.write(habits, quantities, indices);
  return out;
}

}  // namespace modelsig::families::learn
