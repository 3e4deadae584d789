#include "file_list.hpp"

#include <modelsig/error.hpp>
#include <modelsig/kit/utf8.hpp>

#include <algorithm>
#include <functional>

namespace fs = std::filesystem;

namespace local {
namespace {

constexpr std::string_view INDEX_SUFFIX = ".index.json";

bool hidden(const fs::path& path) { return path.filename().native().starts_with('.'); }
bool utf8(const std::string& name) { return ms::utf8_valid_up_to(name) == name.size(); }

[[noreturn]] void unreadable(const fs::path& folder, const std::error_code& why) {
  throw ms::Error(MS_DENIED, folder.string() + ": the folder cannot be listed: " + why.message());
}

void walk(const fs::path& root, const std::string& prefix, int depth, const Limits& limits, FileList& out) {
  std::error_code error;
  fs::directory_iterator entries(root / prefix, error);
  if (error) unreadable(root / prefix, error);
  for (; entries != fs::directory_iterator(); entries.increment(error)) {
    const fs::directory_entry& entry = *entries;
    if (hidden(entry.path()) || !utf8(entry.path().filename().string())) continue;
    std::string name = prefix + entry.path().filename().string();
    const bool link = entry.is_symlink(error);
    if (entry.is_directory(error)) {
      if (!link && depth < limits.depth) walk(root, name + '/', depth + 1, limits, out);
    } else if (entry.is_regular_file(error)) {
      const std::uint64_t size = entry.file_size(error);
      if (!error) out.files.push_back({std::move(name), size});
      if (out.files.size() > limits.files)
        throw ms::Error(MS_LIMIT, root.string() + ": has more than " + std::to_string(limits.files) +
                                      " files: give the folder of one model, or raise max_files of store.local");
    } else if (link) {
      out.dangling.push_back(std::move(name));
    }
  }
  if (error) unreadable(root / prefix, error);
}

void sort(FileList& list) {
  std::sort(list.files.begin(), list.files.end(), [](const Entry& a, const Entry& b) { return a.name < b.name; });
  std::sort(list.dangling.begin(), list.dangling.end());
}

}  // namespace

FileList list_folder(const fs::path& root, const Limits& limits) {
  FileList list;
  walk(root, "", 0, limits, list);
  sort(list);
  return list;
}

FileList list_beside(const fs::path& file, const Limits& limits) {
  const std::string chosen = file.filename().string();
  const fs::path folder = file.has_parent_path() ? file.parent_path() : fs::path(".");
  FileList list = list_folder(folder, {limits.files, chosen.ends_with(INDEX_SUFFIX) ? limits.depth : 0});
  const auto wanted = [&](const std::string& name) {
    return name == chosen || chosen.ends_with(INDEX_SUFFIX) || (name.ends_with(".json") && !name.ends_with(INDEX_SUFFIX));
  };
  std::erase_if(list.files, [&](const Entry& entry) { return !wanted(entry.name); });
  std::erase_if(list.dangling, [&](const std::string& name) { return !wanted(name); });
  if (std::none_of(list.files.begin(), list.files.end(), [&](const Entry& entry) { return entry.name == chosen; }))
    list.files.push_back({chosen, fs::file_size(file)});  // hidden, or a name that is not UTF-8: chosen all the same
  std::stable_partition(list.files.begin(), list.files.end(), [&](const Entry& entry) { return entry.name == chosen; });
  return list;
}

}  // namespace local
