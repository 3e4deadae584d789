#include "checkpoint.hpp"

#include <modelsig/kit/file_kind.hpp>
#include <modelsig/kit/file_message.hpp>

#include <algorithm>
#include <map>

#include "../safetensors/text.hpp"
#include "failure.hpp"
#include "zip_entry.hpp"

namespace pytorch {
namespace {

constexpr std::size_t WAVE = 64;                      // files at a time
constexpr std::uint64_t HEAD = 512, LEGACY_WINDOW = 1u << 20;

// body(file) for every file that is still sound; what it throws becomes the file's error.
template <class Body>
void for_sound(std::vector<TorchFile>& wave, Body body) {
  for (TorchFile& file : wave) {
    if (!file.error.empty()) continue;
    try {
      body(file);
    } catch (const Failure& failure) {
      file.error = failure.what();
    }
  }
}

}  // namespace

// One request for all; bytes that are there already count (legacy windows grow).
void Checkpoint::read_all(std::vector<Want> wants, std::uint32_t flags) {
  std::vector<ms_range> ranges;
  for (const Want& w : wants) {
    const std::size_t have = w.into->size();
    w.into->resize(have + w.size);
    ranges.push_back(w.file->file.range(w.offset, w.size, w.into->data() + have, flags));
  }
  if (!ranges.empty()) ms::read(call_, ranges);
  for (std::size_t i = 0; i < ranges.size(); ++i) {
    TorchFile& file = *wants[i].file;
    if (ranges[i].file_size != MS_SIZE_UNKNOWN) file.size = ranges[i].file_size;
    wants[i].into->resize(wants[i].into->size() - static_cast<std::size_t>(wants[i].size - ranges[i].got));
    if (ranges[i].status == MS_OK) continue;
    file.error = ms::without_file(ms::error(call_, ranges[i]), file.name);  // the problem names the file already
  }
}

// The first bytes say what it is; a zip archive's directory is at the end.
void Checkpoint::read_ends(std::vector<TorchFile>& wave) {
  std::vector<Want> heads, tails;
  for (TorchFile& file : wave) heads.push_back({&file, 0, std::min(file.size, HEAD), &file.head});
  read_all(heads, MS_RANGE_SHORT_OK);
  for_sound(wave, [&](TorchFile& file) {
    const ms::FileKind kind = ms::file_kind(file.head);
    file.legacy = kind == ms::FileKind::PICKLE;
    if (file.legacy) return;
    if (kind == ms::FileKind::UNKNOWN) throw Failure("is no PyTorch file: it begins neither as a zip archive nor as a pickle");
    if (kind != ms::FileKind::ZIP) throw Failure("is " + std::string(ms::describe(kind)));
    if (file.size == MS_SIZE_UNKNOWN) throw Failure("has a size that its store does not know, so the directory at its end cannot be found");
    const std::uint64_t size = std::min(file.size, ZIP_TAIL);
    tails.push_back({&file, file.size - size, size, &file.tail});
  });
  read_all(tails);
}

void Checkpoint::read_directories(std::vector<TorchFile>& wave) {
  std::vector<Want> wants;
  for_sound(wave, [&](TorchFile& file) {
    if (file.legacy) return;
    file.place = find_zip_directory(file.tail, file.size);
    if (file.place.size > options_.max_pickle)
      throw Failure("has a zip directory of " + std::to_string(file.place.size) + " bytes, more than the limit of " + std::to_string(options_.max_pickle) + " (option max_pickle)");
    const std::uint64_t tail_offset = file.size - file.tail.size();
    if (file.place.offset >= tail_offset) file.directory_bytes = file.tail.substr(file.place.offset - tail_offset, file.place.size);
    else wants.push_back({&file, file.place.offset, file.place.size, &file.directory_bytes});
  });
  read_all(wants);
  for_sound(wave, [&](TorchFile& file) {
    if (file.legacy) return;
    file.directory.emplace(file.directory_bytes, file.place);
    file.entry = &find_pickle(*file.directory);
    check_entry(*file.entry, options_.max_pickle);
  });
}

void Checkpoint::read_pickles(std::vector<TorchFile>& wave) {
  std::vector<Want> wants, rest;
  for_sound(wave, [&](TorchFile& file) {
    if (file.legacy) return;
    const std::uint64_t most = file.place.offset - file.entry->local_header;  // what lies between it and the directory
    wants.push_back({&file, file.entry->local_header, std::min(most, bytes_wanted(*file.entry)), &file.packed});
  });
  read_all(wants);
  for_sound(wave, [&](TorchFile& file) {
    if (file.legacy) return;
    const std::uint64_t end = data_begin(*file.entry, file.packed) + file.entry->packed;
    if (end > file.place.offset - file.entry->local_header) throw Failure("its pickle reaches into the zip directory: damaged");
    if (end > file.packed.size()) rest.push_back({&file, file.entry->local_header + file.packed.size(), end - file.packed.size(), &file.packed});
  });
  read_all(rest);
  for_sound(wave, [&](TorchFile& file) {
    call_.check_cancelled();
    if (file.legacy) return read_legacy(file);
    file.pickle = unpack(*file.entry, std::string_view(file.packed).substr(data_begin(*file.entry, file.packed), file.entry->packed));
    file.packed = {}, file.tail = {};
    read_rows(file, options_);
  });
}

// The pickles stand at the beginning, how long they are shows only in reading them: windows that double.
void Checkpoint::read_legacy(TorchFile& file) {
  for (std::uint64_t window = LEGACY_WINDOW;; window *= 2) {
    call_.check_cancelled();
    const std::uint64_t until = std::min({window, file.size, options_.max_pickle}), have = file.pickle.size();
    if (until > have) read_all({{&file, have, until - have, &file.pickle}}, MS_RANGE_SHORT_OK);
    if (!file.error.empty()) return;
    file.complete = file.pickle.size() < until || file.pickle.size() >= file.size;
    if (read_rows(file, options_)) return;
    if (until == options_.max_pickle) throw Failure("has pickles of more than " + std::to_string(options_.max_pickle) + " bytes (option max_pickle)");
  }
}

void Checkpoint::emit(TorchFile& file) {
  if (!file.error.empty()) {
    if (choice_.files.size() > 1 || choice_.index) call_.problem(MS_ERROR, file.name, file.error);
    if (failed_++ == 0) first_error_ = ms::with_file(file.error, file.name);
    return;
  }
  read_.push_back(file.name);
  for (const StateDict::LeftOut& left : file.left_out)
    call_.problem(MS_INFO, file.name, "holds " + safetensors::counted(left.tensors, "tensor") + " more under " + safetensors::quoted(left.entry) + ", which are not the model's: they are left out (option state)");
  std::size_t repeated = 0;
  std::map<std::string_view, std::pair<std::size_t, std::string_view>> unmeasured;  // dtype -> tensors, the first
  for (const Row& row : file.rows) {
    if (!names_.insert(row.name).second) { ++repeated; continue; }
    if (row.size == MS_SIZE_UNKNOWN) ++unmeasured.try_emplace(row.dtype, 0, row.name).first->second.first;
    ms_tensor out{};
    out.struct_size = sizeof out;
    out.rank = static_cast<std::uint32_t>(row.shape.size());
    out.name = ms::str(row.name), out.dtype = ms::str(row.dtype);
    out.shape = row.shape.data(), out.offset = row.offset, out.size = row.size, out.file = file.file.raw();
    if (!row.of.empty()) out.of = ms::str(row.of), out.flags = MS_TENSOR_SHARED;
    model_.add(out);
  }
  for (const auto& [dtype, found] : unmeasured)
    call_.problem(MS_INFO, found.second, "dtype " + safetensors::quoted(dtype) + " has no known size here: " + safetensors::counted(found.first, "tensor") + " were not checked against their storages");
  if (repeated) call_.problem(MS_WARN, file.name, "has " + safetensors::counted(repeated, "tensor") + " that an earlier file has too: the earlier ones count");
}

void Checkpoint::report_index() const {
  const auto& shards = choice_.index->shards();
  std::vector<std::size_t> absent(shards.size());
  std::vector<std::string_view> first(shards.size());
  for (const auto& entry : choice_.index->tensors().entries())
    if (!names_.count(std::string(entry.name)) && absent[entry.value]++ == 0) first[entry.value] = entry.name;
  for (std::size_t i = 0; i < shards.size(); ++i)
    if (absent[i] && std::find(read_.begin(), read_.end(), shards[i].file) != read_.end())
      call_.problem(MS_WARN, shards[i].file, "lacks " + safetensors::counted(absent[i], "tensor") + " (first: " + safetensors::quoted(first[i]) + ") that " + choice_.index_name + " promises in it");
}

void Checkpoint::read() {
  for (std::size_t done = 0; done < choice_.files.size(); done += WAVE) {
    call_.check_cancelled();
    std::vector<TorchFile> wave(std::min(WAVE, choice_.files.size() - done));
    for (std::size_t i = 0; i < wave.size(); ++i) {
      wave[i].name = choice_.files[done + i].first, wave[i].file = choice_.files[done + i].second;
      wave[i].size = wave[i].file.size();
    }
    read_ends(wave);
    read_directories(wave);
    read_pickles(wave);
    for (TorchFile& file : wave) emit(file);
    call_.progress(std::min(done + WAVE, choice_.files.size()), choice_.files.size());
  }
  if (choice_.index) report_index();
  if (failed_ < choice_.files.size()) return;
  throw ms::Error(MS_DATA_LOSS, failed_ == 0   ? choice_.index_name + ": none of the files that it names is there"
                                : failed_ == 1 ? first_error_
                                               : "none of the " + std::to_string(failed_) + " files can be used; " + first_error_);
}

}  // namespace pytorch
