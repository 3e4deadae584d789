// The name tables of a library (names/CONTAINER.toml; a later folder's file replaces an earlier one's), each read when a container
// is first asked for: a checkpoint under its own names needs none.
#pragma once
#include <filesystem>
#include <map>
#include <memory>
#include <mutex>
#include <string>
#include <string_view>
#include <vector>

#include "core/families/name_table.hpp"

namespace modelsig::families {

class NameTables {
 public:
  NameTables(std::vector<std::filesystem::path> directories, const RoleVocabulary& roles) : directories_(std::move(directories)), roles_(roles) {}
  // null: no such container. Throws Error: its file is wrong. Any thread.
  std::shared_ptr<const NameTable> find(std::string_view container) const;

 private:
  std::vector<std::filesystem::path> directories_;
  const RoleVocabulary& roles_;
  mutable std::mutex mutex_;
  mutable std::map<std::string, std::shared_ptr<const NameTable>, std::less<>> read_;
};

}  // namespace modelsig::families
