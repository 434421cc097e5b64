#pragma once

// Workload: what the applications do. Transaction k of a run is drawn from (seed, k) and from what
// its node shows when it runs, over a few keys of all seven types: writes, removals of elements and
// of whole keys, several keys at once, a hot key, and transactions that refuse at their end.

#include <cstdint>

#include "net/transaction.hpp"
#include "sim/random.hpp"
#include "sim/scenario.hpp"
#include "sim/specification.hpp"

namespace rejoin::sim {

// Runs transaction k on tx and tells the specification each step. An error if it is one that
// refuses.
Result<void> run_transaction(const Workload& workload, const Draws& draws, std::uint64_t k,
                             unsigned node, const Store& store, Transaction& tx,
                             Specification& specification);

}  // namespace rejoin::sim
