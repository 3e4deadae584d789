// Which files of a repository make up the checkpoint.
#pragma once
#include "../safetensors/index.hpp"
#include "torch_file.hpp"

namespace pytorch {

struct FileChoice {
  std::vector<std::pair<std::string, ms::File>> files;  // sorted by name
  std::unique_ptr<safetensors::Index> index;            // pytorch_model.bin.index.json, if there is a sound one
  std::string index_name;
};

// How surely this repository is PyTorch's: below what safetensors says, for that is the better source where both are.
int score(const ms::Call& call, ms::Repo repo, const Options& options);

// What is wrong with the choice goes out as problems; throws if there is nothing to read.
FileChoice choose_files(const ms::Call& call, ms::Repo repo, const Options& options);

}  // namespace pytorch
