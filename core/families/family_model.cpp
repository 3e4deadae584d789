// apply: options, heads, scheme, parts; lines made ready for generation and matching.
#include "core/families/family_model.hpp"

#include <algorithm>

#include "core/families/line_walker.hpp"
#include "core/families/name_tables.hpp"
#include "core/value/builder.hpp"
#include "core/value/error.hpp"
#include "core/value/nearest.hpp"

namespace modelsig::families {

namespace {

constexpr unsigned kMaxParts = 4;  // depth of includes

// The longest ending of architectures[0] decides; `default` where none fits.
std::string pick_head(const AppliedFamily& f) {
  std::string_view architecture, head = "none";
  if (const Family::Meaning* m = f.family->meaning("architectures"); m && m->config >= 0) {
    const Value v = f.read(f.family->config()[static_cast<std::size_t>(m->config)]);
    architecture = v.is(Kind::array) ? v.at(0).str() : v.str();
  }
  std::size_t best = 0;
  for (const auto& [ending, value] : f.family->heads())
    if (ending == "default") head = value;
  for (const auto& [ending, value] : f.family->heads()) {
    if (ending == "default" || ending.size() <= best || architecture.size() < ending.size()) continue;
    if (architecture.substr(architecture.size() - ending.size()) != ending) continue;
    best = ending.size();
    head = value;
  }
  return std::string(head);
}

std::string last_component(std::string_view suffix) {
  const std::size_t dot = suffix.rfind('.');
  if (dot != std::string_view::npos) suffix.remove_prefix(dot + 1);
  while (!suffix.empty() && suffix[0] == '_') suffix.remove_prefix(1);
  return std::string(suffix);
}

std::string conditions(const Family::Template& t, const Expression& extra) {
  std::string out;
  const auto add = [&](const Expression& e) {
    if (!e) return;
    const std::string text = e.show();
    if (text == "true") return;
    out += (out.empty() ? "" : " and ") + text;
  };
  for (const auto& c : t.when) add(c.when);
  add(extra);
  if (t.same_if) out += (out.empty() ? "not (" : " and not (") + t.same_if.show() + ")";
  return out;
}

// the path's pieces with the prefix it is stored under; throws nothing: a hole in the dropped prefix leaves it as it is
std::vector<std::string> stored_texts(const AppliedFamily& f, const Family::Template& t) {
  std::vector<std::string> texts = t.pattern.texts;
  const std::string first = texts[0];
  std::string renamed = f.rename(first);
  if (f.bare && !f.family->base().empty() && first == f.family->base() + ".") renamed = f.at;  // the hole follows at once
  if (f.dialect)
    for (const auto& [theirs, ours] : f.dialect->prefixes) {
      const bool whole = renamed == ours && texts.size() == 1;
      if (whole || (renamed.size() > ours.size() && renamed.compare(0, ours.size(), ours) == 0 && renamed[ours.size()] == '.')) {
        renamed = theirs + renamed.substr(ours.size());
        break;
      }
    }
  texts[0] = renamed;
  return texts;
}

TensorSpec packed_spec(const TensorSpec& spec, const Family::Template& t, const ActiveScheme& scheme, std::size_t group, const Expression& role) {
  const auto replace = [&](std::string_view n) -> const Expression* {
    if (t.kind) {
      for (std::size_t i = 0; i < t.arguments.size(); ++i)
        if (t.kind->parameters[i].name == n) return &t.arguments[i];
    } else if (n.size() >= 2 && n[0] == 'a' && n.find_first_not_of("0123456789", 1) == std::string_view::npos) {
      const std::size_t axis = static_cast<std::size_t>(std::stoul(std::string(n.substr(1, 4))));
      return axis < t.tensors[0].second.shape.size() ? &t.tensors[0].second.shape[axis] : nullptr;
    }
    if (n == "role") return &role;
    return scheme.constant(group, n);
  };
  TensorSpec out{spec.dtype, {}, spec.when.substitute(replace)};
  for (const Expression& e : spec.shape) out.shape.push_back(e.substitute(replace));
  return out;
}

}  // namespace

void FamilyModel::Impl::add(std::shared_ptr<const Family> family, const Value& config, std::string at, std::string part,
                            const FamilyOptions& options, const std::string* head, std::shared_ptr<const ActiveScheme> scheme,
                            const Family::Dialect* dialect, unsigned depth) {
  if (depth > kMaxParts) throw Error(family->name() + ": families include one another deeper than " + std::to_string(kMaxParts), MS_LIMIT);
  families.push_back(std::make_unique<AppliedFamily>());
  AppliedFamily& f = *families.back();
  f.family = std::move(family);
  f.config = config;
  f.at = std::move(at);
  f.part = std::move(part);
  f.scheme = std::move(scheme);
  f.dialect = dialect;               // the owner's, which spells the parts' paths too
  for (const auto& d : f.family->dialects())
    if (!options.dialect.empty() && d.name == options.dialect) f.dialect = &d;
  const std::string own_head = head ? *head : pick_head(f);
  f.bare = own_head == "none";
  f.inputs.push_back(Value::text(document.keep(own_head)));
  for (const auto& o : f.family->options()) {
    const auto it = options.options.find(o.name);
    f.options.push_back(it == options.options.end() ? o.otherwise : it->second);
  }
  const auto& inputs = f.family->vocabulary().kinds.inputs;
  for (const auto& [name, value] : inputs) {
    const auto it = options.inputs.find(name);
    if (it != options.inputs.end()) { f.inputs.emplace_back(it->second); continue; }
    f.inputs.push_back(value.evaluate([&inputs, &f, &input = name](std::string_view n) {
      for (std::size_t i = 0; i < inputs.size() && i + 1 < f.inputs.size(); ++i)
        if (inputs[i].first == n) return f.inputs[i + 1];
      throw Error("input " + input + " speaks of " + std::string(n) + ", which has no value yet");
    }));
  }
  const Value nothing;  // a family reads an absent key and a null table alike
  Scope scope(f);
  for (const Family::Include& inc : f.family->includes()) {
    if (inc.when && !inc.when.holds(scope.lookup())) continue;
    const Value* sub = follow(config, inc.config);
    if (!sub || !sub->is(Kind::object)) {
      if (sub && !sub->is(Kind::null)) throw Error(f.family->name() + ": config key " + inc.config.back() + " is " + Expression::describe(*sub) + ", not a table");
      if (!inc.or_whole && !inc.or_defaults) continue;
      sub = inc.or_whole ? &config : &nothing;
    }
    std::shared_ptr<const Family> chosen = inc.loaded;
    if (!inc.pick.empty() && (*sub)[inc.pick].is(Kind::string))
      if (auto found = f.family->serving((*sub)[inc.pick].str())) chosen = found;
    const std::string prefix = inc.at.empty() ? f.at : f.at + inc.at + ".";
    const std::string tower = inc.part.empty() ? f.part : f.part.empty() ? inc.part : f.part + "/" + inc.part;
    add(chosen, *sub, prefix, tower, options, inc.head.empty() ? &own_head : &inc.head, f.scheme, f.dialect, depth + 1);
  }
}

void FamilyModel::Impl::compile_lines(const FamilyOptions& options) {
  const auto parts_first = [&](const auto& each) {  // a part's tensors come before its owner's projector and head
    for (std::size_t i = 1; i < families.size(); ++i) each(*families[i]);
    each(*families[0]);
  };
  const auto& containers = families[0]->family->vocabulary().names;
  const auto table = containers ? containers->find(options.dialect) : nullptr;
  by_role = table != nullptr;
  const auto line = [&](const AppliedFamily& f, const Family::Template& t, std::vector<std::string> path_texts, const std::string& part, const NameTable::Spelled* role_name) {
    const auto& roles = f.family->vocabulary().roles;
    const std::uint32_t module = static_cast<std::uint32_t>(lines.size());
    AppliedLine l{&f, &t, std::move(path_texts), {}, {}, {}, {}, f.family->needs(t.same_if), true, module};
    std::string path;
    for (std::size_t h = 0; h < l.texts.size(); ++h)
      path += (h ? "{" + f.family->indices()[t.pattern.holes[h - 1]].name + "}" : "") + l.texts[h];
    const auto put = [&](std::vector<AppliedTensor>& to, std::vector<std::string>& suffixes, std::string stored, std::string suffix, TensorSpec spec, const std::string& scheme, std::size_t group) {
      TensorTemplate out;
      out.id = static_cast<std::uint32_t>(templates.size());
      out.pattern = path + stored;
      out.part = part;
      out.role = role_name ? role_name->label_role : t.role;
      out.suffix = roles.unsaid(suffix) ? "" : suffix;
      out.label = (part.empty() ? "" : part + "/") + out.role + (out.suffix.empty() ? "" : "." + out.suffix);
      out.family = f.family->name();
      out.where = t.line.where();
      out.kind = t.kind ? t.kind->name : "";
      out.class_name = t.kind ? t.kind->class_name : "";
      out.scheme = scheme;
      out.condition = conditions(t, spec.when);
      out.dtype = spec.dtype;
      for (const Expression& e : spec.shape) out.axes.push_back(e.show());
      for (std::uint8_t i : t.indices) out.indices.push_back(f.family->indices()[i].name);
      out.module = module;
      IndexSet needs = f.family->needs(spec.when);
      for (const Expression& e : spec.shape) needs |= f.family->needs(e);
      to.push_back({out.id, std::move(spec), needs, group});
      suffixes.push_back(std::move(stored));
      templates.push_back(std::move(out));
    };
    for (const auto& [suffix, spec] : t.tensors)
      put(l.plain, l.plain_suffixes, suffix.empty() ? "" : "." + suffix, role_name ? role_name->label_suffix : suffix.empty() ? t.suffix : suffix, spec, "", 0);
    for (std::size_t group = 0; !role_name && f.scheme && group < f.scheme->groups(); ++group) {
      if (!f.scheme->touches(group, t.role, part)) continue;
      const QuantScheme& scheme = f.scheme->scheme(group);
      const auto it = scheme.store.find(t.kind ? t.kind->name : "tensor");
      if (it != scheme.store.end() && (t.kind || t.suffix.empty())) {
        const Expression role = Expression::literal(Value::text(t.role));
        Scope scope(f);
        for (const auto& [suffix, written] : it->second) {
          const TensorSpec spec = packed_spec(written, t, *f.scheme, group, role);
          // what the config alone rules out is no template: two ways to store one suffix leave one
          try {
            if (spec.when && !f.family->needs(spec.when) && !spec.when.holds(scope.lookup())) continue;
          } catch (const Error&) {  // said with the tensor's name when it is generated
          }
          put(l.packed, l.packed_suffixes, t.kind ? "." + suffix : suffix, last_component(suffix), spec, scheme.name, group);
        }
      }
    }
    lines.push_back(std::move(l));
  };
  parts_first([&](const AppliedFamily& f) {
    for (const Family::Template& t : f.family->templates()) {
      const std::string part = f.part.empty() || t.part.empty() ? f.part + t.part : f.part + "/" + t.part;
      if (!table) {
        line(f, t, stored_texts(f, t), part, nullptr);
        continue;
      }
      std::uint32_t first = 0;
      for (NameTable::Spelled& s : table->spell(*f.family, t, part.empty() ? "" : part + "/")) {
        const NameTable::Spelled& kept = spelled.emplace_back(std::move(s));
        if (!kept.split.empty()) splits.insert(kept.split);
        line(f, kept.line, kept.line.pattern.texts, part, &kept);
        if (kept.first) first = lines.back().first;
        lines.back().first = first;
        lines.back().promised = kept.first && (kept.split.empty() || kept.piece == options.split.contains(kept.split));
      }
    }
  });
}

std::size_t AppliedLine::packed_by(const std::string& path) const {
  if (packed.empty()) return ActiveScheme::kNone;
  const std::size_t group = owner->scheme->group_of(path, line->kind ? std::string_view(line->kind->class_name) : std::string_view());
  const bool any = group != ActiveScheme::kNone && std::any_of(packed.begin(), packed.end(), [&](const AppliedTensor& t) { return t.group == group; });
  return any ? group : ActiveScheme::kNone;
}

std::string FamilyModel::first_name(const TemplateMatch& m) const {
  std::string out;
  if (!m) return out;
  const AppliedLine& own = impl_->lines[m.tensor->module];
  const AppliedLine& l = impl_->lines[own.first];
  Scope scope(*l.owner);
  for (std::size_t i = 0; i < m.indices.size(); ++i) scope.bind(own.line->indices[i], m.indices[i]);
  fill(out, l, scope);
  return out;
}

std::vector<std::string> FamilyModel::splits() const { return {impl_->splits.begin(), impl_->splits.end()}; }
bool FamilyModel::loose_ones() const { return impl_->by_role; }

FamilyModel FamilyModel::apply(std::shared_ptr<const Family> family, const Value& config, const FamilyOptions& options) {
  auto impl = std::make_shared<Impl>();
  Builder copy(impl->document, Builder::Duplicates::last_wins, Builder::NonFinite::keep);
  copy.copy(config);
  impl->document.set_root(copy.finish());
  const Value& root = impl->document.root();
  if (!root.is(Kind::object)) throw Error(family->name() + ": the config is " + Expression::describe(root) + ", not a table");
  std::shared_ptr<const ActiveScheme> scheme;
  try {
    if (options.quantised) scheme = ActiveScheme::pick(family->vocabulary().schemes, root);
  } catch (const Error& e) {
    throw Error(family->name() + ": the quantisation of the config: " + e.what());
  }
  impl->add(family, root, "", "", options, options.head ? &*options.head : nullptr, scheme, nullptr, 0);
  for (const auto& [name, value] : options.options) {
    bool known = false;
    std::vector<std::string> names;
    for (const auto& f : impl->families)
      for (const auto& o : f->family->options()) {
        known |= o.name == name;
        names.push_back(o.name);
      }
    if (!known) throw Error(family->name() + " has no option '" + name + "'" + did_you_mean(name, names));
  }
  impl->compile_lines(options);
  impl->index_names();
  return FamilyModel(std::move(impl));
}

const Family& FamilyModel::family() const { return *impl_->families[0]->family; }
const std::vector<TensorTemplate>& FamilyModel::templates() const { return impl_->templates; }
std::string FamilyModel::scheme() const { return impl_->families[0]->scheme ? impl_->families[0]->scheme->name() : ""; }
const ActiveScheme* FamilyModel::opaque() const {
  const ActiveScheme* scheme = impl_->families[0]->scheme.get();
  return scheme && scheme->opaque() ? scheme : nullptr;
}
std::string FamilyModel::head() const { return std::string(impl_->families[0]->inputs[0].str()); }

std::optional<Quantity> FamilyModel::quantity(std::string_view name, const std::map<std::string, std::uint64_t>& at) const {
  for (const auto& f : impl_->families) {
    const Family::Meaning* m = f->family->meaning(name);
    if (!m || (m->index >= 0 && m->derived < 0 && m->config < 0)) continue;
    Scope scope(*f);
    for (std::size_t i = 0; i < f->family->indices().size(); ++i)
      if (const auto it = at.find(f->family->indices()[i].name); it != at.end()) scope.bind(static_cast<std::uint8_t>(i), it->second);
    return quantity_of(*f, name, scope);
  }
  return std::nullopt;
}

Quantity FamilyModel::quantity_of(const AppliedFamily& part, std::string_view name, Scope& scope) {
  const Family::Meaning* m = part.family->meaning(name);
  Quantity out{scope.value(name), {}};
  if (!m) return out;
  const auto config_name = [&]() -> const Family::ConfigName& { return part.family->config()[static_cast<std::size_t>(m->config)]; };
  if (m->derived >= 0) {
    const auto& d = part.family->derived()[static_cast<std::size_t>(m->derived)];
    out.from = "derived: " + d.value.show() + " (" + d.at.where() + ")";
    // a default written as `name ?? ...`: the config value where it is given
    if (m->config >= 0) {
      std::string from;
      const Value given = part.read(config_name(), &from);
      if (!given.is(Kind::null) && Expression::equal(given, out.value)) out.from = from;
    }
  } else if (m->config >= 0) part.read(config_name(), &out.from);
  else out.from = m->option >= 0 ? "option" : "input";
  return out;
}

std::vector<std::string> FamilyModel::quantities() const {
  std::vector<std::string> out;
  for (const auto& f : impl_->families) {
    const auto add = [&](const std::string& name) {
      if (std::find(out.begin(), out.end(), name) == out.end()) out.push_back(name);
    };
    for (const auto& c : f->family->config()) {
      const Family::Meaning* m = f->family->meaning(c.name);
      if (m->derived < 0 || !f->family->derived()[static_cast<std::size_t>(m->derived)].needs) add(c.name);
    }
    for (const auto& d : f->family->derived())
      if (!d.needs) add(d.name);
  }
  return out;
}

}  // namespace modelsig::families
