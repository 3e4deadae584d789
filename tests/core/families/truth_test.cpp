// Families against ground truth: names and shapes from config.json alone, all or nothing a file.
#include <gtest/gtest.h>

#include <chrono>
#include <cstdio>
#include <map>
#include <set>

#include "core/families/checkpoint_check.hpp"
#include "core/families/family_library.hpp"
#include "core/families/family_model.hpp"
#include "core/value/error.hpp"
#include "tests/core/families/truth.hpp"
#include "tests/support/json_value.hpp"

namespace modelsig::testing {
namespace {

struct Row {
  std::map<std::string, int> files, exact;
  std::size_t tensors = 0, one_template = 0;
  int stacks = 0, stacks_right = 0, by_option = 0, dtype_wrong = 0, role_twice = 0;
};

std::string shown(const std::vector<std::uint64_t>& shape) {
  std::string out = "[";
  for (auto d : shape) out += (out.size() > 1 ? ", " : "") + std::to_string(d);
  return out + "]";
}

std::string collapsed(const std::string& name) {
  std::string out;
  for (char c : name)
    if (c < '0' || c > '9') out += c;
    else if (out.empty() || out.back() != '#') out += '#';
  return out;
}

class Truth : public ::testing::Test {
 protected:
  void SetUp() override {
    shared = shared_folder();
    if (!std::filesystem::exists(shared / "truth")) GTEST_SKIP() << "no ground truth at " << shared;
  }
  std::filesystem::path shared;
};

Tensors generated_tensors(const FamilyModel& model) {
  Tensors out;
  model.tensors([&](const families::FamilyTensor& t) {
    const bool fresh = out.emplace(std::string(t.name), TruthTensor{std::string(t.dtype), {t.shape.begin(), t.shape.end()}}).second;
    EXPECT_TRUE(fresh) << t.name << " generated twice";
  });
  return out;
}

bool same_names(const Tensors& a, const Tensors& b) {
  return a.size() == b.size() && std::equal(a.begin(), a.end(), b.begin(), [](const auto& x, const auto& y) { return x.first == y.first; });
}

std::string difference(const Tensors& want, const Tensors& got) {
  std::map<std::string, int> missing, extra;
  std::string wrong;
  int wrongs = 0;
  for (const auto& [n, t] : want) {
    const auto it = got.find(n);
    if (it == got.end()) ++missing[collapsed(n)];
    else if (it->second.shape != t.shape && wrongs++ < 3) wrong += " " + n + " " + shown(t.shape) + " not " + shown(it->second.shape);
  }
  for (const auto& [n, t] : got)
    if (!want.contains(n)) ++extra[collapsed(n)];
  std::string out;
  const auto list = [&](const char* what, const std::map<std::string, int>& m) {
    int shown_of = 0;
    for (const auto& [n, c] : m)
      if (shown_of++ < 6) out += std::string(what) + n + " x" + std::to_string(c) + ";";
  };
  list(" not generated ", missing);
  list(" too many ", extra);
  if (wrongs) out += " wrong shapes " + std::to_string(wrongs) + ":" + wrong;
  return out;
}

TEST_F(Truth, NamesAndShapesAreEqual) {
  FamilyLibrary library({families_folder()});
  const char* only = std::getenv("MODELSIG_ONLY");
  std::map<std::string, Row> rows;
  std::vector<std::string> notes;
  std::set<std::string> unserved;
  std::map<std::string, int> dtypes;
  const auto pair_classes = parse_json(read_file(shared / "truth/pairs/layer_classes.json"));
  for (const Place& place : places(shared)) {
    if (only && place.path.string().find(only) == std::string::npos) continue;
    const auto config = read_config(place.path);
    const std::string type(config->root()["model_type"].str());
    const auto family = library.find(type);
    if (!family) {
      unserved.insert(type);
      continue;
    }
    Row& row = rows[family->name()];
    ++row.files[place.kind];
    const Tensors want = read_tensors(place);
    try {
      FamilyModel model = FamilyModel::apply(family, config->root());
      Tensors got = generated_tensors(model);
      if (!same_names(want, got)) {
        std::vector<families::StoredTensor> stored;
        for (const auto& [name, t] : want) stored.push_back({name, t.shape});
        const auto check = families::check_checkpoint(family, config->root(), stored);
        if (check.difference.exact()) {
          ++row.by_option;
          std::string turned;
          for (const std::string& t : check.turned) turned += " " + t;
          notes.push_back(place.name() + ": by option" + turned);
          model = *check.model;
          got = generated_tensors(model);
        }
      }
      const std::string diff = difference(want, got);
      if (diff.empty()) ++row.exact[place.kind];
      else notes.push_back(place.name() + " (" + family->name() + "):" + diff);
      row.tensors += want.size();
      std::set<std::pair<std::string, std::string>> labels;
      model.tensors([&](const families::FamilyTensor& t) {
        std::string indices;
        for (auto i : model.match(t.name).indices) indices += std::to_string(i) + ",";
        if (!labels.insert({t.origin->label, indices}).second && row.role_twice++ < 2) notes.push_back(place.name() + ": role twice " + t.origin->label + " " + std::string(t.name));
        EXPECT_EQ(model.match(t.name).tensor, t.origin) << t.name;
      });
      for (const auto& [name, t] : want) {
        const auto hit = model.match(name);
        if (hit) ++row.one_template;
        else if (diff.empty()) notes.push_back(place.name() + ": no template for " + name);
        const auto it = got.find(name);
        if (it != got.end() && place.kind == "header") {
          std::string dtype = it->second.dtype;
          if (dtype.empty()) dtype = "-";
          ++dtypes[family->name() + "\t" + model.scheme() + "\t" + std::string(hit ? hit.tensor->label : "?") + "\t" + dtype + "\t" + t.dtype];
        }
      }
      if (place.kind == "pair")
        if (const Value* stacks = pair_classes->root().find(place.name()))
          for (const Member& s : stacks->members()) {
            ++row.stacks;
            std::string pattern;
            for (const auto& stack : model.layer_stacks())
              if (stack.path == s.key) pattern = stack.pattern();
            if (pattern == s.value["pattern"].str()) ++row.stacks_right;
            else notes.push_back(place.name() + ": " + std::string(s.key) + " is " + std::string(s.value["pattern"].str()) + ", ours " + pattern);
          }
    } catch (const Error& e) {
      notes.push_back(place.name() + ": " + e.what());
    }
  }
  Row all;
  const auto print = [](const std::string& name, const Row& r) {
    const auto of = [](const std::map<std::string, int>& m, const char* k) { const auto it = m.find(k); return it == m.end() ? 0 : it->second; };
    std::printf("%-20s oracle %d/%d  pairs %d/%d  headers %d/%d  tensors %zu  one template %zu  classes %d/%d  by option %d\n", name.c_str(),
                of(r.exact, "oracle"), of(r.files, "oracle"), of(r.exact, "pair"), of(r.files, "pair"), of(r.exact, "header"), of(r.files, "header"),
                r.tensors, r.one_template, r.stacks_right, r.stacks, r.by_option);
  };
  for (const auto& [name, r] : rows) {
    print(name, r);
    for (const auto& [k, n] : r.files) all.files[k] += n;
    for (const auto& [k, n] : r.exact) all.exact[k] += n;
    all.tensors += r.tensors, all.one_template += r.one_template, all.stacks += r.stacks, all.stacks_right += r.stacks_right, all.by_option += r.by_option;
  }
  print("all", all);
  for (const std::string& n : notes) std::printf("  %s\n", n.substr(0, 700).c_str());
  std::printf("no family:");
  for (const std::string& t : unserved) std::printf(" %s", t.c_str());
  std::printf("\n");
  if (std::getenv("MODELSIG_DTYPES"))
    for (const auto& [k, n] : dtypes) std::printf("DTYPE\t%s\t%d\n", k.c_str(), n);
  if (only) return;
  // Nemotron-3-Nano's embedding, packed to NVFP4, is the one file that no rule explains
  EXPECT_EQ(all.exact["oracle"], all.files["oracle"]);
  EXPECT_EQ(all.exact["pair"], all.files["pair"]);
  EXPECT_GE(all.exact["header"], all.files["header"] - 1);
  EXPECT_EQ(all.stacks_right, all.stacks);
  EXPECT_LE(all.by_option, 11);
  EXPECT_GE(all.files["oracle"], 75);
}

// What a tensor is stored as: said by the scheme or the kind, else the model's own, which is what the config says or, as few
// configs do, what most of those tensors have.
TEST_F(Truth, DtypesAreEqual) {
  FamilyLibrary library({families_folder()});
  int files = 0, equal = 0;
  std::size_t tensors = 0, right = 0;
  for (const Place& place : places(shared)) {
    if (place.kind != "header") continue;
    const auto config = read_config(place.path);
    const auto family = library.find(config->root()["model_type"].str());
    if (!family) continue;
    const Tensors want = read_tensors(place);
    const Tensors got = generated_tensors(FamilyModel::apply(family, config->root()));
    std::map<std::string, std::size_t> own;
    for (const auto& [name, t] : want)
      if (const auto it = got.find(name); it != got.end() && it->second.dtype.empty()) ++own[t.dtype];
    std::string most;
    for (const auto& [dtype, n] : own)
      if (most.empty() || n > own[most]) most = dtype;
    std::map<std::string, int> wrong;
    for (const auto& [name, t] : want) {
      const auto it = got.find(name);
      if (it == got.end()) continue;
      const std::string& dtype = it->second.dtype.empty() ? most : it->second.dtype;
      ++tensors;
      if (dtype == t.dtype) ++right;
      else ++wrong[collapsed(name) + " " + t.dtype + " not " + dtype];
    }
    ++files;
    if (wrong.empty()) ++equal;
    else std::printf("  %s: %s x%d of %zu patterns, scheme '%s'\n", place.name().c_str(), wrong.begin()->first.c_str(), wrong.begin()->second, wrong.size(),
                     std::string(FamilyModel::apply(family, config->root()).scheme()).c_str());
  }
  std::printf("dtypes: %d of %d headers, %zu of %zu tensors\n", equal, files, right, tensors);
  EXPECT_GE(files, 180);
  EXPECT_GE(equal, files - 2);  // MiniMax-M2.5 has its router in F32; Nemotron-3-Nano NVFP4 packs its embedding
}

}  // namespace
}  // namespace modelsig::testing
