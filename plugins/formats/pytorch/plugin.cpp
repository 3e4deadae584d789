// format.pytorch: tensor names, shapes and dtypes from PyTorch's files, whose pickles are read and never run.
#include <modelsig/plugin.hpp>

#include "checkpoint.hpp"

namespace {

std::vector<std::string> texts(ms::Node list) {
  std::vector<std::string> out;
  for (ms::Node item : list.items()) out.emplace_back(item.str());
  return out;
}

class PyTorch {
 public:
  explicit PyTorch(ms::Node options)
      : options_{texts(options["state"]), texts(options["ignore"]), texts(options["allow"]), options["max_pickle"].u64(std::uint64_t{128} << 20)} {}

  int probe(ms::Call& call, ms::Repo repo) const { return pytorch::score(call, repo, options_); }

  void parse(ms::Call& call, ms::Repo repo, ms::Model model) const {
    const pytorch::FileChoice choice = pytorch::choose_files(call, repo, options_);
    pytorch::Checkpoint(call, options_, choice, model).read();
  }

 private:
  pytorch::Options options_;
};

}  // namespace

MODELSIG_PLUGIN("org.modelsig.format.pytorch", "1.0.0", "Apache-2.0", ms::format<PyTorch>("format.pytorch"))
