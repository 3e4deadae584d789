// The hub's HTTP interface over a tree: model and tree API, /resolve and /raw, and the CDN behind them.
#pragma once
#include <atomic>
#include <optional>
#include <string>

#include "reply.hpp"
#include "switches.hpp"
#include "tree.hpp"

namespace fixture {

class Hub {
 public:
  explicit Hub(const Switches& switches) : switches_(switches), tree_(switches.root) {}
  void set_origins(std::string hub, std::string cdn) { hub_ = std::move(hub), cdn_ = std::move(cdn); }
  Reply answer(const Request& request);

 private:
  Reply route(const Request& request);
  Reply model(const std::string& id, const std::string& revision);
  Reply tree(const std::string& id, const std::string& revision, const Request& request);
  Reply file(const std::string& id, const std::string& revision, const std::string& name, const Request& request);
  Reply cdn(const Request& request);
  Reply contents(const ServedModel& model, const ServedFile& file, const Request& request);
  std::optional<Reply> refused(const Request& request, bool is_file) const;
  void strike(Reply& reply);

  const Switches& switches_;
  const Tree tree_;
  std::string hub_, cdn_;
  std::atomic<std::uint64_t> busy_{0}, errors_{0}, struck_{0}, answers_{0};
};

std::string decoded(std::string_view text);
std::string json_quoted(std::string_view text);

}  // namespace fixture
