// A TOML file as a Value, in file order (toml++ iterates in key order), knowing where each value stands.
// The one place that includes toml++: rules, families, pipelines, policies and manifests all read through it.
#pragma once
#include <cstdint>
#include <filesystem>
#include <memory>
#include <mutex>
#include <string>
#include <string_view>
#include <unordered_map>
#include <vector>

#include "core/value/error.hpp"
#include "core/value/value.hpp"

namespace modelsig {

struct Position { std::uint32_t line = 0, column = 0; };  // 1-based; 0: not known

class TomlFile {
 public:
  struct Places { Position value, key; };
  static constexpr std::size_t kMaxBytes = 16u << 20;

  // Throws Error "file:line:column: ..." . `name` is what messages call the file.
  static std::shared_ptr<const TomlFile> read(const std::filesystem::path& path);
  static std::shared_ptr<const TomlFile> parse(std::string_view text, std::string name);
  static std::string read_text(const std::filesystem::path& path);  // throws Error: a folder, cannot be opened
  // The same, by way of the Snapshot: for what is read again at every start. No text that may hold a secret.
  static std::shared_ptr<const TomlFile> recall(std::string_view text, std::string name);

  const std::string& name() const { return name_; }
  const std::string& text() const { return text_; }
  const Value& root() const { return document_.root(); }
  // Where a value of this file begins (a string: its opening quote). `value` must be one of ours, in place.
  Position position(const Value& value) const;
  Position key_position(const Value& value) const;              // of its key, for members
  std::string where(const Value& value) const;                  // "file:line"
  // throws Error "file:line:column: text"; offset counts characters behind the value's first
  [[noreturn]] void fail(const Value& value, const std::string& text, std::size_t offset = 0) const;
  [[noreturn]] void fail_key(const Value& value, const std::string& text) const;
  std::vector<std::string> texts(const Value& value) const;     // of a text or a list of texts; fails at anything else

 private:
  using Order = std::vector<Places>;  // of all values, in document order
  static std::shared_ptr<TomlFile> make(std::string_view text, std::string name);  // throws Error: too large
  static void parse(TomlFile& file);
  const Places* places(const Value& value) const;

  std::string name_, text_, bytes_;                      // bytes_: what came from the Snapshot
  Document document_;
  Order order_;
  mutable std::once_flag placed_;                        // most files are read without a question after places
  mutable std::unordered_map<const Value*, Places> places_;
};

}  // namespace modelsig
