#include "module_list.hpp"

#include <algorithm>

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

Signature read(ms::Node module) {
  Signature s{std::string(module["type"].str()), std::string(module["role"].str()), std::string(module["kind"].str()),
              std::string(module["class"].str()), {}, {}, {}, module["borrows"].boolean(), false, false};
  for (const bool out : {false, true})
    for (ms::Node node : module[out ? "output" : "input"].items()) {
      End& end = (out ? s.output : s.input).emplace_back();
      end.dtype = node["dtype"].str();
      end.rows = node["rows"].u64();
      for (ms::Node axis : node["axes"].items()) end.axes.emplace_back(axis.str());
      for (ms::Node n : node["shape"].items()) end.shape.push_back(n.u64());
    }
  return s;
}

SignatureList start(ms::Node part) {
  SignatureList out;
  out.modules = part["count"].u64();
  out.sequence.axes.clear();
  out.sequence.shape.clear();
  for (auto [axis, size] : part["sequence"].members()) out.sequence.axes.emplace_back(axis), out.sequence.shape.push_back(size.u64());
  return out;
}

}  // namespace

std::string normalised(std::string_view name) {
  std::string out;
  for (std::size_t at = 0; at <= name.size();) {
    const std::size_t end = std::min(name.find('.', at), name.size());
    const std::string_view word = name.substr(at, end - at);
    if (at) out += '.';
    out += at && end < name.size() && is_number(word) ? "N" : std::string(word);
    at = end + 1;
  }
  return out;
}

SignatureList unfolded(const ms::Call& call, ms::Node part) {
  SignatureList out = start(part);
  for (ms::Node m : part["modules"].items()) {
    call.check_cancelled();
    const Signature* s = out.keep(read(m));
    places(m, [&](const std::vector<std::uint64_t>& indices) { out.add(named(m, indices), s); });
  }
  return out;
}

SignatureList folded(ms::Node part) {
  SignatureList out = start(part);
  for (ms::Node m : part["modules"].items()) {
    std::vector<std::uint64_t> first;
    for (std::size_t i = 0; i < m["depth"].u64(); ++i) first.push_back(m["at"].at(i).u64());
    first.resize(first.size() + m["inner"].size(), 0);
    out.add(named(m, {}), out.keep(read(m)), count_of(m), named(m, first));
  }
  return out;
}
