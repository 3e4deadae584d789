#include "tools/make_sample/listing.hpp"

#include <charconv>
#include <map>
#include <sstream>
#include <stdexcept>

namespace modelsig::sample {
namespace {

struct Line {
  std::size_t number;
  std::string dtype, name;
  std::vector<std::uint64_t> shape;
};
struct Range { std::uint64_t first, last; };

class Parser {
 public:
  Parser(const std::string& name, std::size_t max_tensors) : name_(name), max_tensors_(max_tensors) {}

  Listing run(std::string_view text) {
    std::istringstream lines{std::string(text)};
    std::string line;
    for (line_ = 1; std::getline(lines, line); ++line_) read(line.substr(0, line.find('#')));
    expand(rows_);
    return std::move(out_);
  }

 private:
  [[noreturn]] void fail(const std::string& why) const { throw std::runtime_error(name_ + ":" + std::to_string(line_) + ": " + why); }

  std::uint64_t number(std::string_view text) const {
    std::uint64_t value = 0;
    const auto [end, error] = std::from_chars(text.data(), text.data() + text.size(), value);
    if (error != std::errc() || end != text.data() + text.size()) fail("'" + std::string(text) + "' is not a whole number");
    return value;
  }

  void read(const std::string& line) {
    std::istringstream in(line);
    std::vector<std::string> words;
    for (std::string word; in >> word;) words.push_back(word);
    if (words.empty()) return;
    if (words[0] == "shard_size" && words.size() == 2) {
      out_.shard_size = number(words[1]);
    } else if (words[0] == "range" && words.size() == 4) {
      const Range range{number(words[2]), number(words[3])};
      if (range.last < range.first || range.last - range.first >= MAX_TENSORS) fail("a range goes from a smaller to a larger number, " + std::to_string(MAX_TENSORS) + " at most");
      ranges_[words[1]] = range;
    } else if (words.size() == 2 || words.size() == 3) {
      Line row{line_, words[0], words[1], {}};
      std::istringstream axes(words.size() == 3 ? words[2] : "");
      for (std::string axis; std::getline(axes, axis, ',');) row.shape.push_back(number(axis));
      rows_.push_back(std::move(row));
    } else {
      fail("expected 'DTYPE NAME D0,D1', 'range NAME FIRST LAST' or 'shard_size BYTES'");
    }
  }

  // The first {placeholder} of a name, with its braces; empty if there is none.
  std::string placeholder(const Line& row) {
    line_ = row.number;
    const std::size_t begin = row.name.find('{');
    if (begin == std::string::npos) return {};
    const std::size_t end = row.name.find('}', begin);
    if (end == std::string::npos) fail("'{' without '}' in '" + row.name + "'");
    const std::string inner = row.name.substr(begin + 1, end - begin - 1);
    if (!ranges_.count(inner)) fail("no line 'range " + inner + " FIRST LAST' stands anywhere");
    return row.name.substr(begin, end - begin + 1);
  }

  void expand(const std::vector<Line>& rows) {
    for (std::size_t begin = 0, end = 0; begin < rows.size(); begin = end) {
      const std::string which = placeholder(rows[begin]);
      for (end = begin + 1; !which.empty() && end < rows.size() && placeholder(rows[end]) == which;) ++end;
      if (which.empty()) add(rows[begin]);
      else expand_block({rows.begin() + static_cast<std::ptrdiff_t>(begin), rows.begin() + static_cast<std::ptrdiff_t>(end)}, which);
    }
  }

  void expand_block(const std::vector<Line>& block, const std::string& which) {
    const Range range = ranges_.at(which.substr(1, which.size() - 2));
    for (std::uint64_t i = range.first; i <= range.last; ++i) {
      std::vector<Line> rows = block;
      for (Line& row : rows) row.name.replace(row.name.find(which), which.size(), std::to_string(i));
      expand(rows);
    }
  }

  void add(const Line& row) {
    line_ = row.number;
    if (out_.tensors.size() == max_tensors_) fail("more than " + std::to_string(max_tensors_) + " tensors");
    out_.tensors.push_back({row.name, row.dtype, row.shape});
  }

  const std::string& name_;
  const std::size_t max_tensors_;
  std::size_t line_ = 0;
  std::map<std::string, Range> ranges_;
  std::vector<Line> rows_;
  Listing out_;
};

}  // namespace

Listing parse_listing(std::string_view text, const std::string& name, std::size_t max_tensors) { return Parser(name, max_tensors).run(text); }

}  // namespace modelsig::sample
