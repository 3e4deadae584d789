#include <CLI/CLI.hpp>

#include <algorithm>
#include <cstdio>

#include "core/report/report.hpp"
#include "core/value/nearest.hpp"
#include "tools/modelsig/examples.hpp"
#include "tools/modelsig/exit_codes.hpp"
#include "tools/modelsig/options.hpp"

namespace modelsig::cli {

namespace {

void add_run_options(CLI::App& app, Options& o) {
  app.add_option("-m,--model", o.flagged_models, "A model; may be repeated, comes behind the positional ones")->allow_extra_args(false);
  app.add_option("--local", o.local, "Folder of the first model");
  app.add_option("--pipeline", o.pipeline, "Pipeline file, or its name (see 'modelsig pipelines list')");
  app.add_option("--rules", o.rules, "Rule file laid over all others; may be repeated")->allow_extra_args(false);
  app.add_option("--set", o.set, "step.key=value: an option of a step; may be repeated")->allow_extra_args(false);
  app.add_option("--plan", o.plan, "What the engine will be run with, name=value or name=value,value,...: tp=1,2,4,8 context=32768 quant=awq-g128 engine=vllm; may be repeated")->allow_extra_args(false);
  app.add_flag("--compare", o.compare, "Compare all pairs (as is done for two models or more)");
  app.add_option("--output", o.output, "json, table or markdown, or any formatter of the pipeline (default: json)");
  app.add_option("--save", o.save, "Write the report to a file, whole or not at all");
  app.add_flag("--fast", o.fast, "From the configuration alone, without tensors");
  app.add_flag("--quant-path", o.quant_path, "Add the quantisation path block");
  app.add_flag("--multi-fidelity", o.multi_fidelity, "Add the four-level test plan");
  app.add_flag("--layer-sig,!--no-layer-sig", o.layer_sig, "Layer input/output signatures (default: on)");
  app.add_flag("--no-fx-trace", o.ignored, "Accepted for compatibility; nothing is traced here");
  app.add_flag("--no-hook-capture", o.ignored, "Accepted for compatibility; nothing is executed here");
  app.add_flag("--trust-remote-code", o.trust_remote_code, "Accepted for compatibility; nothing remote is ever executed");
  app.add_option("--token", o.token, "Hub token (default: HF_TOKEN and the hub's login file)");
  app.add_option("--timeout", o.timeout, "Seconds to connect, or without a byte, before a request is tried again (--set hub.retries=N) or given up;\n"
                                             "a model takes 600 s on the network at most (--set hub.total_timeout=S)")->check(CLI::Range(1, 3600));
  app.add_flag("--offline", o.offline, "No network request at all");
  app.add_flag("--no-color", o.no_color, "No colours (NO_COLOR does the same)");
  app.add_option("--threads", o.threads, "Threads (default: one a core); results do not depend on it")->check(CLI::Range(1, 1024));
  app.add_option("--plugin-dir", o.plugin_dirs, "Folder with plugins, looked into first; may be repeated")->allow_extra_args(false);
  app.add_flag("-q,--quiet", o.quiet, "No warnings, no progress");
  app.add_flag("-v,--verbose", o.verbose, "Say what is being done");
}

// "modelsig plugins list": a group with leaves; the leaf's positionals end up in Options::arguments
CLI::App* add_leaf(CLI::App& group, Options& o, const std::string& group_name, const std::string& name, const std::string& help,
              const std::string& positional, bool required) {
  CLI::App* leaf = group.add_subcommand(name, help);
  leaf->fallthrough();
  group.fallthrough();
  if (!positional.empty()) {
    auto* option = leaf->add_option(positional, o.arguments);
    if (required) option->required();
  }
  leaf->callback([&o, group_name, name] { o.command = group_name + " " + name; });
  return leaf;
}

void add_examples(CLI::App& app, const std::string& name) {
  app.footer([name] { return examples(name); });
  for (CLI::App* command : app.get_subcommands([](CLI::App*) { return true; })) add_examples(*command, name.empty() ? command->get_name() : name + " " + command->get_name());
}

// "plugins shwo x": which words may stand behind "plugins"; empty where that is not what is wrong.
std::string wrong_subcommand(const CLI::App& app, int argc, char** argv) {
  for (const CLI::App* group : app.get_subcommands()) {
    if (group->get_require_subcommand_min() == 0 || !group->get_subcommands().empty()) continue;
    std::vector<std::string> known;
    for (const CLI::App* leaf : group->get_subcommands(nullptr)) known.push_back(leaf->get_name());
    const auto at = std::find(argv, argv + argc, group->get_name());
    const std::string word = argv + argc - at > 1 ? at[1] : "";
    std::string all;
    for (const std::string& name : known) all += (all.empty() ? "" : ", ") + name;
    if (word.empty()) return "'" + group->get_name() + "' needs a word behind it: " + all;
    return "there is no '" + group->get_name() + " " + word + "'" + did_you_mean(word, known) + " (" + all + ")";
  }
  return {};
}

}  // namespace

int parse_command_line(int argc, char** argv, Options& o) {
  CLI::App app{"Which smaller model can stand in for the big one, what does that cover, and what does it miss?\n"
               "Reads metadata only: never a weight, never model code.", "modelsig"};
  app.set_version_flag("--version", "modelsig " + tool_version());
  app.add_option("models", o.models, "PATH, local:PATH, org/name[@revision], hf://..., each with #file or #variant if there are several");
  add_run_options(app, o);

  CLI::App* run = app.add_subcommand("run", "Run a pipeline file: modelsig run FILE|NAME [MODEL...]");
  run->fallthrough();
  run->add_option("pipeline", o.arguments, "FILE|NAME, then models")->required();
  run->callback([&o] { o.command = "run"; });

  CLI::App* pipelines = app.add_subcommand("pipelines", "The pipelines there are")->require_subcommand(1);
  add_leaf(*pipelines, o, "pipelines", "list", "Name and purpose of each", "", false);
  add_leaf(*pipelines, o, "pipelines", "show", "Steps and options of one", "NAME", true);
  add_leaf(*pipelines, o, "pipelines", "check", "Mistakes in a pipeline file", "FILE", true);
  CLI::App* plugins = app.add_subcommand("plugins", "The plugins there are")->require_subcommand(1);
  add_leaf(*plugins, o, "plugins", "list", "Every role, and files that were refused", "", false);
  add_leaf(*plugins, o, "plugins", "show", "What a role does, its options, its file", "NAME", true);
  add_leaf(*plugins, o, "plugins", "check", "Whether a plugin keeps its part of the contract: FILE.so...", "FILE", true)
      ->add_flag("--in-process", o.in_process, "No child processes, for debuggers");
  CLI::App* rules = app.add_subcommand("rules", "The rules and what they decide")->require_subcommand(1);
  add_leaf(*rules, o, "rules", "explain", "Which rule gave each label: MODEL [TENSOR]", "MODEL", true);
  add_leaf(*rules, o, "rules", "lint", "What is wrong with rule sets: NAME|FILE..., or all there are", "SET", false);
  add_leaf(*rules, o, "rules", "test", "Run the rules' own tests: NAME|FILE..., or all there are", "SET", false);
  add_leaf(*rules, o, "rules", "diff", "What changes between two rule sets, and for models: A B [MODEL...]", "A", true);
  add_leaf(*rules, o, "rules", "learn", "Propose a family file from real checkpoints: MODEL... (--save FILE)", "MODEL", true)
      ->add_option("--name", o.name, "Of the family (default: its model type)");
  CLI::App* families = app.add_subcommand("families", "The model families there are")->require_subcommand(1);
  add_leaf(*families, o, "families", "list", "Name and model types of each", "", false);
  add_leaf(*families, o, "families", "show", "A family as a module tree with symbolic shapes", "NAME", true);
  add_leaf(*families, o, "families", "check", "Mistakes in a family file", "FILE", true);
  add_leaf(*families, o, "families", "diff", "A checkpoint against its family", "MODEL", true);
  CLI::App* make = app.add_subcommand("make-checkpoint", "Write a sparse checkpoint with the true names and shapes: CONFIG|DIR OUT");
  make->fallthrough();
  make->add_option("arguments", o.arguments, "CONFIG|DIR and OUT")->required();
  make->add_option("--shard-size", o.shard_size, "At most so much a file, e.g. 4GB (default: one file)");
  make->add_option("--dtype", o.dtype, "Of tensors whose dtype neither config nor scheme says (default: BF16)");
  make->callback([&o] { o.command = "make-checkpoint"; });
  CLI::App* fresh = app.add_subcommand("new", "A plugin project, ready to build: KIND NAME, as 'new layer shapes'");
  fresh->fallthrough();
  fresh->add_option("arguments", o.arguments, "store, format, layer, comparator, advisor or formatter, and its name")->required();
  fresh->add_option("--lang", o.lang, "cpp, c or rust (default: cpp)")->check(CLI::IsMember({"cpp", "c", "rust"}));
  fresh->callback([&o] { o.command = "new"; });
  CLI::App* config = app.add_subcommand("config", "Folders, their precedence, and where each thing was found");
  config->fallthrough();
  config->callback([&o] { o.command = "config"; });
  app.require_subcommand(0, 1);
  add_examples(app, "");

  try {
    app.parse(argc, argv);
  } catch (const CLI::CallForHelp& e) {
    app.exit(e);
    return kOk;
  } catch (const CLI::CallForVersion& e) {
    app.exit(e);
    return kOk;
  } catch (const CLI::ExtrasError& e) {
    std::vector<std::string> known;
    for (const CLI::Option* option : app.get_options())
      for (const std::string& name : option->get_lnames()) known.push_back("--" + name);
    for (const std::string& word : app.remaining(true))
      std::fprintf(stderr, "error: there is no option '%s'%s; see 'modelsig --help'\n", word.c_str(), did_you_mean(word, known).c_str());
    return kUsage;
  } catch (const CLI::ParseError& e) {
    const std::string wrong = wrong_subcommand(app, argc, argv);
    std::fprintf(stderr, "error: %s; see 'modelsig --help'\n", wrong.empty() ? e.what() : wrong.c_str());
    return kUsage;
  }
  o.models.insert(o.models.end(), o.flagged_models.begin(), o.flagged_models.end());
  if (o.command.empty() && o.models.empty() && o.local.empty()) {
    std::fputs(app.help().c_str(), stderr);
    return kUsage;
  }
  return -1;
}

}  // namespace modelsig::cli
