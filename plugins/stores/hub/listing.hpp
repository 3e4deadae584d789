// The files of a repository at one commit, as the hub's API tells them.
#pragma once
#include <cstdint>
#include <optional>
#include <string>
#include <string_view>
#include <vector>

namespace hub {

struct ListedFile {
  std::string name;
  std::optional<std::uint64_t> size;
};

struct Listing {
  std::string commit;  // "" if the answer does not say
  std::vector<ListedFile> files;
  bool complete = false;  // false: ask for the tree, names or sizes may be missing
  std::string gated;      // "auto", "manual": files ask for an accepted licence
  bool disabled = false;
  std::string id;         // what the hub calls it now
};

// /api/models/{id}/revision/{rev}?blobs=true. `what` names the answer in messages; throws ms::Error.
Listing parse_model(std::string_view json, const std::string& what);
// One page of /api/models/{id}/tree/{commit}?recursive=true, appended.
void parse_tree(std::string_view json, const std::string& what, Listing& into);

bool is_safe_name(std::string_view name);  // relative, no "..", no empty part, no control character

}  // namespace hub
