// The dynamic symbols of a shared library, read from its bytes: what it exports, what it wants, and the bytes
// of a data symbol. What the plugin loader looks at before anything of the library runs.
#pragma once
#include <optional>
#include <string_view>
#include <vector>

#include "core/host/elf_image.hpp"

namespace modelsig {

struct ElfSymbol {
  std::string_view name;  // in the file's bytes
  std::uint64_t address = 0, size = 0;
};

class ElfSymbols {
 public:
  static constexpr std::size_t kMaxName = 4096;  // longer names are left out of the lists

  // Throws Error with a reason that follows a file name. `file` must outlive it.
  explicit ElfSymbols(std::span<const std::byte> file);

  const ElfImage& image() const { return image_; }
  std::optional<ElfSymbol> find(std::string_view name) const;          // defined and global
  std::optional<ElfSymbol> find_prefix(std::string_view prefix) const; // the first that begins so
  std::vector<ElfSymbol> exported() const;
  std::vector<ElfSymbol> undefined() const;                            // weak ones left out: they may stay so

 private:
  struct Raw { std::uint32_t name; bool defined, weak; std::uint64_t address, size; };
  std::optional<Raw> raw(std::size_t index) const;  // none: local, or its name is outside the string table
  std::string_view tail(const Raw& symbol) const;   // the string table from its name on
  std::vector<ElfSymbol> list(bool defined) const;

  ElfImage image_;
  std::span<const std::byte> symbols_, strings_;
};

}  // namespace modelsig
