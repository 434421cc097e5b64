#pragma once

// What the laws are told of clocks: a clock that ticks, and follows the stamps that reach it.

#include <algorithm>

#include "crdt/hybrid_time.hpp"
#include "crdt/laws/generators.hpp"
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
};

}  // namespace rejoin::laws
