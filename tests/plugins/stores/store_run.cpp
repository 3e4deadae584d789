#include "store_run.hpp"

#include <cstdlib>

#include "core/host/host_table.hpp"
#include "core/host/options.hpp"
#include "core/value/error.hpp"
#include "tests/support/paths.hpp"

namespace modelsig::testing {
namespace {

constexpr const char* foreign[] = {"HF_ENDPOINT", "HF_TOKEN", "HUGGING_FACE_HUB_TOKEN", "HF_TOKEN_PATH", "HF_HUB_CACHE", "HUGGINGFACE_HUB_CACHE",
                                   "HF_HUB_OFFLINE", "HF_HUB_DISABLE_IMPLICIT_TOKEN", "http_proxy", "https_proxy", "all_proxy", "HTTPS_PROXY",
                                   "ALL_PROXY", "CURL_CA_BUNDLE", "REQUESTS_CA_BUNDLE", "SSL_CERT_FILE"};

Value as_value(const Option& option) {
  if (const auto* text = std::get_if<std::string>(&option)) return Value::text(*text);
  if (const auto* number = std::get_if<std::int64_t>(&option)) return Value(*number);
  if (const auto* number = std::get_if<double>(&option)) return Value(*number);
  return Value(std::get<bool>(option));
}

}  // namespace

bool Read::right() const {
  for (std::size_t i = 0; i < bytes.size(); ++i)
    if (bytes[i] != (offset + i < header_bytes ? sample_byte(file, offset + i) : 0)) return false;
  return status == MS_OK;
}

StoreRun::StoreRun(const fs::path& home, const std::string& role, const std::string& endpoint, Options options, Environment environment) {
  for (const char* name : foreign)
    if (environment == own_environment) ::unsetenv(name);
  ::setenv("HOME", home.c_str(), 1);
  ::setenv("XDG_CACHE_HOME", (home / "cache").c_str(), 1);
  ::setenv("HF_HOME", (home / "hf").c_str(), 1);
  options.try_emplace("endpoint", endpoint);
  options.try_emplace("timeout", 5.0);
  options.try_emplace("backoff", 0.01);
  session.on_log = [this](int, std::string_view, std::string_view text) {
    const std::lock_guard guard(lock_);
    (said_ += text) += "\n";
  };
  PluginSearch search;
  search.said = {modelsig::testing::test_build_dir("plugins/stores") / "only_hub"};
  registry_ = std::make_unique<Registry>(host_table(), discover(search));
  Document given;
  Builder b(given);
  b.begin('{');
  for (const auto& [name, option] : options) b.key(name), b.copy(as_value(option));
  b.end();
  call_ = std::make_unique<Call>(session, role, &problems);
  try {
    store_ = registry_->create(role, complete_options(registry_->require(role), b.finish(), nullptr, document_), call_->raw());
  } catch (const Error& error) {
    throw Error(call_->failure().empty() ? error.what() : call_->failure());
  }
}

StoreRun::~StoreRun() {
  repo_.reset();
  store_.reset();
}

void StoreRun::open(const std::string& uri) {
  repo_.reset();
  Call call(session, "store", &problems);
  repo_ = Repo::open(call, {&store_->store(), store_->self(), store_->serial()}, uri, "");
}

std::string StoreRun::open_error(const std::string& uri) {
  try {
    open(uri);
  } catch (const Error& error) {
    (said_ += error.what()) += "\n";
    return error.what();
  }
  return "";
}

std::vector<std::string> StoreRun::files() {
  std::vector<std::string> out;
  for (std::size_t i = 0; i < repo_->size(); ++i) out.push_back(repo_->file(i).name);
  return out;
}

std::uint64_t StoreRun::file_size(const std::string& name) { return repo_->find(name)->size; }

bool StoreRun::read(std::vector<Read>& reads) {
  Call call(session, "format", &problems);
  std::vector<ms_range> ranges;
  for (auto& read : reads) {
    File* file = repo_->find(read.file);
    if (!file) throw Error("the store lists no '" + read.file + "'");
    read.bytes.assign(read.size, 0xEE);
    ranges.push_back({file->raw(), {}, read.offset, read.size, read.bytes.data(), 0, MS_SIZE_UNKNOWN, MS_OK,
                      read.short_ok ? static_cast<std::uint32_t>(MS_RANGE_SHORT_OK) : 0u});
  }
  const ms_status status = repo_->read(call, ranges);
  bool good = status == MS_OK;
  for (std::size_t i = 0; i < reads.size(); ++i) {
    reads[i].status = status == MS_CANCELLED ? status : ranges[i].status;
    reads[i].error = call.range_error(&ranges[i]);
    reads[i].file_size = ranges[i].file_size;
    reads[i].bytes.resize(ranges[i].got);
    good = good && reads[i].status == MS_OK;
    if (!reads[i].error.empty()) (said_ += reads[i].error) += "\n";
  }
  return good;
}

Read StoreRun::read(const std::string& file, std::uint64_t offset, std::uint64_t size, bool short_ok) {
  std::vector<Read> one = {{file, offset, size, short_ok}};
  read(one);
  return one[0];
}

Value StoreRun::describe() {
  Builder b(document_);
  Call call(session, "store", &problems);
  repo_->describe(call, b);
  return b.finish();
}

std::uint64_t StoreRun::described(const std::string& number) { return describe()[number].u64(); }
std::string StoreRun::described_text(const std::string& text) { return std::string(describe()[text].str()); }

std::string StoreRun::everything_said() {
  std::string out = said_;
  for (const auto& problem : problems.sorted()) out += problem.subject + ": " + problem.text + "\n";
  if (!repo_) return out;
  out += repo_->uri() + "\n";
  for (const Member& m : describe().members()) out += std::string(m.key) + " = " + std::string(m.value.str()) + "\n";
  return out;
}

}  // namespace modelsig::testing
