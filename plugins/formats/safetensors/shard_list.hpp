// Which files of a repository make up the checkpoint.
#pragma once
#include <modelsig/model.hpp>

#include <memory>
#include <string>
#include <vector>

#include "index.hpp"

namespace safetensors {

struct Shard {
  std::string name;
  ms::File file;
  std::uint64_t expected_header;  // a guess that is rarely too small, with the length in front
};

struct ShardList {
  std::vector<Shard> shards;      // sorted by name, as the original reads them
  std::unique_ptr<Index> index;   // if there is one and it is sound
  std::string index_name;
};

// How surely this repository is safetensors: 0 .. 100
int score(ms::Repo repo);

// What is wrong with the list goes out as problems. Throws if there is nothing to read; without `strict` also if the
// index is broken, as the original does.
ShardList find_shards(const ms::Call& call, ms::Repo repo, bool strict);

}  // namespace safetensors
