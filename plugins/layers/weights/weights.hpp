// L1: one entry a name group, in order of first appearance. The first tensor of a group represents it: in a
// checkpoint the layers of one kind are alike, and where they are not, param_count still counts every one.
#pragma once
#include <modelsig/plugin.hpp>

#include <algorithm>
#include <map>
#include <set>
#include <string>
#include <vector>

#include "assumed.hpp"
#include "dtype.hpp"

class Weights {
 public:
  explicit Weights(ms::Node options) : mark_assumed_(options["mark_assumed"].boolean()), shapes_(options["other_shapes"].boolean()), other_(options["other"].str()) {}

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
    struct Sum {
      std::uint64_t count = 0, parameters = 0;
      std::map<std::vector<std::uint64_t>, std::uint64_t> shapes;  // only filled where they differ
    };
    std::vector<Sum> sums(model.groups());
    std::vector<std::uint64_t> firsts(model.groups());
    for (std::size_t i = 0; i < firsts.size(); ++i) firsts[i] = model.group(i)["first"].u64();
    for (std::size_t i = 0; i < model.tensors(); ++i) {
      if (i % 4096 == 0) call.check_cancelled();
      const ms::Tensor tensor = model.tensor(i);
      std::uint64_t product = 1;
      for (const std::uint64_t axis : tensor.shape) product *= axis;
      if (shapes_ && !std::ranges::equal(tensor.shape, model.tensor(firsts[tensor.group]).shape))
        ++sums[tensor.group].shapes[{tensor.shape.begin(), tensor.shape.end()}];
      sums[tensor.group].count += 1;
      sums[tensor.group].parameters += product;
    }
    for (std::size_t i = 0; i < model.groups(); ++i) {
      const ms::Node group = model.group(i);
      const ms::Tensor first = model.tensor(firsts[i]);
      const std::string_view type = group["labels"]["layer_type"]["value"].str(other_);
      auto entry = out.object(group["name"].str());
      out.list("representative_shape", first.shape);
      out.member("dtype", dtype_name(call, first.dtype));
      out.member("layer_type", type);
      out.member("count", sums[i].count);
      out.member("param_count", sums[i].parameters);
      if (!sums[i].shapes.empty()) other_shapes(out, sums[i].shapes);
      const ms::Node role = group["labels"]["role"];  // from the model's family file, where there is one
      if (role) {
        out.member("role", role["value"].str());
        out.member("axes", role["axes"]);
      }
      if (mark_assumed_ && !first.file) out.member("by_family", true);  // no file: the kernel made it from a family file
      types.insert(type);
    }
  }

  // layers of one name and several shapes (per-layer heads, alternating FFNs): those unlike the first
  static void other_shapes(ms::Writer& out, const std::map<std::vector<std::uint64_t>, std::uint64_t>& shapes) {
    auto list = out.array("other_shapes");
    for (const auto& [shape, count] : shapes) {
      auto entry = out.object();
      out.list("shape", shape);
      out.member("count", count);
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

  bool mark_assumed_, shapes_;
  std::string other_;
};
