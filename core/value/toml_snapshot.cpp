#include "core/value/toml_snapshot.hpp"

#include <cstring>

#include "core/value/value_bytes.hpp"

namespace modelsig::toml_snapshot {

std::string write(const Value& root, const std::vector<Places>& places) {
  const auto count = static_cast<std::uint32_t>(places.size());
  std::string out(reinterpret_cast<const char*>(&count), sizeof count);
  out.append(reinterpret_cast<const char*>(places.data()), places.size() * sizeof(Places));
  append_value(out, root);
  return out;
}

bool read(std::string_view bytes, Document& document, std::vector<Places>& places) {
  std::uint32_t count = 0;
  if (bytes.size() < sizeof count) return false;
  std::memcpy(&count, bytes.data(), sizeof count);
  bytes.remove_prefix(sizeof count);
  if (count > bytes.size() / sizeof(Places)) return false;
  places.resize(count);
  std::memcpy(places.data(), bytes.data(), count * sizeof(Places));
  ValueReader reader(bytes.substr(count * sizeof(Places)), document);
  Value root;
  if (!reader.next(root) || !reader.at_end()) return false;
  document.set_root(root);
  return true;
}

}  // namespace modelsig::toml_snapshot
