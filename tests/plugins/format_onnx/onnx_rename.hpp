// An ONNX file with names taken away, as exporters and optimisers leave it: initialisers called t0, t1 ..., nodes without
// names and values called v0, v1 ... Graph inputs and outputs keep theirs, they are the interface. A rewrite of the
// wire format that leaves everything else, weights included, as it is.
#pragma once
#include <map>
#include <set>
#include <stdexcept>
#include <string>
#include <string_view>

namespace onnx_test {

class Renamer {
 public:
  Renamer(bool initialisers, bool nodes) : initialisers_(initialisers), nodes_(nodes) {}

  std::string run(const std::string& model) {
    collect(model);
    return message(model, MODEL);
  }

 private:
  enum What { MODEL, GRAPH, NODE, ATTRIBUTE, TENSOR, SPARSE, PORT, OTHER };
  struct Field { std::uint32_t number, type; std::string_view value, whole; };

  static std::uint64_t varint(std::string_view bytes, std::size_t& at) {
    std::uint64_t out = 0;
    for (unsigned shift = 0;; shift += 7) {
      if (at >= bytes.size()) throw std::runtime_error("cut varint");
      const auto byte = static_cast<unsigned char>(bytes[at++]);
      out |= static_cast<std::uint64_t>(byte & 0x7F) << shift;
      if (!(byte & 0x80)) return out;
    }
  }
  template <class Each> static void fields(std::string_view bytes, Each each) {
    for (std::size_t at = 0; at < bytes.size();) {
      const std::size_t begin = at;
      const std::uint64_t tag = varint(bytes, at);
      Field f{static_cast<std::uint32_t>(tag >> 3), static_cast<std::uint32_t>(tag & 7), {}, {}};
      std::size_t size = f.type == 1 ? 8 : f.type == 5 ? 4 : 0;
      if (f.type == 0) varint(bytes, at);
      if (f.type == 2) size = varint(bytes, at);
      f.value = bytes.substr(at, size);
      at += size;
      f.whole = bytes.substr(begin, at - begin);
      each(f);
    }
  }
  static What inside(What in, std::uint32_t field) {
    switch (in) {
      case MODEL: return field == 7 ? GRAPH : OTHER;
      case GRAPH: return field == 1 ? NODE : field == 5 ? TENSOR : field == 15 ? SPARSE : field >= 11 && field <= 13 ? PORT : OTHER;
      case NODE: return field == 5 ? ATTRIBUTE : OTHER;
      case ATTRIBUTE: return field == 6 || field == 11 ? GRAPH : OTHER;
      case SPARSE: return field == 1 ? TENSOR : OTHER;
      default: return OTHER;
    }
  }
  void collect(std::string_view model) {
    fields(model, [&](const Field& g) {
      if (g.number != 7) return;
      fields(g.value, [&](const Field& f) {
        if (f.number == 11 || f.number == 12) fields(f.value, [&](const Field& p) { if (p.number == 1) kept_.emplace(p.value); });
        if (f.number == 5) fields(f.value, [&](const Field& t) { if (t.number == 8) initial_.emplace(t.value); });
      });
    });
  }
  std::string renamed(std::string_view name) {
    if (name.empty()) return {};
    const bool initialiser = initial_.count(name) > 0;
    if (initialiser ? !initialisers_ : (!nodes_ || kept_.count(name))) return std::string(name);
    const auto it = names_.try_emplace(std::string(name), (initialiser ? "t" : "v") + std::to_string(names_.size())).first;
    return it->second;
  }
  std::string message(std::string_view bytes, What what) {
    std::string out;
    fields(bytes, [&](const Field& f) {
      const bool name = (what == NODE && (f.number == 1 || f.number == 2)) || (what == TENSOR && f.number == 8) || (what == PORT && f.number == 1);
      if (what == NODE && f.number == 3 && nodes_) return;
      const What sub = f.type == 2 ? inside(what, f.number) : OTHER;
      if (!name && sub == OTHER) {
        out += f.whole;
        return;
      }
      const std::string value = name ? renamed(f.value) : message(f.value, sub);
      put(out, static_cast<std::uint64_t>(f.number) << 3 | 2);
      put(out, value.size());
      out += value;
    });
    return out;
  }
  static void put(std::string& out, std::uint64_t v) {
    for (; v > 0x7F; v >>= 7) out += static_cast<char>(v | 0x80);
    out += static_cast<char>(v);
  }

  bool initialisers_, nodes_;
  std::set<std::string, std::less<>> kept_, initial_;
  std::map<std::string, std::string, std::less<>> names_;
};

}  // namespace onnx_test
