#include "core/value/toml_file.hpp"

#include <fcntl.h>
#include <sys/stat.h>
#include <unistd.h>

#include <algorithm>
#include <cerrno>
#include <sstream>
#include <system_error>
#include <vector>

#define TOML_HEADER_ONLY 1  // the shared library would be loaded at every start
#define TOML_ASSERT(expr) static_cast<void>(0)  // its parse_key asserts on damaged text before it reports it; the library is built so too
#include <toml++/toml.h>

#include "core/value/builder.hpp"
#include "core/value/snapshot.hpp"
#include "core/value/toml_snapshot.hpp"

namespace modelsig {

namespace {

Position begin_of(const toml::node& node) { return {node.source().begin.line, node.source().begin.column}; }

struct Entry { std::string_view key; Position at; const toml::node* node; };

// file order; the header of an implicit table has no own position, so its first member's counts
std::vector<Entry> in_file_order(const toml::table& table) {
  std::vector<Entry> out;
  for (const auto& [key, node] : table)
    out.push_back({key.str(), {key.source().begin.line, key.source().begin.column}, &node});
  std::stable_sort(out.begin(), out.end(), [](const Entry& a, const Entry& b) {
    return a.at.line != b.at.line ? a.at.line < b.at.line : a.at.column < b.at.column;
  });
  return out;
}

std::string to_text(const toml::node& node) {
  std::ostringstream out;
  if (auto* v = node.as_date()) out << *v;
  else if (auto* t = node.as_time()) out << *t;
  else if (auto* d = node.as_date_time()) out << *d;
  return out.str();
}

// the value, and where each value in it stands
void write(Builder& out, const toml::node& node, Position key, std::vector<TomlFile::Places>& order) {
  Position at = begin_of(node);
  if (!at.line) at = key;
  order.push_back({at, key.line ? key : at});
  if (auto* table = node.as_table()) {
    out.begin('{');
    for (const Entry& e : in_file_order(*table)) out.key(e.key), write(out, *e.node, e.at, order);
    out.end();
  } else if (auto* array = node.as_array()) {
    out.begin('[');
    for (const auto& item : *array) write(out, item, {}, order);
    out.end();
  } else if (auto* s = node.as_string()) out.put(std::string_view(s->get()));
  else if (auto* i = node.as_integer()) out.put(Value(i->get()));
  else if (auto* d = node.as_floating_point()) out.put(Value(d->get()));
  else if (auto* b = node.as_boolean()) out.put(b->get());
  else out.put(std::string_view(to_text(node)));
}

}  // namespace

std::string TomlFile::read_text(const std::filesystem::path& path) {
  const int fd = ::open(path.c_str(), O_RDONLY | O_CLOEXEC);  // half the calls of a stream, and a start reads fifty files
  if (fd < 0) throw Error(path.string() + ": cannot be opened", MS_NOT_FOUND);
  const struct Close { int fd; ~Close() { ::close(fd); } } close{fd};
  struct stat info {};
  if (::fstat(fd, &info) == 0 && S_ISDIR(info.st_mode)) throw Error(path.string() + ": is a directory, not a TOML file");
  const bool regular = S_ISREG(info.st_mode);
  std::string text;
  std::size_t size = 0;
  while (size <= kMaxBytes) {
    const std::size_t room = size == 0 && regular ? static_cast<std::size_t>(std::min<off_t>(info.st_size, kMaxBytes)) + 1 : 16384;  // a pipe has no size
    text.resize(size + room);
    const ssize_t got = ::read(fd, text.data() + size, room);
    if (got < 0 && errno != EINTR) throw Error(path.string() + ": cannot be read: " + std::generic_category().message(errno));
    if (got == 0) break;
    if (got > 0) size += static_cast<std::size_t>(got);
  }
  text.resize(size);
  return text;
}

std::shared_ptr<const TomlFile> TomlFile::read(const std::filesystem::path& path) { return recall(read_text(path), path.string()); }

std::shared_ptr<TomlFile> TomlFile::make(std::string_view text, std::string name) {
  if (text.size() > kMaxBytes) throw Error(name + ": larger than " + std::to_string(kMaxBytes >> 20) + " MiB, not a TOML file of ours", MS_LIMIT);
  auto file = std::make_shared<TomlFile>();
  file->name_ = std::move(name);
  file->text_ = text;
  return file;
}

void TomlFile::parse(TomlFile& file) {
  toml::table table;
  try {
    table = toml::parse(file.text_, file.name_);
  } catch (const toml::parse_error& error) {
    const auto at = error.source().begin;
    throw Error(file.name_ + ":" + std::to_string(at.line) + ":" + std::to_string(at.column) + ": " + std::string(error.description()));
  }
  Builder builder(file.document_, Builder::Duplicates::refuse, Builder::NonFinite::keep);
  write(builder, table, {1, 1}, file.order_);
  file.document_.set_root(builder.finish());
}

const TomlFile::Places* TomlFile::places(const Value& value) const {
  std::call_once(placed_, [this] {
    places_.reserve(order_.size());
    auto next = order_.begin();
    const auto note = [&](const auto& self, const Value& v) -> void {
      if (next == order_.end()) return;
      places_.emplace(&v, *next++);
      for (const Value& item : v.items()) self(self, item);
      for (const Member& m : v.members()) self(self, m.value);
    };
    note(note, root());
  });
  const auto it = places_.find(&value);
  return it == places_.end() ? nullptr : &it->second;
}

std::shared_ptr<const TomlFile> TomlFile::parse(std::string_view text, std::string name) {
  auto file = make(text, std::move(name));
  parse(*file);
  return file;
}

std::shared_ptr<const TomlFile> TomlFile::recall(std::string_view text, std::string name) {
  Snapshot* snapshot = Snapshot::current();
  if (!snapshot) return parse(text, std::move(name));
  auto file = make(text, std::move(name));
  const std::uint64_t key = Snapshot::key("toml", text);
  if (auto bytes = snapshot->find(key)) {
    file->bytes_ = std::move(*bytes);
    if (toml_snapshot::read(file->bytes_, file->document_, file->order_)) return file;
    file->order_.clear();
  }
  parse(*file);
  snapshot->put(key, toml_snapshot::write(file->root(), file->order_));
  return file;
}

Position TomlFile::position(const Value& value) const {
  const Places* at = places(value);
  return at ? at->value : Position{};
}

Position TomlFile::key_position(const Value& value) const {
  const Places* at = places(value);
  return at ? at->key : Position{};
}

std::string TomlFile::where(const Value& value) const {
  const Position at = key_position(value);
  return at.line ? name_ + ":" + std::to_string(at.line) : name_;
}

void TomlFile::fail(const Value& value, const std::string& text, std::size_t offset) const {
  const Position at = position(value);
  throw Error(name_ + ":" + std::to_string(at.line) + ":" + std::to_string(at.column + offset) + ": " + text);
}

void TomlFile::fail_key(const Value& value, const std::string& text) const {
  const Position at = key_position(value);
  throw Error(name_ + ":" + std::to_string(at.line) + ":" + std::to_string(at.column) + ": " + text);
}

std::vector<std::string> TomlFile::texts(const Value& value) const {
  if (value.is(Kind::string)) return {std::string(value.str())};
  if (!value.is(Kind::array)) fail(value, "expected a text or a list of texts");
  std::vector<std::string> out;
  for (const Value& v : value.items()) {
    if (!v.is(Kind::string)) fail(v, "expected a text");
    out.emplace_back(v.str());
  }
  return out;
}

}  // namespace modelsig
