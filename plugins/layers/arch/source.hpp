// Where the fingerprint comes from. Runs first: the other layers leave a model alone whose source is "error".
#pragma once
#include <modelsig/kit/config_fields.hpp>

#include <string_view>

class Source {
 public:
  explicit Source(ms::Node options) : strict_(options["strict"].boolean()) {}

  void run(ms::Call& call, ms::Model model, ms::Node, ms::Writer& out) {
    auto members = out.object();
    const ms::Node format = model.part("source")["format"];
    out.member("source", strict_ && unreadable(call, model.part("config")) ? "error" : format.str("config_only"));
  }

 private:
  // model_type is asked for "moe" as a text unless an expert count is set; head counts that differ by layer
  // are compared. Both end version 2.0's analysis of the model where the values have another type.
  static bool unreadable(const ms::Call& call, ms::Node config) {
    const ms::kit::ConfigFields fields(call, config);
    const ms::Node type = fields["model_type"];
    if (type && !type.is_string() && !ms::kit::truthy(fields.first_set(call, "expert_count_field"))) return true;
    bool comparable = true;
    for (const std::string_view heads : {"num_attention_heads", "num_key_value_heads"}) ms::kit::greatest(fields[heads], comparable);
    return !comparable;
  }

  bool strict_;
};
