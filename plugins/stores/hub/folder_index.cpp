#include "folder_index.hpp"

#include <rapidjson/document.h>

#include <algorithm>
#include <modelsig/error.hpp>
#include <set>

#include "limits.hpp"

namespace hub {
namespace {

void add(std::vector<ListedFile>& files, std::string name, std::optional<std::uint64_t> size) {
  const auto same = [&](const ListedFile& file) { return file.name == name; };
  if (is_safe_name(name) && files.size() < limits::trusted_siblings && std::none_of(files.begin(), files.end(), same))
    files.push_back({std::move(name), size});
}

std::vector<ListedFile> json_index(const rapidjson::Document& page) {
  std::vector<ListedFile> out;
  for (const auto& entry : page.GetArray()) {
    if (!entry.IsObject() || !entry.HasMember("name") || !entry["name"].IsString()) continue;
    if (entry.HasMember("type") && entry["type"].IsString() && std::string_view(entry["type"].GetString()) != "file") continue;
    const bool sized = entry.HasMember("size") && entry["size"].IsUint64();
    add(out, entry["name"].GetString(), sized ? std::optional<std::uint64_t>(entry["size"].GetUint64()) : std::nullopt);
  }
  return out;
}

}  // namespace

std::vector<ListedFile> parse_index(std::string_view page, const Url& folder) {
  rapidjson::Document json;
  json.Parse<rapidjson::kParseIterativeFlag>(page.data(), page.size());
  if (!json.HasParseError() && json.IsArray()) return json_index(json);
  std::vector<ListedFile> out;
  for (auto at = page.find("href="); at != page.npos; at = page.find("href=", at)) {
    at += 5;
    const char quote = at < page.size() ? page[at] : '\0';
    const auto end = quote == '"' || quote == '\'' ? page.find(quote, at + 1) : page.npos;
    if (end == page.npos) continue;
    const std::string_view link = page.substr(at + 1, end - at - 1);
    if (link.empty() || link.front() == '?' || link.front() == '#' || link.back() == '/' || link.size() > limits::name_length) continue;
    try {
      const Url target = folder.join(link);
      if (target.origin == folder.origin && target.path.starts_with(folder.path) && target.path.find('/', folder.path.size()) == target.path.npos)
        add(out, target.last_segment(), std::nullopt);
    } catch (const ms::Error&) {  // mailto: and the like
    }
  }
  return out;
}

std::vector<ListedFile> shards_of(std::string_view index_json) {
  rapidjson::Document json;
  json.Parse<rapidjson::kParseIterativeFlag>(index_json.data(), index_json.size());
  std::set<std::string> names;
  const rapidjson::Value none(rapidjson::kObjectType), &index = json;  // const: clang 14 finds the other iterators ambiguous in C++20
  const bool has_map = !json.HasParseError() && index.IsObject() && index.HasMember("weight_map") && index["weight_map"].IsObject();
  for (const auto& member : (has_map ? index["weight_map"] : none).GetObject())
    if (member.value.IsString()) names.insert(member.value.GetString());
  std::vector<ListedFile> out;
  for (const auto& name : names) add(out, name, std::nullopt);
  return out;
}

}  // namespace hub
