#include "header_check.hpp"

#include <modelsig/kit/safetensors_dtype.hpp>

#include <algorithm>
#include <numeric>

#include "name_table.hpp"
#include "text.hpp"

namespace safetensors {
namespace {

std::string span_of(const Row& row) { return std::to_string(row.begin) + " to " + std::to_string(row.end); }

std::string shape_text(const Header& header, const Row& row) {
  std::string out = "[";
  for (std::uint64_t axis : header.shape(row)) out.append(out.size() > 1 ? ", " : "").append(std::to_string(axis));
  return out + "]";
}

std::string check_size(const Header& header, const Row& row) {
  const auto tensor = [&] { return "tensor " + quoted(row.name); };
  const auto typed = [&] { return tensor() + ": " + std::string(row.dtype) + " " + shape_text(header, row); };
  if (row.end < row.begin) return tensor() + " ends before it begins: data_offsets are " + span_of(row);
  std::uint64_t bits = ms::safetensors_bits(row.dtype);
  if (bits == 0) return {};  // not known here: its size cannot be judged
  const auto axes = header.shape(row);
  if (std::find(axes.begin(), axes.end(), 0u) != axes.end()) bits = 0;
  for (std::uint64_t axis : axes)
    if (bits != 0 && __builtin_mul_overflow(bits, axis, &bits)) return typed() + " has more bits than 64-bit numbers can count";
  if (bits % 8 != 0) return typed() + " is " + std::to_string(bits) + " bits, which is not a whole number of bytes";
  if (row.end - row.begin != bits / 8)
    return typed() + " takes " + std::to_string(bits / 8) + " bytes, but data_offsets " + span_of(row) + " are " + std::to_string(row.end - row.begin);
  return {};
}

std::string check_duplicates(const Header& header) {
  NameTable names;
  names.reserve(header.rows.size());
  for (const Row& row : header.rows) {
    bool fresh = false;
    names.add(row.name, row.hash, 0, fresh);
    if (!fresh) return "tensor " + quoted(row.name) + " is there twice: a name may stand in a header once";
  }
  return {};
}

std::string check_gaps(const Header& header) {
  const auto before = [](const Row* a, const Row* b) { return a->begin != b->begin ? a->begin < b->begin : a->end < b->end; };
  std::vector<const Row*> by_offset(header.rows.size());
  std::transform(header.rows.begin(), header.rows.end(), by_offset.begin(), [](const Row& row) { return &row; });
  if (!std::is_sorted(by_offset.begin(), by_offset.end(), before)) std::sort(by_offset.begin(), by_offset.end(), before);
  const Row* previous = nullptr;
  for (const Row* row : by_offset) {
    const std::uint64_t expected = previous ? previous->end : 0;
    if (row->begin < expected)
      return "tensors " + quoted(previous->name) + " (bytes " + span_of(*previous) + ") and " + quoted(row->name) + " (bytes " +
             span_of(*row) + ") overlap";
    if (row->begin > expected)
      return "bytes " + std::to_string(expected) + " to " + std::to_string(row->begin) + " of the data, in front of tensor " +
             quoted(row->name) + ", belong to no tensor";
    previous = row;
  }
  return {};
}

}  // namespace

std::uint64_t data_end(const Header& header) {
  return std::accumulate(header.rows.begin(), header.rows.end(), std::uint64_t{0},
                         [](std::uint64_t end, const Row& row) { return std::max(end, row.end); });
}

std::string check(const Header& header, std::uint64_t data_size) {
  std::string why = check_duplicates(header);
  for (auto row = header.rows.begin(); why.empty() && row != header.rows.end(); ++row) why = check_size(header, *row);
  if (why.empty()) why = check_gaps(header);
  const std::uint64_t end = data_end(header);
  if (!why.empty() || data_size == UINT64_MAX || data_size == 0 || data_size == end) return why;
  if (data_size < end)
    return "is cut short: the header promises " + std::to_string(end) + " bytes of data, " + std::to_string(data_size) +
           " are there: download it again";
  return "has " + std::to_string(data_size - end) + " bytes behind the last tensor that belong to nothing: loaders refuse such a file";
}

void merge_duplicates(Header& header) {
  NameTable names;
  names.reserve(header.rows.size());
  for (std::size_t i = 0; i < header.rows.size(); ++i) {
    bool fresh = false;
    const std::uint32_t first = names.add(header.rows[i].name, header.rows[i].hash, static_cast<std::uint32_t>(i), fresh).value;
    if (fresh) continue;
    header.rows[first] = header.rows[i];
    header.rows[i].usable = false;
  }
}

}  // namespace safetensors
