// What the command line says. Parsed by command_line.cpp (the only file that sees CLI11), used by the commands.
#pragma once
#include <filesystem>
#include <string>
#include <vector>

namespace modelsig::cli {

struct Options {
  // which pipeline, changed how
  std::string pipeline;                  // --pipeline NAME|FILE; "": default
  std::vector<std::string> rules;        // --rules FILE, laid over all others
  std::vector<std::string> set;          // --set step.key=value
  std::vector<std::string> plan;         // --plan tp=1,2,4,8
  std::vector<std::filesystem::path> plugin_dirs;
  // what to analyse
  std::vector<std::string> models;       // positional, then -m
  std::vector<std::string> flagged_models;  // -m alone, while parsing
  std::string local;                     // --local PATH: the folder of the first model
  bool compare = false, fast = false, multi_fidelity = false, quant_path = false, layer_sig = true;
  bool trust_remote_code = false, ignored = false;
  std::string token;
  int timeout = 0;                       // seconds; 0: the store's default
  bool offline = false;
  // output
  std::string output;                    // "": the pipeline's
  std::string save;
  bool no_color = false, quiet = false, verbose = false;
  unsigned threads = 0;                  // 0: one a core
  bool in_process = false;               // plugins check --in-process
  std::string lang = "cpp";              // new --lang
  std::string name;                      // rules learn --name
  // make-checkpoint
  std::string shard_size, dtype = "BF16";
  // subcommand
  std::string command;                   // "": analyse; "plugins list", "pipelines show" ...
  std::vector<std::string> arguments;    // of the subcommand
};

// Returns -1 to go on, else the exit code (help and version were printed, or the mistake was said).
int parse_command_line(int argc, char** argv, Options& out);

}  // namespace modelsig::cli
