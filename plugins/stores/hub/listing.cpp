#include "listing.hpp"

#include <rapidjson/document.h>
#include <rapidjson/error/en.h>

#include <algorithm>
#include <modelsig/error.hpp>

#include "headers.hpp"
#include "limits.hpp"

namespace hub {
namespace {

using Json = rapidjson::Value;

// Iterative: a hostile answer nested a million deep does not end our stack.
void parse(rapidjson::Document& document, std::string_view json, const std::string& what) {
  document.Parse<rapidjson::kParseIterativeFlag>(json.data(), json.size());
  if (document.HasParseError())
    throw ms::Error(MS_DATA_LOSS, what + " is not JSON: " + rapidjson::GetParseError_En(document.GetParseError()) + " (byte " +
                    std::to_string(document.GetErrorOffset()) + "): is the endpoint a hub?");
}

std::string text(const Json& object, const char* key) {
  const auto member = object.FindMember(key);
  return member != object.MemberEnd() && member->value.IsString() ? std::string(member->value.GetString(), member->value.GetStringLength()) : "";
}

bool flag(const Json& object, const char* key) {
  const auto member = object.FindMember(key);
  return member != object.MemberEnd() && member->value.IsTrue();
}

std::optional<std::uint64_t> size_of(const Json& file) {
  for (const Json* object = &file; object;) {
    if (const auto size = object->FindMember("size"); size != object->MemberEnd() && size->value.IsUint64()) return size->value.GetUint64();
    const auto lfs = object->FindMember("lfs");
    object = lfs != object->MemberEnd() && lfs->value.IsObject() ? &lfs->value : nullptr;
  }
  return std::nullopt;
}

void add(Listing& listing, std::string name, std::optional<std::uint64_t> size, const std::string& what) {
  if (!is_safe_name(name))
    throw ms::Error(MS_DATA_LOSS, what + " lists a file '" + name.substr(0, 80) + "', which is no relative path without '..'");
  if (!size) listing.complete = false;
  listing.files.push_back({std::move(name), size});
}

}  // namespace

bool is_safe_name(std::string_view name) {
  if (name.empty() || name.size() > limits::name_length || name.front() == '/') return false;
  if (std::any_of(name.begin(), name.end(), [](unsigned char c) { return c < 0x20 || c == 0x7f || c == '\\'; })) return false;
  for (std::size_t at = 0; at <= name.size();) {
    const auto end = std::min(name.find('/', at), name.size());
    const std::string_view part = name.substr(at, end - at);
    if (part.empty() || part == "." || part == "..") return false;
    at = end + 1;
  }
  return true;
}

Listing parse_model(std::string_view json, const std::string& what) {
  rapidjson::Document document;
  parse(document, json, what);
  if (!document.IsObject()) throw ms::Error(MS_DATA_LOSS, what + " is not an object: is the endpoint a hub?");
  Listing out;
  out.commit = text(document, "sha");
  if (!out.commit.empty() && !is_commit(out.commit))
    throw ms::Error(MS_DATA_LOSS, what + " names the commit '" + out.commit.substr(0, 80) + "', expected 40 hex digits");
  out.id = text(document, "id");
  out.gated = text(document, "gated");
  if (out.gated.empty() && flag(document, "gated")) out.gated = "auto";
  out.disabled = flag(document, "disabled");
  const Json& answer = document;
  const auto siblings = answer.FindMember("siblings");
  if (siblings == answer.MemberEnd() || !siblings->value.IsArray()) return out;
  out.complete = !out.commit.empty() && siblings->value.Size() < limits::trusted_siblings;
  for (const Json& file : siblings->value.GetArray())
    if (file.IsObject()) add(out, text(file, "rfilename"), size_of(file), what);
  return out;
}

void parse_tree(std::string_view json, const std::string& what, Listing& into) {
  rapidjson::Document document;
  parse(document, json, what);
  if (!document.IsArray()) throw ms::Error(MS_DATA_LOSS, what + " is not a list: is the endpoint a hub?");
  for (const Json& entry : document.GetArray())
    if (entry.IsObject() && text(entry, "type") == "file") add(into, text(entry, "path"), size_of(entry), what);
}

}  // namespace hub
