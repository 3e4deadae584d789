// modelsig/testing/value_writer.hpp - what a plugin emits becomes a Value. As strict as the kernel: keys where they
// belong, no key twice, everything closed; the first error sticks.
#pragma once
#include <string>
#include <vector>

#include "../abi.h"
#include "value.hpp"

namespace ms::testing {

class ValueWriter {
 public:
  ms_writer* raw() { return reinterpret_cast<ms_writer*>(this); }
  static ValueWriter& of(ms_writer* writer) { return *reinterpret_cast<ValueWriter*>(writer); }

  const std::string& error() const { return error_; }
  bool complete() const { return done_ && open_.empty() && error_.empty(); }
  bool untouched() const { return !done_ && error_.empty(); }
  const Value& value() const { return root_; }

  ms_status begin(char open) {
    if (open != '{' && open != '[') return fail("begin() takes '{' or '['");
    Value container;
    container.kind = open;
    Value* place = put(std::move(container));
    if (!place) return MS_INVALID_ARGUMENT;
    open_.push_back(place);
    return MS_OK;
  }
  ms_status end() {
    if (!error_.empty()) return MS_INVALID_ARGUMENT;
    if (open_.empty() || has_key_) return fail("end() where nothing can be closed");
    open_.pop_back();
    return MS_OK;
  }
  ms_status key(std::string_view text) {
    if (!error_.empty()) return MS_INVALID_ARGUMENT;
    if (open_.empty() || open_.back()->kind != '{' || has_key_) return fail("a key where none belongs");
    if (open_.back()->find(text)) return fail("key '" + std::string(text) + "' twice");
    key_ = text;
    has_key_ = true;
    return MS_OK;
  }
  ms_status value(Value v) { return put(std::move(v)) ? MS_OK : MS_INVALID_ARGUMENT; }

 private:
  ms_status fail(std::string why) {
    if (error_.empty()) error_ = std::move(why);
    return MS_INVALID_ARGUMENT;
  }
  // Containers hold their children by value: a child is complete before its parent's vector grows again, because
  // only the innermost open container takes values.
  Value* put(Value v) {
    if (!error_.empty()) return nullptr;
    if (open_.empty()) {
      if (done_) return fail("a second value"), nullptr;
      done_ = true;
      root_ = std::move(v);
      return &root_;
    }
    Value& parent = *open_.back();
    if (parent.kind == '[') return &parent.items.emplace_back(std::move(v));
    if (!has_key_) return fail("a value without a key"), nullptr;
    has_key_ = false;
    return &parent.members.emplace_back(std::move(key_), std::move(v)).second;
  }

  Value root_;
  std::vector<Value*> open_;
  std::string key_, error_;
  bool has_key_ = false, done_ = false;
};

}  // namespace ms::testing
