#pragma once

// HybridTime: a stamp that follows the wall clock but never goes back.
//
// 48 bits of milliseconds since 1970 and 16 bits that count events within one, compared as one
// number, so a count that overflows runs into the next millisecond. Bottom is 0 and below every
// legal stamp. This header only computes: reading a clock is the caller's. A write is stamped after
// every stamp that it replaces, so it beats what it saw whatever the clocks say. Source: Kulkarni
// et al., "Logical physical clocks", OPODIS 2014.

#include <algorithm>
#include <compare>
#include <cstdint>

namespace rejoin {

struct HybridTime {
  std::uint64_t value = 0;

  // Stamps stay within 63 bits; at the ceiling (year 6429) a clock stands still, and ties are
  // broken by replica and bytes as ever.
  static constexpr std::uint64_t ceiling = (std::uint64_t{1} << 63) - 1;

  static constexpr HybridTime from_unix_ms(std::uint64_t ms) {
    return HybridTime{std::clamp<std::uint64_t>(ms, 1, ceiling >> 16) << 16};
  }
  constexpr std::uint64_t unix_ms() const { return value >> 16; }
  constexpr bool legal() const { return value > 0 && value <= ceiling; }

  friend auto operator<=>(const HybridTime&, const HybridTime&) = default;
};

// The stamp of an event at wall time `now` after the event `last`: above last, and not below now,
// but never above the ceiling, since no decoder takes such a stamp.
constexpr HybridTime after(HybridTime last, HybridTime now) {
  const std::uint64_t next = std::min(last.value, HybridTime::ceiling - 1) + 1;
  return HybridTime{std::max(next, std::min(now.value, HybridTime::ceiling))};
}

// A replica's own clock: each tick is above every earlier tick, and above what was observed within
// the drift bound. A stamp further ahead than the bound is not followed (and nothing is dropped for
// it).
class HybridClock {
 public:
  explicit HybridClock(std::uint64_t drift_ms_max = 60'000) : drift_ms_max_(drift_ms_max) {}

  HybridTime tick(HybridTime wall) { return last_ = after(last_, wall); }

  // False if the stamp is beyond the bound and the clock did not follow it.
  bool observe(HybridTime remote, HybridTime wall) {
    if (remote.unix_ms() > wall.unix_ms() + drift_ms_max_) return false;
    last_ = std::max(last_, remote);
    return true;
  }

  HybridTime last() const { return last_; }

 private:
  HybridTime last_;
  std::uint64_t drift_ms_max_;
};

}  // namespace rejoin
