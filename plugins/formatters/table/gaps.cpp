#include <algorithm>
#include <tuple>

#include "sections.hpp"

namespace {

// "tensors of attn.q.bias" behind a value: where it was read
std::string side(const ms::Node& gap, const char* key) {
  const std::string from = known(gap["evidence"][key]);
  return known(gap[key]) + (from.empty() || from.size() > 60 ? "" : " (" + from + ")");
}

bool says_both(const ms::Node& gap) {
  const std::string_view text = gap["message"].str();
  return text.find(gap["a"].str()) != text.npos && text.find(gap["b"].str()) != text.npos;
}

std::string headed(const ms::Node& gap, std::size_t widest) {
  std::string text = ms::kit::left(known(gap["id"]), widest) + "  ";
  const std::string part = known(gap["component"]);
  if (part != "model" && !part.empty()) text += part + ": ";
  text += known(gap["message"]);
  const std::string_view d = gap["direction"].str();
  return text + (d == "a_for_b" ? " (only A misses it)" : d == "b_for_a" ? " (only B misses it)" : "");
}

}  // namespace

void write_gaps(Page& page, const ms::Node& gaps) {
  std::size_t widest = 0;
  for (ms::Node gap : gaps.items())
    if (gap["severity"].str() != "info") widest = std::max(widest, ms::kit::width(known(gap["id"])));
  widest = std::min<std::size_t>(widest, 24);  // an id of a rule of one's own may be long
  const std::size_t indent = widest + 2;
  for (const auto& [severity, title, color] : {std::tuple("always", "always missed", "31"), std::tuple("conditional", "under a condition", "33")}) {
    std::string_view name = title;
    for (ms::Node gap : gaps.items()) {
      if (gap["severity"].str() != severity) continue;
      page.row(name, page.paint(headed(gap, widest), color));
      name = " ";
      const auto more = [&](const std::string& text) { page.prose(" ", text, {}, indent); };
      const bool always = std::string_view(severity) == "always";
      if (always || !says_both(gap)) more("A " + side(gap, "a") + ", B " + side(gap, "b"));
      if (gap["condition"]) more("if " + known(gap["condition"]));
      if (!always) continue;
      more(known(gap["why"]));
      if (gap["engines"]) more("engines: " + known(gap["engines"]));
    }
  }
  ms::kit::Words info;
  for (ms::Node gap : gaps.items())
    if (gap["severity"].str() == "info") info.push_back(known(gap["message"]));
  page.wrapped("good to know", info);
}
