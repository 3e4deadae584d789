#include "core/families/module_kind.hpp"

#include <algorithm>

#include "core/families/lexer.hpp"
#include "core/value/nearest.hpp"

namespace modelsig::families {

namespace {

std::vector<ModuleKind::Parameter> parameters(std::string_view text) {
  std::vector<ModuleKind::Parameter> out;
  Lexer lexer(text);
  bool arrow = false;
  while (lexer.peek().kind != Token::Kind::end) {
    if (lexer.peek().kind != Token::Kind::name) lexer.unexpected("a parameter");
    out.push_back({std::string(lexer.take().text), {}, arrow});
    if (lexer.accept("=")) out.back().otherwise = Expression::parse(lexer);
    arrow = lexer.accept("->");
    if (!arrow && !lexer.accept(",") && lexer.peek().kind != Token::Kind::end) lexer.unexpected("',' or '->'");
  }
  return out;
}

// [DTYPE] shape, ...
std::vector<std::vector<Expression>> shapes(std::string_view text, std::vector<std::string>& dtypes) {
  std::vector<std::vector<Expression>> out;
  Lexer lexer(text);
  do {
    dtypes.emplace_back(lexer.peek().kind == Token::Kind::name ? lexer.take().text : "");
    out.push_back(parse_shape(lexer));
  } while (lexer.accept(","));
  if (lexer.peek().kind != Token::Kind::end) lexer.unexpected("the end");
  return out;
}

// calls read(text), a syntax error becomes file:line:column
template <class Read>
void text_member(const TomlFile& file, const Value& table, std::string_view key, Read read) {
  const Value* v = table.find(key);
  if (!v) return;
  if (!v->is(Kind::string)) file.fail(*v, in_quotes(key) + " is a text");
  try {
    read(v->str());
  } catch (const SyntaxError& e) {
    file.fail(*v, e.what(), e.offset() + 1);
  }
}

ModuleKind read_kind(const TomlFile& file, std::string_view name, const Value& table) {
  ModuleKind out;
  out.name = name;
  if (!table.is(Kind::object)) file.fail(table, "a kind is a table");
  const std::vector<std::string> known = {"args", "tensors", "input", "output", "class", "classes"};
  for (const Member& m : table.members())
    if (std::find(known.begin(), known.end(), m.key) == known.end())
      file.fail_key(m.value, "a kind has no '" + std::string(m.key) + "'" + did_you_mean(m.key, known));
  text_member(file, table, "args", [&](std::string_view t) { out.parameters = parameters(t); });
  text_member(file, table, "input", [&](std::string_view t) { out.inputs = shapes(t, out.input_dtypes); });
  text_member(file, table, "output", [&](std::string_view t) { out.outputs = shapes(t, out.output_dtypes); });
  text_member(file, table, "class", [&](std::string_view t) { out.class_name = t; });
  for (const Member& m : table["classes"].members())
    text_member(file, table["classes"], m.key, [&](std::string_view t) { out.classes.emplace_back(m.key, t); });
  for (const Member& m : table["tensors"].members())
    text_member(file, table["tensors"], m.key, [&](std::string_view t) { out.tensors.emplace_back(m.key, TensorSpec::parse(t)); });
  const auto check = [&](const Expression& e, const char* where) {
    for (std::string_view n : e.names())
      if (!out.parameter(n)) file.fail_key(table, "kind " + out.name + ": '" + std::string(n) + "' in " + where + " is none of its args");
  };
  for (const auto& [suffix, spec] : out.tensors) {
    for (const Expression& e : spec.shape) check(e, suffix.c_str());
    check(spec.when, suffix.c_str());
  }
  return out;
}

}  // namespace

const ModuleKind::Parameter* ModuleKind::parameter(std::string_view called) const {
  for (const Parameter& p : parameters)
    if (p.name == called) return &p;
  return nullptr;
}

std::vector<Expression> ModuleKind::bind(const ModuleLine& line) const {
  if (line.positional.size() > parameters.size())
    throw SyntaxError(name + " takes at most " + std::to_string(parameters.size()) + " arguments", line.kind_offset);
  for (const auto& [given, value] : line.named) {
    if (parameter(given)) continue;
    std::vector<std::string> known;
    for (const Parameter& p : parameters) known.push_back(p.name);
    throw SyntaxError(name + " has no argument '" + std::string(given) + "'" + did_you_mean(given, known), line.kind_offset);
  }
  std::vector<Expression> out;
  for (std::size_t i = 0; i < parameters.size(); ++i) {
    Expression value = i < line.positional.size() ? line.positional[i] : Expression();
    for (const auto& [given, e] : line.named) {
      if (given != parameters[i].name) continue;
      if (value) throw SyntaxError(in_quotes(given) + " is given twice", line.kind_offset);
      value = e;
    }
    if (!value) value = parameters[i].otherwise;
    if (!value) throw SyntaxError(name + " needs '" + parameters[i].name + "'", line.kind_offset);
    out.push_back(std::move(value));
  }
  // a default may speak of other arguments (size = kernel); only defaults are resolved, a family's own words are not
  for (std::size_t i = 0; i < out.size(); ++i) {
    bool given = i < line.positional.size();
    for (const auto& [key, e] : line.named) given |= key == parameters[i].name;
    if (given) continue;
    out[i] = out[i].substitute([&](std::string_view n) -> const Expression* {
      for (std::size_t k = 0; k < out.size(); ++k)
        if (k != i && parameters[k].name == n) return &out[k];
      return nullptr;
    });
  }
  return out;
}

std::vector<std::string> KindTable::names() const {
  std::vector<std::string> out;
  for (const auto& [name, kind] : kinds) out.push_back(name);
  std::sort(out.begin(), out.end());
  return out;
}

const ModuleKind* KindTable::find(std::string_view name) const {
  const auto it = kinds.find(std::string(name));
  return it == kinds.end() ? nullptr : &it->second;
}

void KindTable::read(const TomlFile& file) {
  for (const Member& section : file.root().members()) {
    if (section.key == "kind") {
      for (const Member& m : section.value.members()) kinds[std::string(m.key)] = read_kind(file, m.key, m.value);
    } else if (section.key == "inputs") {
      for (const Member& m : section.value.members()) {
        Expression value = Expression::parse(file, m.value);
        const auto known = [&](std::string_view n) {
          return std::any_of(inputs.begin(), inputs.end(), [&](const auto& i) { return i.first == n; });
        };
        for (std::string_view n : value.names())
          if (!known(n)) file.fail(m.value, in_quotes(n) + " is no input above this one");
        if (!known(m.key)) inputs.emplace_back(m.key, std::move(value));
        else
          for (auto& i : inputs)
            if (i.first == m.key) i.second = value;
      }
    } else file.fail_key(section.value, "a kinds file has [inputs] and [kind.*], not [" + std::string(section.key) + "]");
  }
}

}  // namespace modelsig::families
