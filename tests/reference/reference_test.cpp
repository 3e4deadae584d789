// --pipeline reference prints byte for byte what version 2.0 in Python printed. The cases are lines of
// "expected TAB [exit TAB] arguments"; ours are in tests/data/reference (how they were made: its README.md), the
// large set is the one of ../shared, or of the folder that MODELSIG_SHARED names.
#include <gtest/gtest.h>

#include <atomic>
#include <cstdlib>
#include <fstream>
#include <iterator>
#include <mutex>
#include <sstream>
#include <thread>

#include "process.hpp"
#include "sparse_checkpoint.hpp"
#include "tests/support/paths.hpp"

namespace fs = std::filesystem;

namespace {

struct Case { std::string expected, arguments; };

std::string read(const fs::path& path) {
  std::ostringstream out;
  out << std::ifstream(path, std::ios::binary).rdbuf();
  return out.str();
}

std::vector<Case> read_cases(const fs::path& path) {
  std::vector<Case> out;
  std::ifstream lines(path);
  std::string line;
  std::getline(lines, line);  // the heading
  while (std::getline(lines, line)) out.push_back({line.substr(0, line.find('\t')), line.substr(line.rfind('\t') + 1)});
  return out;
}

std::vector<std::string> words(const std::string& text) {
  std::istringstream in(text);
  return {std::istream_iterator<std::string>(in), {}};
}

// "line 12: want ..., got ..."
std::string first_difference(const std::string& want, const std::string& got) {
  std::istringstream a(want), b(got);
  for (int number = 1;; ++number) {
    std::string left, right;
    const bool more_left = static_cast<bool>(std::getline(a, left)), more_right = static_cast<bool>(std::getline(b, right));
    if (!more_left && !more_right) return "they differ in their last line break";
    if (left != right || more_left != more_right) return "line " + std::to_string(number) + "\n  want: " + left + "\n  got:  " + right;
  }
}

void expect_parity(const std::vector<Case>& cases, const fs::path& expected, const fs::path& folder) {
  ASSERT_FALSE(cases.empty());
  std::atomic<std::size_t> next{0};
  std::mutex lock;
  std::size_t wrong = 0;
  const auto work = [&] {
    for (std::size_t i = next++; i < cases.size(); i = next++) {
      std::vector<std::string> command = {modelsig::testing::program("modelsig").string(), "--quiet", "--pipeline", "reference"};
      for (const std::string& word : words(cases[i].arguments)) command.push_back(word);
      const Printed printed = run_process(command, folder, {"SOURCE_DATE_EPOCH=1767225600"});  // 2026-01-01T00:00:00Z
      const std::string want = read(expected / cases[i].expected);
      if (printed.out == want) continue;
      const std::lock_guard hold(lock);
      if (++wrong > 10) continue;
      ADD_FAILURE() << cases[i].expected << ": modelsig --pipeline reference " << cases[i].arguments << "\n" << first_difference(want, printed.out) << "\n" << printed.err;
    }
  };
  std::thread second(work);
  work();
  second.join();
  EXPECT_EQ(wrong, 0u) << "of " << cases.size() << " cases";
}

TEST(Reference, OwnCasesAreAsThePythonOriginalPrintsThem) {
  const fs::path data = modelsig::testing::source_dir() / "tests/data/reference", folder = modelsig::testing::build_dir() / "reference-own";
  fs::remove_all(folder);
  expand_models(data / "models", folder / "models");
  expect_parity(read_cases(data / "cases.tsv"), data / "expected", folder);
}

TEST(Reference, SharedCasesAreAsThePythonOriginalPrintedThem) {
  const fs::path oracle = modelsig::testing::shared_dir() / "oracle";
  if (!fs::exists(oracle / "reference/CASES.tsv")) GTEST_SKIP() << "no " << oracle << "; MODELSIG_SHARED says where it is";
  const fs::path folder = modelsig::testing::build_dir() / "reference-shared";
  fs::create_directories(folder / "models");
  if (!fs::exists(folder / "families")) fs::create_directory_symlink(fs::canonical(oracle / "families"), folder / "families");
  for (const auto& organisation : fs::directory_iterator(oracle / "models")) {
    for (const auto& model : fs::directory_iterator(organisation)) {
      const fs::path target = folder / "models" / organisation.path().filename() / model.path().filename();
      if (fs::exists(target)) continue;  // expanded by an earlier run
      fs::create_directories(target.parent_path());
      if (!fs::exists(model.path() / "tensors.tsv.xz")) {
        fs::create_directory_symlink(fs::canonical(model.path()), target);
        continue;
      }
      const fs::path part = target.string() + ".part";  // so that a broken off run leaves nothing half done
      fs::remove_all(part);
      const Printed made = run_process({"/usr/bin/env", "python3", (modelsig::testing::shared_dir() / "tools/expand_checkpoint.py").string(), model.path().string(), part.string()}, folder, {});
      if (made.status != 0) GTEST_SKIP() << "checkpoints cannot be expanded (python3?): " << made.err;
      fs::rename(part, target);
    }
  }
  expect_parity(read_cases(oracle / "reference/CASES.tsv"), oracle / "reference", folder);
}

}  // namespace
