#include "torch_file.hpp"

#include <algorithm>
#include <map>

#include "failure.hpp"

namespace pytorch {
namespace {

constexpr std::string_view PICKLE = "data.pkl";
constexpr std::string_view LEGACY_MAGIC{"\x6c\xfc\x9c\x46\xf9\x20\x6a\xa8\x50\x19", 10};  // 0x1950a86a20f9469cfc6c
constexpr std::int64_t LEGACY_VERSION = 1001;
constexpr std::uint64_t COUNT_BYTES = 8;

struct Stored { std::uint64_t size, offset; };  // of a storage, in the file; MS_SIZE_UNKNOWN if not told
using StorageMap = std::unordered_map<std::string_view, Stored>;

bool multiply(std::uint64_t a, std::uint64_t b, std::uint64_t& out) { return !__builtin_mul_overflow(a, b, &out); }
bool add(std::uint64_t a, std::uint64_t b, std::uint64_t& out) { return !__builtin_add_overflow(a, b, &out); }

std::string quoted(std::string_view name) { return "'" + std::string(name.substr(0, 160)) + (name.size() > 160 ? "...'" : "'"); }

// Index of the tensor's last element in its storage; false: past 64 bits.
bool last_element(const Tensor& tensor, const std::vector<std::uint64_t>& shape, const std::vector<std::uint64_t>& stride, std::uint64_t view, std::uint64_t& last) {
  std::uint64_t step = 0;
  if (!add(tensor.offset, view, last)) return false;
  for (std::size_t i = 0; i < shape.size(); ++i)
    if (!multiply(shape[i] - 1, stride[i], step) || !add(last, step, last)) return false;
  return true;
}

// Does it lie within its storage, and the storage within the file?
void check(const Row& row, const Tensor& tensor, const Storage& storage, const std::vector<std::uint64_t>& stride, const StorageMap& stored) {
  const auto found = stored.find(storage.key);
  if (found == stored.end()) throw Failure("tensor " + quoted(row.name) + " lies in the storage " + quoted(storage.key) + ", which the file does not have: it is cut short or damaged");
  if (tensor.bits < 8 || storage.bits < 8) return;  // elements share bytes, or the dtype is not known: nothing to reckon with
  std::uint64_t bytes = 0, last = 0, end = 0;
  const bool counted = multiply(storage.elements, storage.bits / 8, bytes);
  if (found->second.size != MS_SIZE_UNKNOWN && (!counted || bytes != found->second.size))
    throw Failure("the storage " + quoted(storage.key) + " of tensor " + quoted(row.name) + " should hold " + std::to_string(storage.elements) + " elements of " +
                  std::to_string(storage.bits / 8) + " bytes, it has " + std::to_string(found->second.size) + " bytes");
  if (!counted || std::find(row.shape.begin(), row.shape.end(), 0u) != row.shape.end()) return;
  if (!last_element(tensor, row.shape, stride, storage.view_offset, last) || !add(last, 1, end) || !multiply(end, tensor.bits / 8, end) || end > bytes)
    throw Failure("tensor " + quoted(row.name) + " reaches past the " + std::to_string(bytes) + " bytes of its storage " + quoted(storage.key));
}

void make_rows(TorchFile& file, Id root, const Options& options, const StorageMap& stored) {
  const StateDict state = find_state(file.pool, root, options.state);
  file.left_out = state.left_out;
  using Place = std::tuple<std::string_view, std::uint64_t, std::vector<std::uint64_t>, std::vector<std::uint64_t>>;
  std::map<Place, const std::string*> first;
  file.rows.reserve(state.tensors.size());
  for (const NamedTensor& named : state.tensors) {
    const Tensor& tensor = *named.tensor;
    Row row{named.name, {}, tensor.dtype, file.pool.sizes_of(tensor.shape), MS_SIZE_UNKNOWN, MS_SIZE_UNKNOWN};
    if (tensor.dtype.empty()) row.dtype = "torch.uint8";  // untyped bytes
    std::uint64_t elements = 1;
    for (const std::uint64_t axis : row.shape)
      if (!multiply(elements, axis, elements)) throw Failure("tensor " + quoted(row.name) + " has more elements than 64-bit numbers can count");
    if (tensor.bits % 8 == 0 && tensor.bits > 0 && !multiply(elements, tensor.bits / 8, row.size)) row.size = MS_SIZE_UNKNOWN;
    if (tensor.storage != Tensor::NO_STORAGE) {
      const Storage& storage = file.pool.storages[tensor.storage];
      auto stride = file.pool.sizes_of(tensor.stride);
      check(row, tensor, storage, stride, stored);
      if (const Stored& at = stored.at(storage.key); at.offset != MS_SIZE_UNKNOWN && row.size != MS_SIZE_UNKNOWN)
        row.offset = at.offset + (tensor.offset + storage.view_offset) * (tensor.bits / 8);
      const std::string* name = &named.name;
      const auto [same, fresh] = first.emplace(Place{storage.key, tensor.offset + storage.view_offset, row.shape, std::move(stride)}, name);
      if (!fresh) row.of = *same->second;
    }
    file.rows.push_back(std::move(row));
  }
}

void read_zip(TorchFile& file, PickleMachine& machine, const Options& options) {
  Id root = 0;
  try {
    root = machine.run(file.pickle);
  } catch (const PickleMachine::NeedsMore&) {
    throw Failure("its pickle " + quoted(file.entry->name) + " ends in the middle");
  }
  const std::string_view folder = file.entry->name.substr(0, file.entry->name.size() - PICKLE.size());
  StorageMap stored;
  for (const ZipEntry& e : file.directory->entries()) {
    std::string_view name = e.name;
    if (!name.starts_with(folder)) continue;
    name.remove_prefix(folder.size());
    if (name.starts_with("data/")) stored.emplace(name.substr(5), Stored{e.size, MS_SIZE_UNKNOWN});  // where it begins is in its own header
  }
  make_rows(file, root, options, stored);
}

// The storages' places follow from their sizes, in the order of the keys.
StorageMap legacy_storages(const TorchFile& file, Id keys, std::uint64_t at) {
  if (file.pool[keys].kind != Kind::LIST) throw Failure("the list of its storages' keys is missing");
  std::unordered_map<std::string_view, const Storage*> known;
  for (const Storage& s : file.pool.storages) known.emplace(s.key, &s);
  StorageMap out;
  for (const Id key : file.pool.items_of(keys)) {
    const auto storage = file.pool[key].kind == Kind::TEXT ? known.find(file.pool[key].text) : known.end();
    if (storage == known.end()) throw Failure("the list of its storages names one that no tensor uses");
    const Storage& s = *storage->second;
    if (s.bits < 8 || at == MS_SIZE_UNKNOWN) {  // a storage of unknown size: where the ones behind it begin is not known
      out.emplace(s.key, Stored{MS_SIZE_UNKNOWN, MS_SIZE_UNKNOWN});
      at = MS_SIZE_UNKNOWN;
      continue;
    }
    std::uint64_t bytes = 0;
    if (!multiply(s.elements, s.bits / 8, bytes) || at > file.size || file.size - at < COUNT_BYTES || file.size - at - COUNT_BYTES < bytes)
      throw Failure("is cut short: its storage " + quoted(s.key) + " of " + std::to_string(s.elements) + " elements begins at byte " + std::to_string(at) + ", the file has " + std::to_string(file.size));
    out.emplace(s.key, Stored{bytes, at + COUNT_BYTES});
    at += COUNT_BYTES + bytes;
  }
  return out;
}

bool read_legacy(TorchFile& file, PickleMachine& machine, const Options& options) {
  try {
    const Value magic = file.pool[machine.run(file.pickle)];
    if (magic.kind != Kind::NUMBER || magic.text != LEGACY_MAGIC)
      throw Failure("is a Python pickle, but none of PyTorch, whose begin with its magic number: load it and save it as safetensors");
    const Value version = file.pool[machine.run(file.pickle, machine.end())];
    if (version.kind != Kind::INTEGER || version.integer != LEGACY_VERSION) throw Failure("is a PyTorch file of an unknown version, expected 1001: load it and save it again");
    machine.run(file.pickle, machine.end());  // of which system it comes
    const Id root = machine.run(file.pickle, machine.end());
    const Id keys = machine.run(file.pickle, machine.end());
    make_rows(file, root, options, legacy_storages(file, keys, machine.end()));
    return true;
  } catch (const PickleMachine::NeedsMore&) {
    if (file.complete) throw Failure("ends in the middle of a pickle: it is cut short, download it again");
    return false;
  }
}

}  // namespace

const ZipEntry& find_pickle(const ZipDirectory& directory) {
  const ZipEntry* found = nullptr;
  for (const ZipEntry& e : directory.entries()) {
    const std::size_t slash = e.name.find('/');
    if (e.name.substr(slash == std::string_view::npos ? 0 : slash + 1) != PICKLE) continue;
    if (found) throw Failure("has two pickles, " + quoted(found->name) + " and " + quoted(e.name));
    found = &e;
  }
  if (!found) throw Failure("is a zip archive without a data.pkl, so no PyTorch file");
  const std::string folder(found->name.substr(0, found->name.size() - PICKLE.size()));
  if (directory.find(folder + "constants.pkl")) throw Failure("is a TorchScript program, code and weights in one: save its state_dict() instead");
  return *found;
}

bool read_rows(TorchFile& file, const Options& options) {
  file.pool = {};
  file.rows.clear();
  PickleMachine machine(file.pool, [&](std::string_view name) { return std::find(options.allow.begin(), options.allow.end(), name) != options.allow.end(); });
  if (file.legacy) return read_legacy(file, machine, options);
  return read_zip(file, machine, options), true;
}

}  // namespace pytorch
