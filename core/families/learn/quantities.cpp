#include "core/families/learn/quantities.hpp"

#include <algorithm>
#include <deque>

#include "core/families/lexer.hpp"
#include "core/value/error.hpp"

namespace modelsig::families::learn {

namespace {

constexpr unsigned kMaxTables = 4;   // depth of sub-configs that are looked into

std::string identifier(std::string_view text) {
  std::string out;
  for (const char c : text) {
    const bool plain = (c >= 'a' && c <= 'z') || (c >= 'A' && c <= 'Z') || (c >= '0' && c <= '9');
    out += plain ? c : '_';
  }
  if (out.empty() || (out[0] >= '0' && out[0] <= '9')) out.insert(0, 1, '_');
  return out;
}

std::string_view leaf(std::string_view key) { return key.substr(key.rfind('.') + 1); }  // npos + 1 is 0

}  // namespace

std::string toml_key(std::string_view key) {
  const bool bare = !key.empty() && std::all_of(key.begin(), key.end(), [](unsigned char c) { return std::isalnum(c) || c == '_' || c == '-'; });
  return bare ? std::string(key) : toml_text(key);
}

std::string toml_text(std::string_view text) {
  std::string out = "\"";
  for (const char c : text) {
    if (c == '"' || c == '\\') out += '\\';
    if (static_cast<unsigned char>(c) < 0x20) out += ' ';
    else out += c;
  }
  return out + "\"";
}

Quantities::Quantities(const FamilyLibrary& library, const Habits& habits, const std::vector<Sample>& samples) : samples_(samples), habits_(habits) {
  values_.resize(samples.size());
  for (std::size_t s = 0; s < samples.size(); ++s)
    for (const Member& m : samples[s].config->members())
      if (m.value.is(Kind::object))
        for (const Member& inner : m.value.members())  // text_config.hidden_size is called as hidden_size is
          if (const std::string name = habits.name_of(inner.key); !name.empty() && name == habits.name_of(std::string(m.key) + "." + std::string(inner.key))) main_.emplace_back(m.key);
  for (std::size_t s = 0; s < samples.size(); ++s) read(habits, *samples[s].config, "", s, 0);

  // what the root makes of them: applied to every sample, with the names that were found
  std::string text = "family = []\nextends = " + toml_text(habits.root().name()) + "\n[config]\n";
  for (const Quantity& q : all_) text += q.name + " = " + toml_text(q.key) + "\n";
  const auto probe = library.compile(text, "learned");
  for (std::size_t s = 0; s < samples.size(); ++s) {
    const FamilyModel model = FamilyModel::apply(probe, *samples[s].config);
    heads_.push_back(model.head());
    for (const auto& d : probe->derived()) {
      if (d.needs) continue;
      Value value;
      try {
        value = model.quantity(d.name)->value;
      } catch (const Error&) {  // not to be had from this config
      }
      if (value.is(Kind::string)) continue;  // would live in the model's document
      values_[s][d.name] = value;
      auto at = std::find_if(all_.begin(), all_.end(), [&](const Quantity& q) { return q.name == d.name; });
      if (at == all_.end()) at = all_.insert(all_.end(), {{}, d.name, {}, true, habits.is_size(d.name), true, std::vector<Value>(samples.size())});
      at->values[s] = value;
    }
  }
}

void Quantities::read(const Habits& habits, const Value& table, const std::string& prefix, std::size_t sample, unsigned depth) {
  for (const Member& m : table.members()) {
    const std::string key = prefix + std::string(m.key);
    if (m.value.is(Kind::object)) {
      if (depth < kMaxTables) read(habits, m.value, key + ".", sample, depth + 1);
      continue;
    }
    if (m.value.is(Kind::null) || m.value.is(Kind::real)) continue;
    auto at = std::find_if(all_.begin(), all_.end(), [&](const Quantity& q) { return q.key == key; });
    if (at == all_.end()) {
      Quantity q;
      q.key = key;
      q.name = name_for(habits, key, q.context);
      const std::string known = habits.name_of(key), by_leaf = habits.name_of(leaf(key));
      q.known = !known.empty() || !by_leaf.empty();
      q.size = habits.is_size(known.empty() ? by_leaf : known);
      q.values.resize(samples_.size());
      at = all_.insert(all_.end(), std::move(q));
    }
    at->values[sample] = m.value;
    values_[sample][at->name] = m.value;
  }
}

std::string Quantities::name_for(const Habits& habits, const std::string& key, std::string& context) const {
  const std::size_t dot = key.rfind('.');
  const std::string table = dot == std::string::npos ? "" : key.substr(0, dot);
  const bool own = table.empty() || std::find(main_.begin(), main_.end(), table) != main_.end();
  if (!own) context = table;
  std::string name = habits.name_of(key);
  if (name.empty()) name = habits.name_of(leaf(key));
  if (name.empty()) name = identifier(leaf(key));
  if (!own) {
    std::string tower = table.substr(0, table.rfind("_config"));
    name = identifier(tower) + "_" + name;
  }
  const auto taken = [&](const std::string& n) {
    const Family::Meaning* m = habits.root().meaning(n);
    if (is_reserved(n) || (m && m->config < 0)) return true;  // the root means something else by it
    return find(n) != nullptr;
  };
  if (taken(name)) name = own ? identifier(leaf(key)) : identifier(key);
  while (taken(name)) name += "_";
  return name;
}

const Quantity* Quantities::find(std::string_view name) const {
  const auto at = std::find_if(all_.begin(), all_.end(), [&](const Quantity& q) { return q.name == name; });
  return at == all_.end() ? nullptr : &*at;
}

std::int64_t Quantities::whole(const Expression& e, std::size_t sample) const {
  try {
    const Value v = e.evaluate([&](std::string_view n) {
      const auto it = values_[sample].find(n);
      return it == values_[sample].end() ? Value() : it->second;
    });
    return v.is(Kind::integer) && v.i64() >= 0 ? v.i64() : kAbsent;
  } catch (const Error&) {
    return kAbsent;
  }
}

// A config name of another family: the quantity of that key, else the one that is called so; else one that no sample gives.
std::optional<std::string> Quantities::named(const Family::ConfigName& name, const std::string& context) {
  for (const std::string& key : name.spelled)
    for (const Quantity& q : all_)
      if (q.context == context && !q.derived && (q.key == key || leaf(q.key) == key)) return q.name;
  if (context.empty()) {
    if (const Quantity* q = find(name.name)) return q->name;
    if (const Family::Meaning* m = habits_.root().meaning(name.name)) {
      if (m->config >= 0) return name.name;
      return std::nullopt;
    }
  }
  if (!context.empty() || is_reserved(name.name)) return std::nullopt;
  all_.push_back({name.spelled.front(), name.name, {}, true, true, false, std::vector<Value>(samples_.size())});
  return name.name;
}

std::optional<Expression> Quantities::translate(const Expression& e, const Family& family, const std::string& context) {
  bool fits = true;
  std::deque<Expression> made;
  const auto go = [&](auto&& self, const Expression& part, std::string_view inside, unsigned depth) -> Expression {
    return part.substitute([&](std::string_view name) -> const Expression* {
      const Family::Meaning* m = family.meaning(name);
      if (!m || m->index >= 0 || depth > Family::kMaxDerivedDepth) return fits = false, nullptr;
      if (m->derived >= 0 && name != inside) {
        const Family::Meaning* ours = habits_.root().meaning(name);
        const Expression& value = family.derived()[static_cast<std::size_t>(m->derived)].value;
        if (context.empty() && ours && ours->derived >= 0 && habits_.root().derived()[static_cast<std::size_t>(ours->derived)].value.show() == value.show())
          return nullptr;
        made.push_back(self(self, value, name, depth + 1));
        return &made.back();
      }
      if (m->option >= 0) {
        made.push_back(Expression::literal(Value(family.options()[static_cast<std::size_t>(m->option)].otherwise)));
        return &made.back();
      }
      if (m->config < 0) return nullptr;
      const auto here = named(family.config()[static_cast<std::size_t>(m->config)], context);
      if (!here) return fits = false, nullptr;
      made.push_back(Expression::parse(*here));
      return &made.back();
    });
  };
  Expression out = go(go, e, {}, 0);
  if (!fits) return std::nullopt;
  return out;
}

}  // namespace modelsig::families::learn
