// modelsig/node.hpp - reading an immutable JSON-like value: options, rules, config, fingerprints, reports.
//
// A Node is two pointers, free to copy, valid until the end of the run. An absent value is a Node too:
// it converts to false and answers "", 0 or the given default, so chains need no checks:
//     for (auto [key, value] : config["rope_scaling"].members()) ...
#pragma once
#include <cstdint>
#include <iterator>
#include <string>
#include <string_view>
#include <utility>

#include "abi.h"

namespace ms {

inline std::string_view view(ms_str s) { return {s.data ? s.data : "", s.size}; }
inline ms_str str(std::string_view s) { return {s.data(), s.size()}; }

template <class Item> class NodeRange;

class Node {
 public:
  Node() = default;
  Node(const ms_host* host, const ms_node* node) : host_(host), node_(node) {}

  explicit operator bool() const { return node_ != nullptr; }
  const ms_node* raw() const { return node_; }
  const ms_host* host() const { return host_; }

  // '{' '[' 's' 'i' 'u' 'd' 'b' 'n' (null), or 0 where there is no value
  char kind() const { return node_ ? host_->node_kind(node_) : '\0'; }
  bool is_object() const { return kind() == '{'; }
  bool is_array() const { return kind() == '['; }
  bool is_string() const { return kind() == 's'; }
  bool is_null() const { return kind() == 'n'; }
  bool is_bool() const { return kind() == 'b'; }
  bool is_integer() const { return kind() == 'i' || kind() == 'u'; }
  bool is_number() const { return is_integer() || kind() == 'd'; }

  std::size_t size() const { return node_ ? host_->node_size(node_) : 0; }
  Node operator[](std::string_view key) const { return {host_, node_ ? host_->node_get(node_, ms::str(key)) : nullptr}; }
  Node at(std::size_t index) const { return {host_, node_ ? host_->node_at(node_, index) : nullptr}; }
  std::string_view key(std::size_t index) const { return node_ ? view(host_->node_key(node_, index)) : std::string_view{}; }

  std::string_view str(std::string_view otherwise = {}) const { return is_string() ? view(host_->node_str(node_)) : otherwise; }
  std::int64_t i64(std::int64_t otherwise = 0) const { return node_ ? host_->node_i64(node_, otherwise) : otherwise; }
  std::uint64_t u64(std::uint64_t otherwise = 0) const { return node_ ? host_->node_u64(node_, otherwise) : otherwise; }
  double f64(double otherwise = 0) const { return node_ ? host_->node_f64(node_, otherwise) : otherwise; }
  bool boolean(bool otherwise = false) const { return node_ ? host_->node_bool(node_, otherwise) != 0 : otherwise; }

  // for (Node item : list.items()); nothing for what is not a list
  NodeRange<Node> items() const;
  // for (auto [key, value] : object.members()); nothing for what is not an object
  NodeRange<std::pair<std::string_view, Node>> members() const;

 private:
  const ms_host* host_ = nullptr;
  const ms_node* node_ = nullptr;
};

template <class Item>
class NodeRange {
 public:
  class iterator {
   public:
    using iterator_category = std::input_iterator_tag;
    using value_type = Item;
    using difference_type = std::ptrdiff_t;
    using pointer = void;
    using reference = Item;
    iterator(const Node* node, std::size_t index) : node_(node), index_(index) {}
    Item operator*() const {
      if constexpr (std::is_same_v<Item, Node>) return node_->at(index_);
      else return Item{node_->key(index_), node_->at(index_)};
    }
    iterator& operator++() { ++index_; return *this; }
    bool operator!=(const iterator& other) const { return index_ != other.index_; }
    bool operator==(const iterator& other) const { return index_ == other.index_; }
   private:
    const Node* node_;
    std::size_t index_;
  };
  NodeRange(Node node, std::size_t size) : node_(node), size_(size) {}
  iterator begin() const { return {&node_, 0}; }
  iterator end() const { return {&node_, size_}; }
 private:
  Node node_;
  std::size_t size_;
};

inline NodeRange<Node> Node::items() const { return {*this, is_array() ? size() : 0}; }
inline NodeRange<std::pair<std::string_view, Node>> Node::members() const { return {*this, is_object() ? size() : 0}; }

}  // namespace ms
