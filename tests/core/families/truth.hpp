// Ground truth beside the source tree: configs with the tensors that the real classes make of them.
#pragma once
#include <cstdint>
#include <filesystem>
#include <map>
#include <memory>
#include <string>
#include <vector>

#include "core/value/value.hpp"

namespace modelsig::testing {

struct TruthTensor { std::string dtype; std::vector<std::uint64_t> shape; };
using Tensors = std::map<std::string, TruthTensor>;

struct Place {
  std::string kind;                 // oracle, pair, header
  std::filesystem::path path;
  std::string name() const { return path.parent_path().filename().string() + "/" + path.filename().string(); }
};

std::filesystem::path shared_folder();         // MODELSIG_SHARED, else beside the source tree; may not exist
std::filesystem::path families_folder();       // the shipped family files
std::vector<Place> places(const std::filesystem::path& shared);
Tensors read_tensors(const Place& place);      // model.safetensors, tensors.tsv or tensors.tsv.xz
std::unique_ptr<Document> read_config(const std::filesystem::path& folder);  // config.json, with hf_quant_config.json in it

}  // namespace modelsig::testing
