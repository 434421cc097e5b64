#pragma once

// Trace: a rolling 64-bit hash over everything that happened. Two runs of one seed must give one
// hash, on every compiler; a difference means that something nobody decided took part.

#include <cstdint>

#include "crdt/hash.hpp"

namespace rejoin::sim {

class Trace {
 public:
  void add(std::uint64_t word) { state_ = combine64(state_, word); }
  std::uint64_t hash() const { return state_; }

 private:
  std::uint64_t state_ = 0x72656a6f696e0001ULL;
};

}  // namespace rejoin::sim
