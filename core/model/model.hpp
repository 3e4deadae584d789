// The model under study: its tensor table, the groups of tensors that differ in indices only, and named
// documents (config, graph ...). Filled by formats, then frozen; what plugins see as ms_model.
#pragma once
#include <modelsig/abi.h>

#include <cstdint>
#include <map>
#include <memory>
#include <string>
#include <string_view>
#include <unordered_map>
#include <vector>

#include "core/host/writer.hpp"
#include "core/value/value.hpp"

namespace modelsig {

class RuleSet;

class Model {
 public:
  static constexpr std::size_t kMaxTensors = 4'000'000;
  static constexpr std::uint32_t kMaxRank = 64;

  Model();
  ~Model();
  ms_model* raw() { return reinterpret_cast<ms_model*>(this); }
  static Model& of(ms_model* model) { return *reinterpret_cast<Model*>(model); }

  // while parsing
  ms_status add(const ms_tensor* row);      // copies what it points to
  Writer* add_part(std::string_view name);  // null if there is one already, or the model is frozen
  bool frozen() const { return frozen_; }
  std::size_t size() const { return rows_.size(); }

  // Closes the parts and groups the tensors by their index-collapsed names, each group labelled once.
  // Throws Error if a part was left open.
  void freeze(const RuleSet& rules, const std::string& who);

  // once frozen
  ms_status get(std::size_t index, ms_tensor* out) const;
  std::size_t groups() const { return groups_.size(); }
  const Value* group(std::size_t index) const { return index < groups_.size() ? &groups_[index] : nullptr; }
  const Value* part(std::string_view name) const;
  void set_part(std::string_view name, Value value);  // by the kernel itself; the value's document must live on
  Document& document() { return document_; }
  std::string_view name(std::size_t index) const { return rows_[index].name; }
  std::vector<std::uint64_t> shape(std::size_t index) const;

 private:
  struct Row {
    std::string_view name;
    std::uint64_t offset, size;
    ms_file* file;
    std::uint32_t shape, rank;  // shape: first axis in shapes_
    std::uint32_t dtype, component, group;
  };
  std::uint32_t intern(std::string_view text);

  Document document_;
  std::vector<Row> rows_;
  std::vector<std::uint64_t> shapes_;
  std::vector<std::string_view> texts_;                        // interned dtypes and components
  std::unordered_map<std::string_view, std::uint32_t> text_ids_;
  std::map<std::string, std::unique_ptr<Writer>, std::less<>> open_parts_;
  std::map<std::string, Value, std::less<>> parts_;
  std::vector<Value> groups_;
  bool frozen_ = false;
};

}  // namespace modelsig
