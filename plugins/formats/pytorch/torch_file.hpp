// One file of a checkpoint, from its bytes to rows of the tensor table. Two containers:
//     zip     NAME/data.pkl, a pickle whose storages are the entries NAME/data/KEY
//     legacy  five pickles (magic number, version, system, the object, its storages' keys), then for each storage in
//             that order its number of elements, 8 bytes, and its bytes
#pragma once
#include <modelsig/model.hpp>

#include <memory>
#include <optional>

#include "pickle_machine.hpp"
#include "state_dict.hpp"
#include "zip_archive.hpp"

namespace pytorch {

struct Options {
  std::vector<std::string> state, ignore, allow;
  std::uint64_t max_pickle;
};

struct Row {
  std::string name, of;           // of: not empty if it is the same bytes under another name
  std::string_view dtype;
  std::vector<std::uint64_t> shape;
  std::uint64_t offset, size;     // MS_SIZE_UNKNOWN if not told
};

struct TorchFile {
  std::string name;
  ms::File file;
  std::uint64_t size = MS_SIZE_UNKNOWN;
  std::string error;              // one sentence that follows the name; there are no rows then

  std::string head, tail, directory_bytes, packed, pickle;
  ZipDirectoryPlace place;
  std::optional<ZipDirectory> directory;
  const ZipEntry* entry = nullptr; // data.pkl
  bool legacy = false, complete = false;

  Pool pool;
  std::vector<Row> rows;
  std::vector<StateDict::LeftOut> left_out;
};

// zip: the entry that holds the pickle. Throws Failure.
const ZipEntry& find_pickle(const ZipDirectory& directory);

// The rows of a file whose pickle is there. Throws Failure; false: a legacy file of which more must be read.
bool read_rows(TorchFile& file, const Options& options);

}  // namespace pytorch
