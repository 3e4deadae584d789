#include <sys/prctl.h>

#include <csignal>
#include <cstdio>
#include <exception>
#include <thread>

#include "server.hpp"

int main(int count, char** words) try {
  const fixture::Switches switches = fixture::Switches::parse(count, words);
  if (switches.with_parent) ::prctl(PR_SET_PDEATHSIG, SIGTERM);
  std::signal(SIGPIPE, SIG_IGN);
  fixture::Hub hub(switches);
  fixture::RequestLog log(switches.log);
  fixture::Server front(hub, log, switches, "127.0.0.1", switches.port, false);
  fixture::Server cdn(hub, log, switches, "127.0.0.2", 0, true);  // another host, not only another port
  hub.set_origins(front.origin(), cdn.origin());
  std::printf("{\"port\": %u, \"cdn_port\": %u, \"endpoint\": \"%s\"}\n", front.port(), cdn.port(), front.origin().c_str());
  std::fflush(stdout);
  std::thread([&] { cdn.run(); }).detach();
  front.run();
} catch (const std::exception& error) {
  std::fprintf(stderr, "fixture-hub: %s\n", error.what());
  return 1;
}
