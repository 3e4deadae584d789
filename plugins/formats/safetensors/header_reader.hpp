// Reads the headers of many files in as few requests as possible and parses them in parallel.
#pragma once
#include <modelsig/kit/text_buffer.hpp>
#include <modelsig/model.hpp>

#include <functional>
#include <span>

#include "header.hpp"
#include "shard_list.hpp"

namespace safetensors {

struct ReadOptions {
  bool strict;
  std::uint64_t max_header;
};

struct ShardHeader {
  const Shard* shard = nullptr;
  ms::TextBuffer text;          // from the start of the file; rows point into it
  std::uint64_t length = 0;     // of the header, without the eight bytes in front
  std::uint64_t file_size = MS_SIZE_UNKNOWN;
  Header header;
  std::string error;            // one sentence; the header is empty then

  std::uint64_t data_start() const { return LENGTH_BYTES + length; }
  bool header_only() const { return file_size == data_start(); }
};

class HeaderReader {
 public:
  HeaderReader(const ms::Call& call, ReadOptions options) : call_(call), options_(options) {}
  // take() is called once per shard, in order, never twice at a time, beside the parsing of the shards that follow; the texts
  // are gone behind it. meanwhile(), if there is one, runs once before the first of them.
  void run(std::span<const Shard> shards, const std::function<void()>& meanwhile, const std::function<void(ShardHeader&)>& take);

 private:
  void read_starts(std::span<ShardHeader> wave);
  void read_rests(std::span<ShardHeader> batch);
  void look_at_start(ShardHeader& shard, const ms_range& range) const;
  void parse(ShardHeader& shard) const;

  const ms::Call& call_;
  ReadOptions options_;
};

}  // namespace safetensors
