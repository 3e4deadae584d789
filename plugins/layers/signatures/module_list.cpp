#include "module_list.hpp"

#include <algorithm>
#include <charconv>
#include <unordered_map>

namespace {

std::string named(ms::Node module, const std::vector<std::uint64_t>& indices) {
  std::string out;
  std::size_t hole = 0;
  for (ms::Node text : module["texts"].items()) {
    if (hole) {
      const std::size_t index = module["holes"].at(hole - 1).u64();
      out += index < indices.size() ? std::to_string(indices[index]) : "N";
    }
    out += text.str();
    ++hole;
  }
  return out;
}

// each(indices) for every place of a module; all indices set
template <class Each>
void places(ms::Node module, Each&& each) {
  const std::size_t depth = module["depth"].u64();
  std::vector<std::uint64_t> at, inner, indices;
  for (ms::Node n : module["at"].items()) at.push_back(n.u64());
  for (ms::Node n : module["inner"].items()) inner.push_back(n.u64());
  const std::size_t outer = depth ? at.size() / depth : 1;
  for (std::size_t i = 0; i < outer; ++i) {
    indices.assign(at.begin() + static_cast<std::ptrdiff_t>(i * depth), at.begin() + static_cast<std::ptrdiff_t>((i + 1) * depth));
    indices.resize(depth + inner.size(), 0);
    for (bool more = true; more;) {
      each(indices);
      more = false;
      for (std::size_t k = inner.size(); k-- > 0 && !more;) {
        if (++indices[depth + k] < inner[k]) more = true;
        else indices[depth + k] = 0;
      }
    }
  }
}

std::uint64_t count_of(ms::Node module) {
  const std::size_t depth = module["depth"].u64();
  std::uint64_t out = depth ? module["at"].size() / depth : 1;
  for (ms::Node n : module["inner"].items()) out *= n.u64();
  return out;
}

bool number(std::string_view word) {
  return word == "N" || (!word.empty() && std::all_of(word.begin(), word.end(), [](char c) { return c >= '0' && c <= '9'; }));
}

// A list of layers or experts is no module that runs: its name is followed by a number.
std::vector<std::string_view> blocks_above(std::string_view name) {
  std::vector<std::string_view> out;
  for (std::size_t dot = name.find('.'); dot != name.npos; dot = name.find('.', dot + 1)) {
    const std::size_t end = std::min(name.find('.', dot + 1), name.size());
    if (!number(name.substr(dot + 1, end - dot - 1))) out.push_back(name.substr(0, dot));
  }
  return out;
}

std::uint64_t width(ms::Node ends) {
  const ms::Node shape = ends.at(0)["shape"];
  return shape.size() ? shape.at(shape.size() - 1).u64() : 0;
}

class Named {
 public:
  void add(std::string name, const Signature& s) {
    const auto [it, fresh] = ids_.try_emplace(std::move(name), list_.size());
    if (fresh) list_.push_back({it->first, {}});
    list_[it->second].variants.push_back(s);
  }
  // A block takes what its first module takes and returns what the last one returns that is as wide: the stream they add to.
  void add_blocks() {
    struct Block { ms::Node input, output; bool wide = false; };
    std::unordered_map<std::string, Block> blocks;
    std::vector<std::string> order;
    for (const NamedSignatures& n : list_)
      for (std::string_view above : blocks_above(n.name)) {
        const auto [it, fresh] = blocks.try_emplace(std::string(above), Block{n.variants[0].input, {}, false});
        if (fresh) order.push_back(it->first);
        Block& block = it->second;
        const ms::Node output = n.variants.back().output;
        const bool wide = width(output) == width(block.input);
        if (wide || !block.wide) block.output = output, block.wide |= wide;
      }
    for (const std::string& name : order)
      if (!ids_.contains(name)) add(name, {{}, blocks.at(name).input, blocks.at(name).output, 1, {}});
  }
  std::vector<NamedSignatures> take() { return std::move(list_); }

 private:
  std::unordered_map<std::string, std::size_t> ids_;
  std::vector<NamedSignatures> list_;
};

}  // namespace

std::string normalised(std::string_view name) {
  std::string out;
  for (std::size_t at = 0; at <= name.size();) {
    const std::size_t end = std::min(name.find('.', at), name.size());
    const std::string_view word = name.substr(at, end - at);
    if (at) out += '.';
    out += at && end < name.size() && number(word) ? "N" : std::string(word);
    at = end + 1;
  }
  return out;
}

std::vector<NamedSignatures> ModuleList::unfolded(const ms::Call& call) const {
  Named out;
  for (ms::Node m : part_["modules"].items()) {
    call.check_cancelled();
    places(m, [&](const std::vector<std::uint64_t>& indices) { out.add(named(m, indices), {m, m["input"], m["output"], 1, {}}); });
  }
  out.add_blocks();
  return out.take();
}

std::vector<NamedSignatures> ModuleList::folded() const {
  Named out;
  for (ms::Node m : part_["modules"].items()) {
    std::vector<std::uint64_t> first;
    for (std::size_t i = 0; i < m["depth"].u64(); ++i) first.push_back(m["at"].at(i).u64());
    first.resize(first.size() + m["inner"].size(), 0);
    out.add(named(m, {}), {m, m["input"], m["output"], count_of(m), named(m, first)});
  }
  out.add_blocks();
  return out.take();
}
