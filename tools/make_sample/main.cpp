// modelsig-make-sample LISTING FOLDER: a sparse checkpoint with the names and shapes of a listing, and the
// LISTING's .config.json beside it as config.json.
#include <CLI/CLI.hpp>

#include <fstream>
#include <iostream>
#include <iterator>

#include "tools/make_sample/listing.hpp"

namespace fs = std::filesystem;

int main(int argc, char** argv) {
  std::string listing, folder;
  std::uint64_t shard_size = 0;
  CLI::App app("Writes a sparse safetensors checkpoint: real names, shapes and dtypes, no weights");
  app.add_option("LISTING", listing, "tensors, one a line (tools/make_sample/listing.hpp says how)")->required()->check(CLI::ExistingFile);
  app.add_option("FOLDER", folder, "where the checkpoint goes")->required();
  app.add_option("--shard-size", shard_size, "bytes of data a shard holds at most; without it what the listing says");
  CLI11_PARSE(app, argc, argv);
  try {
    std::ifstream in(listing, std::ios::binary);
    const std::string text{std::istreambuf_iterator<char>(in), {}};
    const auto parsed = modelsig::sample::parse_listing(text, listing);
    const auto written = modelsig::checkpoint::write(folder, parsed.tensors, shard_size ? shard_size : parsed.shard_size);
    const fs::path config = fs::path(listing).replace_extension(".config.json");
    if (fs::exists(config)) fs::copy_file(config, fs::path(folder) / "config.json", fs::copy_options::overwrite_existing);
    std::cout << folder << ": " << parsed.tensors.size() << " tensors, " << written.files.size() << " file(s), " << written.bytes << " bytes of data (a hole)\n";
    return 0;
  } catch (const std::exception& error) {
    std::cerr << "error: " << error.what() << '\n';
    return 1;
  }
}
