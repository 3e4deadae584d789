// What the patterns of a rule table were found to match, as bytes for the Snapshot, asked without decoding them all:
//     u32 subjects, subjects x u32 offset, ascending by subject; there {u32 length, text, u32 rules, rules x u32}
#pragma once
#include <cstdint>
#include <map>
#include <optional>
#include <string>
#include <string_view>
#include <vector>

namespace modelsig {

class KnownAnswers {
 public:
  using Map = std::map<std::string, std::vector<std::uint32_t>, std::less<>>;  // subject -> rules, as found
  static std::string write(const Map& answers);

  KnownAnswers() = default;
  KnownAnswers(std::string_view bytes, std::uint32_t rules) : bytes_(bytes), rules_(rules) {}  // bytes must outlive this

  std::uint32_t size() const;
  std::optional<std::vector<std::uint32_t>> find(std::string_view subject) const;  // nothing: not known, or damaged
  Map all() const;

 private:
  std::optional<std::uint32_t> number(std::size_t at) const;
  std::optional<std::string_view> subject(std::uint32_t index) const;
  std::optional<std::vector<std::uint32_t>> rules_behind(std::string_view subject) const;

  std::string_view bytes_;
  std::uint32_t rules_ = 0;
};

}  // namespace modelsig
