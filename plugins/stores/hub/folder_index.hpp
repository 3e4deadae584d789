// The files of a folder on a plain web server, from its index page: HTML with links, as every server makes
// it, or nginx's JSON. Sub-folders are left out.
#pragma once
#include <string_view>
#include <vector>

#include "listing.hpp"
#include "url.hpp"

namespace hub {

std::vector<ListedFile> parse_index(std::string_view page, const Url& folder);

// The shard names in a safetensors index ("weight_map"), for a server that shows no index page.
std::vector<ListedFile> shards_of(std::string_view index_json);

}  // namespace hub
