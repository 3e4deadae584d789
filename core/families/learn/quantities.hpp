// What the samples' configs hold, each under the short name that it gets in the learned file.
#pragma once
#include <map>
#include <memory>
#include <optional>
#include <string>
#include <string_view>
#include <vector>

#include "core/families/family_model.hpp"
#include "core/families/learn/habits.hpp"
#include "core/families/learn/sample.hpp"

namespace modelsig::families::learn {

struct Quantity {
  std::string key, name;              // "vision_config.hidden_size", vision_hidden
  std::string context;                // sub-config that is no main one: "vision_config"; empty: the model's own
  bool known = false;                 // some family reads this key
  bool size = false;                  // ... and makes axes of it
  bool derived = false;               // of the root family: no config key of its own
  std::vector<Value> values;          // a sample each
};

class Quantities {
 public:
  Quantities(const FamilyLibrary& library, const Habits& habits, const std::vector<Sample>& samples);

  const std::vector<Quantity>& all() const { return all_; }
  const Quantity* find(std::string_view name) const;
  std::size_t samples() const { return values_.size(); }
  const std::string& head(std::size_t sample) const { return heads_[sample]; }
  // A whole number of this sample, kAbsent where the expression gives none or cannot be evaluated.
  std::int64_t whole(const Expression& e, std::size_t sample) const;
  // Another family's expression in the names used here; nullopt: it needs what is not there.
  std::optional<Expression> translate(const Expression& e, const Family& family, const std::string& context);

 private:
  void read(const Habits& habits, const Value& table, const std::string& prefix, std::size_t sample, unsigned depth);
  std::string name_for(const Habits& habits, const std::string& key, std::string& context) const;
  std::optional<std::string> named(const Family::ConfigName& name, const std::string& context);

  const std::vector<Sample>& samples_;
  const Habits& habits_;
  std::vector<Quantity> all_;
  std::vector<std::map<std::string, Value, std::less<>>> values_;
  std::vector<std::string> heads_;
  std::vector<std::string> main_;     // sub-configs whose keys are the model's own
};

// The sections that a file needs for these names: only what the root does not already say.
std::string toml_key(std::string_view key);
std::string toml_text(std::string_view text);

}  // namespace modelsig::families::learn
