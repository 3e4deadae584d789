// One thing to get over HTTP: where, who receives it, what its errors mean. The engine adds redirects,
// retries and pauses; the caller finds the outcome in `failure`.
#pragma once
#include <functional>
#include <optional>
#include <string>

#include "body.hpp"
#include "url.hpp"

namespace hub {

struct Fetch {
  Url url;
  Body* body = nullptr;
  std::string what;            // "config.json of org/name": names the request in messages
  std::string bucket;          // requests that a server counts together when it limits their rate
  std::string bearer;          // token, sent to `bearer_origin` and nowhere else
  Origin bearer_origin;

  // A redirect answer on its way to `to`; a Failure refuses to follow.
  std::function<std::optional<Failure>(const Head&, const Url& to)> on_redirect;
  // Before the body of the last answer: more to check than the body itself does.
  std::function<std::optional<Failure>(const Head&, const Url& from)> on_head;
  // What a 4xx or 5xx answer means; `page` is the beginning of its body.
  std::function<Failure(const Head&, std::string_view page)> explain;

  // outcome
  Head head;
  std::optional<Failure> failure;
};

}  // namespace hub
