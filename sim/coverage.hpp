#pragma once

// Coverage: what kinds of situation a run came into, as numbers (buckets), for a search that keeps
// what is new. Read from a recording: a run that nobody searches pays nothing. A bucket is one of
//
//     two events of one node, one after the other, and whether a repair was under way there
//     an event, and each kind of fault that was in flight
//     an operation and an earlier one on its key at another node: their types and verbs, whether
//     the second saw the first, whether its node was or had been repaired
//     a frame that arrives during a repair: from the donor or another, after how many chunks, with
//     values or removals before or behind the cursor
//     how often each event happened, by powers of two
//
// Cost: O(events of the recording).

#include <cstdint>
#include <vector>

#include "sim/recording.hpp"

namespace rejoin::sim {

// Rising, each once.
std::vector<std::uint32_t> buckets_of(const Recording& recording);

}  // namespace rejoin::sim
