#pragma once

// Workload: what the applications do. Transaction k of a run is drawn from (seed, k), over a few
// keys of some types: writes, removals of elements and of whole keys, several keys at once, a hot
// key, and transactions that refuse at their end.

#include <cstdint>
#include <vector>

#include "sim/act.hpp"
#include "sim/random.hpp"
#include "sim/scenario.hpp"

namespace rejoin::sim {

// A seed takes so many of the scenario's families: more would meet less often.
constexpr std::size_t families_at_once = 7;
std::vector<Family> drawn_families(const Workload& workload, const Draws& draws);

// What transaction k does. Texts name the node, so that a wrong value shows where it came from.
// Requires that the workload's families are those drawn.
Deed draw_deed(const Workload& workload, const Draws& draws, std::uint64_t k, unsigned node);

}  // namespace rejoin::sim
