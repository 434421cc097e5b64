#pragma once

// Harvest: the entries that a run really made, merged again in other orders. Commutativity,
// associativity and idempotence are usually tried on states that a generator made; these entries
// grew under faults, saw each other's halves and lie in slots that were removed and written again.
// Whatever order they come in, some twice, some joined as a log joins them, the store must be
// byte for byte the one that the run left. Cost: O(orders * entries log entries), once a run.

#include <optional>
#include <string>
#include <vector>

#include "sim/ledger.hpp"
#include "sim/random.hpp"

namespace rejoin::sim {

// A sentence if one of so many orders of the entries that happened, or an order of what a log joins
// of them, does not give `expected`, which is a store's canonical().
std::optional<std::string> merged_otherwise(const Ledger& ledger, const std::vector<bool>& happened,
                                            const std::string& expected, const Draws& draws,
                                            std::uint64_t orders);

}  // namespace rejoin::sim
