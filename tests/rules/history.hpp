// Random histories of a few replicas over a few slots, each a function of its seed alone: the same
// with every compiler.
//
// A history is a line of single events: transactions (flushed at once or later), entries pushed
// (some lost, reordered, regrouped by joining), logs compacted and cut anywhere, repairs and
// snapshots from two donors opened, moved by one slot, interrupted or finished, any number of them
// open at a time. Rule 5 is checked after every event. Then the writing ends, replicas exchange
// until they are quiet, and every one of them must hold exactly what must be live.
#pragma once

#include <cstdint>
#include <optional>
#include <string>

#include "tests/rules/model.hpp"

namespace rejoin::rules {

// SplitMix64 (Steele, Lea, Flood: Fast splittable pseudorandom number generators, 2014).
class Random {
 public:
  explicit Random(std::uint64_t seed) : state_(seed) {}
  std::uint64_t next();
  std::uint64_t below(std::uint64_t bound) {
    return next() % bound;
  }  // the bias is far below any chance used here
  bool percent(std::uint64_t chance) { return below(100) < chance; }

 private:
  std::uint64_t state_;
};

// Plays the history of `seed`. Returns a sentence on the first thing found wrong, or nothing.
std::optional<std::string> play(std::uint64_t seed, Variant variant);

}  // namespace rejoin::rules
