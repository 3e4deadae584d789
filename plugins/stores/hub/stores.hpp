// The two roles of this plugin.
#pragma once
#include <memory>
#include <string_view>

#include "hub_repo.hpp"
#include "url_repo.hpp"

namespace hub {

class HubStore {
 public:
  explicit HubStore(ms::Node options) : shared_(std::make_shared<Shared>(options)) {}
  std::unique_ptr<Files> open(ms::Call& call, std::string_view uri) {
    return std::make_unique<HubRepo>(call, shared_, RepoName::parse(uri));
  }
 private:
  std::shared_ptr<Shared> shared_;
};

class UrlStore {
 public:
  explicit UrlStore(ms::Node options) : shared_(std::make_shared<Shared>(options)) {}
  std::unique_ptr<Files> open(ms::Call& call, std::string_view uri);
 private:
  std::shared_ptr<Shared> shared_;
};

}  // namespace hub
