#include "core/host/elf_symbols.hpp"

#include <elf.h>
#include <fmt/format.h>

#include <algorithm>

#include "core/value/error.hpp"

namespace modelsig {

namespace {

[[noreturn]] void damaged(std::string_view what) { throw Error(fmt::format("is damaged: {}", what), MS_DATA_LOSS); }

// ELF does not say how many dynamic symbols there are; the hash tables do. DT_HASH: its second word.
// DT_GNU_HASH: {buckets, first, bloom words, shift}, bloom[], bucket[], then a chain word a symbol from
// `first` on, the last word of a chain odd. The largest bucket's chain ends the table.
std::uint64_t symbol_count(const ElfImage& image) {
  constexpr std::size_t kWord = sizeof(std::uint32_t);
  if (const std::uint64_t hash = image.dynamic(DT_HASH)) {
    const auto head = image.at(hash, 2 * kWord);
    if (head.empty()) damaged("its DT_HASH table is outside the file");
    return load<std::uint32_t>(head, kWord);
  }
  const std::uint64_t hash = image.dynamic(DT_GNU_HASH);
  if (!hash) damaged("it has no symbol hash table");
  const auto table = image.at(hash);
  if (table.size() < 4 * kWord) damaged("its DT_GNU_HASH table is outside the file");
  const std::uint64_t buckets = load<std::uint32_t>(table), first = load<std::uint32_t>(table, kWord);
  const std::uint64_t bucket_at = 4 * kWord + std::uint64_t{load<std::uint32_t>(table, 2 * kWord)} * sizeof(std::uint64_t);
  const std::uint64_t chain_at = bucket_at + buckets * kWord;
  if (chain_at > table.size()) damaged(fmt::format("its DT_GNU_HASH table with {} buckets is outside the file", buckets));
  std::uint64_t last = 0;
  for (std::uint64_t i = 0; i < buckets; ++i) last = std::max<std::uint64_t>(last, load<std::uint32_t>(table, bucket_at + i * kWord));
  if (last < first) return first;  // exports nothing: only undefined symbols stand before `first`
  for (std::uint64_t i = last;; ++i) {
    const std::uint64_t at = chain_at + (i - first) * kWord;
    if (at + kWord > table.size()) damaged("a chain of its DT_GNU_HASH table has no end");
    if (load<std::uint32_t>(table, at) & 1) return i + 1;
  }
}

}  // namespace

ElfSymbols::ElfSymbols(std::span<const std::byte> file) : image_(file) {
  const std::uint64_t count = symbol_count(image_);
  if (image_.dynamic(DT_SYMENT, sizeof(Elf64_Sym)) != sizeof(Elf64_Sym)) damaged("its symbols have an unknown size");
  symbols_ = image_.at(image_.dynamic(DT_SYMTAB), count * sizeof(Elf64_Sym));
  if (symbols_.empty() && count) damaged(fmt::format("its table of {} symbols is outside the file", count));
  const std::uint64_t bytes = image_.dynamic(DT_STRSZ);
  strings_ = image_.at(image_.dynamic(DT_STRTAB), bytes);
  if (strings_.empty() && bytes) damaged(fmt::format("its string table of {} bytes is outside the file", bytes));
}

std::optional<ElfSymbols::Raw> ElfSymbols::raw(std::size_t index) const {
  const auto s = load<Elf64_Sym>(symbols_, index * sizeof(Elf64_Sym));
  const unsigned bind = ELF64_ST_BIND(s.st_info);
  if (bind == STB_LOCAL || s.st_name == 0 || s.st_name >= strings_.size()) return std::nullopt;
  return Raw{s.st_name, s.st_shndx != SHN_UNDEF, bind == STB_WEAK, s.st_value, s.st_size};
}

std::string_view ElfSymbols::tail(const Raw& symbol) const {
  return {reinterpret_cast<const char*>(strings_.data()) + symbol.name, strings_.size() - symbol.name};
}

// Compares at the name's place instead of measuring each name first: a hostile table may point a million
// symbols into one endless string.
std::optional<ElfSymbol> ElfSymbols::find(std::string_view name) const {
  for (std::size_t i = 0; i < symbols_.size() / sizeof(Elf64_Sym); ++i) {
    const auto s = raw(i);
    if (!s || !s->defined) continue;
    const std::string_view text = tail(*s);
    if (text.size() > name.size() && text[name.size()] == '\0' && text.starts_with(name))
      return ElfSymbol{text.substr(0, name.size()), s->address, s->size};
  }
  return std::nullopt;
}

std::optional<ElfSymbol> ElfSymbols::find_prefix(std::string_view prefix) const {
  for (std::size_t i = 0; i < symbols_.size() / sizeof(Elf64_Sym); ++i) {
    const auto s = raw(i);
    if (!s || !s->defined || !tail(*s).starts_with(prefix)) continue;
    const std::string_view text = tail(*s).substr(0, kMaxName);
    return ElfSymbol{text.substr(0, text.find('\0')), s->address, s->size};
  }
  return std::nullopt;
}

std::vector<ElfSymbol> ElfSymbols::list(bool defined) const {
  std::vector<ElfSymbol> out;
  for (std::size_t i = 0; i < symbols_.size() / sizeof(Elf64_Sym); ++i) {
    const auto s = raw(i);
    if (!s || s->defined != defined || (!defined && s->weak)) continue;
    const std::string_view text = tail(*s).substr(0, kMaxName);
    if (const std::size_t end = text.find('\0'); end != text.npos) out.push_back({text.substr(0, end), s->address, s->size});
  }
  return out;
}

std::vector<ElfSymbol> ElfSymbols::exported() const { return list(true); }
std::vector<ElfSymbol> ElfSymbols::undefined() const { return list(false); }

}  // namespace modelsig
