#include "quant_path.hpp"

#include <modelsig/kit/config_fields.hpp>
#include <modelsig/kit/value_text.hpp>

#include <algorithm>
#include <initializer_list>
#include <map>
#include <optional>
#include <string>

namespace {

using Text = std::optional<std::string>;
using ms::Node;
using ms::kit::truthy;

Node first(const Node& object, std::initializer_list<std::string_view> names) {
  for (const std::string_view name : names) if (Node value = object[name]; truthy(value)) return value;
  return {};
}

std::string lower(std::string_view text) {
  std::string out(text);
  for (char& c : out) if (c >= 'A' && c <= 'Z') c = static_cast<char>(c - 'A' + 'a');
  return out;
}
std::string plain_dtype(std::string_view name) { return lower(name.starts_with("torch.") ? name.substr(6) : name); }

// What a checkpoint's own files say, in the spellings of transformers, compressed-tensors, ModelOpt,
// AutoGPTQ, AutoAWQ, bitsandbytes and MLX.
class Scheme {
 public:
  Scheme(const ms::Model& model, const ms::kit::ConfigFields& fields, Node signature) : fields_(fields), signature_(signature) {
    config_ = first_object({fields["quantization_config"], fields["compression_config"], fields["quantization"],
                            model.part("hf_quant_config")["quantization"], model.part("hf_quant_config"),
                            model.part("quantize_config"), model.part("quant_config")});
    side_ = model.part("hf_quant_config")["quantization"];
    groups_ = config_["config_groups"];
    group_ = groups_.is_object() ? groups_.at(0) : Node();
    method_ = lower(config_["quant_method"].str());
    algo_ = lower(first(config_, {"quant_algo"}).str(side_["quant_algo"].str()));
  }

  bool quantised() const { return static_cast<bool>(config_); }

  Text algo() const {
    if (!quantised()) return fields_["model_type"] && plain(stored_dtype()) ? Text("none") : std::nullopt;
    if (!algo_.empty()) return algo_;
    if (method_ == "compressed-tensors") return "compressed-tensors (" + std::string(config_["format"].str("unknown format")) + ")";
    if (config_["load_in_4bit"].boolean()) return "bitsandbytes " + std::string(config_["bnb_4bit_quant_type"].str("4-bit"));
    if (config_["load_in_8bit"].boolean()) return "bitsandbytes int8";
    if (!method_.empty()) return method_;
    if (Node type = first(config_, {"quant_type"})) return ms::kit::text(type);
    if (Node count = bits()) return ms::kit::text(count) + "-bit";
    return std::nullopt;
  }

  Text weight_dtype() const {
    if (!quantised()) return stored_dtype();
    if (Node named = first(config_, {"weight_dtype"})) return ms::kit::text(named);
    if (Node weights = group_["weights"]; weights.is_object()) return numbers(weights);
    if (Text known = by_algo(algo_)) return known;
    if (method_ == "fp8" || method_ == "fbgemm_fp8") return "fp8_" + std::string(config_["fmt"].str("e4m3"));
    if (method_ == "mxfp4") return "mxfp4";
    if (config_["load_in_4bit"].boolean()) return std::string(config_["bnb_4bit_quant_type"].str("int4"));
    if (config_["load_in_8bit"].boolean()) return "int8";
    if (Node count = bits()) return "int" + ms::kit::text(count);
    return std::nullopt;
  }

  Text act_dtype() const {
    if (Node named = first(config_, {"act_dtype"})) return ms::kit::text(named);
    if (group_.is_object()) return group_["input_activations"].is_object() ? numbers(group_["input_activations"]) : model_dtype();
    if (algo_ == "fp8" || algo_ == "nvfp4") return by_algo(algo_);
    if (!config_["activation_scheme"].str().empty()) return weight_dtype();
    if (method_ == "fbgemm_fp8") return "fp8_e4m3";
    if (Node compute = first(config_, {"bnb_4bit_compute_dtype", "compute_dtype"})) return plain_dtype(ms::kit::text(compute));
    return model_dtype();
  }

  Text scale_scheme() const {
    if (Node named = first(config_, {"scale_scheme"})) return ms::kit::text(named);
    if (Node block = config_["weight_block_size"]; block.size() == 2) {
      return "block " + ms::kit::text(block.at(0)) + "x" + ms::kit::text(block.at(1));
    }
    if (const auto strategy = group_["weights"]["strategy"].str(); !strategy.empty()) return "per-" + std::string(strategy);
    if (Node size = group_size(); size.is_integer()) return size.i64() > 0 ? "per-group" : "per-channel";
    if (algo_ == "fp8") return "per-tensor";
    if (method_ == "fbgemm_fp8") return "per-channel";
    return std::nullopt;
  }

  Node group_size() const {
    for (const Node& place : {config_, side_, group_["weights"]}) {
      if (Node size = first(place, {"group_size", "q_group_size"}); size.is_integer()) return size;
    }
    return {};
  }

  Text placement() const {
    if (!quantised()) return std::nullopt;
    const Node kept = first(config_, {"modules_to_not_convert", "ignore", "exclude_modules", "llm_int8_skip_modules"});
    const Node except = kept ? kept : first(side_, {"exclude_modules"});
    if (except.is_array()) return "all-linear except " + std::to_string(except.size()) + (except.size() == 1 ? " name" : " names");
    const Node targets = group_["targets"];
    if (targets.size() > 0 && targets.at(0).str() != "Linear") return "targets " + ms::kit::notation(targets);
    return targets.size() > 0 ? Text("all-linear") : std::nullopt;
  }

  // Groups of modules that are quantised in ways of their own; what stands above is the first's.
  void write_groups(ms::Writer& out) const {
    if (!groups_.is_object() || groups_.size() < 2) return;
    auto list = out.array("groups");
    for (auto [name, group] : groups_.members()) {
      auto one = out.object();
      out.member("name", name);
      out.key("targets");
      if (group["targets"].is_array()) out.value(group["targets"]);
      else out.null();
      const auto put = [&](std::string_view key, const Text& value) { if (value) out.member(key, *value); else out.member(key, nullptr); };
      put("format", group["format"].is_string() ? Text(group["format"].str()) : config_["format"].is_string() ? Text(config_["format"].str()) : std::nullopt);
      put("weight_dtype", group["weights"].is_object() ? numbers(group["weights"]) : model_dtype());
      put("act_dtype", group["input_activations"].is_object() ? numbers(group["input_activations"]) : model_dtype());
      const auto strategy = group["weights"]["strategy"].str();
      put("scale_scheme", strategy.empty() ? std::nullopt : Text("per-" + std::string(strategy)));
      out.key("group_size");
      if (const Node size = group["weights"]["group_size"]; size.is_integer()) out.value(size);
      else out.null();
    }
  }

  Text kv_cache_dtype() const {
    if (Node named = first(config_, {"kv_cache_dtype", "kv_cache_quant_algo"}); named.is_string()) return lower(named.str());
    if (Node named = first(side_, {"kv_cache_quant_algo"}); named.is_string()) return lower(named.str());
    if (Node scheme = config_["kv_cache_scheme"]; scheme.is_object()) return numbers(scheme);
    return std::nullopt;
  }

  Text calibration() const {
    if (Node set = first(config_, {"dataset"}); set.is_string()) return "calibrated on " + std::string(set.str());
    if (const auto scheme = config_["activation_scheme"].str(); !scheme.empty()) return "activations " + std::string(scheme);
    return std::nullopt;
  }

 private:
  static Node first_object(std::initializer_list<Node> candidates) {
    for (const Node& candidate : candidates) if (candidate.is_object() && candidate.size() > 0) return candidate;
    return {};
  }
  Node bits() const { return first(config_, {"bits", "w_bit", "weight_bits", "num_bits"}); }
  Text model_dtype() const {
    const Node named = fields_.either("torch_dtype", "dtype");
    return named.is_string() ? Text(plain_dtype(named.str())) : std::nullopt;
  }
  // Weights in a training dtype, or no weights to contradict the config: nothing speaks of quantisation.
  static bool plain(const Text& dtype) { return !dtype || dtype->starts_with("bf") || dtype->starts_with("fp16") || dtype->starts_with("fp32") || dtype->starts_with("float") || dtype->starts_with("bfloat"); }
  // What most parameters of the checkpoint are stored in, if a file says so, else what the config says.
  Text stored_dtype() const {
    std::map<std::string_view, std::uint64_t> parameters;
    for (auto [name, entry] : signature_.members()) {
      if (!entry["assumed"].boolean()) parameters[entry["dtype"].str()] += entry["param_count"].u64();
    }
    const auto most = std::max_element(parameters.begin(), parameters.end(), [](const auto& a, const auto& b) { return a.second < b.second; });
    return most == parameters.end() ? model_dtype() : Text(lower(most->first));
  }
  static Text by_algo(std::string_view algo) {
    if (algo.starts_with("w4a16")) return "int4";
    if (algo.starts_with("w8a")) return "int8";
    if (algo.starts_with("fp8")) return "fp8_e4m3";
    if (algo.find("nvfp4") != algo.npos) return "nvfp4";
    return std::nullopt;
  }
  static Text numbers(const Node& part) {  // {"num_bits": 8, "type": "float"}
    if (!part["num_bits"].is_integer() || !part["type"].is_string()) return std::nullopt;
    const std::string count = std::to_string(part["num_bits"].i64());
    if (part["type"].str() != "float") return "int" + count;
    return count == "8" ? "fp8_e4m3" : "fp" + count;
  }

  const ms::kit::ConfigFields& fields_;
  Node signature_, config_, side_, groups_, group_;
  std::string method_, algo_;
};

Text template_of(const Node& arch) {
  if (!arch["model_type"].is_string()) return std::nullopt;
  if (arch["is_moe"].boolean()) return "moe_decoder";
  const Node kv = arch["num_key_value_heads"];
  return truthy(kv) && !ms::kit::same(kv, arch["num_attention_heads"]) ? "gqa_decoder" : "dense_decoder";
}

}  // namespace

void QuantPath::run(ms::Call& call, ms::Model model, ms::Node so_far, ms::Writer& out) {
  const ms::kit::ConfigFields fields(call, model.part("config"));
  const Scheme scheme(model, fields, so_far["static_weight_signature"]);
  auto members = out.object();
  auto section = out.object("quant_path_signature");
  const auto put = [&](std::string_view key, const Text& value) { if (value) out.member(key, *value); else out.member(key, nullptr); };
  put("arch_template", template_of(so_far["arch_fingerprint"]));
  put("quant_algo", scheme.algo());
  put("weight_dtype", scheme.weight_dtype());
  put("act_dtype", scheme.act_dtype());
  put("scale_scheme", scheme.scale_scheme());
  if (ms::Node size = scheme.group_size()) out.member("group_size", size);
  else out.member("group_size", nullptr);
  put("placement_policy", scheme.placement());
  put("kv_cache_dtype", scheme.kv_cache_dtype());
  for (const std::string_view unknown : {"backend", "hardware_class", "workload_regime"}) out.member(unknown, nullptr);
  put("calibration_or_qat", scheme.calibration());
  scheme.write_groups(out);
}
