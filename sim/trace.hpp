#pragma once

// Trace: a rolling hash over everything that happened. Two runs of one seed must give one hash, on
// every compiler; a difference means that something nobody decided took part. The first 64 bits are
// what is shown; the other 64 make an accident impossible. Every so many events it is kept, and a
// hash that differs once differs for ever: which stretch of a long run two runs differ in is found
// by bisection.

#include <algorithm>
#include <bit>
#include <cstddef>
#include <cstdint>
#include <vector>

#include "crdt/hash.hpp"

namespace rejoin::sim {

struct TraceHash {
  std::uint64_t low = 0x72656a6f696e0001ULL;
  std::uint64_t high = 0x72656a6f696e0002ULL;
  friend bool operator==(const TraceHash&, const TraceHash&) = default;
};

class Trace {
 public:
  static constexpr std::uint64_t stretch = 4096;  // events between two that are kept

  void add(std::uint64_t word) {
    hash_.low = combine64(hash_.low, word);
    hash_.high = std::rotl(hash_.high ^ word, 25) * 0x9fb21c651e98df25ULL;
  }
  // An event is over; `events` so far.
  void end_event(std::uint64_t events) {
    if (events % stretch == 0) kept_.push_back(hash_);
  }
  const TraceHash& hash() const { return hash_; }
  // After every stretch that is over.
  const std::vector<TraceHash>& kept() const { return kept_; }

 private:
  TraceHash hash_;
  std::vector<TraceHash> kept_;
};

// Which stretch is the first that is not the same: their number, if all that both have is.
inline std::size_t first_differing(const std::vector<TraceHash>& a,
                                   const std::vector<TraceHash>& b) {
  std::size_t low = 0;
  std::size_t high = std::min(a.size(), b.size());
  while (low < high) {
    const std::size_t middle = low + (high - low) / 2;
    if (a[middle] == b[middle]) {
      low = middle + 1;
    } else {
      high = middle;
    }
  }
  return low;
}

}  // namespace rejoin::sim
