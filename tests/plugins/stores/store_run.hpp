// The real plugin file under the real kernel, in an environment of its own: one store, models opened with it,
// ranges read, everything it said kept.
#pragma once
#include <atomic>
#include <map>
#include <memory>
#include <string>
#include <string_view>
#include <variant>
#include <vector>

#include "core/bytes/repo.hpp"
#include "core/host/registry.hpp"
#include "core/value/builder.hpp"
#include "sample_tree.hpp"

namespace modelsig::testing {

using Option = std::variant<std::string, std::int64_t, double, bool>;
using Options = std::map<std::string, Option>;

struct Read {  // one range: what was asked, what came
  std::string file;
  std::uint64_t offset, size;
  bool short_ok = false;
  std::vector<std::uint8_t> bytes{};
  ms_status status = MS_OK;
  std::string error{};
  std::uint64_t file_size = 0;

  bool right() const;  // the bytes of write_sparse
};

class StoreRun {
 public:
  // home: HF_HOME, XDG_CACHE_HOME and HOME lie in it. Timeouts and back-off are short unless given.
  enum Environment { own_environment, keep_environment };
  StoreRun(const fs::path& home, const std::string& role, const std::string& endpoint, Options options = {}, Environment environment = own_environment);
  ~StoreRun();

  void open(const std::string& uri);          // throws Error
  std::string open_error(const std::string& uri);
  std::vector<std::string> files();
  std::uint64_t file_size(const std::string& name);
  bool read(std::vector<Read>& reads);        // whether all are OK
  Read read(const std::string& file, std::uint64_t offset, std::uint64_t size, bool short_ok = false);
  std::uint64_t described(const std::string& number);
  std::string described_text(const std::string& text);
  std::string everything_said();              // logs, problems, errors, provenance

  std::atomic<bool> stop{false};
  Session session{0, &stop};
  Problems problems;

 private:
  Value describe();

  Document document_;
  std::unique_ptr<Registry> registry_;
  std::shared_ptr<Instance> store_;
  std::unique_ptr<Call> call_;
  std::unique_ptr<Repo> repo_;
  std::mutex lock_;
  std::string said_;
};

}  // namespace modelsig::testing
