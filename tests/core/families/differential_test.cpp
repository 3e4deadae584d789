// The C++ evaluator against the Python prototype (a second opinion kept outside the tree) with the prototype's own family files,
// on every real config that has one. Skipped, visibly, where prototype, python3 or configs are absent.
#include <gtest/gtest.h>

#include <cstdio>
#include <cstdlib>
#include <sstream>

#include "core/families/family_library.hpp"
#include "core/families/family_model.hpp"
#include "core/value/error.hpp"
#include "tests/core/families/scratch.hpp"
#include "tests/support/json_value.hpp"

namespace modelsig::testing {
namespace {

// Prints, for each config path given: "@path", then name, dims and symbolic shape of every tensor, or "!error".
const char* const kScript = R"py(
import hashlib, json, pathlib, sys
sys.path.insert(0, sys.argv[1])
from expr import Bad
from family import HERE, Model, compiled
serves = {m: p.stem for p in HERE.glob("*.toml") if p.stem not in ("kinds", "common", "quant", "roles") for m in compiled(p.stem).doc["family"]}
for path in sys.argv[2:]:
    path = pathlib.Path(path)
    try:
        config = json.loads(path.read_text())
        side = path.parent / "hf_quant_config.json"
        if side.exists():
            config["hf_quant_config"] = json.loads(side.read_text())
        family = serves.get(config.get("model_type"))
    except Exception:
        continue
    if not family:
        continue
    print("@" + str(path))
    try:
        rows = sorted(n + "\t" + ",".join(map(str, t[0])) + "\n" for n, t in Model(family, config).tensors().items())
        print(family, len(rows), hashlib.sha256("".join(rows).encode()).hexdigest())
        if len(rows) < 3000:
            sys.stdout.write("".join(" " + r for r in rows))
    except Bad as e:
        print("!" + str(e).replace("\n", " "))
)py";

// the prototype's files, with the few words that the kernel's language asks for and theirs doesn't have
void prepare(const Scratch& scratch, const std::filesystem::path& from) {
  for (const auto& e : std::filesystem::directory_iterator(from))
    if (e.path().extension() == ".toml") std::filesystem::copy(e.path(), scratch.folder() / e.path().filename());
  const auto edit = [&](const char* name, const std::string& before, const std::string& with) {
    const auto path = scratch.folder() / name;
    std::filesystem::permissions(path, std::filesystem::perms::owner_write, std::filesystem::perm_options::add);
    std::string text = read_file(path);
    const std::size_t at = text.find(before);
    ASSERT_NE(at, std::string::npos) << name;
    std::ofstream(path, std::ios::binary) << text.insert(at, with);
  };
  edit("kinds.toml", "[kind.linear]", "[inputs]\nbatch = 1\nseq = 8\nrouted = 'batch*seq'\npatches = 64\n\n");
  edit("roles.toml", "[roles]", "unsaid = \"weight\"\n\n");
  edit("common.toml", "labels   =", "architectures = \"architectures\"\n");
}

TEST(Differential, PythonAndCppAgreeOnEveryRealConfig) {
  const auto shared = shared_folder(), prototype = shared / "tools/family_prototype", files = shared / "design/families";
  if (!std::filesystem::exists(prototype / "family.py")) GTEST_SKIP() << "no prototype at " << prototype;
  if (std::system("python3 -c 'import tomllib' 2>/dev/null") != 0) GTEST_SKIP() << "no python3 with tomllib";
  std::vector<std::filesystem::path> configs;
  for (const auto& e : std::filesystem::recursive_directory_iterator(shared / "zoo"))
    if (e.path().filename() == "config.json") configs.push_back(e.path());
  Scratch scratch;
  prepare(scratch, files);
  std::ofstream(scratch.folder() / "run.py") << kScript;
  std::string command = "PYTHONDONTWRITEBYTECODE=1 python3 '" + (scratch.folder() / "run.py").string() + "' '" + prototype.string() + "'";
  for (const auto& c : configs) command += " '" + c.string() + "'";
  std::FILE* pipe = ::popen(command.c_str(), "r");
  ASSERT_TRUE(pipe);
  std::string printed, chunk(1 << 16, '\0');
  for (std::size_t n = 0; (n = std::fread(chunk.data(), 1, chunk.size(), pipe)) > 0;) printed.append(chunk, 0, n);
  ASSERT_EQ(::pclose(pipe), 0);

  FamilyLibrary library({scratch.folder()});
  std::istringstream lines(printed);
  int compared = 0, both_refuse = 0;
  std::string line, path;
  std::map<std::string, std::vector<std::string>> answers;
  while (std::getline(lines, line))
    if (line[0] == '@') answers[path = line.substr(1)];
    else answers[path].push_back(line);
  for (const auto& [config_path, rows] : answers) {
    ASSERT_FALSE(rows.empty()) << config_path;
    std::map<std::string, std::string> ours;
    std::string error;
    try {
      const auto config = read_config(std::filesystem::path(config_path).parent_path());
      FamilyModel::apply(library.find(config->root()["model_type"].str()), config->root()).tensors([&](const families::FamilyTensor& t) {
        std::string dims;
        for (auto d : t.shape) dims += (dims.empty() ? "" : ",") + std::to_string(d);
        ours[std::string(t.name)] = dims;
      });
    } catch (const Error& e) {
      error = e.what();
    }
    ++compared;
    if (rows[0][0] == '!') {
      ++both_refuse;
      EXPECT_FALSE(error.empty()) << config_path << ": Python says " << rows[0];
      continue;
    }
    // a layer count that the config doesn't give is none there and an error here
    if (error.find("the number of {") != std::string::npos && error.find("is not set") != std::string::npos) continue;
    EXPECT_EQ(error, "") << config_path;
    std::istringstream head(rows[0]);
    std::string family;
    std::size_t count = 0;
    head >> family >> count;
    EXPECT_EQ(ours.size(), count) << config_path;
    for (std::size_t i = 1; i < rows.size(); ++i) {
      const std::size_t tab = rows[i].find('\t');
      const auto it = ours.find(rows[i].substr(1, tab - 1));
      if (it == ours.end() || it->second != rows[i].substr(tab + 1)) {
        ADD_FAILURE() << config_path << ": Python has" << rows[i] << ", C++ " << (it == ours.end() ? "nothing" : it->second);
        break;
      }
    }
  }
  std::printf("%d configs compared, %d refused by both\n", compared, both_refuse);
  EXPECT_GT(compared, 50);
}

}  // namespace
}  // namespace modelsig::testing
