#include "core/host/elf_symbols.hpp"

#include <gmock/gmock.h>

#include "core/host/mapped_file.hpp"
#include "core/host/plugin_file.hpp"
#include "tests/core/host/folder.hpp"

namespace modelsig {
namespace {

using namespace testing;
using ::testing::Contains;
using ::testing::IsSupersetOf;
using ::testing::Not;

std::vector<std::string> names(const std::vector<ElfSymbol>& symbols) {
  std::vector<std::string> out;
  for (const ElfSymbol& s : symbols) out.emplace_back(s.name);
  return out;
}

TEST(ElfSymbols, ListsWhatALibraryExportsAndWants) {
  const auto bytes = bytes_of(working("host_plain"));
  const ElfSymbols symbols(bytes);
  EXPECT_THAT(names(symbols.exported()), IsSupersetOf({"modelsig_plugin_v1", "modelsig_manifest"}));
  EXPECT_THAT(names(symbols.undefined()), IsSupersetOf({"malloc", "free"}));
  EXPECT_THAT(names(symbols.exported()), Not(Contains("malloc")));
}

TEST(ElfSymbols, FindsTheBytesOfADataSymbol) {
  const auto bytes = bytes_of(working("host_plain"));
  const ElfSymbols symbols(bytes);
  const auto manifest = symbols.find("modelsig_manifest");
  ASSERT_TRUE(manifest);
  EXPECT_TRUE(symbols.image().text(manifest->address, 1000).starts_with("id = \"org.modelsig.test.plain\"\n"));
  EXPECT_FALSE(symbols.find("malloc"));  // wanted, not defined
  EXPECT_FALSE(symbols.find("modelsig"));
  EXPECT_FALSE(symbols.find("modelsig_manifest_and_more"));
}

TEST(ElfSymbols, FollowsThePointersOfADescriptorThroughTheRelocations) {
  const auto bytes = bytes_of(working("host_plain"));
  const ElfSymbols symbols(bytes);
  const std::uint64_t at = symbols.find("modelsig_plugin_v1")->address + offsetof(ms_plugin, id);
  EXPECT_EQ(symbols.image().text(symbols.image().pointer(at), 100), "org.modelsig.test.plain");
  EXPECT_EQ(symbols.image().text(symbols.image().pointer(at), 5), "");  // no end within 5 bytes
}

TEST(ElfSymbols, ReadsABigPositionIndependentProgramToo) {
  const MappedFile file("/proc/self/exe");
  EXPECT_THAT(names(ElfSymbols(file.bytes()).undefined()), Contains("dlopen"));
}

TEST(ElfSymbols, RefusesALibraryThatIsCutAnywhere) {
  const auto bytes = bytes_of(broken("intact"));
  EXPECT_NO_THROW(inspect_bytes(bytes));
  for (std::size_t size = 0; size < bytes.size(); ++size) {
    const std::vector<std::byte> cut(bytes.begin(), bytes.begin() + static_cast<std::ptrdiff_t>(size));  // no spare byte behind it
    EXPECT_THROW(inspect_bytes(cut), Error) << size << " of " << bytes.size() << " bytes";
  }
}

TEST(ElfSymbols, SurvivesEveryByteOfItsHeadersSetToTheWorst) {
  auto bytes = bytes_of(broken("intact"));
  for (std::size_t i = 0; i < bytes.size(); ++i) {
    const std::byte kept = bytes[i];
    for (const int worst : {0x00, 0x7f, 0x80, 0xff}) {
      bytes[i] = static_cast<std::byte>(worst);
      try { inspect_bytes(bytes); } catch (const Error&) {}
    }
    bytes[i] = kept;
  }
}

}  // namespace
}  // namespace modelsig
