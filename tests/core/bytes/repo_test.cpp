// The byte layer over a store that records what it was asked for.
#include "core/bytes/repo.hpp"

#include <gtest/gtest.h>

#include <cstring>

#include "core/host/host_table.hpp"

namespace modelsig {
namespace {

// Files "a" (10,000 bytes, size known) and "b" (5,000 bytes, size not listed); byte i is i % 251.
struct Recorder {
  std::vector<std::string> asked;
  std::string fail_file;

  static ms_status open(void* self, ms_call*, ms_str, void** repo) { *repo = self; return MS_OK; }
  static ms_status list(void*, ms_call*, void*, ms_writer* out) {
    const ms_host* h = host_table();
    h->begin(out, '[');
    for (std::string_view name : {"a", "b", "unet/config.json"}) {
      h->begin(out, '{');
      h->key(out, str("name")), h->put_str(out, str(name));
      if (name == "a") h->key(out, str("size")), h->put_u64(out, 10000);
      h->end(out);
    }
    return h->end(out);
  }
  static ms_status read(void* self, ms_call* call, void*, ms_range* ranges, size_t count) {
    auto& me = *static_cast<Recorder*>(self);
    for (size_t i = 0; i < count; ++i) {
      ms_range& r = ranges[i];
      const std::string name(view(r.name));
      me.asked.push_back(name + " " + std::to_string(r.offset) + "+" + std::to_string(r.size));
      if (name == me.fail_file) { host_table()->range_fail(call, &r, MS_UNAVAILABLE, str(name + ": the disk is gone")); continue; }
      const uint64_t size = name == "a" ? 10000 : 5000;
      r.file_size = size;
      r.got = r.offset >= size ? 0 : std::min(r.size, size - r.offset);
      for (uint64_t j = 0; j < r.got; ++j) r.into[j] = static_cast<uint8_t>((r.offset + j) % 251);
      r.status = MS_OK;
    }
    return MS_OK;
  }
  static void close(void*, void*) {}
  static constexpr ms_store table = {sizeof(ms_store), 0, open, list, read, nullptr, close};
};

class RepoTest : public ::testing::Test {
 protected:
  Session session{1};
  Call call{session, "store.recorder"};
  Recorder recorder;
  std::unique_ptr<Repo> repo = Repo::open(call, {&Recorder::table, &recorder, nullptr}, "memory://x", "", 20000);
  std::vector<uint8_t> buffer = std::vector<uint8_t>(20000);

  ms_range range(const char* file, uint64_t offset, uint64_t size, uint8_t* into, uint32_t flags = 0) {
    return {repo->find(file)->raw(), {}, offset, size, into, 0, MS_SIZE_UNKNOWN, MS_OK, flags};
  }
};

TEST_F(RepoTest, NeighboursBecomeOneRequestAndEachGetsItsBytes) {
  ms_range ranges[] = {range("a", 3000, 100, buffer.data()), range("a", 0, 100, buffer.data() + 200), range("a", 9000, 10, buffer.data() + 400)};
  EXPECT_EQ(repo->read(call, ranges), MS_OK);
  EXPECT_EQ(recorder.asked, (std::vector<std::string>{"a 0+3100", "a 9000+10"}));
  EXPECT_EQ(buffer[0], 3000 % 251);
  EXPECT_EQ(buffer[200], 0);
  EXPECT_EQ(buffer[400], 9000 % 251);
}

TEST_F(RepoTest, SecondReaderOfTheSameBytesAsksNobody) {
  ms_range first = range("a", 0, 100, buffer.data()), second = range("a", 50, 50, buffer.data() + 500);
  repo->read(call, {&first, 1});
  EXPECT_EQ(repo->read(call, {&second, 1}), MS_OK);
  EXPECT_EQ(recorder.asked.size(), 1u);
  EXPECT_EQ(second.got, 50u);
  EXPECT_EQ(buffer[500], 50);
}

TEST_F(RepoTest, GuessBehindTheEndIsShortNotAnError) {
  ms_range known = range("a", 9990, 100, buffer.data(), MS_RANGE_SHORT_OK), unknown = range("b", 4000, 5000, buffer.data() + 200, MS_RANGE_SHORT_OK);
  EXPECT_EQ(repo->read(call, {&known, 1}), MS_OK);
  EXPECT_EQ(known.got, 10u);
  EXPECT_EQ(recorder.asked.back(), "a 9990+10");  // never asks beyond what it knows
  EXPECT_EQ(repo->read(call, {&unknown, 1}), MS_OK);
  EXPECT_EQ(unknown.got, 1000u);
  EXPECT_EQ(repo->find("b")->size, 5000u);
}

TEST_F(RepoTest, FileThatEndsTooEarly) {
  ms_range r = range("b", 4990, 20, buffer.data());
  EXPECT_EQ(repo->read(call, {&r, 1}), MS_DATA_LOSS);
  EXPECT_EQ(call.range_error(&r), "b: ends 10 bytes too early");
}

TEST_F(RepoTest, OneBadFileDoesNotFailTheOthers) {
  recorder.fail_file = "a";
  ms_range ranges[] = {range("a", 0, 10, buffer.data()), range("b", 0, 10, buffer.data() + 100)};
  EXPECT_EQ(repo->read(call, ranges), MS_UNAVAILABLE);
  EXPECT_EQ(call.range_error(&ranges[0]), "a: the disk is gone");
  EXPECT_EQ(ranges[1].status, MS_OK);
  EXPECT_EQ(ranges[1].got, 10u);
}

TEST_F(RepoTest, BudgetIsAnErrorThatNamesIt) {
  ms_range ranges[] = {range("b", 0, 5000, buffer.data()), range("b", 6000, 15001, buffer.data(), MS_RANGE_SHORT_OK)};
  EXPECT_EQ(repo->read(call, {&ranges[0], 1}), MS_OK);
  ms_range big = range("a", 0, 10000, buffer.data());
  EXPECT_EQ(repo->read(call, {&big, 1}), MS_OK);
  big = range("a", 1, 9999, buffer.data());
  ms_range again = range("b", 100, 4800, buffer.data());
  EXPECT_EQ(repo->read(call, {&again, 1}), MS_OK) << "kept bytes cost nothing";
  ms_range beyond = range("b", 5000, 15000, buffer.data(), MS_RANGE_SHORT_OK);
  repo->find("b")->size = MS_SIZE_UNKNOWN;
  EXPECT_EQ(repo->read(call, {&beyond, 1}), MS_LIMIT);
  EXPECT_EQ(beyond.status, MS_LIMIT);
  EXPECT_EQ(call.failure(), "memory://x: reading 15000 more bytes would exceed the budget of 20000 bytes per model ([limits] bytes in the pipeline)");
}

TEST_F(RepoTest, RangeBeyond64Bits) {
  ms_range r = range("a", UINT64_MAX - 5, 100, buffer.data());
  EXPECT_EQ(repo->read(call, {&r, 1}), MS_INVALID_ARGUMENT);
}

TEST_F(RepoTest, AFolderIsARepositoryOfItsOwnWhoseReadsAreTheWholes) {
  auto unet = Repo::within(*repo, "unet", "fp16");
  EXPECT_EQ(unet->uri(), "memory://x/unet");
  EXPECT_EQ(unet->select(), "fp16");
  ASSERT_EQ(unet->size(), 1u);
  EXPECT_EQ(unet->file(0).name, "config.json");
  EXPECT_EQ(unet->find("a"), nullptr);
  ms_range wanted{unet->find("config.json")->raw(), {}, 7, 3, buffer.data(), 0, MS_SIZE_UNKNOWN, MS_OK, 0};
  EXPECT_EQ(unet->read(call, {&wanted, 1}), MS_OK);
  EXPECT_EQ(recorder.asked, std::vector<std::string>{"unet/config.json 7+3"});
  EXPECT_EQ(buffer[0], 7);
  EXPECT_EQ(unet->file(0).size, 5000u) << "learnt from the read";
  EXPECT_EQ(wanted.file, unet->find("config.json")->raw());
}

TEST_F(RepoTest, AFolderDoesNotReadFilesOfTheWhole) {
  auto unet = Repo::within(*repo, "unet", "");
  ms_range wanted = range("a", 0, 3, buffer.data());
  EXPECT_EQ(unet->read(call, {&wanted, 1}), MS_INVALID_ARGUMENT);
  EXPECT_TRUE(recorder.asked.empty());
}

}  // namespace
}  // namespace modelsig
