// What a refusal of the hub means for the user: one sentence each, and what to do next.
#pragma once
#include <string>
#include <string_view>

#include "failure.hpp"
#include "headers.hpp"
#include "repo_name.hpp"

namespace hub {

struct Asked {  // about what the hub was asked, and as whom
  RepoName repo;
  Url endpoint;
  bool with_token;
  std::string file;  // "" for the repository itself
};

Failure diagnose(const Head& head, std::string_view page, const Asked& asked);
// The same for a plain URL.
Failure diagnose_url(const Head& head, std::string_view page, const Url& url, bool with_login);
Failure gated(const Asked& asked);
Failure disabled(const Asked& asked);

}  // namespace hub
