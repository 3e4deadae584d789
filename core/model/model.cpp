#include "core/model/model.hpp"

#include "core/model/family_link.hpp"

namespace modelsig {

Model::Model() {
  texts_.emplace_back();
  text_ids_[""] = 0;
}
Model::~Model() = default;

std::uint32_t Model::intern(std::string_view text, std::uint32_t likely) {
  if (texts_[likely] == text) return likely;
  auto it = text_ids_.find(text);
  if (it != text_ids_.end()) return it->second;
  texts_.push_back(document_.keep(text));
  return text_ids_[texts_.back()] = static_cast<std::uint32_t>(texts_.size() - 1);
}

ms_status Model::add(const ms_tensor* row) {
  if (frozen_ || !row || row->struct_size < MS_TENSOR_SIZE_1_0 || row->rank > kMaxRank || (row->rank && !row->shape)) return MS_INVALID_ARGUMENT;
  if (rows_.size() >= kMaxTensors) return MS_LIMIT;
  try {
    const auto text = [](ms_str s) { return std::string_view(s.data ? s.data : "", s.size); };
    const Row* const last = rows_.empty() ? nullptr : &rows_.back();  // mostly of the same dtype and component
    rows_.push_back({document_.keep(text(row->name)), row->offset, row->size, row->file, static_cast<std::uint32_t>(shapes_.size()), row->rank,
                     intern(text(row->dtype), last ? last->dtype : 0), intern(text(row->component), last ? last->component : 0), 0, row->flags, {}});
    rows_.back().known_as = rows_.back().name;
    shapes_.insert(shapes_.end(), row->shape, row->shape + row->rank);
    if (MS_HAS(ms_tensor, row, of) && (row->alias_count || row->stored_shape || row->of.size)) {
      if (row->stored_rank > kMaxRank || (row->alias_count && !row->aliases)) return MS_INVALID_ARGUMENT;
      Extra& extra = extras_[rows_.size() - 1];
      for (std::uint32_t i = 0; i < row->alias_count; ++i) extra.aliases.push_back(document_.keep(text(row->aliases[i])));
      if (row->stored_shape) extra.stored.assign(row->stored_shape, row->stored_shape + row->stored_rank);
      extra.of = document_.keep(text(row->of));
    }
    return MS_OK;
  } catch (...) {
    return MS_LIMIT;
  }
}

std::size_t Model::take(const Model& other, const Value& components, const Value& prefixes) {
  std::set<std::string_view> taken;
  for (std::size_t i = 0; i < rows_.size(); ++i) taken.insert(rows_[i].name);
  const std::string_view component = components.size() > 0 ? components.at(0).str() : std::string_view();
  std::size_t refused = 0;
  for (std::size_t i = 0; i < other.size(); ++i) {
    ms_tensor row{};
    row.struct_size = sizeof row;
    other.get(i, &row);
    std::vector<std::string> names;
    const auto wrapped = [&](std::string_view name) {
      for (const Value& prefix : prefixes.items()) names.push_back(std::string(prefix.str()).append(name));
    };
    const std::string_view own = other.name(i);
    wrapped(own);
    if (const auto extra = other.extras_.find(i); extra != other.extras_.end())
      for (const std::string_view alias : extra->second.aliases) {
        if (!alias.starts_with('@')) names.emplace_back(alias), wrapped(alias);
        else
          for (const Value& c : components.items())
            names.push_back("@" + (c.str().empty() ? "" : std::string(c.str()) + "/") + std::string(alias.substr(1)));
      }
    std::string name(own);
    for (int n = 2; taken.contains(name); ++n) name = std::string(own) + " (" + std::to_string(n) + ")";
    std::vector<ms_str> aliases;
    if (name != own) aliases.push_back({own.data(), own.size()});
    for (const std::string& alias : names) aliases.push_back({alias.data(), alias.size()});
    row.name = {name.data(), name.size()};
    row.component = {component.data(), component.size()};
    row.aliases = aliases.data();
    row.alias_count = static_cast<std::uint32_t>(aliases.size());
    if (!(row.stored_shape && row.stored_shape != row.shape)) row.stored_shape = nullptr, row.stored_rank = 0;
    if (add(&row) != MS_OK) ++refused;
    else taken.insert(rows_.back().name);
  }
  return refused;
}

ms_status Model::get(std::size_t index, ms_tensor* out) const {
  if (index >= rows_.size() || !out || out->struct_size < MS_TENSOR_SIZE_1_0) return MS_INVALID_ARGUMENT;
  const Row& row = rows_[index];
  const auto text = [](std::string_view s) { return ms_str{s.data(), s.size()}; };
  out->rank = row.rank;
  out->name = text(row.name);
  out->dtype = text(texts_[row.dtype]);
  out->shape = shapes_.data() + row.shape;
  out->offset = row.offset;
  out->size = row.size;
  out->file = row.file;
  out->component = text(texts_[row.component]);
  out->group = row.group;
  out->flags = row.flags;
  if (!MS_HAS(ms_tensor, out, of)) return MS_OK;
  const auto extra = extras_.empty() ? extras_.end() : extras_.find(index);
  const bool stored = extra != extras_.end() && !extra->second.stored.empty();
  out->stored_shape = stored ? extra->second.stored.data() : out->shape;
  out->stored_rank = stored ? static_cast<std::uint32_t>(extra->second.stored.size()) : out->rank;
  out->aliases = nullptr;
  out->alias_count = 0;
  out->known_as = text(row.known_as);
  out->of = extra == extras_.end() ? ms_str{} : text(extra->second.of);
  return MS_OK;
}

}  // namespace modelsig
