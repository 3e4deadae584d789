#include "core/host/registry.hpp"

#include <gmock/gmock.h>

#include <thread>

#include "core/host/options.hpp"
#include "core/value/builder.hpp"
#include "tests/core/host/fake_host.hpp"
#include "tests/core/host/folder.hpp"

namespace modelsig {
namespace {

using namespace testing;
using ::testing::ElementsAre;
using ::testing::HasSubstr;

// A registry over copies of the given files in a folder of their own: a library is never unloaded, so each
// test has its own to load.
struct Loaded {
  explicit Loaded(const std::vector<fs::path>& files) : registry(&fake_host(), search(files)) {}
  Discovery search(const std::vector<fs::path>& files) {
    for (const fs::path& file : files) folder.copy(file);
    PluginSearch from;
    from.said = {folder.path()};
    return discover(from);
  }
  std::shared_ptr<Instance> create(const std::string& role, std::int64_t limit = -1) {
    Builder b(given);
    b.begin('{');
    if (limit >= 0) b.member("limit", static_cast<int>(limit));
    b.end();
    return registry.create(role, complete_options(*registry.find(role), b.finish(), nullptr, given), as_call(call));
  }
  std::string path(const std::string& name) const { return (folder.path() / (name + ".so")).string(); }
  bool loaded(const std::string& name) const {
    std::ifstream in("/proc/self/maps");
    const std::string maps{std::istreambuf_iterator<char>(in), {}};
    return maps.find(path(name)) != maps.npos;
  }
  Folder folder;
  Document given;
  FakeCall call;
  Registry registry;
};

std::int64_t run(Instance& instance) {
  std::int64_t emitted = -1;
  const Instance::Lock lock = instance.lock();
  EXPECT_EQ(instance.layer().run(instance.self(), nullptr, nullptr, nullptr, reinterpret_cast<ms_writer*>(&emitted)), MS_OK);
  return emitted;
}

template <class Body>
std::string registry_error(Body body) {
  try { body(); } catch (const Error& e) { return e.what(); }
  return "";
}

TEST(Registry, AnswersFromManifestsAndLoadsOnlyWhatIsNeeded) {
  const Trace trace;
  Loaded s({working("host_good"), working("host_plain"), broken("intact")});
  EXPECT_THAT(s.registry.names(), ElementsAre("layer.broken", "layer.good", "layer.plain", "store.good"));
  EXPECT_THAT(s.registry.names(MS_STORE), ElementsAre("store.good"));
  EXPECT_EQ(s.registry.stores_for("fine").at(0)->name, "store.good");
  EXPECT_TRUE(s.registry.stores_for("s3").empty());
  EXPECT_EQ(s.registry.plugin_of("layer.plain")->id, "org.modelsig.test.plain");
  EXPECT_EQ(s.registry.find("layer.none"), nullptr);
  EXPECT_FALSE(s.loaded("host_good"));
  EXPECT_EQ(trace.text(), "");

  EXPECT_EQ(run(*s.create("layer.good")), 7);
  EXPECT_EQ(run(*s.create("layer.good", 40)), 40);
  EXPECT_TRUE(s.loaded("host_good"));
  EXPECT_FALSE(s.loaded("host_plain"));
  EXPECT_FALSE(s.loaded("intact"));
  EXPECT_EQ(trace.text(), "good\n");
}

TEST(Registry, ARefusedPluginNeverRunsItsConstructor) {
  const Trace trace;
  for (const char* way : {"no_manifest", "bad_toml", "unknown_key", "no_role", "two_roles", "generation_2", "no_id", "other_id", "no_bytes"}) {
    Loaded s({broken(way)});
    EXPECT_EQ(s.registry.discovery().refusals.size(), 1u) << way;
    EXPECT_THAT(registry_error([&] { s.registry.create("layer.broken", Value(), as_call(s.call)); }),
                HasSubstr("no plugin offers 'layer.broken' (1 refused, the first: " + s.path(way) + ": ")) << way;
    EXPECT_FALSE(s.loaded(way)) << way;
  }
  EXPECT_EQ(trace.text(), "");
  Loaded s({broken("intact")});  // the same source does leave a trace when it is loaded
  s.create("layer.broken");
  EXPECT_EQ(trace.text(), "intact\n");
}

TEST(Registry, ARoleThatNobodyOffersIsRefusedWithTheNearest) {
  Loaded s({working("host_good"), working("host_plain")});
  EXPECT_EQ(registry_error([&] { s.registry.require("layer.godo"); }), "no plugin offers 'layer.godo', did you mean 'layer.good'?");
  EXPECT_EQ(registry_error([] { Registry(&fake_host(), {}).require("layer.good"); }), "no plugin offers 'layer.good', no folder with plugins was found");
}

TEST(Registry, APluginInPlainCIsLockedBecauseItIsNotThreadSafe) {
  Loaded s({working("host_plain"), working("host_good")});
  const auto plain = s.create("layer.plain"), good = s.create("layer.good");
  EXPECT_EQ(run(*plain), 3);
  EXPECT_TRUE(plain->lock().owns_lock());
  EXPECT_FALSE(good->lock().owns_lock());
}

TEST(Registry, APluginWithLibcxxAndItsExceptionsStaysOnItsSide) {
  if (!fs::exists(working("host_libcxx"))) GTEST_SKIP() << "clang++ with libc++ was not found";
  Loaded s({working("host_libcxx")});
  EXPECT_EQ(run(*s.create("layer.libcxx", 1000)), 1000);
  EXPECT_EQ(registry_error([&] { s.create("layer.libcxx", 9001); }), "layer.libcxx could not be created, status 7");
  EXPECT_EQ(s.call.failure, "limit is over 9000");
}

TEST(Registry, APluginInRustLoads) {
  if (!fs::exists(working("host_rust"))) GTEST_SKIP() << "rustc was not found";
  Loaded s({working("host_rust")});
  ASSERT_TRUE(s.registry.discovery().refusals.empty()) << s.registry.discovery().refusals[0].sentence();
  EXPECT_EQ(s.registry.plugin_of("layer.rust")->license, "Apache-2.0");
  EXPECT_EQ(run(*s.create("layer.rust")), 11);
  EXPECT_EQ(registry_error([&] { s.create("layer.rust", 9001); }), "layer.rust could not be created, status 9");
  EXPECT_EQ(s.call.failure, "limit 9001 is over 9000");
}

TEST(Registry, AFailedCreateThrowsItsStatusAndTheHostHasTheText) {
  Loaded s({working("host_good")});
  try {
    s.create("layer.good", 9001);
    FAIL();
  } catch (const Error& e) {
    EXPECT_STREQ(e.what(), "layer.good could not be created, status 9");
    EXPECT_EQ(e.status(), MS_LIMIT);
  }
  EXPECT_EQ(s.call.failure, "limit is over 9000");
}

TEST(Registry, AnUndefinedSymbolIsRefusedAtLoadAndNamed) {
  const Trace trace;
  Loaded s({broken("undefined_symbol")});
  for (int again = 0; again < 2; ++again)
    EXPECT_EQ(registry_error([&] { s.create("layer.broken"); }),
              s.path("undefined_symbol") + ": cannot be loaded: undefined symbol: nowhere_defined");
  EXPECT_EQ(trace.text(), "");
}

TEST(Registry, ADescriptorThatContradictsItsManifestOrLacksAFunctionIsRefused) {
  const auto refusal = [](const char* way) {
    Loaded s({broken(way)});
    const std::string text = registry_error([&] { s.create("layer.broken"); });
    EXPECT_TRUE(text.starts_with(s.path(way) + ": ")) << text;
    return text.substr(s.path(way).size() + 2);
  };
  EXPECT_EQ(refusal("no_create"), "role 'layer.broken' has no create()");
  EXPECT_EQ(refusal("no_table"), "role 'layer.broken' has no table of functions");
  EXPECT_EQ(refusal("no_run"), "role 'layer.broken' has no run()");
  EXPECT_EQ(refusal("small_table"), "role 'layer.broken' says its table has 8 bytes, ABI 1.0 has 16");
  EXPECT_EQ(refusal("small_role"), "role 0 says it has 24 bytes, expected 40 to 40");
  EXPECT_EQ(refusal("small_stride"), "says its roles are 32 bytes apart, ABI 1.0 has 40");
  EXPECT_EQ(refusal("wrong_kind"), "role 'layer.broken' is a layer, its descriptor says store");
  EXPECT_EQ(refusal("wrong_name"), "role 0 is called 'layer.other', which its manifest does not list");
  EXPECT_EQ(refusal("twice"), "role 'layer.broken' stands twice in its descriptor");
  EXPECT_EQ(refusal("null_entry"), "has no list of roles");
}

TEST(Registry, AnInstanceOutlivesTheRegistryAndRefusesAnotherKindsTable) {
  std::shared_ptr<Instance> instance;
  Document options;
  {
    Loaded s({working("host_good")});
    instance = s.registry.create("layer.good", complete_options(*s.registry.find("layer.good"), Value(), nullptr, options), as_call(s.call));
  }
  EXPECT_EQ(run(*instance), 7);
  EXPECT_EQ(registry_error([&] { instance->store(); }), "layer.good is a layer, expected a store");
}

TEST(Registry, ManyThreadsLoadAPluginOnce) {
  const Trace trace;
  Loaded s({working("host_good")});
  Document document;
  const Value options = complete_options(*s.registry.find("layer.good"), Value(), nullptr, document);
  std::vector<std::jthread> threads;
  for (int i = 0; i < 8; ++i) threads.emplace_back([&] { EXPECT_EQ(run(*s.registry.create("layer.good", options, nullptr)), 7); });
  threads.clear();
  EXPECT_EQ(trace.text(), "good\n");
}

TEST(Registry, APluginLinkedIntoTheProgramComesBeforeAllFolders) {
  static const ms_layer table = {sizeof(ms_layer), 0, [](void*, ms_call*, ms_model*, const ms_node*, ms_writer* out) {
                                   *reinterpret_cast<std::int64_t*>(out) = 99;
                                   return ms_status{MS_OK};
                                 }};
  static const ms_role role = {sizeof(ms_role), MS_LAYER, "layer.good", &table,
                               [](const ms_host*, ms_call*, const ms_node*, void**) { return ms_status{MS_OK}; }, [](void*) {}};
  static const ms_plugin plugin = {MS_MAGIC, sizeof(ms_plugin), 1, 0, MS_PLUGIN_THREAD_SAFE, 1, "org.modelsig.test.good", "1", "", &role, sizeof(ms_role), 0};
  Folder folder;
  folder.copy(working("host_good"));
  PluginSearch search;
  search.said = {folder.path()};
  search.linked = {{&plugin, "[[role]]\nname = \"layer.good\"\n"}};
  Registry registry(&fake_host(), discover(search));
  ASSERT_EQ(registry.discovery().notes.size(), 1u);
  EXPECT_EQ(run(*registry.create("layer.good", Value(), nullptr)), 99);
}

}  // namespace
}  // namespace modelsig
