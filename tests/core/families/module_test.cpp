// Modules against captured forward passes: class name, inputs and outputs of every module that has a line, for input ids of shape
// (1, 8).
#include <gtest/gtest.h>

#include <cstdio>
#include <map>
#include <set>

#include "core/families/family_library.hpp"
#include "core/families/family_model.hpp"
#include "core/value/error.hpp"
#include "tests/core/families/truth.hpp"
#include "tests/support/json_value.hpp"

namespace modelsig::testing {
namespace {

using Shapes = std::vector<std::vector<std::uint64_t>>;
struct Ends { std::string class_name; Shapes inputs, outputs; bool routed = false; };

Shapes shapes(const Value& list) {
  Shapes out;
  for (const Value& v : list.items()) {
    out.emplace_back();
    for (const Value& d : v["shape"].items()) out.back().push_back(d.u64());
  }
  return out;
}

Shapes shapes(std::span<const families::ModuleShape> list) {
  Shapes out;
  for (const auto& s : list) out.push_back(s.shape);
  return out;
}

// how many tokens an expert gets depends on the data: any number fits the first axis
bool same(const Shapes& ours, const Shapes& theirs, bool routed) {
  if (!routed) return ours == theirs;
  if (ours.size() != theirs.size()) return false;
  for (std::size_t i = 0; i < ours.size(); ++i)
    if (ours[i].size() != theirs[i].size() || !std::equal(ours[i].begin() + 1, ours[i].end(), theirs[i].begin() + 1)) return false;
  return true;
}

std::map<std::string, Ends> modules(const FamilyModel& model) {
  std::map<std::string, Ends> out;
  model.modules([&](const families::FamilyModule& m) {
    Ends e{std::string(m.class_name), shapes(m.inputs), shapes(m.outputs), false};
    for (const auto& s : m.inputs) e.routed |= s.symbolic.find("routed") != std::string::npos;
    out.emplace(m.path, std::move(e));
  });
  return out;
}

std::string shown(const Shapes& list) {
  std::string out;
  for (const auto& s : list) {
    out += "[";
    for (std::size_t i = 0; i < s.size(); ++i) out += (i ? "," : "") + std::to_string(s[i]);
    out += "]";
  }
  return out;
}

TEST(Modules, InputsAndOutputsOfCapturedForwardPasses) {
  const auto shared = shared_folder();
  if (!std::filesystem::exists(shared / "oracle/families")) GTEST_SKIP() << "no captured forward passes at " << shared;
  FamilyLibrary library({families_folder()});
  int total = 0, right = 0, named = 0;
  std::map<std::string, std::pair<int, int>> per_family;
  std::vector<std::string> notes;
  for (const Place& place : places(shared)) {
    if (!std::filesystem::exists(place.path / "layer_signatures.json")) continue;
    const auto config = read_config(place.path);
    const auto family = library.find(config->root()["model_type"].str());
    if (!family) continue;
    FamilyModel model = FamilyModel::apply(family, config->root(), {.dialect = "running"});
    if (model.head() == "none") model = FamilyModel::apply(family, config->root(), {.head = "mlm", .dialect = "running"});  // captured from the whole model
    const auto ours = modules(model);
    std::set<std::string> own;
    for (const auto& [name, t] : read_tensors(place)) own.insert(name.substr(0, name.rfind('.')));
    const auto captured = parse_json(read_file(place.path / "layer_signatures.json"));
    int shown_of = 0;
    for (const Member& m : captured->root().members()) {
      const std::string path(m.key);
      const auto it = ours.find(path);
      if (it == ours.end() && !own.contains(path)) continue;  // containers, activations
      ++total;
      ++per_family[place.path.filename().string()].second;
      const Shapes in = shapes(m.value["input"]), out = shapes(m.value["output"]);
      const bool ok = it != ours.end() && same(it->second.outputs, out, it->second.routed) && (in.empty() || same(it->second.inputs, in, it->second.routed));
      const bool name_ok = it != ours.end() && it->second.class_name == m.value["module_type"].str();
      right += ok;
      named += name_ok;
      per_family[place.path.filename().string()].first += ok;
      if ((!ok || !name_ok) && shown_of++ < 3)
        notes.push_back(place.path.filename().string() + ": " + path + ": " + std::string(m.value["module_type"].str()) + " " + shown(in) + " -> " + shown(out) + ", ours " +
                        (it == ours.end() ? "nothing" : it->second.class_name + " " + shown(it->second.inputs) + " -> " + shown(it->second.outputs)));
    }
  }
  std::printf("modules %d, inputs and outputs right %d, class name right %d\n", total, right, named);
  for (const auto& [f, c] : per_family)
    if (c.first != c.second) std::printf("  %s %d/%d\n", f.c_str(), c.first, c.second);
  for (const std::string& n : notes) std::printf("  %s\n", n.c_str());
  EXPECT_GT(total, 2780);
  EXPECT_GE(right, total - 3);  // T5's blocks are handed the first one's distances; XLNet as a whole, which owns a mask embedding
  EXPECT_GE(named, total - 1);
}

}  // namespace
}  // namespace modelsig::testing
