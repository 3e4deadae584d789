// The model's parts as this layer counts them: facts from section "structure", roles from part "structure" where a family serves it.
#pragma once
#include <modelsig/plugin.hpp>

#include <cstdint>
#include <map>
#include <optional>
#include <string>
#include <vector>

struct Role {
  std::string name, key;              // "attn.q", "attn.q.bias"
  std::vector<std::uint64_t> shape;
  std::uint64_t count = 1;
  bool borrowed = false;
  std::uint64_t elements() const;
};

struct Part;
struct LayerKind {
  std::string name, stack;
  std::uint64_t layers = 1;
  ms::Node facts, values;
  std::vector<Role> roles;
  bool draft() const { return facts["draft_layer"].boolean(); }
};

struct Part {
  std::string name;
  bool assumed = false, guessed = false;  // no family file; nor tensors: what is not here may be there all the same
  ms::Node values;                    // name -> {value}
  std::vector<Role> top;
  std::vector<LayerKind> kinds;
};

std::vector<Part> parts(ms::Model model, ms::Node so_far);

// The value of an expression for one kind of layers (or none); nothing where a name in it has no value.
class Asker {
 public:
  Asker(const ms::Call& call, const Part& part, const LayerKind* kind) : call_(call), part_(part), kind_(kind) {}
  bool holds(ms::Node rule) const;                                  // of its `when`; without one it holds
  std::optional<std::uint64_t> size(ms::Node rule, std::string_view member) const;
  ms::Node value(std::string_view expression, std::string_view at) const;

 private:
  ms::Node member(ms::Node rule, std::string_view name) const;
  void look_up(std::string_view name, ms::Writer& out) const;
  bool there(std::string_view role) const;
  const Role* find(std::string_view key) const;
  const ms::Call& call_;
  const Part& part_;
  const LayerKind* kind_;
};
