#include "core/host/plugin_file.hpp"

#include <gmock/gmock.h>
#include <sys/stat.h>

#include <cstring>

#include "core/host/elf_symbols.hpp"
#include "tests/core/host/folder.hpp"
#include "tests/support/paths.hpp"

namespace modelsig {
namespace {

using namespace testing;

std::string refusal(const fs::path& path) {
  const auto found = inspect(path);
  const auto* refused = std::get_if<Refusal>(&found);
  if (!refused) return "";
  EXPECT_EQ(refused->path, path);
  return refused->reason;
}

// A working plugin with one integer of its descriptor changed in the file.
std::vector<std::byte> patched(std::size_t field, std::uint32_t value) {
  auto bytes = bytes_of(broken("intact"));
  const ElfSymbols symbols(bytes);
  const auto entry = symbols.image().at(symbols.find("modelsig_plugin_v1")->address);
  std::memcpy(bytes.data() + (entry.data() - bytes.data()) + field, &value, sizeof value);
  return bytes;
}

TEST(PluginFile, TellsAllAboutAPluginWithoutLoadingIt) {
  const Trace trace;
  const auto found = inspect(working("host_good"));
  ASSERT_TRUE(std::holds_alternative<PluginFile>(found)) << std::get<Refusal>(found).sentence();
  const auto& file = std::get<PluginFile>(found);
  EXPECT_EQ(file.id, "org.modelsig.test.good");
  EXPECT_EQ(file.version, "1.2.3");
  EXPECT_EQ(file.license, "Apache-2.0");
  EXPECT_EQ(file.abi_major, 1u);
  EXPECT_EQ(file.abi_minor, 0u);
  EXPECT_EQ(file.role_count, 2u);
  EXPECT_EQ(file.manifest.roles[1].name, "store.good");
  EXPECT_EQ(trace.text(), "");
}

TEST(PluginFile, RefusesWhatIsNoLibrary) {
  const Folder folder;
  EXPECT_EQ(refusal(folder.write("empty.so", "")), "is empty, expected an ELF shared library");
  EXPECT_EQ(refusal(folder.write("script.so", "#!/bin/sh\necho\n")), "is not an ELF file: begins with 23 21 2f 62, expected 7f 45 4c 46");
  EXPECT_EQ(refusal(folder.write("short.so", "no")), "is not an ELF file: begins with 6e 6f, expected 7f 45 4c 46");
  EXPECT_EQ(refusal(folder.write("head.so", "\x7f" "ELF")), "is truncated: the ELF header is 64 bytes at byte 0, the file has 4");
  EXPECT_EQ(refusal(folder.path() / "none.so"), "cannot be opened: No such file or directory");
  EXPECT_EQ(refusal(folder.path()), "is not a regular file");
  const fs::path fifo = folder.path() / "fifo.so";
  ASSERT_EQ(::mkfifo(fifo.c_str(), 0600), 0);
  EXPECT_EQ(refusal(fifo), "is not a regular file");
}

TEST(PluginFile, RefusesALibraryForAnotherMachine) {
  const Folder folder;
  auto bytes = bytes_of(broken("intact"));
  bytes[18] = std::byte{0xf3};  // e_machine
  bytes[19] = std::byte{0};
  EXPECT_THAT(refusal(folder.write("riscv.so", bytes)), ::testing::StartsWith("is built for risc-v, this is "));
  bytes[4] = std::byte{1};  // e_ident[EI_CLASS]
  EXPECT_EQ(refusal(folder.write("small.so", bytes)), "is not a 64-bit library");
}

TEST(PluginFile, RefusesATruncatedLibrary) {
  const Folder folder;
  auto bytes = bytes_of(broken("intact"));
  bytes.resize(bytes.size() - 1);
  EXPECT_THAT(refusal(folder.write("cut.so", bytes)),
              ::testing::MatchesRegex("is truncated: the section header table is [0-9]+ bytes at byte [0-9]+, the file has " + std::to_string(bytes.size())));
}

TEST(PluginFile, RefusesALibraryThatIsNoPlugin) {
  EXPECT_EQ(refusal(modelsig::testing::test_build_dir("core/host") / "host_ordinary.so"), "is not a modelsig plugin: it exports no modelsig_plugin_v1");
}

TEST(PluginFile, RefusesAnotherGenerationNamingIt) {
  EXPECT_EQ(refusal(broken("generation_2")),
            "is a plugin of another generation: it exports modelsig_plugin_v2, this program loads modelsig_plugin_v1");
}

TEST(PluginFile, RefusesADescriptorOfAnotherAbi) {
  const Folder folder;
  const auto with = [&](std::size_t field, std::uint32_t value) { return refusal(folder.write("patched.so", patched(field, value))); };
  EXPECT_EQ(with(offsetof(ms_plugin, magic), 0x12345678), "is not a modelsig plugin: modelsig_plugin_v1 begins with 12345678, expected 4749534d");
  EXPECT_EQ(with(offsetof(ms_plugin, abi_major), 2), "is built for ABI 2.0, this is 1.0");
  EXPECT_EQ(with(offsetof(ms_plugin, abi_minor), 7), "is built for ABI 1.7, this is 1.0");
  EXPECT_EQ(with(offsetof(ms_plugin, struct_size), 40), "is not usable: modelsig_plugin_v1 says it has 40 bytes, ABI 1.0 has 64");
  EXPECT_EQ(with(offsetof(ms_plugin, role_count), 0), "is not usable: modelsig_plugin_v1 has 0 roles, expected 1 to 256");
  EXPECT_EQ(with(offsetof(ms_plugin, role_count), 0xffffffff), "is not usable: modelsig_plugin_v1 has 4294967295 roles, expected 1 to 256");
}

TEST(PluginFile, RefusesAnUnusableManifestOrDescriptor) {
  EXPECT_EQ(refusal(broken("intact")), "");
  EXPECT_EQ(refusal(broken("no_manifest")), "exports modelsig_plugin_v1 but no modelsig_manifest");
  EXPECT_THAT(refusal(broken("bad_toml")), ::testing::StartsWith("manifest:2:"));
  EXPECT_EQ(refusal(broken("unknown_key")), "manifest:2:1: a role has no key 'nmae', did you mean 'name'?");
  EXPECT_EQ(refusal(broken("no_role")), "manifest: has no [[role]], a plugin has at least one");
  EXPECT_EQ(refusal(broken("two_roles")), "is not usable: modelsig_plugin_v1 has 2 roles, its manifest has 1");
  EXPECT_EQ(refusal(broken("no_id")), "is not usable: modelsig_plugin_v1 has no id");
  EXPECT_EQ(refusal(broken("other_id")), "manifest:1:6: id is \"org.modelsig.test.other\", the descriptor says \"org.modelsig.test.broken\"");
  EXPECT_EQ(refusal(broken("no_bytes")), "is damaged: the bytes of modelsig_plugin_v1 are not in the file");
}

}  // namespace
}  // namespace modelsig
