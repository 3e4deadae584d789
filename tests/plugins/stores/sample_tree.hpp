// Models to serve: sparse files with a header of pseudo-random bytes, so that every byte read can be checked.
#pragma once
#include <cstdint>
#include <filesystem>
#include <string>
#include <string_view>

namespace modelsig::testing {

namespace fs = std::filesystem;

class TempFolder {
 public:
  TempFolder();
  ~TempFolder();
  TempFolder(const TempFolder&) = delete;
  const fs::path& path() const { return path_; }
  fs::path operator/(std::string_view name) const { return path_ / name; }
 private:
  fs::path path_;
};

inline constexpr std::uint64_t header_bytes = 100'000;      // of each sample shard, then a hole
inline constexpr std::uint64_t shard_size = 3'000'000'000;  // more than 31 bits

void write_text(const fs::path& path, std::string_view text);
void write_sparse(const fs::path& path, std::uint64_t header, std::uint64_t size);
std::uint8_t sample_byte(std::string_view file_name, std::uint64_t offset);  // what write_sparse puts there; 0 behind the header

// config.json, an index and `shards` files of weights under root/id
void write_model(const fs::path& root, const std::string& id, int shards);
std::string shard_name(int number, int of);

// Every file below the folder, its bytes joined: to look for what must not be there.
std::string all_bytes(const fs::path& folder);

}  // namespace modelsig::testing
