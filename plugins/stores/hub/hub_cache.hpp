// The download cache of the hub's own client, read only:
//     ROOT/models--org--name/refs/REVISION            a commit
//     ROOT/models--org--name/snapshots/COMMIT/FILE    a link into ../../blobs, or a file
#pragma once
#include <filesystem>
#include <optional>
#include <string>
#include <string_view>
#include <vector>

#include "listing.hpp"

namespace hub {

class HubCache {
 public:
  HubCache(const std::filesystem::path& root, const std::string& id);  // empty root: switched off

  std::optional<std::string> commit(const std::string& revision) const;
  std::vector<ListedFile> files(const std::string& commit) const;  // sorted by name
  // Reads [offset, offset + size) of a file of that size (any size if nullopt); false: it has no such file.
  bool read(const std::string& commit, std::string_view file, std::optional<std::uint64_t> file_size, std::uint64_t offset, std::uint64_t size,
            std::uint8_t* into) const;

 private:
  std::filesystem::path folder_;
};

}  // namespace hub
