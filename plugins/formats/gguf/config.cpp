#include "config.hpp"

#include <algorithm>
#include <set>
#include <vector>

#include "expression_text.hpp"
#include "report.hpp"
#include "text.hpp"

namespace gguf {

namespace {

constexpr std::string_view MODEL_TYPE = "model_type";
constexpr std::size_t MOST_LAYERS = 4096;  // items that a rule goes through

bool lists(ms::Node list, std::string_view word) {
  for (ms::Node item : list.items())
    if (item.str() == word) return true;
  return false;
}

class ConfigWriter {
 public:
  ConfigWriter(const ms::Call& call, const Header& header, ms::Writer& out) : call_(call), text_(header), out_(out) {}

  void run() {
    auto object = out_.object();
    const ms::Node known = call_.rule("gguf_architecture", text_.architecture());
    bool answered;  // an architecture is one whatever it leaves out
    member(MODEL_TYPE, known, text_.fill(known["model_type"].str(), answered));
    if (known["architectures"]) out_.member("architectures", known["architectures"]);
    const ms::Node fields = call_.rules("gguf_field");
    std::vector<std::string_view> towers;
    for (ms::Node rule : fields.items()) {
      const std::string_view tower = rule["in"].str();
      if (tower.empty()) field(rule);
      else if (applies(rule) && std::find(towers.begin(), towers.end(), tower) == towers.end()) towers.push_back(tower);
    }
    for (std::string_view tower : towers) {
      written_.clear();
      auto sub = out_.object(tower);
      for (ms::Node rule : fields.items())
        if (rule["in"].str() == tower) field(rule);
    }
  }

 private:
  bool applies(ms::Node rule) const {
    if (rule["only"] && !lists(rule["only"], text_.architecture())) return false;
    if (rule["except"] && lists(rule["except"], text_.architecture())) return false;
    for (ms::Node key : rule["needs"].items())
      if (!text_.find(key.str())) return false;
    for (ms::Node key : rule["lacks"].items())
      if (text_.find(key.str())) return false;
    return true;
  }

  // The first rule of a field that applies and has something to say, says it.
  void field(ms::Node rule) {
    const std::string_view name = rule["field"].str();
    if (name.empty() || written_.contains(name) || !applies(rule)) return;
    if (const ms::Node each = rule["each"]) {
      list(name, rule, each.str());
    } else if (rule["value"].is_string()) {
      put(name, rule, rule["value"].str());
    } else if (rule["value"]) {
      out_.member(name, rule["value"]);
      written_.insert(name);
    }
  }

  void put(std::string_view name, ms::Node rule, std::string_view expression) {
    if (expression.starts_with('{') && expression.find('}') == expression.size() - 1) {  // one key: as it is, in full precision
      const Value* value = text_.find(expression.substr(1, expression.size() - 2));
      if (value && value->kept) {
        out_.key(name);
        write_value(out_, *value);
        written_.insert(name);
        return;
      }
    }
    bool answered;
    const std::string filled = text_.fill(expression, answered);
    if (answered) member(name, rule, filled);
  }

  void list(std::string_view name, ms::Node rule, std::string_view over) {
    const Value* value = text_.find(over);
    if (!value || value->type != Type::ARRAY || !value->kept || value->items.size() > MOST_LAYERS) return;
    written_.insert(name);
    bool answered;
    auto items = out_.array(name);
    for (const Value& item : value->items) {
      const std::string filled = text_.fill(rule["value"].str(), answered, ExpressionText::literal(item));
      if (!emit(rule, filled, [] {})) out_.null();
    }
  }

  void member(std::string_view name, ms::Node rule, const std::string& filled) {
    if (emit(rule, filled, [&] { out_.key(name); })) written_.insert(name);
  }

  // The value of a filled expression, `before` it whatever goes in front; false, with a problem, if it has none.
  template <class Before>
  bool emit(ms::Node rule, const std::string& filled, Before before) {
    if (filled.empty()) return false;
    if (filled.size() < 18 && filled.find_first_not_of("0123456789") == std::string::npos) return before(), out_.value(std::stoull(filled)), true;
    if (filled == "none") return before(), out_.null(), true;
    if (filled == "true" || filled == "false") return before(), out_.value(filled == "true"), true;
    try {
      const ms::Node value = call_.evaluate(call_.expression(filled, rule["at"].str()), [](std::string_view, ms::Writer& none) { none.null(); });
      return before(), out_.value(value), true;
    } catch (const ms::Told& told) {  // sizes that do not divide, for instance: the file's fault, or the rule's
      if (told.status == MS_CANCELLED) throw;
      call_.problem(MS_WARN, rule["field"].str(rule["id"].str()), "rule " + quoted(rule["id"].str()) + " makes no value of the metadata: " + filled.substr(0, 200));
      return false;
    }
  }

  const ms::Call& call_;
  ExpressionText text_;
  ms::Writer& out_;
  std::set<std::string_view> written_ = {MODEL_TYPE, "architectures"};
};

}  // namespace

bool knows_architecture(const ms::Call& call, const Header& header) {
  return bool(call.rule("gguf_architecture", header.metadata.text("general.architecture")));
}

void write_config(const ms::Call& call, const Header& header, ms::Writer& out) { ConfigWriter(call, header, out).run(); }

}  // namespace gguf
