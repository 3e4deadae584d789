// A pipeline file, read and merged with what it extends: which steps there are, in which order, with which
// options. It knows no plugin yet; plan.hpp checks it against those that are installed.
#pragma once
#include <map>
#include <memory>
#include <string>
#include <string_view>
#include <vector>

#include "core/pipeline/config_dirs.hpp"
#include "core/value/toml_file.hpp"

namespace modelsig {

struct Option {                                   // one value for a step, and where it was said
  const Value* value;
  std::shared_ptr<const TomlFile> file;
};

struct Step {
  int kind = 0;                                   // MS_STORE ...
  std::string use;                                // "layer.weights"
  std::string id;                                 // for --set and overriding; default: what stands behind the dot
  std::string section;                            // "": its members are merged into the object around it
  std::string when;                               // flag that switches it on ("multi_fidelity", "not fast"); "": always
  std::map<std::string, Option> with;
  Option at;                                      // the step's own table
};

struct ReportLayout {                             // which keys are printed, in which order
  std::vector<std::string> top, model, pair;
  bool only = false;                              // what is not listed is left out (else it follows)
  bool non_finite = false;                        // NaN and Infinity may stand in it, which JSON proper doesn't have
  std::vector<std::string> hide;                  // keys of models and pairs that only later steps need
  std::string version;                            // printed instead of ours (the reference pipeline's)
};

class Pipeline {
 public:
  // `name_or_path` as in --pipeline; throws Error file:line:column
  static Pipeline load(const ConfigDirs& dirs, const std::string& name_or_path);
  // The same from text; relative names in it are looked up beside `path`.
  static Pipeline parse(const ConfigDirs& dirs, std::string_view text, const std::filesystem::path& path);
  // "step.key=value", the value in TOML syntax or, failing that, a string
  void set(const std::string& assignment);
  // "tp=1,2,4,8": one value of the plan, or several
  void set_plan(const std::string& assignment);

  std::string name, summary;
  std::filesystem::path path;
  std::vector<Step> steps;                        // by kind in run order, else file order
  std::vector<std::filesystem::path> rules;       // rule files, overlaid in this order
  std::map<std::string, Option> plan;             // [plan]: what the engine will be run with (test_plan.hpp)
  std::map<std::string, bool> flags;              // names that `when` may use, with their defaults
  ReportLayout report;
  std::string format = "json", save;              // [output]
  std::string labels = "unique";                  // [models] label: "unique", or "basename" (equal ones: the later wins)
  bool families = false;                          // families = true: family files say roles, and tensors where none are stored
  bool abort_on_error = false;                    // [errors] step = "abort": no report instead of a partial one
  std::uint64_t budget = 0;                       // [limits] bytes per model, 0: the default
  std::vector<std::shared_ptr<const TomlFile>> files;  // that it came from, nearest last

 private:
  static Pipeline from(const ConfigDirs& dirs, const std::shared_ptr<const TomlFile>& file, const std::filesystem::path& path);
  void merge(const ConfigDirs& dirs, const std::shared_ptr<const TomlFile>& file, const std::filesystem::path& path, int depth);
  void merge_step(const std::shared_ptr<const TomlFile>& file, int kind, const Value& table);
  void apply_policy(const ConfigDirs& dirs, const std::shared_ptr<const TomlFile>& file, const Value& name);
  Step* step(std::string_view id);
};


}  // namespace modelsig
