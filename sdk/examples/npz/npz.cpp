// The arrays of a NumPy archive: a zip file of .npy files, each with a header in front of its data. Three round trips,
// whatever the number of arrays: the archive's end, its directory, all headers.
#include <modelsig/plugin.hpp>

#include <charconv>
#include <string>
#include <vector>

namespace {

constexpr std::uint64_t TAIL = 22 + 65535;       // the end record with the longest comment
constexpr std::size_t HEADER = 1024;             // of one array, with the zip header in front of it

std::uint64_t number(std::string_view bytes, std::size_t at, unsigned count) {
  std::uint64_t value = 0;
  for (unsigned i = count; i-- > 0;) value = value << 8 | static_cast<unsigned char>(bytes[at + i]);
  return value;
}
[[noreturn]] void broken(ms::File file, const std::string& why) { throw ms::Error(MS_DATA_LOSS, std::string(file.name()) + ": " + why); }

std::string read(ms::Call& call, ms::File file, std::uint64_t offset, std::uint64_t size) {
  std::string out(size, '\0');
  ms_range range = file.range(offset, size, out.data());
  if (!ms::read(call, {&range, 1})) throw ms::Error(range.status, std::string(ms::error(call, range)));
  return out;
}

struct Entry { std::string name; std::uint64_t local, size; };

std::vector<Entry> directory(ms::Call& call, ms::File file, std::uint64_t limit) {
  const std::uint64_t size = file.size();
  if (size == MS_SIZE_UNKNOWN) broken(file, "its size is not known, so its directory cannot be found");
  const std::uint64_t window = std::min(size, TAIL);
  const std::string tail = read(call, file, size - window, window);
  const std::size_t end = tail.rfind("PK\x05\x06");
  if (end == std::string::npos || tail.size() - end < 22) broken(file, "is no zip archive, or is cut short");
  const std::uint64_t count = number(tail, end + 10, 2), bytes = number(tail, end + 12, 4), at = number(tail, end + 16, 4);
  if (bytes > limit || at > size || bytes > size - at) broken(file, "says that its directory is " + std::to_string(bytes) + " bytes at " + std::to_string(at));
  const std::string text = read(call, file, at, bytes);
  std::vector<Entry> out;
  std::size_t here = 0;
  for (std::uint64_t i = 0; i < count; ++i) {
    if (text.size() - here < 46 || text.compare(here, 4, "PK\x01\x02") != 0) broken(file, "entry " + std::to_string(i + 1) + " of its directory is damaged");
    const std::uint64_t name = number(text, here + 28, 2), more = number(text, here + 30, 2) + number(text, here + 32, 2);
    if (name + more > text.size() - here - 46) broken(file, "its directory ends inside entry " + std::to_string(i + 1));
    Entry entry{text.substr(here + 46, name), number(text, here + 42, 4), number(text, here + 20, 4)};
    if (entry.local > at || entry.size > at - entry.local) broken(file, "'" + entry.name + "' lies outside the file");
    if (number(text, here + 10, 2) != 0) broken(file, "'" + entry.name + "' is compressed: save it with numpy.savez");
    if (entry.name.ends_with(".npy")) out.push_back(std::move(entry));
    here += 46 + name + more;
  }
  return out;
}

// {'descr': '<f4', 'fortran_order': False, 'shape': (3, 4), }
bool parse_header(std::string_view text, std::string_view& dtype, std::vector<std::uint64_t>& shape) {
  const std::size_t descr = text.find("'descr': '"), axes = text.find("'shape': (");
  if (descr == std::string_view::npos || axes == std::string_view::npos) return false;
  dtype = text.substr(descr + 10);
  dtype = dtype.substr(0, dtype.find('\''));
  text.remove_prefix(axes + 10);
  while (!text.empty() && text.front() != ')') {
    if (text.front() == ' ' || text.front() == ',') { text.remove_prefix(1); continue; }
    const auto [stop, error] = std::from_chars(text.data(), text.data() + text.size(), shape.emplace_back());
    if (error != std::errc() || shape.size() > 64) return false;
    text.remove_prefix(static_cast<std::size_t>(stop - text.data()));
  }
  return !text.empty() && !dtype.empty();
}

struct Npz {
  explicit Npz(ms::Node options) : max_directory(options["max_directory"].u64()) {}

  int probe(ms::Call&, ms::Repo repo) const { return chosen(repo) ? 90 : 0; }

  void parse(ms::Call& call, ms::Repo repo, ms::Model model) const {
    const ms::File file = chosen(repo);
    if (!file) throw ms::Error(MS_NOT_FOUND, "no file whose name ends in .npz");
    const std::vector<Entry> entries = directory(call, file, max_directory);
    std::vector<std::string> headers(entries.size(), std::string(HEADER, '\0'));
    std::vector<ms_range> ranges;
    for (std::size_t i = 0; i < entries.size(); ++i) ranges.push_back(file.range(entries[i].local, HEADER, headers[i].data(), MS_RANGE_SHORT_OK));
    ms::read(call, ranges);
    for (std::size_t i = 0; i < entries.size(); ++i) {
      call.check_cancelled();
      if (ranges[i].status != MS_OK) broken(file, std::string(ms::error(call, ranges[i])));
      add(file, entries[i], std::string_view(headers[i]).substr(0, ranges[i].got), model);
    }
  }

 private:
  static ms::File chosen(ms::Repo repo) {
    if (repo.select().ends_with(".npz")) return repo.find(repo.select());
    for (std::size_t i = 0; i < repo.size(); ++i)
      if (repo.name(i).ends_with(".npz")) return repo.find(repo.name(i));
    return {};
  }
  static void add(ms::File file, const Entry& entry, std::string_view bytes, ms::Model model) {
    const std::string name = entry.name.substr(0, entry.name.size() - 4);
    std::string_view dtype;
    std::vector<std::uint64_t> shape;
    if (bytes.size() < 30) broken(file, "is cut short at '" + name + "'");
    const std::uint64_t begin = 30 + number(bytes, 26, 2) + number(bytes, 28, 2);
    if (bytes.size() < begin + 12 || bytes.substr(begin, 6) != "\x93NUMPY") broken(file, "'" + name + "' is no NumPy array");
    const bool first = bytes[begin + 6] == 1;
    const std::uint64_t text = begin + (first ? 10 : 12), size = number(bytes, begin + 8, first ? 2 : 4);
    if (size > bytes.size() - text || !parse_header(bytes.substr(text, size), dtype, shape)) broken(file, "the header of '" + name + "' cannot be read");
    const std::uint64_t before = text - begin + size;
    if (before > entry.size) broken(file, "'" + name + "' is shorter than its header");
    model.add(name, dtype, shape, entry.local + text + size, entry.size - before, file);
  }

  std::uint64_t max_directory;
};

}  // namespace

MODELSIG_PLUGIN("org.example.npz", "1.0.0", "Apache-2.0", ms::format<Npz>("format.npz"))
