// Bytes of ONNX files for tests, field by field.
//     Proto model;
//     model.number(1, 8).message(7, graph({node("Relu", {"x"}, {"y"})}));
#pragma once
#include <cstdint>
#include <string>
#include <string_view>
#include <vector>

namespace onnx_test {

class Proto {
 public:
  Proto& tag(std::uint32_t field, std::uint32_t type) { return varint(field << 3 | type); }
  Proto& varint(std::uint64_t value) {
    for (; value > 0x7F; value >>= 7) bytes_ += static_cast<char>(value | 0x80);
    bytes_ += static_cast<char>(value);
    return *this;
  }
  Proto& number(std::uint32_t field, std::int64_t value) { return tag(field, 0).varint(static_cast<std::uint64_t>(value)); }
  Proto& text(std::uint32_t field, std::string_view value) {
    tag(field, 2).varint(value.size());
    bytes_ += value;
    return *this;
  }
  Proto& message(std::uint32_t field, const Proto& value) { return text(field, value.bytes_); }
  Proto& raw(std::string_view bytes) { bytes_ += bytes; return *this; }
  const std::string& bytes() const { return bytes_; }

 private:
  std::string bytes_;
};

using Dims = std::vector<std::int64_t>;
using Texts = std::vector<std::string>;

// Raw data of the right size (or `data` bytes) unless it is external.
inline Proto tensor(std::string_view name, const Dims& dims, std::int64_t type = 1, std::int64_t data = -1) {
  Proto t;
  std::uint64_t size = type == 7 ? 8 : type == 2 || type == 3 ? 1 : 4;  // wraps where the dims are meant to be too many
  for (const std::int64_t d : dims) t.number(1, d), size *= static_cast<std::uint64_t>(d);
  t.number(2, type).text(8, name);
  return t.text(9, std::string(data < 0 ? static_cast<std::size_t>(size) : static_cast<std::size_t>(data), '\0'));
}
inline Proto external(std::string_view name, const Dims& dims, const Texts& entries) {  // key, value, key, value
  Proto t;
  for (const std::int64_t d : dims) t.number(1, d);
  t.number(2, 1).text(8, name).number(14, 1);
  for (std::size_t i = 0; i + 1 < entries.size(); i += 2) t.message(13, Proto().text(1, entries[i]).text(2, entries[i + 1]));
  return t;
}
inline Proto integer(std::string_view name, std::int64_t value) { return Proto().text(1, name).number(3, value).number(20, 2); }
inline Proto subgraph(std::string_view name, const Proto& graph) { return Proto().text(1, name).message(6, graph).number(20, 5); }
inline Proto value(std::string_view name, const Proto& t) { return Proto().text(1, name).message(5, t).number(20, 4); }

inline Proto node(std::string_view op, const Texts& inputs, const Texts& outputs, std::string_view name = "", const std::vector<Proto>& attributes = {},
                  std::string_view domain = "") {
  Proto n;
  for (const auto& in : inputs) n.text(1, in);
  for (const auto& out : outputs) n.text(2, out);
  if (!name.empty()) n.text(3, name);
  n.text(4, op);
  for (const Proto& a : attributes) n.message(5, a);
  if (!domain.empty()) n.text(7, domain);
  return n;
}

// A graph input or output; an axis below 0 has the name "n".
inline Proto port(std::string_view name, const Dims& shape = {-1, 4}, std::int64_t type = 1) {
  Proto axes;
  for (const std::int64_t d : shape) axes.message(1, d < 0 ? Proto().text(2, "n") : Proto().number(1, d));
  return Proto().text(1, name).message(2, Proto().message(1, Proto().number(1, type).message(2, axes)));
}

struct GraphParts {
  std::vector<Proto> nodes = {}, initialisers = {}, inputs = {}, outputs = {}, sparse = {}, infos = {};
};
inline Proto graph(const GraphParts& parts) {
  Proto g;
  for (const Proto& n : parts.nodes) g.message(1, n);
  for (const Proto& t : parts.initialisers) g.message(5, t);
  for (const Proto& p : parts.inputs) g.message(11, p);
  for (const Proto& p : parts.outputs) g.message(12, p);
  for (const Proto& p : parts.infos) g.message(13, p);
  for (const Proto& t : parts.sparse) g.message(15, t);
  return g;
}
inline Proto model(const Proto& g) { return Proto().number(1, 8).message(8, Proto().text(1, "").number(2, 17)).message(7, g); }
inline std::string file(const GraphParts& parts) { return model(graph(parts)).bytes(); }

}  // namespace onnx_test
