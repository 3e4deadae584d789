// Reads the files of a checkpoint in few round trips, whatever their number: heads and tails, directories, pickles.
#pragma once
#include "file_choice.hpp"

#include <unordered_set>

namespace pytorch {

class Checkpoint {
 public:
  Checkpoint(const ms::Call& call, const Options& options, const FileChoice& choice, ms::Model model)
      : call_(call), options_(options), choice_(choice), model_(model) {}
  // Every file's tensors into the model. Throws if no file could be used.
  void read();

 private:
  struct Want { TorchFile* file; std::uint64_t offset, size; std::string* into; };

  void read_all(std::vector<Want> wants, std::uint32_t flags = 0);
  void read_ends(std::vector<TorchFile>& wave);
  void read_directories(std::vector<TorchFile>& wave);
  void read_pickles(std::vector<TorchFile>& wave);
  void read_legacy(TorchFile& file);
  void emit(TorchFile& file);
  void report_index() const;

  const ms::Call& call_;
  const Options& options_;
  const FileChoice& choice_;
  ms::Model model_;
  std::unordered_set<std::string> names_;                 // of the tensors so far
  std::vector<std::string> read_;                         // files whose tensors are in the model
  std::string first_error_;
  std::size_t failed_ = 0;
};

}  // namespace pytorch
