#include "core/value/toml_snapshot.hpp"

#include <cstring>

#include "core/value/builder.hpp"

namespace modelsig::toml_snapshot {

namespace {

template <class T>
void append(std::string& out, const T& value) { out.append(reinterpret_cast<const char*>(&value), sizeof value); }

void append_text(std::string& out, std::string_view text) {
  append(out, static_cast<std::uint32_t>(text.size()));
  out += text;
}

class Reader {
 public:
  Reader(std::string_view bytes, Document& document, std::vector<Places>& places)
      : rest_(bytes), out_(document, Builder::Duplicates::refuse, Builder::NonFinite::keep), places_(places) {}

  Value all() {
    value();
    if (!rest_.empty()) throw Error("bytes behind the root");
    return out_.finish();
  }

 private:
  std::string_view take(std::size_t size) {
    if (size > rest_.size()) throw Error("cut short");
    const std::string_view out = rest_.substr(0, size);
    rest_.remove_prefix(size);
    return out;
  }
  template <class T>
  T take() {
    T out;
    std::memcpy(&out, take(sizeof out).data(), sizeof out);
    return out;
  }
  std::string_view text() { return take(take<std::uint32_t>()); }

  void value() {
    const auto kind = static_cast<Kind>(take<char>());
    places_.push_back(take<Places>());
    switch (kind) {
      case Kind::boolean: return out_.put(take<std::uint64_t>() != 0);
      case Kind::integer: return out_.put(Value(take<std::int64_t>()));
      case Kind::real: return out_.put(Value(take<double>()));
      case Kind::string: return out_.put(text());
      case Kind::array: case Kind::object: return container(kind);
      case Kind::null: case Kind::natural: break;  // TOML has neither
    }
    throw Error("no kind of value");
  }

  void container(Kind kind) {
    out_.begin(static_cast<char>(kind));  // bounds the depth
    for (auto count = take<std::uint32_t>(); count > 0; --count) {
      if (kind == Kind::object) out_.key(text());
      value();
    }
    out_.end();
  }

  std::string_view rest_;
  Builder out_;
  std::vector<Places>& places_;
};

void write_value(std::string& out, const Value& value, const Places*& place) {
  out += static_cast<char>(value.kind());
  append(out, *place++);
  switch (value.kind()) {
    case Kind::boolean: return append(out, std::uint64_t{value.boolean()});
    case Kind::integer: return append(out, value.i64());
    case Kind::real: return append(out, value.f64());
    case Kind::string: return append_text(out, value.str());
    default: break;
  }
  append(out, static_cast<std::uint32_t>(value.size()));
  for (const Value& item : value.items()) write_value(out, item, place);
  for (const Member& m : value.members()) append_text(out, m.key), write_value(out, m.value, place);
}

}  // namespace

std::string write(const Value& root, const std::vector<Places>& places) {
  std::string out;
  const Places* place = places.data();
  write_value(out, root, place);
  return out;
}

bool read(std::string_view bytes, Document& document, std::vector<Places>& places) try {
  document.set_root(Reader(bytes, document, places).all());
  return true;
} catch (const Error&) {
  return false;
}

}  // namespace modelsig::toml_snapshot
