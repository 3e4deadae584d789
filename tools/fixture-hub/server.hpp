// HTTP/1.1 over Boost.Beast, a thread a connection: Beast reads requests and writes heads, bodies go out by
// hand, because a test wants them cut, stalled or wrong at an exact byte.
#pragma once
#include <boost/asio/io_context.hpp>
#include <boost/asio/ip/tcp.hpp>
#include <string>

#include "hub.hpp"
#include "request_log.hpp"

namespace fixture {

class Server {
 public:
  Server(Hub& hub, RequestLog& log, const Switches& switches, const std::string& address, std::uint16_t port, bool cdn);
  std::string origin() const;
  std::uint16_t port() const { return acceptor_.local_endpoint().port(); }
  [[noreturn]] void run();

 private:
  void serve(boost::asio::ip::tcp::socket socket);
  bool send(boost::asio::ip::tcp::socket& socket, const Request& request, const Reply& reply, bool keep_alive);

  Hub& hub_;
  RequestLog& log_;
  const Switches& switches_;
  const bool cdn_;
  boost::asio::io_context context_;
  boost::asio::ip::tcp::acceptor acceptor_;
};

}  // namespace fixture
