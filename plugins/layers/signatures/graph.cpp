#include "graph.hpp"

#include <map>

#include "module_list.hpp"

namespace {

End end_of(ms::Node said) {
  End end;
  end.dtype = said["dtype"].str();
  for (ms::Node axis : said["shape"].items()) {
    end.axes.push_back(axis.is_integer() ? std::to_string(axis.u64()) : axis.is_string() ? std::string(axis.str()) : "?");
    end.shape.push_back(axis.is_integer() ? axis.u64() : End::kUnknown);
  }
  return end;
}

}  // namespace

SignatureList of_graph(ms::Node modules, std::uint64_t fold_above) {
  SignatureList out;
  out.modules = modules.size();
  const bool fold = modules.size() > fold_above;
  struct Folded { const Signature* signature; std::string example; std::uint64_t count = 0; };
  std::map<std::pair<std::string, std::string>, Folded> counted;  // by folded name and ends
  std::vector<decltype(counted)::iterator> in_order;
  for (ms::Node m : modules.items()) {
    Signature s;
    s.type = m["op"].str();
    std::string ends = s.type;
    for (const auto& [key, list] : {std::pair{"input", &s.input}, {"output", &s.output}}) {
      ends += key;
      if (!m[key]) continue;
      const End& end = list->emplace_back(end_of(m[key]));
      for (const std::string& axis : end.axes) ends += " " + axis;
    }
    const std::string name(m["name"].str());
    if (!fold) {
      out.add(name, out.keep(std::move(s)));
      continue;
    }
    std::string folded = normalised(name + ".");
    folded.pop_back();
    const auto [it, fresh] = counted.try_emplace({std::move(folded), std::move(ends)}, Folded{nullptr, name});
    if (fresh) it->second.signature = out.keep(std::move(s)), in_order.push_back(it);
    ++it->second.count;
  }
  for (const auto& it : in_order) out.add(it->first.first, it->second.signature, it->second.count, it->second.example);
  return out;
}
