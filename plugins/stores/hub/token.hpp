// The bearer token. It lives in this object and in one request header; it has no other way out.
#pragma once
#include <string>

namespace hub {

// The option, else HF_TOKEN, HUGGING_FACE_HUB_TOKEN, the file HF_TOKEN_PATH, the hub's login file
// HF_HOME/token (the last two not with HF_HUB_DISABLE_IMPLICIT_TOKEN). "" if there is none.
// Throws ms::Error if it could not stand in a header; the message does not repeat it.
std::string find_token(const std::string& option);

}  // namespace hub
