// Which commit a revision is, and which files that commit has: from the hub, or without it from the caches.
#pragma once
#include <modelsig/model.hpp>
#include <string>

#include "budget.hpp"
#include "cache.hpp"
#include "fetch.hpp"
#include "hub_cache.hpp"
#include "listing.hpp"
#include "repo_name.hpp"
#include "traffic.hpp"

namespace hub {

class Resolver {
 public:
  Resolver(const Settings& settings, Traffic& traffic, Budget& budget, const Cache& cache, const HubCache& hub_cache, RepoName repo)
      : settings_(settings), traffic_(traffic), budget_(budget), cache_(cache), hub_cache_(hub_cache), repo_(std::move(repo)) {}

  struct Answer {
    Listing listing;
    RepoName repo;          // its name now
    bool from_network = false;
  };
  Answer resolve(const ms::Call& call);  // throws ms::Error

 private:
  std::optional<Listing> known(const std::string& commit) const;
  Listing local(const std::string& why) const;
  Listing ask(const ms::Call& call);
  void ask_tree(const ms::Call& call, Listing& listing);
  Fetch fetch(const Url& url, TextBody& body);
  std::string get(const ms::Call& call, const Url& url, Head& head);

  const Settings& settings_;
  Traffic& traffic_;
  Budget& budget_;
  const Cache& cache_;
  const HubCache& hub_cache_;
  RepoName repo_;
  bool reached_ = false;  // the hub has answered, whatever it said
};

}  // namespace hub
