// Which GGUF files of a repository are the model: repositories hold a dozen quantisations of one, each a file or a split set
// (NAME-00001-of-00003.gguf), and files beside it. What stands behind '#' chooses: a file, or part of a name ("Q4_K_M").
// Otherwise the variant that rule table "gguf_variant" ranks first: the least quantised. Table "gguf_beside" tells the files beside it.
#pragma once
#include <modelsig/model.hpp>

#include <string>
#include <vector>

namespace gguf {

inline constexpr std::string_view SUFFIX = ".gguf";

struct Beside { std::string name; ms::Node rule; };  // rule: of table "gguf_beside"

struct Choice {
  std::vector<ms::File> files;       // the shards in order
  std::vector<std::string> others;   // names of the other variants (of a set, its first file)
  std::vector<Beside> beside;        // files that are no language model: vision projectors, adapters, importance matrices; best variant first
};

// How surely this repository is GGUF: 0 .. 100
int score(ms::Repo repo);
// What is missing goes out as a problem. Throws if there is nothing to read.
Choice choose_files(const ms::Call& call, ms::Repo repo);

}  // namespace gguf
