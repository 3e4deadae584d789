// A pipeline text run over the test plugins, in process.
#pragma once
#include <gtest/gtest.h>

#include <filesystem>
#include <fstream>
#include <string>

#include "core/families/family_library.hpp"
#include "core/host/host_table.hpp"
#include "core/host/registry.hpp"
#include "core/pipeline/analyse.hpp"
#include "core/report/report.hpp"
#include "core/rules/rule_set.hpp"
#include "tests/support/paths.hpp"

namespace modelsig::test {

class Folder {
 public:
  Folder() {
    std::string pattern = (std::filesystem::temp_directory_path() / "modelsig-run-XXXXXX").string();
    path_ = mkdtemp(pattern.data());
  }
  ~Folder() { std::filesystem::remove_all(path_); }
  std::filesystem::path write(const std::string& name, const std::string& text) const {
    std::filesystem::create_directories((path_ / name).parent_path());
    std::ofstream(path_ / name) << text;
    return path_ / name;
  }
  const std::filesystem::path& path() const { return path_; }

 private:
  std::filesystem::path path_;
};

struct Runner {
  Folder folder;
  ConfigDirs dirs{{folder.path()}};
  std::unique_ptr<Registry> registry;
  Session session{2};
  std::vector<std::shared_ptr<const RuleSet>> kept;  // labels point into them

  Runner() {
    PluginSearch search;
    search.said = {modelsig::testing::test_build_dir("core/run") / "plugins"};
    registry = std::make_unique<Registry>(host_table(), discover(search));
  }
  Pipeline pipeline(const std::string& text) {
    folder.write("pipelines/p.toml", text);
    return Pipeline::load(dirs, "p");
  }
  // the fingerprint of memory://model as the pipeline makes it
  std::unique_ptr<Fingerprint> analyse(const std::string& text, const FamilyLibrary* families = nullptr, const char* rule_text = "") {
    const Pipeline p = pipeline(text);
    Plan plan(p, *registry, p.flags);
    const auto rules = RuleSet::parse(rule_text, "none.toml");
    kept.push_back(rules);
    const Knowledge known{rules.get(), families};
    return Analysis{plan, session, known}.run(Target::parse("memory://model"));
  }
  std::string mistake(const std::string& text) {
    try {
      const Pipeline p = pipeline(text);
      Plan plan(p, *registry, p.flags);
      return "";
    } catch (const Error& error) {
      std::string what = error.what();
      const std::string at = folder.path().string() + "/pipelines/";
      for (std::size_t i; (i = what.find(at)) != std::string::npos;) what.erase(i, at.size());
      return what;
    }
  }
};

// what the step's problem says; "" if it had none
inline std::string text_of(Fingerprint& fp, std::string_view step) {
  for (const Problem& p : fp.problems().sorted())
    if (p.step == step) return p.text;
  return "";
}

}  // namespace modelsig::test
