#include "config.hpp"

#include <algorithm>
#include <optional>

#include "head_split.hpp"

namespace onnx {

namespace {

class Sizes {
 public:
  Sizes(const ModelFile& model, const Walk& walk, const OpTable& table) : model_(model), walk_(walk), heads_(model, walk, table) {}

  std::optional<std::int64_t> of(ms::Node rule) const {
    if (rule["count"]) return count();
    if (rule["attribute"]) return attribute(rule["attribute"].str());
    if (rule["input"]) return input(rule["input"].str(), rule["axis"].u64());
    if (rule["split"]) return per_head(rule);
    if (rule["role"]) return axis(rule["role"].str(), rule["axis"].u64(), rule["parts"].i64(1));
    return std::nullopt;
  }
  // Whether one tensor is both: the table of tokens and the head. Nothing where the graph has no head.
  std::optional<bool> shared(std::string_view one, std::string_view other) const {
    std::optional<bool> out;
    const auto with = [&](const Use& u, std::string_view role) { return u.part == Part::WEIGHT && u.anchor != NONE && walk_.anchors[u.anchor].role == role; };
    for (const Use& u : walk_.uses) {
      if (!with(u, other)) continue;
      out = out.value_or(false) || std::any_of(walk_.uses.begin(), walk_.uses.end(), [&](const Use& v) { return v.tensor == u.tensor && with(v, one); });
    }
    return out;
  }
  std::optional<double> real(std::string_view name) const {
    for (const FlatNode& n : walk_.graph().nodes)
      if (const Attribute* a = find(n, name); a && a->has_real) return a->real;
    return std::nullopt;
  }

 private:
  // The width of a head, or how many of them the rule's matrix has.
  std::optional<std::int64_t> per_head(ms::Node rule) const {
    const auto width = heads_.width(rule);
    return width && rule["role"] ? axis(rule["role"].str(), rule["axis"].u64(), *width) : width;
  }
  std::optional<std::int64_t> count() const {
    const auto cores = std::count_if(walk_.anchors.begin(), walk_.anchors.end(), [](const Anchor& a) { return a.kind == AnchorKind::CORE; });
    return cores ? std::optional<std::int64_t>(cores) : std::nullopt;
  }
  // 0 and -1 mean that it is not set
  std::optional<std::int64_t> attribute(std::string_view name) const {
    for (const FlatNode& n : walk_.graph().nodes)
      if (const Attribute* a = find(n, name); a && a->has_integer && a->integer > 0) return a->integer;
    return std::nullopt;
  }
  std::optional<std::int64_t> input(std::string_view ending, std::size_t axis) const {
    for (const Port& p : model_.graphs.front().inputs)
      if (std::string_view(model_.texts[p.name]).ends_with(ending) && axis < p.shape.size() && p.shape[axis].value > 0) return p.shape[axis].value;
    return std::nullopt;
  }
  std::optional<std::int64_t> axis(std::string_view role, std::size_t axis, std::int64_t parts) const {
    for (const Use& u : walk_.uses) {
      if (u.part != Part::WEIGHT || u.anchor == NONE || walk_.anchors[u.anchor].role != role) continue;
      const Anchor& a = walk_.anchors[u.anchor];
      auto dims = model_.tensors[u.tensor].dims;  // of a table; a matrix may be turned or packed
      if (u.transposed) std::reverse(dims.begin(), dims.end());
      const std::uint64_t size = a.kind != AnchorKind::EMBEDDING ? (axis ? a.columns : a.rows) : axis < dims.size() ? dims[axis] : 0;
      if (size && size <= INT64_MAX && static_cast<std::int64_t>(size) % parts == 0) return static_cast<std::int64_t>(size) / parts;
    }
    return std::nullopt;
  }
  const Attribute* find(const FlatNode& n, std::string_view name) const {
    if (!n.node) return nullptr;
    for (const Attribute& a : n.node->attributes)
      if (model_.texts[a.name] == name) return &a;
    return nullptr;
  }

  const ModelFile& model_;
  const Walk& walk_;
  const HeadSplit heads_;
};

}  // namespace

void add_config(const ms::Call& call, const GenaiConfig* genai, const ModelFile& model, const Walk& walk, const OpTable& table, ms::Model out) {
  if (out.part("config") || call.rules("onnx_config").size() == 0) return;
  const Sizes sizes(model, walk, table);
  std::vector<std::pair<std::string, std::string>> origins;
  {
    ms::Writer writer = out.add_part("config");
    auto object = writer.object();
    for (ms::Node rule : call.rules("onnx_config").items()) {
      const std::string field(rule["field"].str());
      if (std::any_of(origins.begin(), origins.end(), [&](const auto& o) { return o.first == field; })) continue;
      if (const ms::Node path = rule["genai"]) {
        if (!genai || !genai->document().has(path.str())) continue;
        writer.key(field);
        genai->document().write_at(path.str(), writer);
        origins.emplace_back(field, std::string(GenaiConfig::NAME) + " " + std::string(path.str()));
      } else if (const auto size = sizes.of(rule)) {
        writer.member(field, *size);
        origins.emplace_back(field, "graph, " + std::string(rule["what"].str()));
      } else if (rule["shared"].size() == 2) {
        if (const auto value = sizes.shared(rule["shared"].at(0).str(), rule["shared"].at(1).str()); value && !genai) {  // else the class's default
          writer.member(field, *value);
          origins.emplace_back(field, "graph, " + std::string(rule["what"].str()));
        }
      } else if (rule["real"]) {
        if (const auto value = sizes.real(rule["real"].str())) {
          writer.member(field, *value);
          origins.emplace_back(field, "graph, " + std::string(rule["what"].str()));
        }
      }
    }
  }
  ms::Writer writer = out.add_part("config_origins");
  auto object = writer.object();
  for (const auto& [field, origin] : origins) writer.member(field, origin);
}

}  // namespace onnx
