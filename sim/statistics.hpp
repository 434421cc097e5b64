#pragma once

// What a run cost, and how stale replicas were, from its recording.

#include <cstdint>
#include <string_view>
#include <vector>

#include "sim/recording.hpp"

namespace rejoin::sim {

// Of durations, in nanoseconds; by nearest rank.
struct Quantiles {
  std::uint64_t count = 0;
  Time least = 0;
  Time half = 0;
  Time p90 = 0;
  Time p99 = 0;
  Time most = 0;
};
Quantiles quantiles_of(std::vector<Time> durations);

struct FrameTotals {
  FrameKind kind{};
  std::uint64_t frames = 0;
  std::uint64_t bytes = 0;
  std::uint64_t delivered = 0;  // copies
  std::uint64_t lost = 0;       // copies
};

struct Statistics {
  std::uint64_t operations = 0;  // transactions that happened
  std::uint64_t frames = 0;
  std::uint64_t bytes = 0;
  std::vector<FrameTotals> kinds;  // only those that were sent
  Quantiles durable;               // from when an entry is made until its node acknowledges it
  Quantiles stale;   // from then until another node shows it: one for each entry and other node
  Quantiles flight;  // of copies that arrived
  // Entries that some node never came to show, once for each such node.
  std::uint64_t unseen = 0;

  double frames_per_operation() const { return per_operation(frames); }
  double bytes_per_operation() const { return per_operation(bytes); }

 private:
  double per_operation(std::uint64_t of) const {
    return operations == 0 ? 0 : static_cast<double>(of) / static_cast<double>(operations);
  }
};

Statistics statistics_of(const Recording& recording);

}  // namespace rejoin::sim
