#pragma once

// The clocks of this machine, as the core takes them.

#include <chrono>

#include "net/event.hpp"

namespace rejoin {

inline Now clock_now() {
  using namespace std::chrono;
  const auto mono = duration_cast<nanoseconds>(steady_clock::now().time_since_epoch()).count();
  const auto wall = duration_cast<milliseconds>(system_clock::now().time_since_epoch()).count();
  return {static_cast<std::uint64_t>(mono), static_cast<std::uint64_t>(wall)};
}

}  // namespace rejoin
