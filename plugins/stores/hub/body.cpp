#include "body.hpp"

#include "limits.hpp"

namespace hub {

Body::Take TextBody::data(std::span<const char> bytes) {
  if (bytes.size() > limits::answer - text.size()) return Take::failed;
  text.append(bytes.data(), bytes.size());
  return Take::more;
}

Failure TextBody::failure() const {
  return {MS_LIMIT, what_ + " is longer than " + std::to_string(limits::answer) + " bytes, the limit of an answer"};
}

}  // namespace hub
