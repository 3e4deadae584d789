#include "core/model/model.hpp"

#include "core/rules/rule_set.hpp"
#include "core/value/error.hpp"

namespace modelsig {

Model::Model() { intern(""); }
Model::~Model() = default;

std::uint32_t Model::intern(std::string_view text) {
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
    rows_.push_back({document_.keep(text(row->name)), row->offset, row->size, row->file, static_cast<std::uint32_t>(shapes_.size()),
                     row->rank, intern(text(row->dtype)), intern(text(row->component)), 0});
    shapes_.insert(shapes_.end(), row->shape, row->shape + row->rank);
    return MS_OK;
  } catch (...) {
    return MS_LIMIT;
  }
}

Writer* Model::add_part(std::string_view name) {
  if (frozen_ || part(name)) return nullptr;
  auto [it, fresh] = open_parts_.try_emplace(std::string(name));
  if (!fresh) return nullptr;
  it->second = std::make_unique<Writer>(document_, Builder::Duplicates::last_wins, Builder::NonFinite::keep);
  return it->second.get();
}

void Model::set_part(std::string_view name, Value value) { parts_.insert_or_assign(std::string(name), value); }

const Value* Model::part(std::string_view name) const {
  auto it = parts_.find(name);
  return it == parts_.end() ? nullptr : &it->second;
}

void Model::freeze(const RuleSet& rules, const std::string& who) {
  for (auto& [name, writer] : open_parts_)
    if (!writer->untouched()) parts_.insert_or_assign(name, writer->finish(who + " (part '" + name + "')"));
  open_parts_.clear();

  struct Seen { std::string_view name; std::size_t first, count; };
  std::vector<Seen> seen;
  std::unordered_map<std::string_view, std::uint32_t> ids;
  std::string abstract;
  for (std::size_t i = 0; i < rows_.size(); ++i) {
    rules.abstract(rows_[i].name, abstract);
    auto it = ids.find(abstract);
    if (it == ids.end()) {
      const std::string_view kept = document_.keep(abstract);
      it = ids.emplace(kept, static_cast<std::uint32_t>(seen.size())).first;
      seen.push_back({kept, i, 0});
    }
    ++seen[it->second].count;
    rows_[i].group = it->second;
  }
  groups_.reserve(seen.size());
  for (const Seen& s : seen) {
    Builder b(document_);
    b.begin('{');
    b.member("name", s.name);
    b.member("count", Value(static_cast<std::uint64_t>(s.count)));
    b.member("first", Value(static_cast<std::uint64_t>(s.first)));
    b.key("labels");
    rules.label(s.name, b);
    b.end();
    groups_.push_back(b.finish());
  }
  frozen_ = true;
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
  out->flags = 0;
  return MS_OK;
}

std::vector<std::uint64_t> Model::shape(std::size_t index) const {
  const auto first = shapes_.begin() + rows_[index].shape;
  return {first, first + rows_[index].rank};
}

}  // namespace modelsig
