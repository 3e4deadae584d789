// The directory tree behind the hub: which folder is which model at which commit.
#pragma once
#include <cstdint>
#include <filesystem>
#include <optional>
#include <string>
#include <string_view>
#include <vector>

namespace fixture {

struct ServedFile {
  std::string name;
  std::uint64_t size;
  bool large;  // stored apart (LFS): weights, or 10 MB and more of anything but JSON
};

struct ServedModel {
  std::string id, commit;
  std::filesystem::path folder;
  std::vector<ServedFile> files;  // by name

  const ServedFile* find(std::string_view name) const;
};

class Tree {
 public:
  explicit Tree(std::filesystem::path root) : root_(std::move(root)) {}
  bool exists(const std::string& id) const;
  // revision: "main", a commit, or X where the folder name@X exists
  std::optional<ServedModel> find(const std::string& id, const std::string& revision) const;

 private:
  ServedModel load(const std::string& id, const std::filesystem::path& folder) const;
  const std::filesystem::path root_;
};

std::string hex40(std::string_view text);  // looks like a commit, says the same of the same text

}  // namespace fixture
