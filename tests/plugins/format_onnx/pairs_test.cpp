// The exports of the collection against the models they were made from (MODELSIG_SHARED, else ../shared beside the
// source): through the default pipeline, every tensor of the original must be found, also where names were taken away.
#include <gmock/gmock.h>

#include <cstdlib>
#include <filesystem>
#include <fstream>
#include <iostream>
#include <iterator>

#include "core/families/family_library.hpp"
#include "core/host/host_table.hpp"
#include "core/host/registry.hpp"
#include "core/model/family_link.hpp"
#include "core/pipeline/analyse.hpp"
#include "core/rules/rule_set.hpp"
#include "onnx_rename.hpp"
#include "tests/support/paths.hpp"

namespace onnx_test {
namespace {

namespace fs = std::filesystem;
using modelsig::Model;

fs::path shared() { return modelsig::testing::shared_dir(); }
std::string content(const fs::path& path) {
  std::ifstream in(path, std::ios::binary);
  return {std::istreambuf_iterator<char>(in), {}};
}

// The kernel with the built plugins, the rules and the families of this tree.
struct Kernel {
  modelsig::ConfigDirs dirs{{modelsig::testing::source_dir() / "configs"}};
  std::unique_ptr<modelsig::Registry> registry;
  modelsig::Session session{2};
  std::shared_ptr<const modelsig::RuleSet> rules = modelsig::RuleSet::load(std::vector<fs::path>{modelsig::testing::source_dir() / "configs/rules/default.toml"});
  modelsig::FamilyLibrary families{{modelsig::testing::source_dir() / "configs/rules/families"}};
  modelsig::Pipeline pipeline;

  Kernel() : pipeline(modelsig::Pipeline::load(dirs, "default")) {
    modelsig::PluginSearch search;
    search.said = {modelsig::testing::plugin_dir()};
    registry = std::make_unique<modelsig::Registry>(modelsig::host_table(), modelsig::discover(search));
  }
  std::unique_ptr<modelsig::Fingerprint> analyse(const fs::path& folder) {
    modelsig::Plan plan(pipeline, *registry, pipeline.flags);
    const modelsig::Knowledge known{rules.get(), &families};
    return modelsig::Analysis{plan, session, known}.run(modelsig::Target::parse("local:" + folder.string()));
  }
};
Kernel& kernel() {
  static Kernel one;
  return one;
}

struct Found { std::vector<std::uint64_t> shape; std::uint32_t flags = 0; std::string dtype; };
std::map<std::string, Found> tensors(const Model& model) {
  std::map<std::string, Found> out;
  for (std::size_t i = 0; i < model.size(); ++i) {
    const auto shape = model.shape(i);
    out.emplace(model.known_as(i), Found{{shape.begin(), shape.end()}, model.flags(i), std::string(model.dtype(i))});
  }
  return out;
}

struct Count { int as_is = 0, transposed = 0, fused = 0, quantised = 0, fused_quantised = 0, extra = 0, constants = 0, companions = 0; std::vector<std::string> unmapped, wrong; };

// "@attn.qkv 0" of the export that holds the tensor that the original calls `name`.
const Found* whole_of(const std::string& name, const std::map<std::string, Found>& exported, const modelsig::FamilyLink& family) {
  const auto match = family.model().match(name);
  if (!match) return nullptr;
  for (const char* fused : {"attn.qkv", "ffn.gate_up", "attn.kv"}) {
    for (const std::string& part : family.model().family().vocabulary().roles.parts(fused)) {
      if (match.tensor->role != part) continue;
      std::string alias = std::string("@") + fused + (match.tensor->suffix.empty() ? "" : "." + match.tensor->suffix);
      for (const std::uint64_t i : match.indices) alias += " " + std::to_string(i);
      if (const auto it = exported.find(alias); it != exported.end()) return &it->second;
    }
  }
  return nullptr;
}

Count compare(const Model& original, const Model& exported) {
  Count out;
  const auto a = tensors(original), b = tensors(exported);
  std::map<std::string, std::uint64_t> rows;  // of the parts of a fused tensor
  for (const auto& [name, tensor] : a) {
    const auto it = b.find(name);
    if (it != b.end()) {
      const bool packed = it->second.dtype == "INT4";
      if (it->second.shape != tensor.shape) out.wrong.push_back(name);
      else if (packed) ++out.quantised;
      else if (it->second.flags & MS_TENSOR_TRANSPOSED) ++out.transposed;
      else ++out.as_is;
    } else if (const Found* whole = whole_of(name, b, *exported.family())) {
      if (!std::equal(whole->shape.begin() + 1, whole->shape.end(), tensor.shape.begin() + 1)) out.wrong.push_back(name);
      ++(whole->dtype == "INT4" ? out.fused_quantised : out.fused);
    } else {
      out.unmapped.push_back(name);
    }
  }
  for (const auto& [name, tensor] : b) {
    if (tensor.flags & MS_TENSOR_CONSTANT) ++out.constants;
    else if (tensor.flags & MS_TENSOR_COMPANION) ++out.companions;
    else if (!a.count(name) && !name.starts_with('@')) ++out.extra;
  }
  return out;
}

struct Mode { const char* name; bool initialisers, nodes; };
constexpr Mode MODES[] = {{"as found", false, false}, {"initialiser names removed", true, false}, {"node and value names removed", false, true}, {"all names removed", true, true}};

struct OnnxPairs : ::testing::TestWithParam<Mode> {};
INSTANTIATE_TEST_SUITE_P(Modes, OnnxPairs, ::testing::ValuesIn(MODES), [](const auto& test) {
  std::string name = test.param.name;
  std::replace(name.begin(), name.end(), ' ', '_');
  return name;
});

TEST_P(OnnxPairs, EveryTensorOfTheOriginalIsFound) {
  const fs::path pairs = shared() / "oracle/models/pair";
  if (!fs::exists(pairs)) GTEST_SKIP() << pairs << " is not there";
  const Mode mode = GetParam();
  std::string pattern = (fs::temp_directory_path() / "modelsig-onnx-XXXXXX").string();
  const fs::path work = mkdtemp(pattern.data());
  std::vector<fs::path> exports;
  for (const auto& entry : fs::directory_iterator(pairs))
    if (fs::exists(entry.path() / "onnx/model.onnx")) exports.push_back(entry.path());
  std::sort(exports.begin(), exports.end());
  EXPECT_GE(exports.size(), 25u);
  std::cout << mode.name << "\nexport                 as is  transposed  fused  quantised  fused+quantised  extra  constants  companions  unmapped\n";
  for (const fs::path& path : exports) {
    const std::string name = path.filename().string();
    const fs::path original = pairs / (name.substr(0, name.rfind('-')) + "-original"), folder = work / name;
    fs::create_directories(folder / "onnx");
    fs::copy_file(path / "config.json", folder / "config.json");
    std::ofstream(folder / "onnx/model.onnx", std::ios::binary) << Renamer(mode.initialisers, mode.nodes).run(content(path / "onnx/model.onnx"));
    auto a = kernel().analyse(original), b = kernel().analyse(folder);
    for (const auto& problem : b->problems().sorted()) EXPECT_EQ(problem.level, MS_INFO) << name << ": " << problem.text;
    ASSERT_NE(b->model->family(), nullptr) << name;
    const Count c = compare(*a->model, *b->model);
    std::printf("%-22s %5d  %10d  %5d  %9d  %15d  %5d  %9d  %10d  %8zu\n", name.c_str(), c.as_is, c.transposed, c.fused, c.quantised, c.fused_quantised, c.extra, c.constants, c.companions, c.unmapped.size());
    EXPECT_THAT(c.unmapped, ::testing::IsEmpty()) << name;
    EXPECT_THAT(c.wrong, ::testing::IsEmpty()) << name;
    EXPECT_GT(c.as_is + c.transposed + c.fused + c.quantised + c.fused_quantised, 25) << name;
    EXPECT_LE(c.extra, 1) << name << ": a tied head that was written out";
    // and by its place every tensor is what its name says: no two of one shape are mistaken for each other
    const auto named = kernel().analyse(path);
    ASSERT_EQ(named->model->size(), b->model->size()) << name;
    for (std::size_t i = 0; i < named->model->size(); ++i) {
      const std::string known(named->model->known_as(i));
      if (tensors(*a->model).count(known) || known.starts_with('@')) { EXPECT_EQ(b->model->known_as(i), known) << name << ", tensor " << i; }
    }
    // the family's own check agrees: a fused tensor counts as its parts
    const modelsig::Value* check = b->model->part("family");
    ASSERT_NE(check, nullptr) << name;
    EXPECT_EQ((*check)["absent_count"].i64(), 0) << name;
    EXPECT_EQ((*check)["wrong_shape_count"].i64(), 0) << name;
  }
  fs::remove_all(work);
}

}  // namespace
}  // namespace onnx_test
