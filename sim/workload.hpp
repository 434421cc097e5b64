#pragma once

// Workload: what the applications do. Transaction k of a run is drawn from (seed, k) and from what
// its node shows when it runs, over a few keys of some types: writes, removals of elements and of
// whole keys, several keys at once, a hot key, and transactions that refuse at their end.

#include <cstdint>
#include <vector>

#include "net/transaction.hpp"
#include "sim/random.hpp"
#include "sim/scenario.hpp"
#include "sim/specification.hpp"

namespace rejoin::sim {

// A seed takes so many of the scenario's families: more would meet less often.
constexpr std::size_t families_at_once = 7;
std::vector<Family> drawn_families(const Workload& workload, const Draws& draws);

// Runs transaction k on tx and tells the specification each step. An error if it is one that
// refuses. Requires that the workload's families are those drawn.
Result<void> run_transaction(const Workload& workload, const Draws& draws, std::uint64_t k,
                             unsigned node, const Store& store, Transaction& tx,
                             Specification& specification);

}  // namespace rejoin::sim
