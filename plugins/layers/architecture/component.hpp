// A model's parts as the layer works on them: roles with shapes, layers by class, whichever source they come from.
#pragma once
#include <modelsig/plugin.hpp>

#include <cstdint>
#include <map>
#include <string>
#include <string_view>
#include <vector>

// One tensor that a module stores, standing for all of its kind in a class of layers.
struct Role {
  std::string name, suffix;          // "attn.q", "bias"; the suffix that goes without saying is empty
  std::string kind;                  // of the module; empty: not known
  std::vector<std::string> axes;     // symbolic; empty: not known
  std::vector<std::uint64_t> shape;  // logical
  std::uint64_t count = 1;           // in one layer: experts
  bool borrowed = false;             // runs on another module's tensors
  std::string example;               // a tensor's name, or the pattern of them
  std::string dtype;                 // as stored; empty: no tensor of this role is there
  bool transposed = false;           // stored the other way round
  std::string fused;                 // stored as a part of this role's tensor; empty: on its own
  std::string key() const { return suffix.empty() ? name : name + "." + suffix; }
};

struct LayerClass {
  std::uint64_t layers = 0, first = 0;
  ms::Node values;                   // of the family, for this class; without one what the usual keys say
  std::vector<Role> roles;
};

struct Stack {
  std::string path;
  std::vector<std::size_t> sequence;  // the class of every layer
  std::vector<LayerClass> classes;
};

struct Component {
  std::string part;                  // "": the model itself, "vision" ...
  std::string family;                // empty: none serves it, roles are by name and sizes as usual
  bool guessed = false;              // nor is there a tensor: what is not here may be there all the same
  ms::Node config, defaults, values;
  std::vector<std::string> beside;   // the other parts of the model
  const ms::Model* model = nullptr;
  ms::Node origins;                  // config key -> where a container says it, that has no config.json
  std::string stored_dtype;          // of most of its matrices' elements
  std::vector<Role> top;
  std::vector<Stack> stacks;
};

// From the family's account of the model (part "structure"), or, where no family serves it, from the roles that rules give names.
std::vector<Component> components(const ms::Call& call, const ms::Model& model);
std::vector<Component> guessed_components(const ms::Call& call, const ms::Model& model, ms::Node generic);
// How the container keeps each role: dtypes and transposed matrices, from the tensors themselves.
void add_storage(const ms::Call& call, const ms::Model& model, std::vector<Component>& components);
