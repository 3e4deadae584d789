#include "tensor_reader.hpp"

#include <algorithm>
#include <charconv>
#include <span>

#include "element_type.hpp"

namespace onnx {

std::uint64_t Tensor::elements() const {
  std::uint64_t product = 1;
  for (const std::uint64_t axis : dims)
    if (__builtin_mul_overflow(product, axis, &product)) return UINT64_MAX;
  return product;
}

namespace {

std::string shown(const ModelFile& model, const Tensor& t) {
  std::string out = "tensor '" + std::string(model.texts[t.name]) + "' [";
  for (std::size_t i = 0; i < t.dims.size(); ++i) out += (i ? ", " : "") + std::to_string(t.dims[i]);
  return out + "]";
}

}  // namespace

void TensorReader::add_axis(Message& m, Tensor& t, std::uint64_t value) {
  if (value > INT64_MAX) m.fail("a tensor has an axis of " + std::to_string(static_cast<std::int64_t>(value)) + "; an axis is not negative");
  if (t.dims.size() == MOST_AXES) m.fail("a tensor has more than " + std::to_string(MOST_AXES) + " axes");
  t.dims.push_back(value);
}

std::uint32_t TensorReader::tensor(Message m, bool named) {
  Tensor t;
  t.at = m.value_at();
  std::uint64_t typed = 0;  // bytes of packed data, or of single items, in whatever field
  bool raw = false;
  while (m.next()) {
    switch (m.field()) {
      case 1: m.numbers([&](std::uint64_t v) { add_axis(m, t, v); }); break;
      case 2: t.type = static_cast<std::uint32_t>(m.number()); break;
      case 8: t.name = out_.texts.id(m.text()); break;
      case 9:
        m.expect(Message::BYTES);
        raw = true;
        t.offset = m.value_at();
        t.size = m.size();
        if (t.type == INT64 && t.size <= SHORT * 8 && t.size % 8 == 0) {
          const std::string bytes = m.bytes();
          for (std::size_t i = 0; i < bytes.size(); i += 8) {
            std::uint64_t v = 0;
            for (std::size_t b = 8; b-- > 0;) v = v << 8 | static_cast<unsigned char>(bytes[i + b]);
            t.ints.push_back(static_cast<std::int64_t>(v));
          }
        }
        break;
      case 7:
        if (m.type() == Message::VARINT || m.size() <= SHORT) m.numbers([&](std::uint64_t v) { if (t.ints.size() < SHORT) t.ints.push_back(static_cast<std::int64_t>(v)); });
        [[fallthrough]];
      case 4: case 5: case 6: case 10: case 11:
        if (typed == 0) t.offset = m.value_at();
        typed += m.size() + (m.field() == 6 ? 1 : 0);  // an empty string is an item too
        break;
      case 13: external(m.sub("external data"), t); break;
      case 14: t.external = t.external || m.number() == 1; break;
      default: break;
    }
  }
  if (!raw && !t.external) t.size = typed;
  if (named && t.name == 0) m.wire().fail(t.at, "an initialiser has no name");
  if (!t.external) check(m.wire(), t, raw ? 0 : typed);
  out_.tensors.push_back(std::move(t));
  return static_cast<std::uint32_t>(out_.tensors.size() - 1);
}

// Typed data is of variable length for integers (1 to 10 bytes), so only too little can be told there.
void TensorReader::check(Wire& wire, const Tensor& t, std::uint64_t typed) {
  const std::uint64_t elements = t.elements();
  const unsigned bits = element_bits(t.type);
  if (elements == UINT64_MAX) wire.fail(t.at, shown(out_, t) + " has more elements than 64-bit numbers can count");
  if (elements == 0 || bits == 0) return;
  std::uint64_t whole = 0;
  if (__builtin_mul_overflow(elements, bits, &whole)) wire.fail(t.at, shown(out_, t) + " has more bits than 64-bit numbers can count");
  const bool fixed = t.type == FLOAT || t.type == 11 || t.type == 14 || t.type == 15;  // float_data, double_data
  const std::uint64_t needed = typed == 0 || fixed ? whole / 8 + (whole % 8 != 0) : bits < 8 ? whole / 8 : elements;
  if (t.size < needed)
    wire.fail(t.at, shown(out_, t) + " takes " + (typed && !fixed ? "at least " : "") + std::to_string(needed) + " bytes, " + std::to_string(t.size) + " are there");
  if (typed == 0 && t.size > needed)
    wire.fail(t.at, shown(out_, t) + " takes " + std::to_string(needed) + " bytes, but " + std::to_string(t.size) + " are there");
}

void TensorReader::external(Message m, Tensor& t) {
  std::string key, value;
  while (m.next()) {
    if (m.field() == 1) key = m.text();
    else if (m.field() == 2) value = m.text();
  }
  const auto number = [&](std::uint64_t& into) {
    const auto [end, error] = std::from_chars(value.data(), value.data() + value.size(), into);
    if (error != std::errc() || end != value.data() + value.size())
      m.wire().fail(m.value_at(), "external data of tensor '" + std::string(out_.texts[t.name]) + "' has " + key + " '" + value + "', which is no number from 0 to 2^64 - 1");
  };
  if (!t.external) t.size_known = false;
  t.external = true;
  if (key == "location") t.location = out_.texts.id(value);
  else if (key == "offset") number(t.offset);
  else if (key == "length") number(t.size), t.size_known = true;
}

// Of indices that were read, few as they are: each inside the whole, and each behind the one before.
void TensorReader::check_order(Wire& wire, std::uint64_t at, const std::string& who, const Tensor& where, const Tensor& whole, bool flat) {
  const std::size_t axes = flat ? 1 : whole.dims.size();
  std::span<const std::int64_t> last;
  for (std::size_t i = 0; axes && i + axes <= where.ints.size(); i += axes) {
    const std::span<const std::int64_t> index(where.ints.data() + i, axes);
    const auto shown = [&] {
      std::string out;
      for (const std::int64_t n : index) out += (out.empty() ? "" : ", ") + std::to_string(n);
      return flat ? out : "[" + out + "]";
    };
    for (std::size_t axis = 0; axis < axes; ++axis)
      if (index[axis] < 0 || static_cast<std::uint64_t>(index[axis]) >= (flat ? whole.elements() : whole.dims[axis]))
        wire.fail(at, who + " has the index " + shown() + ", outside its " + (flat ? std::to_string(whole.elements()) + " elements" : "shape"));
    if (!last.empty() && !std::lexicographical_compare(last.begin(), last.end(), index.begin(), index.end())) wire.fail(at, who + ": its indices do not rise at " + shown());
    last = index;
  }
}

std::uint32_t TensorReader::sparse(Message m, bool named) {
  const std::uint64_t at = m.value_at();
  std::uint32_t values = NONE, indices = NONE;
  Tensor whole;
  while (m.next()) {
    switch (m.field()) {
      case 1: values = tensor(m.sub("values of a sparse tensor"), false); break;
      case 2: indices = tensor(m.sub("indices of a sparse tensor"), false); break;
      case 3: m.numbers([&](std::uint64_t v) { add_axis(m, whole, v); }); break;
      default: break;
    }
  }
  if (values == NONE) m.wire().fail(at, "a sparse tensor has no values");
  const Tensor& stored = out_.tensors[values];
  const std::string who = "sparse tensor '" + std::string(out_.texts[stored.name]) + "'";
  if (named && stored.name == 0) m.wire().fail(at, "a sparse initialiser has no name");
  if (stored.dims.size() != 1) m.wire().fail(at, who + " has values of " + std::to_string(stored.dims.size()) + " axes, expected 1");
  if (stored.elements() > whole.elements()) m.wire().fail(at, who + " has more values than elements");
  if (stored.dims[0] > 0) {
    if (indices == NONE) m.wire().fail(at, who + " has values but no indices");
    const Tensor& where = out_.tensors[indices];
    const bool flat = where.dims.size() == 1 && where.dims[0] == stored.dims[0];
    const bool full = where.dims.size() == 2 && where.dims[0] == stored.dims[0] && where.dims[1] == whole.dims.size();
    if (where.type != INT64 || !(flat || full)) m.wire().fail(at, who + ": its indices are not INT64 [values] or [values, axes]");
    check_order(m.wire(), at, who, where, whole, flat);
  }
  whole.at = at;
  whole.name = stored.name;
  whole.type = stored.type;
  whole.offset = stored.offset;
  whole.size = stored.size;
  whole.external = stored.external;
  whole.location = stored.location;
  whole.sparse = true;
  out_.tensors.push_back(std::move(whole));
  return static_cast<std::uint32_t>(out_.tensors.size() - 1);
}

}  // namespace onnx
