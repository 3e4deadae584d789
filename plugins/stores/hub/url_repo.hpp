// A file on a web server, or a folder of them. Nothing pins its content, so nothing of it is cached; size and
// ETag must stay the same for the length of a run.
#pragma once
#include <map>
#include <memory>
#include <string>

#include "files.hpp"
#include "range_batch.hpp"
#include "shared.hpp"

namespace hub {

class UrlRepo : public Files {
 public:
  UrlRepo(const ms::Call& call, std::shared_ptr<Shared> shared, const Url& url);

  void list(ms::Call& call, ms::Writer& files) override;
  void read(ms::Call& call, std::span<ms_range> ranges) override;
  void describe(ms::Call& call, ms::Writer& provenance) override;

 private:
  struct Entry {
    Url url;
    Identity identity;
    std::string held;  // read while the folder was listed
  };
  void add(const std::string& name, const Url& url, std::optional<std::uint64_t> size = std::nullopt);
  bool list_by_page(const ms::Call& call);
  void list_by_trying(const ms::Call& call);
  Fetch fetch(const Url& url, std::string what) const;

  const std::shared_ptr<Shared> shared_;
  const Url url_;
  Budget budget_;
  std::map<std::string, Entry> entries_;
};

}  // namespace hub
