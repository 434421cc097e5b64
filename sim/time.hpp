#pragma once

// Time: virtual nanoseconds since the run began. It moves only from one event to the next.

#include <cstdint>

namespace rejoin::sim {

using Time = std::uint64_t;

constexpr Time microsecond = 1000;
constexpr Time millisecond = 1000 * microsecond;
constexpr Time second = 1000 * millisecond;

}  // namespace rejoin::sim
