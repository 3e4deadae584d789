#include "tools/modelsig/examples.hpp"

#include <map>

namespace modelsig::cli {

namespace {

const std::map<std::string_view, std::string_view> kExamples = {
    {"", R"(
  modelsig /models/Qwen3-8B /models/Qwen3-32B --output table      can the small one stand in for the big one?
  modelsig local:/models/7b local:/models/72b --multi-fidelity    ... and what to test on which
  modelsig Qwen/Qwen3-8B Qwen/Qwen3-32B --compare                 from the hub, headers only
  modelsig /models/7b --fast                                      from config.json alone
  modelsig /models/7b /models/72b --plan tp=1,2,4,8 --plan context=32768   what the stand-in misses when run so
  modelsig a b c --output markdown --save report.md
  modelsig run nightly.toml /models/7b /models/72b                everything else is said in the pipeline file
  modelsig rules explain /models/7b model.layers.0.mlp.gate_proj.weight
)"},
    {"run", R"(
  modelsig run nightly.toml /models/7b /models/72b                models beside those that the file names
  modelsig run fast /models/7b                                    a pipeline by name, see 'modelsig pipelines list'
  modelsig run default a b --set hub.max_bytes=50000000           an option of a step
)"},
    {"pipelines list", "\n  modelsig pipelines list\n"},
    {"pipelines show", "\n  modelsig pipelines show default\n"},
    {"pipelines check", "\n  modelsig pipelines check nightly.toml\n"},
    {"plugins list", "\n  modelsig plugins list --plugin-dir build/plugins\n"},
    {"plugins show", "\n  modelsig plugins show format.gguf\n"},
    {"plugins check", R"(
  modelsig plugins check build/shape.so
  modelsig plugins check build/shape.so --output json             for CI; status 1 if a check fails
  modelsig plugins check build/shape.so --in-process              under a debugger
)"},
    {"rules explain", R"(
  modelsig rules explain /models/7b                               how often each rule won
  modelsig rules explain /models/7b model.norm.weight             every rule that matched, in which line
)"},
    {"rules lint", "\n  modelsig rules lint                                             all rule sets\n  modelsig rules lint mine.toml\n"},
    {"rules test", "\n  modelsig rules test                                             hits, misses and whole models of all rule sets\n  modelsig rules test mine.toml\n"},
    {"rules diff", R"(
  modelsig rules diff default mine.toml                           what an overlay changes
  modelsig rules diff default mine.toml /models/7b                ... for a model
)"},
    {"rules learn", R"(
  modelsig rules learn /models/new-7b /models/new-70b --save new.toml   two sizes say more than one
)"},
    {"families list", "\n  modelsig families list\n"},
    {"families show", "\n  modelsig families show deepseek_v3\n"},
    {"families check", "\n  modelsig families check new.toml\n"},
    {"families diff", "\n  modelsig families diff /models/7b                               tensors promised and absent, or the other way round\n"},
    {"make-checkpoint", R"(
  modelsig make-checkpoint config.json /tmp/7b                    names and shapes by its family, no weights on disk
  modelsig make-checkpoint /models/72b /tmp/72b --shard-size 4GB
)"},
    {"new", R"(
  modelsig new format npz                                         a C++ project in ./npz
  modelsig new layer alignment --lang c
  modelsig new store tar --lang rust
)"},
    {"config", "\n  modelsig config                                                 which file each rule set and pipeline comes from\n"},
};

}  // namespace

std::string examples(std::string_view command) {
  const auto it = kExamples.find(command);
  return (it == kExamples.end() ? std::string() : "\nExamples:" + std::string(it->second)) +
         "\nExit status: 0 all well; 1 wrong usage or configuration; 2 a model could not be fully analysed\n"
         "(the report is written all the same and says why).";
}

}  // namespace modelsig::cli
