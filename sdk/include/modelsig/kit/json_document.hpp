// modelsig/kit/json_document.hpp - a whole JSON text into a Writer, in file order, as Python's json module would read it:
// NaN and Infinity allowed, an integer past 64 bits becomes a real, of equal keys the last value stands at the first place.
// Held in between as a flat list of tokens: nothing is emitted before the text is known to be whole.
#pragma once
#include <algorithm>
#include <utility>
#include <vector>

#include "../writer.hpp"
#include "json.hpp"
#include "json_number.hpp"

namespace ms::json {

class Document {
 public:
  // Nothing, or why it is no JSON. The text must live as long as the document.
  std::optional<Fault> parse(TextBuffer& text) {
    tokens_.clear();
    Recorder recorder{tokens_, {}, {}};
    return json::parse<DOCUMENT>(text.data(), text.size(), recorder);
  }
  bool is_object() const { return kind() == std::string_view("an object"); }
  // "a list", "a string" ...: completes "is ..."
  const char* kind() const {
    switch (tokens_.empty() ? 'n' : tokens_.front().kind) {
      case '{': return "an object";
      case '[': return "a list";
      case 's': return "a string";
      case 'b': return "true or false";
      case '0': return "a number";
      default: return "null";
    }
  }
  // Of the value at "a.b.c", members of objects in objects.
  bool has(std::string_view path) const { return find(path) != 0; }
  void write_at(std::string_view path, Writer& out) const {
    const auto silent = [](std::string_view) {};
    if (const std::size_t at = find(path)) write(at, out, silent);
  }
  std::string_view text_at(std::string_view path) const {  // empty: there is none, or it is no string
    const std::size_t at = find(path);
    return at && tokens_[at].kind == 's' ? tokens_[at].text : std::string_view();
  }
  // repeated(key): this key stood more than once in an object.
  template <class Repeated>
  void write(Writer& out, Repeated repeated) const { write(0, out, repeated); }

 private:
  struct Token {
    char kind;              // '{' '[' 's' 'k'(ey) '0' (number) 'b' 'n'
    bool boolean = false;
    std::size_t next = 0;   // of a value: index of the token behind it
    std::string_view text = {};
  };

  struct Recorder {
    std::vector<Token>& to;
    std::vector<std::size_t> open;
    std::string reason;

    bool add(Token token) {
      token.next = to.size() + 1;
      to.push_back(token);
      return true;
    }
    bool begin(char kind) { return open.push_back(to.size()), add({kind}); }
    bool end() { return to[open.back()].next = to.size(), open.pop_back(), true; }

    bool Null() { return add({'n'}); }
    bool Bool(bool v) { return add({'b', v}); }
    bool RawNumber(const char* s, unsigned n, bool) { return add({'0', false, 0, {s, n}}); }
    bool String(const char* s, unsigned n, bool) { return add({'s', false, 0, {s, n}}); }
    bool Key(const char* s, unsigned n, bool) { return add({'k', false, 0, {s, n}}); }
    bool StartObject() { return begin('{'); }
    bool StartArray() { return begin('['); }
    bool EndObject(unsigned) { return end(); }
    bool EndArray(unsigned) { return end(); }
    // numbers arrive as text
    bool Int(int) { return false; }
    bool Uint(unsigned) { return false; }
    bool Int64(std::int64_t) { return false; }
    bool Uint64(std::uint64_t) { return false; }
    bool Double(double) { return false; }
  };

  std::size_t find(std::string_view path) const {  // 0: there is none; it is the whole
    std::size_t at = 0;
    while (!path.empty()) {
      if (at >= tokens_.size() || tokens_[at].kind != '{') return 0;
      const std::string_view key = path.substr(0, path.find('.'));
      path.remove_prefix(std::min(key.size() + 1, path.size()));
      std::size_t found = 0;
      for (std::size_t i = at + 1; i < tokens_[at].next; i = tokens_[i + 1].next)
        if (tokens_[i].text == key) found = i + 1;
      if (!found) return 0;
      at = found;
    }
    return at;
  }

  // Nesting was bounded by the parser, so recursion is.
  template <class Repeated>
  void write(std::size_t at, Writer& out, Repeated& repeated) const {
    const Token& token = tokens_[at];
    switch (token.kind) {
      case '{': {
        auto scope = out.object();
        return write_members(at + 1, token.next, out, repeated);
      }
      case '[': {
        auto scope = out.array();
        for (std::size_t i = at + 1; i < token.next; i = tokens_[i].next) write(i, out, repeated);
        return;
      }
      case 's': return out.value(token.text);
      case '0': return std::visit([&](auto v) { out.value(v); }, number(token.text));
      case 'b': return out.value(token.boolean);
      default: return out.null();
    }
  }

  template <class Repeated>
  void write_members(std::size_t begin, std::size_t end, Writer& out, Repeated& repeated) const {
    std::vector<std::size_t> keys;  // tokens; the value stands behind its key
    for (std::size_t i = begin; i < end; i = tokens_[i + 1].next) keys.push_back(i);
    std::vector<std::size_t> sorted = keys;
    std::sort(sorted.begin(), sorted.end(), [&](std::size_t a, std::size_t b) { return std::pair(tokens_[a].text, a) < std::pair(tokens_[b].text, b); });
    std::vector<std::pair<std::size_t, std::size_t>> moved;  // of equal keys: each one, and the one whose value it shows (0: none)
    for (std::size_t i = 0; i < sorted.size();) {
      std::size_t last = i;
      while (last + 1 < sorted.size() && tokens_[sorted[last + 1]].text == tokens_[sorted[i]].text) ++last;
      if (last > i) {
        repeated(tokens_[sorted[i]].text);
        moved.emplace_back(sorted[i], sorted[last]);
        for (std::size_t k = i + 1; k <= last; ++k) moved.emplace_back(sorted[k], 0);
      }
      i = last + 1;
    }
    std::sort(moved.begin(), moved.end());
    auto next = moved.begin();
    for (std::size_t key : keys) {
      const bool is_moved = next != moved.end() && next->first == key;
      const std::size_t from = is_moved ? (next++)->second : key;
      if (from == 0) continue;
      out.key(tokens_[key].text);
      write(from + 1, out, repeated);
    }
  }

  std::vector<Token> tokens_;
};

}  // namespace ms::json
