#include "core/rules/index_names.hpp"

namespace modelsig {

namespace {

bool is_digit(char c) { return c >= '0' && c <= '9'; }  // ASCII only: Python's \d also takes other scripts' digits

std::size_t skip_digits(std::string_view name, std::size_t at) {
  while (at < name.size() && is_digit(name[at])) ++at;
  return at;
}

}  // namespace

void IndexNames::apply(std::string_view name, std::string& out) const {
  out.clear();
  std::size_t copied = 0;
  const auto replace = [&](std::size_t from, std::size_t to) {
    out.append(name, copied, from - copied);
    out += placeholder;
    copied = to;
  };
  if (mode == Mode::between_dots) {
    for (std::size_t dot = name.find('.'); dot != std::string_view::npos;) {
      const std::size_t end = skip_digits(name, dot + 1);
      const bool index = end > dot + 1 && end < name.size() && name[end] == '.';
      if (index) replace(dot + 1, end);
      dot = name.find('.', index ? end + 1 : end);  // the closing dot is used up: it opens no further index
    }
  } else {
    const char* const text = name.data();
    for (std::size_t at = 0; at < name.size(); ++at) {  // a component begins here; plain loops, as most are a few letters
      const std::size_t start = at;
      while (at < name.size() && is_digit(text[at])) ++at;
      if (at > start && (at == name.size() || text[at] == '.')) replace(start, at);
      while (at < name.size() && text[at] != '.') ++at;
    }
  }
  out.append(name, copied);
}

}  // namespace modelsig
