#include "server.hpp"

#include <fcntl.h>
#include <unistd.h>

#include <algorithm>
#include <boost/asio/write.hpp>
#include <boost/beast/core/flat_buffer.hpp>
#include <boost/beast/http.hpp>
#include <thread>
#include <vector>

namespace beast = boost::beast;
namespace http = beast::http;
namespace net = boost::asio;
using net::ip::tcp;

namespace fixture {
namespace {

constexpr std::size_t chunk = 64u << 10;
constexpr auto stall = std::chrono::hours(1);

std::string text(beast::string_view view) { return {view.data(), view.size()}; }

Request taken(const http::request<http::empty_body>& message, bool cdn) {
  Request out;
  out.method = text(message.method_string());
  out.target = text(message.target());
  const auto question = out.target.find('?');
  out.path = decoded(out.target.substr(0, question));
  if (question != std::string::npos) out.query = out.target.substr(question + 1);
  out.range = text(message[http::field::range]);
  out.authorization = text(message[http::field::authorization]);
  out.accept_encoding = text(message[http::field::accept_encoding]);
  out.cdn = cdn;
  return out;
}

}  // namespace

Server::Server(Hub& hub, RequestLog& log, const Switches& switches, const std::string& address, std::uint16_t port, bool cdn)
    : hub_(hub), log_(log), switches_(switches), cdn_(cdn), acceptor_(context_, tcp::endpoint(net::ip::make_address(address), port)) {}

std::string Server::origin() const {
  const auto at = acceptor_.local_endpoint();
  return "http://" + at.address().to_string() + ":" + std::to_string(at.port());
}

void Server::run() {
  for (;;) {
    tcp::socket socket(context_);
    beast::error_code error;
    acceptor_.accept(socket, error);
    if (!error) std::thread([this, s = std::move(socket)]() mutable { serve(std::move(s)); }).detach();
  }
}

void Server::serve(tcp::socket socket) {
  beast::error_code error;
  socket.set_option(tcp::no_delay(true), error);
  beast::flat_buffer buffer;
  for (;;) {
    http::request_parser<http::empty_body> parser;
    http::read(socket, buffer, parser, error);
    if (error) return;
    const Request request = taken(parser.get(), cdn_);
    if (switches_.latency_ms) std::this_thread::sleep_for(std::chrono::milliseconds(switches_.latency_ms));
    const Reply reply = hub_.answer(request);
    if (!send(socket, request, reply, parser.keep_alive())) return;
  }
}

bool Server::send(tcp::socket& socket, const Request& request, const Reply& reply, bool keep_alive) {
  if (reply.stall_head) std::this_thread::sleep_for(stall);
  http::response<http::empty_body> head(static_cast<http::status>(reply.status), 11);
  for (const auto& [name, value] : reply.fields) head.insert(name, value);
  head.content_length(reply.length());
  head.keep_alive(keep_alive);
  http::response_serializer<http::empty_body> serializer(head);
  std::uint64_t sent = 0;
  const std::uint64_t end = std::min(reply.length(), std::min(reply.drop_after.value_or(UINT64_MAX), reply.stall_after.value_or(UINT64_MAX)));
  const bool head_only = request.method == "HEAD";
  // Before the first byte goes out: whoever has an answer finds its request in the log.
  log_.add(request, reply.status, head_only ? 0 : end, head_only || end == reply.length());
  beast::error_code error;
  http::write_header(socket, serializer, error);
  const int fd = reply.file.empty() ? -1 : ::open(reply.file.c_str(), O_RDONLY | O_CLOEXEC);
  std::vector<char> bytes(reply.file.empty() ? 0 : chunk);
  while (!error && !head_only && sent < end) {
    const std::size_t want = static_cast<std::size_t>(std::min<std::uint64_t>(end - sent, chunk));
    const char* from = reply.text.data() + sent;
    if (fd >= 0) {
      if (::pread(fd, bytes.data(), want, static_cast<off_t>(reply.first + sent)) != static_cast<ssize_t>(want)) break;
      from = bytes.data();
    }
    net::write(socket, net::buffer(from, want), error);
    if (!error) sent += want;
  }
  if (fd >= 0) ::close(fd);
  const bool whole = !error && (sent == reply.length() || head_only);
  if (!whole && reply.stall_after && sent == *reply.stall_after) std::this_thread::sleep_for(stall);
  return whole && keep_alive;
}

}  // namespace fixture
