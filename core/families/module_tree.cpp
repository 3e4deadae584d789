#include "core/families/module_tree.hpp"

#include <algorithm>
#include <map>
#include <set>

#include "core/families/model_scope.hpp"

namespace modelsig::families {

namespace {

// A tree of path components; children in the order in which they first came.
struct Branch {
  std::string name;
  std::vector<std::string> lines;   // what stands here, right of the name
  std::vector<std::unique_ptr<Branch>> children;

  Branch& at(std::string_view path) {
    const std::size_t dot = path.find('.');
    const std::string_view first = path.substr(0, dot);
    auto it = std::find_if(children.begin(), children.end(), [&](const auto& c) { return c->name == first; });
    if (it == children.end()) {
      children.push_back(std::make_unique<Branch>());
      children.back()->name = first;
      it = children.end() - 1;
    }
    return dot == std::string_view::npos ? **it : (*it)->at(path.substr(dot + 1));
  }

  void print(std::string& out, std::size_t depth, std::size_t width) const {
    for (const auto& c : children) {
      const std::string left = std::string(2 * depth, ' ') + c->name;
      if (c->lines.empty()) out += left + "\n";
      for (const std::string& l : c->lines) out += left + std::string(left.size() < width ? width - left.size() : 1, ' ') + l + "\n";
      c->print(out, depth + 1, width);
    }
  }

  std::size_t widest(std::size_t depth) const {
    std::size_t out = 0;
    for (const auto& c : children) out = std::max({out, 2 * depth + c->name.size() + 2, c->widest(depth + 1)});
    return out;
  }
};

// the line as written, without its role and its padding, and the condition of its group
std::string written(const Family::Template& t) {
  const std::string_view text = t.line.value->str();
  std::string out;
  for (char c : text.substr(text.find(':') + 1))
    if (c != ' ' || (!out.empty() && out.back() != ' ')) out += c;
  if (t.when.size() > static_cast<std::size_t>(static_cast<bool>(ModuleLine::parse(text).when))) out += "  [" + t.when[0].when.show() + "]";
  return out;
}

void draw(const Family& f, const std::string& at, const std::string& part, Branch& root, unsigned depth) {
  for (const auto& inc : f.includes()) {
    const std::string prefix = inc.at.empty() ? at : at + inc.at + ".";
    if (depth < 4) draw(*inc.loaded, prefix, inc.part.empty() ? part : part + inc.part + "/", root, depth + 1);
  }
  for (const auto& t : f.templates()) {
    std::string text = part + (t.part.empty() ? "" : t.part + "/") + t.role + (t.suffix.empty() ? "" : "." + t.suffix);
    text += std::string(text.size() < 18 ? 18 - text.size() : 1, ' ');
    root.at(at + t.path).lines.push_back(text + written(t));
  }
}

}  // namespace

std::string module_tree(const Family& family) {
  Branch root;
  draw(family, "", "", root, 0);
  std::string out = family.comment() + "\n";
  root.print(out, 0, std::min<std::size_t>(root.widest(0), 44));
  return out;
}

std::string module_tree(const FamilyModel& model) {
  struct Seen { std::uint64_t count = 0; std::set<std::string> shapes; };
  std::map<std::uint32_t, Seen> seen;
  model.tensors([&](const FamilyTensor& t) {
    Seen& s = seen[t.origin->id];
    ++s.count;
    std::string sizes = std::string(t.symbolic) + " = [";
    for (std::size_t i = 0; i < t.shape.size(); ++i) sizes += (i ? ", " : "") + std::to_string(t.shape[i]);
    if (s.shapes.size() < 4) s.shapes.insert(sizes + "]");
  });
  Branch root;
  for (const TensorTemplate& t : model.templates()) {
    const auto it = seen.find(t.id);
    if (it == seen.end()) continue;
    for (const std::string& sizes : it->second.shapes) {
      std::string text = t.label + std::string(t.label.size() < 22 ? 22 - t.label.size() : 1, ' ') + sizes;
      if (it->second.count > 1) text += "  x" + std::to_string(it->second.count);
      root.at(t.pattern).lines.push_back(std::move(text));
    }
  }
  std::string out;
  root.print(out, 0, std::min<std::size_t>(root.widest(0), 44));
  return out;
}

}  // namespace modelsig::families
