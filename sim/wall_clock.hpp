#pragma once

// The clocks of a node. WallClock: what it believes the date is. It may be off, run fast or slow,
// jump, stand still, and be set right again and again; several of these at once. MonoClock: what it
// measures its timeouts with. It only runs on, but may do so fast or slow.

#include <algorithm>
#include <cstdint>
#include <optional>

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
    shown_ = running(now);
    since_ = now;
    ppm_ = ppm;
  }
  // It shows what it shows now, until thaw.
  void freeze(Time now) { frozen_at_ = now; }
  void thaw() { frozen_at_.reset(); }
  // It gains or loses, and is set right every `period`. A period of 0: no more.
  void sawtooth(Time now, std::int64_t ppm, Time period) {
    saw_since_ = now;
    saw_ppm_ = ppm;
    saw_period_ = period;
  }

 private:
  std::int64_t running(Time now) const {
    const auto elapsed = static_cast<std::int64_t>(now - since_);
    return shown_ + elapsed + elapsed / 1'000'000 * ppm_;
  }
  std::int64_t shown(Time now) const {
    const Time then = std::max(since_, frozen_at_.value_or(now));
    if (saw_period_ == 0 || then < saw_since_) return running(then);
    const auto tooth = static_cast<std::int64_t>((then - saw_since_) % saw_period_);
    return running(then) + tooth / 1'000'000 * saw_ppm_;
  }

  std::int64_t shown_ = 0;  // nanoseconds shown at `since_`, from start_ms
  Time since_ = 0;
  std::int64_t ppm_ = 0;
  std::optional<Time> frozen_at_;
  Time saw_since_ = 0;
  Time saw_period_ = 0;
  std::int64_t saw_ppm_ = 0;
};

class MonoClock {
 public:
  bool bent() const { return ppm_ != 0; }
  Time read(Time now) const {
    const Time elapsed = now - since_;
    return shown_ + elapsed + gained(elapsed);
  }
  // The first moment since it was last bent at which it shows at least `shown`.
  Time when(Time shown) const {
    if (shown <= shown_) return since_;
    if (ppm_ == 0) return since_ + (shown - shown_);
    Time low = since_;
    Time high = since_ + 20 * (shown - shown_) + 1;
    while (low < high) {
      const Time middle = low + (high - low) / 2;
      if (read(middle) >= shown) {
        high = middle;
      } else {
        low = middle + 1;
      }
    }
    return low;
  }
  // From `now` on it gains (or loses) this many microseconds a second. Requires: above -950'000.
  void drift(Time now, std::int64_t ppm) {
    shown_ = read(now);
    since_ = now;
    ppm_ = ppm;
  }

 private:
  Time gained(Time elapsed) const {
    const auto millis = static_cast<std::int64_t>(elapsed / 1'000'000);
    const auto rest = static_cast<std::int64_t>(elapsed % 1'000'000);
    return static_cast<Time>(millis * ppm_ + rest * ppm_ / 1'000'000);
  }

  Time shown_ = 0;  // at `since_`
  Time since_ = 0;
  std::int64_t ppm_ = 0;
};

}  // namespace rejoin::sim
