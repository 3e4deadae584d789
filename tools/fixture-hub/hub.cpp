#include "hub.hpp"

#include <algorithm>
#include <cstdlib>
#include <fstream>

#include "compressed.hpp"

namespace fixture {
namespace {

constexpr const char* login_page = "<!DOCTYPE html><html><body><form action=\"/login\">Sign in</form></body></html>";

std::string parameter(const std::string& query, const std::string& name) {
  const std::string key = name + "=";
  for (std::size_t at = 0; at < query.size();) {
    const auto end = std::min(query.find('&', at), query.size());
    if (query.compare(at, key.size(), key) == 0) return decoded(query.substr(at + key.size(), end - at - key.size()));
    at = end + 1;
  }
  return "";
}

std::string pointer_text(const ServedFile& file) {
  return "version https://git-lfs.github.com/spec/v1\noid sha256:" + hex40(file.name) + hex40(file.name).substr(0, 24) + "\nsize " +
         std::to_string(file.size) + "\n";
}

// "bytes=5-9", "bytes=5-", "bytes=-5"; nullopt: none or not understood, false: outside the file
std::optional<std::pair<std::uint64_t, std::uint64_t>> wanted(const std::string& range, std::uint64_t size, bool& outside) {
  if (range.rfind("bytes=", 0) != 0 || range.find(',') != range.npos) return std::nullopt;
  const auto dash = range.find('-');
  const std::string a = range.substr(6, dash - 6), b = range.substr(dash + 1);
  std::uint64_t first = std::strtoull(a.c_str(), nullptr, 10), last = b.empty() ? size - 1 : std::strtoull(b.c_str(), nullptr, 10);
  if (a.empty()) first = size - std::min(size, last), last = size - 1;
  outside = first >= size || last < first;
  return std::pair{first, std::min(last, size - 1)};
}

}  // namespace

std::string decoded(std::string_view text) {
  std::string out;
  for (std::size_t i = 0; i < text.size(); ++i) {
    if (text[i] == '%' && i + 2 < text.size()) out += static_cast<char>(std::strtoul(std::string(text.substr(i + 1, 2)).c_str(), nullptr, 16)), i += 2;
    else out += text[i];
  }
  return out;
}

std::string json_quoted(std::string_view text) {
  std::string out = "\"";
  for (const char c : text) {
    if (c == '"' || c == '\\') out += '\\';
    if (static_cast<unsigned char>(c) >= 0x20) out += c;
  }
  return out + "\"";
}

Reply Hub::answer(const Request& request) {
  const bool here = switches_.only.empty() || request.target.find(switches_.only) != request.target.npos;
  if (here && busy_++ < switches_.busy) {
    Reply out = error_reply(429, "", "Too many requests");
    if (!switches_.retry_after.empty()) out.set("Retry-After", switches_.retry_after);
    if (!switches_.rate_limit.empty()) out.set("RateLimit", switches_.rate_limit);
    return out;
  }
  if (here && errors_++ < switches_.errors) return error_reply(switches_.error_status, "", "Internal trouble");
  Reply out = request.cdn ? cdn(request) : route(request);
  if (here && (out.content || !switches_.only.empty())) strike(out);
  if (!switches_.good_rate_limit.empty()) out.set("RateLimit", switches_.good_rate_limit);
  return out;
}

std::optional<Reply> Hub::refused(const Request& request, bool is_file) const {
  if (!switches_.token.empty() && !request.authorization.empty() && request.authorization != "Bearer " + switches_.token)
    return error_reply(401, "", "Invalid credentials in Authorization header");
  if (!switches_.token.empty() && request.authorization.empty()) return error_reply(401, "RepoNotFound", "Repository not found");
  if (switches_.disabled) return error_reply(403, "", "Access to this resource is disabled.");
  if (switches_.gated && is_file && switches_.token.empty())
    return error_reply(request.authorization.empty() ? 401 : 403, "GatedRepo", "Access to model is restricted. You must have access to it");
  return std::nullopt;
}

Reply Hub::route(const Request& request) {
  std::string path = request.path;
  const auto rename = switches_.renamed.find('=');
  if (rename != std::string::npos) {
    const std::string old_id = switches_.renamed.substr(0, rename), new_id = switches_.renamed.substr(rename + 1);
    if (const auto at = request.target.find("/" + old_id + "/"); at != request.target.npos) {
      Reply out = text_reply(307, "Temporary Redirect. Redirecting", "text/plain");
      out.set("Location", hub_ + request.target.substr(0, at + 1) + new_id + request.target.substr(at + 1 + old_id.size()));
      return out;
    }
  }
  const bool api = path.rfind("/api/models/", 0) == 0;
  if (auto refusal = refused(request, !api)) return std::move(*refusal);
  path.erase(0, api ? 12 : 1);
  for (const char* word : {"/revision/", "/tree/", "/resolve/", "/raw/"}) {
    const auto at = path.find(word);
    if (at == path.npos) continue;
    const std::string id = path.substr(0, at), rest = path.substr(at + std::string_view(word).size());
    if (!tree_.exists(id)) return error_reply(request.authorization.empty() ? 401 : 404, "RepoNotFound", "Repository not found");
    if (api && std::string_view(word) == "/revision/") return model(id, rest);
    if (api && std::string_view(word) == "/tree/") return tree(id, rest, request);
    const auto slash = rest.find('/');
    if (!api && slash != rest.npos) return file(id, rest.substr(0, slash), rest.substr(slash + 1), request);
  }
  if (api) return tree_.exists(path) ? model(path, "main") : error_reply(request.authorization.empty() ? 401 : 404, "RepoNotFound", "Repository not found");
  return error_reply(404, "", "Not found");
}

Reply Hub::model(const std::string& id, const std::string& revision) {
  const auto found = tree_.find(id, revision);
  if (!found) return error_reply(404, "RevisionNotFound", "Invalid rev id: " + revision);
  std::string text = "{\"id\":" + json_quoted(id) + ",\"sha\":\"" + found->commit + "\",\"private\":false,\"gated\":" + (switches_.gated ? "\"auto\"" : "false") +
                     ",\"disabled\":false";
  if (!switches_.no_siblings) {
    text += ",\"siblings\":[";
    for (const auto& file : found->files) {
      text += (&file == &found->files.front() ? "" : ",") + std::string("{\"rfilename\":") + json_quoted(file.name);
      if (!switches_.no_sizes) text += ",\"size\":" + std::to_string(file.size);
      if (file.large) text += ",\"lfs\":{\"sha256\":\"" + hex40(file.name) + "\"" + (switches_.no_sizes ? "" : ",\"size\":" + std::to_string(file.size)) + "}";
      text += "}";
    }
    text += "]";
  }
  return text_reply(200, text + "}");
}

Reply Hub::tree(const std::string& id, const std::string& revision, const Request& request) {
  const auto found = tree_.find(id, revision);
  if (!found) return error_reply(404, "RevisionNotFound", "Invalid rev id: " + revision);
  const std::size_t first = std::strtoull(parameter(request.query, "cursor").c_str(), nullptr, 10);
  const std::size_t end = switches_.page_size ? std::min(found->files.size(), first + switches_.page_size) : found->files.size();
  std::string text = "[";
  if (first == 0) text += "{\"type\":\"directory\",\"oid\":\"0\",\"size\":0,\"path\":\"a-folder\"}";
  for (std::size_t i = first; i < end; ++i)
    text += (text.size() > 1 ? "," : "") + std::string("{\"type\":\"file\",\"oid\":\"") + hex40(found->files[i].name) + "\",\"size\":" +
            std::to_string(found->files[i].size) + ",\"path\":" + json_quoted(found->files[i].name) + "}";
  Reply out = text_reply(200, text + "]");
  if (end < found->files.size())
    out.set("Link", "<" + hub_ + "/api/models/" + id + "/tree/" + revision + "?recursive=true&cursor=" + std::to_string(end) + ">; rel=\"next\"");
  return out;
}

Reply Hub::file(const std::string& id, const std::string& revision, const std::string& name, const Request& request) {
  const auto found = tree_.find(id, revision);
  if (!found) return error_reply(404, "RevisionNotFound", "Invalid rev id: " + revision);
  const ServedFile* file = found->find(name);
  if (!file) return error_reply(404, "EntryNotFound", "Entry not found");
  const std::string commit = switches_.commit_change ? hex40("another") : found->commit;
  if (!switches_.redirect || !file->large) {
    Reply out = contents(*found, *file, request);
    out.set("X-Repo-Commit", commit);
    return out;
  }
  Reply out = text_reply(302, "Found. Redirecting", "text/plain");
  std::string location = cdn_ + "/cdn/" + id + "/" + found->commit + "/" + name + "?Policy=p";
  if (switches_.signed_urls) location += "&Signature=" + hex40(request.range).substr(0, 16);
  out.set("Location", location);
  out.set("X-Repo-Commit", commit);
  out.set("X-Linked-Size", std::to_string(file->size));
  out.set("X-Linked-ETag", "\"" + hex40(name) + "\"");
  return out;
}

Reply Hub::cdn(const Request& request) {
  if (switches_.redirect_loop) {
    Reply out = text_reply(302, "", "text/plain");
    out.set("Location", cdn_ + request.target);
    return out;
  }
  if (switches_.signed_urls && parameter(request.query, "Signature") != hex40(request.range).substr(0, 16))
    return error_reply(403, "", "The URL is signed for another range");
  const std::string rest = request.path.substr(std::min<std::size_t>(5, request.path.size()));  // "/cdn/"
  const auto org = rest.find('/'), name = rest.find('/', org + 1), commit = rest.find('/', name + 1);
  if (commit == rest.npos) return error_reply(404, "", "Not found");
  const auto found = tree_.find(rest.substr(0, name), rest.substr(name + 1, commit - name - 1));
  const ServedFile* file = found ? found->find(rest.substr(commit + 1)) : nullptr;
  return file ? contents(*found, *file, request) : error_reply(404, "", "Not found");
}

Reply Hub::contents(const ServedModel& model, const ServedFile& file, const Request& request) {
  Reply out;
  out.content = true;
  out.set("Accept-Ranges", "bytes");
  out.set("ETag", "\"" + hex40(model.commit + file.name) + "\"");
  out.set("Content-Type", file.name.ends_with(".json") ? "application/json" : "application/octet-stream");
  out.file = model.folder / file.name;
  out.size = file.size;
  bool outside = false;
  if (const auto range = wanted(request.range, file.size, outside)) {
    if (outside) {
      Reply none = error_reply(416, "", "Range not satisfiable");
      none.set("Content-Range", "bytes */" + std::to_string(file.size));
      return none;
    }
    out.status = 206;
    out.first = range->first;
    out.size = range->second - range->first + 1;
    out.set("Content-Range", "bytes " + std::to_string(range->first) + "-" + std::to_string(range->second) + "/" + std::to_string(file.size));
  } else if (switches_.compress_json && file.name.ends_with(".json") && request.accept_encoding.find("gzip") != std::string::npos) {
    std::ifstream in(out.file, std::ios::binary);
    out.text = gzipped({std::istreambuf_iterator<char>(in), {}});
    out.file.clear();
    out.set("Content-Encoding", "gzip");
    out.set("ETag", "W/\"" + hex40(model.commit + file.name) + "\"");
  }
  return out;
}

void Hub::strike(Reply& out) {
  const std::uint64_t number = ++answers_;
  if (struck_++ >= switches_.times) return;
  out.drop_after = switches_.drop_after;
  out.stall_after = switches_.stall_after;
  out.stall_head = switches_.stall_head;
  if (switches_.etag_change) out.set("ETag", "\"" + std::to_string(number) + "\"");
  if (switches_.gzip) out.set("Content-Encoding", "gzip");
  if (switches_.html) out = text_reply(200, login_page, "text/html; charset=utf-8");
  if (switches_.pointer && !out.file.empty()) {
    const std::string name = out.file.filename().string();
    if (!name.ends_with(".json")) out = text_reply(200, pointer_text({name, std::filesystem::file_size(out.file), true}), "text/plain");
  }
  if (out.status != 206) return;
  const std::uint64_t total = std::filesystem::file_size(out.file);
  const auto range = [&](std::uint64_t first, std::uint64_t size, std::uint64_t of) {
    return "bytes " + std::to_string(first) + "-" + std::to_string(first + size - 1) + "/" + std::to_string(of);
  };
  if (switches_.wrong_content_range) out.set("Content-Range", range(out.first + 1, out.size, total));
  if (switches_.wrong_size) out.set("Content-Range", range(out.first, out.size, total + 4096));
  if (switches_.ignore_range) {
    out.status = 200;
    out.first = 0;
    out.size = total;
    std::erase_if(out.fields, [](const auto& field) { return field.first == "Content-Range" || field.first == "Accept-Ranges"; });
  }
}

}  // namespace fixture
