#include <modelsig/kit/whole_file.hpp>
#include <modelsig/plugin.hpp>

#include <charconv>
#include <string>

namespace {

constexpr std::string_view SUFFIX = ".@NAME@";

// "50257x768" -> {50257, 768}; false if it is no shape
bool parse_shape(std::string_view text, std::vector<std::uint64_t>& out) {
  for (const char *at = text.data(), *end = at + text.size();; ++at) {
    const auto [stop, error] = std::from_chars(at, end, out.emplace_back());
    if (error != std::errc() || out.size() > 64) return false;
    if (stop == end) return true;
    if (*stop != 'x') return false;
    at = stop;
  }
}

struct @CLASS@ {
  explicit @CLASS@(ms::Node options) : max_bytes(options["max_bytes"].u64()) {}

  int probe(ms::Call&, ms::Repo repo) const { return chosen(repo).empty() ? 0 : 90; }

  void parse(ms::Call& call, ms::Repo repo, ms::Model model) const {
    const std::string name = chosen(repo);
    if (name.empty()) throw ms::Error(MS_NOT_FOUND, "no file whose name ends in " + std::string(SUFFIX));
    std::vector<ms::WholeFile> files(1);
    files[0].file = repo.find(name);
    ms::read_whole(call, files, max_bytes);
    if (!files[0].error.empty()) throw ms::Error(MS_DATA_LOSS, files[0].error);
    std::string_view text = files[0].text.view();
    for (std::size_t line = 1; !text.empty(); ++line) {
      call.check_cancelled();
      const std::size_t end = std::min(text.find('\n'), text.size());
      if (end > 0) add(name + ":" + std::to_string(line), text.substr(0, end), model);
      text.remove_prefix(std::min(end + 1, text.size()));
    }
  }

 private:
  static std::string chosen(ms::Repo repo) {
    for (std::size_t i = 0; i < repo.size(); ++i)
      if (repo.name(i).ends_with(SUFFIX)) return std::string(repo.name(i));
    return {};
  }
  static void add(const std::string& place, std::string_view line, ms::Model model) {
    const std::size_t first = line.find(' '), second = line.find(' ', std::min(first, line.size() - 1) + 1);
    std::vector<std::uint64_t> shape;
    if (first == 0 || second == std::string_view::npos || !parse_shape(line.substr(second + 1), shape))
      throw ms::Error(MS_DATA_LOSS, place + ": expected a name, a dtype and a shape, as 'wte BF16 50257x768'");
    model.add(line.substr(0, first), line.substr(first + 1, second - first - 1), shape);
  }

  std::uint64_t max_bytes;
};

}  // namespace

MODELSIG_PLUGIN("org.example.@NAME@", "1.0.0", "Apache-2.0", ms::format<@CLASS@>("@ROLE@"))
