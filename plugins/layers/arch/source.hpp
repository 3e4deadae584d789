// Where the fingerprint comes from. Runs first: the other layers leave a model alone whose source is "error".
#pragma once
#include <modelsig/kit/config_fields.hpp>
#include <modelsig/kit/sizes.hpp>

#include <algorithm>
#include <set>
#include <string_view>

class Source {
 public:
  explicit Source(ms::Node options) : strict_(options["strict"].boolean()) {}

  void run(ms::Call& call, ms::Model model, ms::Node so_far, ms::Writer& out) {
    auto members = out.object();
    const ms::Node format = model.part("source")["format"];
    const bool given_up = strict_ && unreadable(call, model.part("config"), !format.is_string());
    out.member("source", given_up ? "error" : format.str(model.tensors() == 0 && so_far["components"].size() > 0 ? "components" : "config_only"));
    if (const std::size_t files = weight_files(model); files > 0) out.member("weight_files", files);
  }

 private:
  static std::size_t weight_files(const ms::Model& model) {
    std::set<const void*> files;
    for (std::size_t i = 0; i < model.tensors(); ++i)
      if (const ms::File file = model.tensor(i).file) files.insert(file.raw());
    return files.size();
  }

  // model_type is asked for "moe" as a text unless an expert count is set; head counts that differ by layer
  // are compared; without tensors, sizes are made integers. Each ends version 2.0's analysis of the model where
  // a value has another type.
  static bool unreadable(const ms::Call& call, ms::Node config, bool config_only) {
    const ms::kit::ConfigFields fields(call, config);
    const ms::Node type = fields["model_type"];
    if (type && !type.is_string() && !ms::kit::truthy(fields.first_set(call, "expert_count_field"))) return true;
    bool comparable = true;
    for (const std::string_view heads : {"num_attention_heads", "num_key_value_heads"}) ms::kit::greatest(fields[heads], comparable);
    return !comparable || (config_only && no_size(call, fields));
  }

  // Any of the fields that the shapes of assumed tensors are made of.
  static bool no_size(const ms::Call& call, const ms::kit::ConfigFields& fields) {
    constexpr std::string_view letters = "abcdefghijklmnopqrstuvwxyz_";
    for (ms::Node rule : call.rules("assumed_tensor").items()) {
      for (ms::Node axis : rule["shape"].items()) {
        const std::string_view text = axis.str();
        for (std::size_t at = text.find_first_of(letters), end; at != text.npos; at = text.find_first_of(letters, end)) {
          end = std::min(text.size(), text.find_first_not_of(letters, at));
          if (!ms::kit::size_of(fields[text.substr(at, end - at)])) return true;
        }
      }
    }
    return false;
  }

  bool strict_;
};
