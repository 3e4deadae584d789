#include "diagnosis.hpp"

#include "retry.hpp"

namespace hub {
namespace {

constexpr std::size_t longest_quote = 200;
constexpr const char* out_of_step = ", though it was listed: a mirror may be out of step; run again, or ask another endpoint";

// The server's own words, on one line. X-Error-Message and the JSON {"error": ...} of the hub.
std::string words(const Head& head, std::string_view page) {
  std::string text(head.headers.get("x-error-message"));
  if (text.empty()) {
    const auto key = page.find("\"error\"");
    const auto open = key == page.npos ? page.npos : page.find('"', page.find(':', key));
    const auto close = open == page.npos ? page.npos : page.find('"', open + 1);
    if (close != page.npos) text = page.substr(open + 1, close - open - 1);
  }
  for (char& c : text)
    if (static_cast<unsigned char>(c) < 0x20) c = ' ';
  return text.empty() ? text : " (\"" + text.substr(0, longest_quote) + "\")";
}

Failure busy(int status, const std::string& what, const std::string& said, bool with_token) {
  const bool limited = status == 429;
  return {MS_UNAVAILABLE, what + ": the server answers " + std::to_string(status) + said +
          ": " + (limited ? "too many requests; " : "") + "run again later" +
          (limited && !with_token ? ", or with a token (its limits are higher)" : ""), true, false};
}

}  // namespace

Failure gated(const Asked& asked) {
  const std::string page = asked.repo.page(asked.endpoint);
  return {MS_DENIED, asked.repo.id + " is gated: " + (asked.with_token ? "the account of this token has no access yet; ask for it at " + page
          : "accept its terms at " + page + ", then give a token of that account (--token, HF_TOKEN)"), false, true};
}

Failure disabled(const Asked& asked) {
  return {MS_DENIED, asked.repo.id + " is disabled by the hub or its owner: there is nothing to read; use another repository", false, true};
}

Failure diagnose(const Head& head, std::string_view page, const Asked& asked) {
  const std::string code(head.headers.get("x-error-code")), said = words(head, page);
  const std::string& id = asked.repo.id;
  const std::string what = asked.file.empty() ? id : asked.file + " of " + id;
  if (worth_retrying(head.status)) return busy(head.status, what, said, asked.with_token);
  if (code == "GatedRepo") return gated(asked);
  if (head.status == 403 && said.find("disabled") != std::string::npos) return disabled(asked);
  if (code == "RevisionNotFound")
    return {MS_NOT_FOUND, id + " has no revision '" + asked.repo.revision + "': give a branch, tag or commit that " +
            asked.repo.page(asked.endpoint) + " lists", false, true};
  if (code == "EntryNotFound")
    return {MS_NOT_FOUND, id + " has no file '" + asked.file + "' at this revision" + out_of_step};
  if (head.status == 401 && said.find("nvalid credentials") != std::string::npos)
    return {MS_DENIED, "the hub does not accept the token: it is wrong or expired; make a new one, or remove it to read as anonymous", false, true};
  if (head.status == 401)  // the hub hides whether a repository exists from those who may not see it
    return {MS_DENIED, id + " does not exist on " + asked.endpoint.shown() + ", or it is private: check the spelling" +
            (asked.with_token ? "; this token may not see it" : ", or give a token (--token, HF_TOKEN)"), false, true};
  if (head.status == 403)
    return {MS_DENIED, what + ": the hub refuses access" + said + ": check that the token may read it", false, true};
  if (head.status == 404 && asked.file.empty())
    return {MS_NOT_FOUND, id + " does not exist on " + asked.endpoint.shown() + ": check the spelling" +
            (asked.with_token ? "" : "; a private one needs a token (--token, HF_TOKEN)"), false, true};
  if (head.status == 404) return {MS_NOT_FOUND, what + " is not there (404)" + out_of_step};
  if (head.status == 451) return {MS_DENIED, what + " is withheld for legal reasons (451)" + said, false, true};
  return {MS_UNAVAILABLE, what + ": the server answers " + std::to_string(head.status) + said +
          ": check that the endpoint is a hub (option 'endpoint', HF_ENDPOINT)"};
}

Failure diagnose_url(const Head& head, std::string_view page, const Url& url, bool with_login) {
  const std::string said = words(head, page), what = url.shown();
  if (worth_retrying(head.status)) return busy(head.status, what, said, with_login);
  if (head.status == 401 || head.status == 403)
    return {MS_DENIED, what + ": access refused (" + std::to_string(head.status) + ")" + said + ": " +
            (url.text == what ? "log in with https://user:password@host/..., or check its permissions"
                              : "a signed URL may have expired, get a new one"), false, true};
  if (head.status == 404 || head.status == 410) return {MS_NOT_FOUND, what + " does not exist (" + std::to_string(head.status) + "): check the address"};
  return {MS_UNAVAILABLE, what + ": the server answers " + std::to_string(head.status) + said + ": check the address"};
}

}  // namespace hub
