// modelsig/writer.hpp - emitting a value in document order. The kernel checks what is written: keys where
// they belong, no key twice, no NaN, everything closed. Valid during the call it was handed to.
//     auto object = out.object();            // closes when it goes out of scope
//     out.member("hidden_size", 4096);
//     { auto shape = out.array("shape"); for (auto axis : axes) out.value(axis); }
#pragma once
#include <concepts>
#include <string_view>
#include <type_traits>

#include "error.hpp"
#include "node.hpp"

namespace ms {

class Writer {
 public:
  Writer(const ms_host* host, ms_writer* writer) : host_(host), writer_(writer) {}
  ms_writer* raw() const { return writer_; }

  class Scope {
   public:
    explicit Scope(Writer& writer) : writer_(&writer) {}
    Scope(const Scope&) = delete;
    Scope& operator=(const Scope&) = delete;
    ~Scope() { writer_->host_->end(writer_->writer_); }  // an error sticks in the writer: seen by the kernel
   private:
    Writer* writer_;
  };

  [[nodiscard]] Scope object() { check(host_->begin(writer_, '{')); return Scope(*this); }
  [[nodiscard]] Scope array() { check(host_->begin(writer_, '[')); return Scope(*this); }
  [[nodiscard]] Scope object(std::string_view key) { this->key(key); return object(); }
  [[nodiscard]] Scope array(std::string_view key) { this->key(key); return array(); }

  void begin(char open) { check(host_->begin(writer_, open)); }
  void end() { check(host_->end(writer_)); }
  void key(std::string_view text) { check(host_->key(writer_, str(text))); }
  void null() { check(host_->put_null(writer_)); }

  template <class T>
  void value(const T& v) {
    if constexpr (std::is_same_v<T, bool>) check(host_->put_bool(writer_, v));
    else if constexpr (std::is_same_v<T, std::nullptr_t>) null();
    else if constexpr (std::is_same_v<T, Node>) check(host_->put_node(writer_, v.raw()));
    else if constexpr (std::signed_integral<T>) check(host_->put_i64(writer_, v));
    else if constexpr (std::unsigned_integral<T>) check(host_->put_u64(writer_, v));
    else if constexpr (std::floating_point<T>) check(host_->put_f64(writer_, static_cast<double>(v)));
    else check(host_->put_str(writer_, str(std::string_view(v))));
  }
  template <class T>
  void member(std::string_view k, const T& v) { key(k); value(v); }

  template <class List>
  void list(const List& items) {
    auto scope = array();
    for (const auto& item : items) value(item);
  }
  template <class List>
  void list(std::string_view k, const List& items) { key(k); list(items); }

 private:
  const ms_host* host_;
  ms_writer* writer_;
};

}  // namespace ms
