#include "core/host/elf_image.hpp"

#include <elf.h>
#include <fmt/format.h>

#include <algorithm>

#include "core/value/error.hpp"

namespace modelsig {

namespace {

#if defined(__x86_64__)
constexpr std::uint16_t kMachine = EM_X86_64;
constexpr std::uint32_t kRelative = R_X86_64_RELATIVE;
#elif defined(__aarch64__)
constexpr std::uint16_t kMachine = EM_AARCH64;
constexpr std::uint32_t kRelative = R_AARCH64_RELATIVE;
#else
#error "add this machine's ELF number and its relative relocation"
#endif

constexpr std::size_t kMaxDynamic = 4096;  // real libraries have about 30 entries

std::string machine_name(std::uint16_t machine) {
  switch (machine) {
    case EM_X86_64: return "x86-64";
    case EM_AARCH64: return "aarch64";
    case EM_386: return "32-bit x86";
    case EM_ARM: return "32-bit arm";
    case EM_RISCV: return "risc-v";
    default: return fmt::format("machine {}", machine);
  }
}

[[noreturn]] void truncated(std::string_view what, std::uint64_t offset, std::uint64_t size, std::size_t have) {
  throw Error(fmt::format("is truncated: {} is {} bytes at byte {}, the file has {}", what, size, offset, have), MS_DATA_LOSS);
}

Elf64_Ehdr header(std::span<const std::byte> file) {
  if (file.empty()) throw Error("is empty, expected an ELF shared library", MS_DATA_LOSS);
  const std::size_t shown = std::min<std::size_t>(file.size(), SELFMAG);
  if (std::memcmp(file.data(), ELFMAG, shown) != 0) {
    std::string found;
    for (std::size_t i = 0; i < shown; ++i) found += fmt::format("{}{:02x}", i ? " " : "", std::to_integer<unsigned>(file[i]));
    throw Error("is not an ELF file: begins with " + found + ", expected 7f 45 4c 46");
  }
  if (file.size() < sizeof(Elf64_Ehdr)) truncated("the ELF header", 0, sizeof(Elf64_Ehdr), file.size());
  const auto head = load<Elf64_Ehdr>(file);
  if (head.e_ident[EI_CLASS] != ELFCLASS64) throw Error("is not a 64-bit library");
  if (head.e_ident[EI_DATA] != ELFDATA2LSB) throw Error("is not a little-endian library");
  if (head.e_machine != kMachine)
    throw Error("is built for " + machine_name(head.e_machine) + ", this is " + machine_name(kMachine));
  if (head.e_type != ET_DYN) throw Error(fmt::format("is not a shared library: ELF type {}, expected {}", head.e_type, ET_DYN));
  return head;
}

}  // namespace

ElfImage::ElfImage(std::span<const std::byte> file) : file_(file) {
  const Elf64_Ehdr head = header(file);
  const auto inside = [&](std::uint64_t offset, std::uint64_t size) { return offset <= file.size() && size <= file.size() - offset; };
  if (head.e_phentsize != sizeof(Elf64_Phdr))
    throw Error(fmt::format("is damaged: its program headers are {} bytes each, expected {}", head.e_phentsize, sizeof(Elf64_Phdr)), MS_DATA_LOSS);
  const std::uint64_t headers = std::uint64_t{head.e_phnum} * sizeof(Elf64_Phdr);
  if (!inside(head.e_phoff, headers)) truncated("the program header table", head.e_phoff, headers, file.size());
  // Not needed to load a library, but it stands at the end: a copy that was cut short shows here.
  const std::uint64_t sections = std::uint64_t{head.e_shnum} * head.e_shentsize;
  if (head.e_shoff && !inside(head.e_shoff, sections)) truncated("the section header table", head.e_shoff, sections, file.size());

  Segment dynamic{};
  for (unsigned i = 0; i < head.e_phnum; ++i) {
    const auto p = load<Elf64_Phdr>(file, head.e_phoff + i * sizeof(Elf64_Phdr));
    if (p.p_type != PT_LOAD && p.p_type != PT_DYNAMIC) continue;
    if (!inside(p.p_offset, p.p_filesz)) truncated(fmt::format("segment {}", i), p.p_offset, p.p_filesz, file.size());
    const Segment segment{p.p_vaddr, p.p_offset, p.p_filesz};
    if (p.p_type == PT_LOAD) segments_.push_back(segment);
    else dynamic = segment;
  }
  if (!dynamic.size) throw Error("is damaged: it has no dynamic section, expected a shared library", MS_DATA_LOSS);
  const auto table = file.subspan(dynamic.offset, dynamic.size);
  for (std::size_t i = 0; i < kMaxDynamic && (i + 1) * sizeof(Elf64_Dyn) <= table.size(); ++i) {
    const auto entry = load<Elf64_Dyn>(table, i * sizeof(Elf64_Dyn));
    if (entry.d_tag == DT_NULL) break;
    dynamic_.push_back({entry.d_tag, entry.d_un.d_val});
  }
}

std::span<const std::byte> ElfImage::at(std::uint64_t address) const {
  for (const Segment& s : segments_)
    if (address >= s.address && address - s.address < s.size)
      return file_.subspan(s.offset + (address - s.address), s.size - (address - s.address));
  return {};
}

std::span<const std::byte> ElfImage::at(std::uint64_t address, std::uint64_t size) const {
  const auto all = at(address);
  return all.size() >= size ? all.first(size) : all.first(0);
}

std::uint64_t ElfImage::dynamic(std::int64_t tag, std::uint64_t otherwise) const {
  for (const Entry& e : dynamic_)
    if (e.tag == tag) return e.value;
  return otherwise;
}

std::uint64_t ElfImage::pointer(std::uint64_t address) const {
  // RELA keeps the target in its addend; packed relocations (DT_RELR) keep it in place
  const auto table = at(dynamic(DT_RELA), dynamic(DT_RELASZ));
  for (std::size_t i = 0; i + sizeof(Elf64_Rela) <= table.size(); i += sizeof(Elf64_Rela)) {
    const auto r = load<Elf64_Rela>(table, i);
    if (r.r_offset == address && ELF64_R_TYPE(r.r_info) == kRelative) return static_cast<std::uint64_t>(r.r_addend);
  }
  const auto bytes = at(address, sizeof(std::uint64_t));
  return bytes.empty() ? 0 : load<std::uint64_t>(bytes);
}

std::string_view ElfImage::text(std::uint64_t address, std::size_t limit) const {
  const auto bytes = at(address);
  if (bytes.empty()) return {};
  const void* end = std::memchr(bytes.data(), 0, std::min(bytes.size(), limit));
  if (!end) return {};
  const char* first = reinterpret_cast<const char*>(bytes.data());
  return {first, static_cast<std::size_t>(static_cast<const char*>(end) - first)};
}

}  // namespace modelsig
