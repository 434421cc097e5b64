#pragma once

// What the laws are told of clocks: a clock that ticks, and follows the stamps that reach it.

#include <algorithm>
#include <vector>

#include "crdt/hybrid_time.hpp"
#include "crdt/laws/generators.hpp"
#include "crdt/laws/past.hpp"
#include "crdt/laws/subject.hpp"

namespace rejoin::laws {

// Whatever a HybridClock last told or heard is a lattice, if nothing is too far ahead to follow.
class Watch {
 public:
  HybridTime tick(HybridTime wall) { return clock_.tick(wall); }
  HybridTime last() const { return clock_.last(); }
  bool merge(const Watch& other) {
    const HybridTime before = last();
    clock_.observe(other.last(), HybridTime());
    return before != last();
  }
  friend bool operator==(const Watch& a, const Watch& b) { return a.last() == b.last(); }

 private:
  HybridClock clock_{HybridTime::ceiling};
};

template <>
struct Subject<Watch> {
  using Op = int;  // how often it ticks
  static rc::Gen<Op> operations() { return rc::gen::inRange(1, 3); }
  static void apply(Watch& watch, const Op& times, const At& at) {
    for (int i = 0; i < times; ++i) watch.tick(at.now());
  }
  static std::uint64_t value(const Watch& watch) { return watch.last().value; }
  // Each tick is above what its replica had told and heard, and not below its wall clock.
  static std::uint64_t specified(const Past<Op>& past) {
    std::vector<std::uint64_t> stamps;
    std::uint64_t greatest = 0;
    for (std::size_t i = 0; i < past.size(); ++i) {
      std::uint64_t stamp = 0;
      for (std::size_t j = 0; j < i; ++j) {
        if (past.saw(i, j)) stamp = std::max(stamp, stamps[j]);
      }
      for (int tick = 0; tick < past.op(i); ++tick) {
        stamp = std::min(std::max(stamp + 1, past.at(i).now().value), HybridTime::ceiling);
      }
      stamps.push_back(stamp);
      greatest = std::max(greatest, stamp);
    }
    return greatest;
  }
};

}  // namespace rejoin::laws
