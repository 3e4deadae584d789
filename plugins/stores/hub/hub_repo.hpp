// One model on a hub, pinned to a commit.
#pragma once
#include <map>
#include <memory>
#include <modelsig/model.hpp>
#include <span>
#include <string>

#include "files.hpp"
#include "range_batch.hpp"
#include "resolver.hpp"
#include "shared.hpp"

namespace hub {

class HubRepo : public Files {
 public:
  HubRepo(const ms::Call& call, std::shared_ptr<Shared> shared, RepoName name);
  ~HubRepo() override;

  void list(ms::Call& call, ms::Writer& files) override;
  void read(ms::Call& call, std::span<ms_range> ranges) override;
  void describe(ms::Call& call, ms::Writer& provenance) override;

 private:
  Identity& identity(const std::string& name) const;
  bool cached(ms_range& range, const Identity& identity);
  Fetch fetch(const std::string& name) const;

  const std::shared_ptr<Shared> shared_;
  const std::string revision_;
  HubCache hub_cache_;
  Budget budget_;
  RepoName repo_;
  Listing listing_;
  ModelCache cache_;
  mutable std::mutex lock_;                    // of what follows and of cache_
  mutable std::map<std::string, Identity> identities_;
  std::uint64_t cache_hits_ = 0, cache_bytes_ = 0, hub_cache_hits_ = 0;
};

}  // namespace hub
