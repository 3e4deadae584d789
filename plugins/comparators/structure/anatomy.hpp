// A fingerprint as this comparator reads it: parts, facts, layer classes, roles.
#pragma once
#include <modelsig/kit/scalar.hpp>
#include <modelsig/plugin.hpp>

#include <array>
#include <cstdint>
#include <map>
#include <set>
#include <string>
#include <string_view>
#include <vector>

using ms::kit::Scalar;
using RoleParts = std::map<std::string, std::vector<std::string>, std::less<>>;  // "attn.qkv" -> attn.q, attn.k, attn.v

struct RoleShape { std::vector<std::string> axes; std::vector<std::uint64_t> shape; std::uint64_t count = 1; bool borrowed = false; std::string dtype; bool transposed = false; std::string fused; };
using Roles = std::map<std::string, RoleShape, std::less<>>;

struct Class {
  std::string stack, name;
  std::uint64_t number = 0, layers = 0;  // number: in its stack
  std::map<std::string, Scalar, std::less<>> facts;
  Roles roles;
  const Scalar& fact(std::string_view id) const;
  std::set<std::string> plain_roles(const RoleParts& parts) const;  // modules, fused ones as the parts they hold
  // What makes a layer another kind of layer: its mixer (attention kind and, in models that mix them, which attention) and its FFN
  // kind. Worked out by Part::work_out, as every pair asks for them.
  const std::string& mixer(bool mixed) const { return mixers[mixed]; }
  const std::string& design(bool mixed) const { return designs[mixed]; }
  void work_out();

 private:
  std::array<std::string, 2> mixers, designs;                     // [mixed]
};

struct Fact { std::vector<Scalar> values; std::string from; };  // distinct values over the classes

struct Part {
  std::string name;
  bool assumed = false;
  bool guessed = false;                                           // from the usual config keys alone: what is not here may be there
  bool tower = false;                                             // beside a model that runs without it
  Roles top;
  std::vector<Class> classes;
  std::map<std::string, Fact, std::less<>> facts;
  std::map<std::string, std::int64_t, std::less<>> values;        // the family's names, for the algebra
  std::map<std::string, std::vector<std::uint64_t>, std::less<>> stacks;  // path -> the class of every layer
  bool mixes_attention() const;
  const Fact* fact(std::string_view id) const;

  // Worked out once a model, as every pair asks for them; by GapRules::prepare, when the part has its place.
  std::vector<std::string_view> sequence;                         // the design of every layer, in order
  std::map<std::string, const RoleShape*> roles;                  // of all classes and the top, fused as they are stored
  std::set<std::string> plain_roles;                              // the same, fused ones as the parts they hold
  std::vector<const Fact*> asked;                                 // the facts of all gap rules, in their order; null: it has none
  std::vector<Fact> computed;                                     // of each gap rule with a `value`, else empty
  void work_out(const RoleParts& parts);
};

// A part of the repository that is a model of its own, or only has settings.
struct ComponentNote { std::string name; bool analysed; ms::Node settings; };

struct Anatomy {
  Anatomy(const ms::Call& call, ms::Node fingerprint);
  const Part* part(std::string_view name) const;
  std::string missing(std::string_view side) const;               // why it cannot be judged

  std::vector<Part> parts;
  double parameters = 0;                                          // logical
  bool complete = true, by_family = false, assumed = false;
  bool guessed = false;              // nothing but the usual config keys says what it is like: not complete
  std::size_t errors = 0;
  std::string first_error;
  std::vector<ComponentNote> components;
  std::string adapter;                                            // what it adapts; empty: it is a model
  ms::Node adapts;                                                // section "adapter"
};
