// The bytes of one entry, unpacked.
#pragma once
#include <modelsig/kit/text_buffer.hpp>

#include "zip_archive.hpp"

namespace pytorch {

inline constexpr std::uint64_t LOCAL_HEADER = 30;
inline constexpr std::uint64_t LOCAL_SLACK = 256;  // extra fields of the local header, which the directory does not tell: padding to 64 bytes

// What must be read for it: local header, name, most likely all extra fields, data.
inline std::uint64_t bytes_wanted(const ZipEntry& entry) { return LOCAL_HEADER + entry.name.size() + LOCAL_SLACK + entry.packed; }

// Throws Failure if the entry cannot be unpacked by us or is not within `limit`.
void check_entry(const ZipEntry& entry, std::uint64_t limit);

// Where the data begin behind the local header. `bytes`: from the local header on. Throws Failure.
std::uint64_t data_begin(const ZipEntry& entry, std::string_view bytes);

// `packed`: exactly the entry's bytes. At most entry.size bytes are made of them, whatever they say. Throws Failure.
std::string unpack(const ZipEntry& entry, std::string_view packed);

}  // namespace pytorch
