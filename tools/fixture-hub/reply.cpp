#include "reply.hpp"

namespace fixture {

void Reply::set(const std::string& name, const std::string& value) {
  for (auto& field : fields)
    if (field.first == name) {
      field.second = value;
      return;
    }
  fields.emplace_back(name, value);
}

Reply text_reply(int status, std::string text, const std::string& type) {
  Reply out;
  out.status = status;
  out.text = std::move(text);
  out.set("Content-Type", type);
  return out;
}

Reply error_reply(int status, const std::string& code, const std::string& message) {
  Reply out = text_reply(status, "{\"error\":\"" + message + "\"}");
  if (!code.empty()) out.set("X-Error-Code", code);
  out.set("X-Error-Message", message);
  return out;
}

}  // namespace fixture
