#pragma once

// Two recordings side by side: the first event that is not the same, and what differs in all.

#include <cstddef>
#include <cstdint>
#include <optional>
#include <string>
#include <vector>

#include "sim/recording.hpp"

namespace rejoin::sim {

struct Difference {
  std::size_t at = 0;  // of both: everything before it is the same
  std::string what;    // "at n0 instead of n1", "a frame of other bytes, in the same words", ...
};

// Cost: O(events).
std::optional<Difference> first_difference(const Recording& a, const Recording& b);

// The lines of [from, upto), as far as they are there; states and sizes have none.
std::vector<std::string> lines_of(const Recording& recording, std::size_t from, std::size_t upto);

// What there is of something in each.
struct Differing {
  std::string name;
  std::string a;
  std::string b;
};
// Only what is not the same: the verdict, counts of each kind of event, frames and bytes, receipts,
// and what each node reads in the end.
std::vector<Differing> differing(const Recording& a, const Recording& b);

}  // namespace rejoin::sim
