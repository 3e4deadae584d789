// All ranges of one read() that need the network, got at once; each carries its own status back.
#pragma once
#include <deque>
#include <functional>
#include <modelsig/model.hpp>
#include <vector>

#include "http_multi.hpp"
#include "range_body.hpp"

namespace hub {

class RangeBatch {
 public:
  RangeBatch(const ms::Call& call, const Settings& settings, Traffic& traffic, Budget& budget)
      : call_(call), settings_(settings), traffic_(traffic), budget_(budget) {}

  // false: settled here already, it needs no bytes (empty, or beyond the end of the file).
  static bool needs_bytes(const ms::Call& call, ms_range& range, const Identity& identity);
  // What of the range lies in the file, if its size is known.
  static ByteSpan within(const ms_range& range, const Identity& identity);

  void add(ms_range& range, Identity& identity, Fetch fetch);
  // `arrived`: called for every range that came, on this thread.
  void run(const std::function<void(const ms_range&, ByteSpan)>& arrived);

 private:
  struct Item {
    ms_range* range;
    Identity* identity;
    RangeBody body;
  };
  const ms::Call& call_;
  const Settings& settings_;
  Traffic& traffic_;
  Budget& budget_;
  std::deque<Item> items_;  // bodies must not move: fetches point to them
  std::vector<Fetch> fetches_;
};

}  // namespace hub
