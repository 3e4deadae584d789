#include "core/rules/answers.hpp"

#include <cstring>

namespace modelsig {

namespace {

constexpr std::size_t kNumber = sizeof(std::uint32_t);

void append(std::string& out, std::size_t number) {
  const auto n = static_cast<std::uint32_t>(number);
  out.append(reinterpret_cast<const char*>(&n), sizeof n);
}

}  // namespace

std::string KnownAnswers::write(const Map& answers) {
  std::string head, body;
  append(head, answers.size());
  const std::size_t start = kNumber * (1 + answers.size());
  for (const auto& [subject, rules] : answers) {
    append(head, start + body.size());
    append(body, subject.size());
    body += subject;
    append(body, rules.size());
    for (const std::uint32_t rule : rules) append(body, rule);
  }
  return head + body;
}

std::optional<std::uint32_t> KnownAnswers::number(std::size_t at) const {
  if (at > bytes_.size() || bytes_.size() - at < kNumber) return std::nullopt;
  std::uint32_t out;
  std::memcpy(&out, bytes_.data() + at, kNumber);
  return out;
}

std::uint32_t KnownAnswers::size() const {
  const auto count = number(0);
  return count && *count <= bytes_.size() / kNumber ? *count : 0;
}

std::optional<std::string_view> KnownAnswers::subject(std::uint32_t index) const {
  const auto at = number(kNumber * (1 + std::size_t{index}));
  const auto length = at ? number(*at) : std::nullopt;
  if (!length || *length > bytes_.size() - *at - kNumber) return std::nullopt;
  return bytes_.substr(*at + kNumber, *length);
}

std::optional<std::vector<std::uint32_t>> KnownAnswers::rules_behind(std::string_view subject) const {
  std::size_t at = static_cast<std::size_t>(subject.data() + subject.size() - bytes_.data());
  const auto count = number(at);
  if (!count || *count > (bytes_.size() - at) / kNumber) return std::nullopt;
  std::vector<std::uint32_t> out;
  for (std::uint32_t i = 0; i < *count; ++i) {
    const auto rule = number(at += kNumber);
    if (!rule || *rule >= rules_) return std::nullopt;
    out.push_back(*rule);
  }
  return out;
}

std::optional<std::vector<std::uint32_t>> KnownAnswers::find(std::string_view wanted) const {
  std::uint32_t low = 0, high = size();
  while (low < high) {
    const std::uint32_t middle = low + (high - low) / 2;
    const auto there = subject(middle);
    if (!there) return std::nullopt;
    const int order = there->compare(wanted);
    if (order == 0) return rules_behind(*there);
    (order < 0 ? low : high) = order < 0 ? middle + 1 : middle;
  }
  return std::nullopt;
}

KnownAnswers::Map KnownAnswers::all() const {
  Map out;
  for (std::uint32_t i = 0; i < size(); ++i)
    if (const auto there = subject(i))
      if (auto rules = rules_behind(*there)) out.emplace(*there, std::move(*rules));
  return out;
}

}  // namespace modelsig
