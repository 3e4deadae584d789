#include "core/host/manifest.hpp"

#include <gmock/gmock.h>
#include <modelsig/abi.h>

#include "core/value/error.hpp"

namespace modelsig {
namespace {

Manifest parse(const std::string& text) { return Manifest::parse(TomlFile::parse(text, "plugin.toml")); }

std::string manifest_error(const std::string& text) {
  try { parse(text); } catch (const Error& e) { return e.what(); }
  return "";
}

TEST(Manifest, HoldsRolesAndOptionsInFileOrder) {
  const Manifest m = parse(R"(
id = "org.example.readers"
summary = "Reads things."
[[role]]
name = "store.local"
summary = "Files of this machine."
schemes = ["local", "file"]
[[role.option]]
name = "root"
type = "string"
[[role.option]]
name = "depth"
type = "integer"
default = 4
min = 0
max = 9
help = "How deep folders are listed."
[[role]]
name = "format.safetensors"
suffixes = [".safetensors"]
)");
  EXPECT_EQ(m.id, "org.example.readers");
  EXPECT_EQ(m.summary, "Reads things.");
  ASSERT_EQ(m.roles.size(), 2u);
  EXPECT_EQ(m.roles[0].kind, MS_STORE);
  EXPECT_THAT(m.roles[0].schemes, ::testing::ElementsAre("local", "file"));
  EXPECT_EQ(m.roles[0].options[0].name, "root");
  EXPECT_EQ(m.roles[0].options[0].initial, nullptr);
  EXPECT_EQ(m.roles[0].find("depth")->initial->i64(), 4);
  EXPECT_EQ(m.roles[0].find("depth")->max->i64(), 9);
  EXPECT_EQ(m.roles[0].find("depth")->help, "How deep folders are listed.");
  EXPECT_EQ(m.find("format.safetensors")->provides, "tensors");
  EXPECT_EQ(m.find("format.gguf"), nullptr);
}

TEST(Manifest, RefusesWhatItDoesNotKnowWithItsPlace) {
  EXPECT_EQ(manifest_error("[[role]]\nnmae = \"layer.x\"\n"), "plugin.toml:2:1: a role has no key 'nmae', did you mean 'name'?");
  EXPECT_EQ(manifest_error("licence = \"MIT\"\n"), "plugin.toml:1:1: a manifest has no key 'licence', expected id, summary, role");
  EXPECT_EQ(manifest_error("[[role]]\nname = \"leyer.x\"\n"),
            "plugin.toml:2:8: 'leyer' is no kind of role, expected store, format, layer, comparator, advisor, formatter");
  EXPECT_EQ(manifest_error("[[role]]\nname = \"layer.x\"\n[[role.option]]\nname = \"a\"\ntype = \"int\"\n"),
            "plugin.toml:5:8: 'type' is \"int\", expected integer, number, boolean, string, list");
  EXPECT_EQ(manifest_error("[[role]]\nname = \"layer.x\"\nschemes = [\"x\"]\n"), "plugin.toml:3:1: 'schemes' is for stores");
  EXPECT_EQ(manifest_error("[[role]]\nname = \"layer.x\"\nprovides = \"config\"\n"), "plugin.toml:3:1: 'provides' is for formats");
  EXPECT_EQ(manifest_error("[[role]]\nname = \"format.x\"\nreads = [\"family\"]\n"), "plugin.toml:3:1: 'reads' is for layers");
  EXPECT_EQ(manifest_error("[[role]]\nname = \"format.x\"\nprovides = \"graph\"\n"), "plugin.toml:3:12: 'provides' is \"graph\", expected tensors, config");
}

TEST(Manifest, RefusesWhatIsMissingOrMalformed) {
  EXPECT_EQ(manifest_error("summary = \"x\"\n"), "plugin.toml: has no [[role]], a plugin has at least one");
  EXPECT_EQ(manifest_error("[[role]]\nsummary = \"x\"\n"), "plugin.toml:1:1: a role has no 'name'");
  EXPECT_EQ(manifest_error("[[role]]\nname = \"layer\"\n"), "plugin.toml:2:8: role name 'layer' is not kind.name with a-z 0-9 _ - .");
  EXPECT_EQ(manifest_error("[[role]]\nname = \"layer.A\"\n"), "plugin.toml:2:8: role name 'layer.A' is not kind.name with a-z 0-9 _ - .");
  EXPECT_EQ(manifest_error("[[role]]\nname = 7\n"), "plugin.toml:2:8: 'name' is not a string");
  EXPECT_EQ(manifest_error("[role]\nname = \"layer.x\"\n"), "plugin.toml:1:2: 'role' is not an array of tables, write [[role]]");
  EXPECT_EQ(manifest_error("[[role]]\nname = \"layer.x\"\n[[role]]\nname = \"layer.x\"\n"), "plugin.toml:4:8: two roles are called 'layer.x'");
  EXPECT_EQ(manifest_error("[[role]]\nname = \"store.x\"\nschemes = [1]\n"), "plugin.toml:3:12: 'schemes' holds something other than a string");
}

TEST(Manifest, RefusesADefaultThatItsOwnOptionWouldRefuse) {
  const std::string head = "[[role]]\nname = \"layer.x\"\n[[role.option]]\nname = \"a\"\n";
  EXPECT_EQ(manifest_error(head + "type = \"integer\"\ndefault = \"1\"\n"), "plugin.toml:6:11: 'default' is a string, expected an integer");
  EXPECT_EQ(manifest_error(head + "type = \"integer\"\ndefault = 12\nmax = 9\n"), "plugin.toml:6:11: 'default' is 12, expected at most 9");
  EXPECT_EQ(manifest_error(head + "type = \"integer\"\nmin = 0.5\n"), "plugin.toml:6:7: 'min' is a number, expected an integer");
  EXPECT_EQ(manifest_error(head + "type = \"string\"\nmin = 1\n"), "plugin.toml:6:1: 'min' is for options of type integer or number");
  EXPECT_EQ(manifest_error(head + "type = \"boolean\"\nenum = [\"yes\"]\n"), "plugin.toml:6:1: 'enum' is for options of type string or list");
  EXPECT_EQ(manifest_error(head + "type = \"string\"\nenum = [\"fast\", \"exact\"]\ndefault = \"exakt\"\n"),
            "plugin.toml:7:11: 'default' is \"exakt\", expected fast, exact, did you mean 'exact'?");
}

}  // namespace
}  // namespace modelsig
