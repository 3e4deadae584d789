// L1: one entry a name group, in order of first appearance. The first tensor of a group represents it: in a
// checkpoint the layers of one kind are alike, and where they are not, param_count still counts every one.
#pragma once
#include <modelsig/plugin.hpp>

#include <set>
#include <string>
#include <vector>

#include "assumed.hpp"
#include "dtype.hpp"

class Weights {
 public:
  explicit Weights(ms::Node options) : mark_assumed_(options["mark_assumed"].boolean()), other_(options["other"].str()) {}

  void run(ms::Call& call, ms::Model model, ms::Node so_far, ms::Writer& out) {
    std::set<std::string_view> types;
    auto members = out.object();
    {
      auto signature = out.object("static_weight_signature");
      const bool failed = so_far["source"].str() == "error";
      if (!failed && model.tensors() > 0) stored(call, model, out, types);
      else if (!failed && !model.part("source")["format"].is_string()) assumed(call, model, so_far, out, types);
    }
    out.list("layer_types", types);
  }

 private:
  void stored(ms::Call& call, ms::Model model, ms::Writer& out, std::set<std::string_view>& types) const {
    struct Sum { std::uint64_t count = 0, parameters = 0; };
    std::vector<Sum> sums(model.groups());
    for (std::size_t i = 0; i < model.tensors(); ++i) {
      if (i % 4096 == 0) call.check_cancelled();
      const ms::Tensor tensor = model.tensor(i);
      std::uint64_t product = 1;
      for (const std::uint64_t axis : tensor.shape) product *= axis;
      sums[tensor.group].count += 1;
      sums[tensor.group].parameters += product;
    }
    for (std::size_t i = 0; i < model.groups(); ++i) {
      const ms::Node group = model.group(i);
      const ms::Tensor first = model.tensor(group["first"].u64());
      const std::string_view type = group["labels"]["layer_type"]["value"].str(other_);
      auto entry = out.object(group["name"].str());
      out.list("representative_shape", first.shape);
      out.member("dtype", dtype_name(call, first.dtype));
      out.member("layer_type", type);
      out.member("count", sums[i].count);
      out.member("param_count", sums[i].parameters);
      const ms::Node role = group["labels"]["role"];  // from the model's family file, where there is one
      if (role) {
        out.member("role", role["value"].str());
        out.member("axes", role["axes"]);
      } else if (mark_assumed_ && !first.file) {
        out.member("assumed", true);
      }
      types.insert(type);
    }
  }

  void assumed(ms::Call& call, ms::Model model, ms::Node so_far, ms::Writer& out, std::set<std::string_view>& types) const {
    const bool is_moe = so_far["arch_fingerprint"]["is_moe"].boolean();
    for (const AssumedTensor& tensor : assumed_tensors(call, model.part("config"), is_moe)) {
      std::uint64_t parameters = 1;  // wraps where a signed product would be undefined
      for (const std::int64_t axis : tensor.shape) parameters *= static_cast<std::uint64_t>(axis);
      auto entry = out.object(tensor.name);
      out.list("representative_shape", tensor.shape);
      out.member("dtype", tensor.dtype);
      out.member("layer_type", tensor.layer_type);
      out.member("count", 1);
      out.member("param_count", static_cast<std::int64_t>(parameters));
      if (mark_assumed_) out.member("assumed", true);
      types.insert(tensor.layer_type);
    }
  }

  bool mark_assumed_;
  std::string other_;
};
