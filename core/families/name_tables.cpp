#include "core/families/name_tables.hpp"

#include "core/value/toml_file.hpp"

namespace modelsig::families {

namespace fs = std::filesystem;

std::shared_ptr<const NameTable> NameTables::find(std::string_view container) const {
  if (container.empty() || container.find('/') != container.npos || container.find('\0') != container.npos) return nullptr;
  const std::lock_guard lock(mutex_);
  if (const auto it = read_.find(container); it != read_.end()) return it->second;
  std::shared_ptr<const NameTable> table;
  for (std::size_t i = directories_.size(); !table && i-- > 0;) {
    const fs::path file = directories_[i] / "names" / (std::string(container) + ".toml");
    std::error_code error;
    if (fs::is_regular_file(file, error)) table = std::make_shared<NameTable>(NameTable::read(*TomlFile::read(file), roles_));
  }
  return read_[std::string(container)] = table;
}

}  // namespace modelsig::families
