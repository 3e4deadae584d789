// L2: the config under canonical names, in the order of the rule data, plus what follows from it.
// Values are carried on as found, of whatever type; only integers are computed with.
#pragma once
#include <modelsig/kit/config_fields.hpp>
#include <modelsig/kit/number_text.hpp>
#include <modelsig/kit/value_text.hpp>

#include <set>
#include <string_view>

#include "experts.hpp"
#include "known_fields.hpp"

class Arch {
 public:
  explicit Arch(ms::Node options) : non_finite_(options["non_finite"].boolean()) {}

  void run(ms::Call& call, ms::Model model, ms::Node so_far, ms::Writer& out) {
    auto members = out.object();
    const bool failed = so_far["source"].str() == "error";
    const ms::kit::ConfigFields fields(call, failed ? ms::Node() : model.part("config"));
    {
      auto section = out.object("arch_fingerprint");
      if (!failed) fingerprint(call, model, fields, KnownFields(call, so_far["architecture"]), out);
    }
    auto section = out.object("dimension_ratios");
    if (!failed) ratios(fields, out);
  }

 private:
  void put(ms::Writer& out, std::string_view key, const ms::Node& value) const {
    out.key(key);
    if (!value) out.null();
    else if (non_finite_ || finite(value)) out.value(value);
    else out.value(ms::kit::notation(value));  // a report holds no NaN: what the config says, as text
  }
  static bool finite(const ms::Node& value) {
    if (value.kind() == 'd') return std::isfinite(value.f64());
    for (std::size_t i = 0; (value.is_array() || value.is_object()) && i < value.size(); ++i) if (!finite(value.at(i))) return false;
    return true;
  }
  // One head count for a model whose layers differ: the greatest.
  static ms::Node heads(const ms::kit::ConfigFields& fields, std::string_view name) {
    bool comparable = true;
    return ms::kit::greatest(fields[name], comparable);
  }

  void fingerprint(const ms::Call& call, const ms::Model& model, const ms::kit::ConfigFields& fields, const KnownFields& known, ms::Writer& out) const {
    const ms::Node experts = fields.first_set(call, "expert_count_field"), per_token = fields.first_set(call, "experts_per_token_field");
    const auto value_of = [&](std::string_view name) {
      return name == "num_experts" ? experts : name == "num_experts_per_tok" ? per_token : fields[name];
    };
    std::set<std::string_view> written;
    const auto put_known = [&](std::string_view name, const KnownFields::Field& field) {
      out.key(name);
      field.value.write(out);
    };
    for (ms::Node rule : call.rules("arch_field").items()) {
      const std::string_view name = rule["name"].str();
      const KnownFields::Field* better = known.find(name);
      const bool absent = !fields[name] || (fields[name].is_null() && better && better->value);
      if (absent && !(better && better->value)) continue;
      if (!written.insert(name).second) continue;
      if (better && (absent || better->over)) put_known(name, *better);
      else put(out, name, value_of(name));
    }
    for (const auto& [name, field] : known.fields())
      if (field.value && written.insert(name).second) put_known(name, field);
    const ms::Node hidden = fields["hidden_size"], count = heads(fields, "num_attention_heads");
    if (!written.contains("head_dim") && ms::kit::is_countable(hidden) && ms::kit::is_countable(count) && ms::kit::number(count) > 0) {
      out.member("head_dim", floor_div(integer(hidden), integer(count)));
    }
    out.member("is_moe", known.is_moe() ? *known.is_moe() : config_has_experts(call, fields) || marked(model));
    if (!written.contains("num_experts")) put(out, "num_experts", experts);
    if (!written.contains("num_experts_per_tok")) put(out, "num_experts_per_tok", per_token);
    if (!written.contains("layer_types")) out.list("layer_types", std::initializer_list<std::string_view>{});
  }

  static bool marked(const ms::Model& model) {
    for (std::size_t i = 0; i < model.groups(); ++i) {
      if (model.group(i)["labels"]["moe_mark"].size() > 0) return true;
    }
    return false;
  }

  static void ratios(const ms::kit::ConfigFields& fields, ms::Writer& out) {
    const ms::Node hidden = fields["hidden_size"], inner = fields["intermediate_size"];
    ratio(out, "ffn_expansion", inner, hidden);
    ratio(out, "gqa_ratio", heads(fields, "num_attention_heads"), heads(fields, "num_key_value_heads"));
  }
  static void ratio(ms::Writer& out, std::string_view key, const ms::Node& above, const ms::Node& below) {
    if (!ms::kit::is_countable(above) || !ms::kit::is_countable(below) || ms::kit::number(below) <= 0) return;
    out.member(key, ms::kit::rounded(ms::kit::number(above) / ms::kit::number(below), 6));
  }

  static std::int64_t integer(const ms::Node& value) { return static_cast<std::int64_t>(value.is_bool() ? value.boolean() : value.i64()); }
  static std::int64_t floor_div(std::int64_t a, std::int64_t b) { return a / b - (a % b != 0 && a < 0); }  // b > 0

  bool non_finite_;
};
