// The files of a repository on this machine: their names, sizes and order.
#pragma once
#include <cstdint>
#include <filesystem>
#include <string>
#include <vector>

namespace local {

struct Limits {
  std::uint64_t files;
  int depth;
};

struct Entry {
  std::string name;  // relative to the root, with '/'
  std::uint64_t size;
};

struct FileList {
  std::vector<Entry> files;
  std::vector<std::string> dangling;  // links whose target is not there: a download that was not finished
};

// All files below `root`, by name. Hidden ones are left out; links to files are followed (a hub cache consists of
// them), links to folders are not (they may go round in circles).
FileList list_folder(const std::filesystem::path& root, const Limits& limits);

// `file` first, then the JSON files beside it, so that its config is found; not the indexes, which are about other
// files. A chosen index stands for its whole folder.
FileList list_beside(const std::filesystem::path& file, const Limits& limits);

}  // namespace local
