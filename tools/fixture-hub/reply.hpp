// A request as far as it matters here, and the answer to it: a text or a piece of a file, and what goes wrong
// while it is sent.
#pragma once
#include <cstdint>
#include <filesystem>
#include <optional>
#include <string>
#include <utility>
#include <vector>

namespace fixture {

struct Request {
  std::string method, target, path, query;  // path: decoded
  std::string range, authorization, accept_encoding;
  bool cdn = false;                         // came in on the other origin
};

struct Reply {
  int status = 200;
  std::vector<std::pair<std::string, std::string>> fields;
  std::string text;
  std::filesystem::path file;               // if set: bytes [first, first + size) of it
  std::uint64_t first = 0, size = 0;
  bool content = false;                     // of a file: faults strike it
  std::optional<std::uint64_t> drop_after, stall_after;
  bool stall_head = false;

  std::uint64_t length() const { return file.empty() ? text.size() : size; }
  void set(const std::string& name, const std::string& value);  // replaces
};

Reply text_reply(int status, std::string text, const std::string& type = "application/json");
Reply error_reply(int status, const std::string& code, const std::string& message);

}  // namespace fixture
