#pragma once

// WallClock: what one node believes the date is. Each node has its own: it may be off, run fast or
// slow, and jump. Only stamps read it; deadlines use virtual time itself, which no fault bends.

#include <algorithm>
#include <cstdint>

#include "sim/time.hpp"

namespace rejoin::sim {

class WallClock {
 public:
  // Every run begins on the same day of its own calendar.
  static constexpr std::int64_t start_ms = 1'700'000'000'000;

  std::uint64_t read_ms(Time now) const {
    return static_cast<std::uint64_t>(std::max<std::int64_t>(1, start_ms + shown(now) / 1'000'000));
  }
  void step(std::int64_t by_ns) { shown_ += by_ns; }
  // From `now` on it gains (or loses) this many microseconds a second.
  void drift(Time now, std::int64_t ppm) {
    shown_ = shown(now);
    since_ = now;
    ppm_ = ppm;
  }

 private:
  std::int64_t shown(Time now) const {
    const auto elapsed = static_cast<std::int64_t>(now - since_);
    return shown_ + elapsed + elapsed / 1'000'000 * ppm_;
  }

  std::int64_t shown_ = 0;  // nanoseconds shown at `since_`, from start_ms
  Time since_ = 0;
  std::int64_t ppm_ = 0;
};

}  // namespace rejoin::sim
