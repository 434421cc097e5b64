#pragma once

// What if: the run of a failing seed, but for one thing. Draws are keyed, so all else goes as it
// went until that thing matters.
//
//     turned     up to a moment as it was; from then on what happens to frames, how long syncs
//                take and what is written is drawn by another salt. The plan stays: when faults and
//                transactions are, and whom they hit
//     changes    of one frame: what else could have become of it
//
// Source: the idea of rewinding to T - t and drawing the rest anew is Antithesis' causality
// analysis; that of one change which makes a run pass is Hermit's.

#include <vector>

#include "crdt/result.hpp"
#include "sim/network.hpp"
#include "sim/outcome.hpp"
#include "sim/scenario.hpp"
#include "sim/seed.hpp"

namespace rejoin::sim {

Result<Outcome> simulate_turned(const Scenario& scenario, const Seed& seed, Time moment,
                                std::uint64_t salt);

// Lost instead of delivered, late, or as if no fault had met it.
std::vector<Fate> changes_of(const CarriedFrame& frame);
// The scenario with that fate, whatever it says of the frame itself.
Scenario with_fate(const Scenario& scenario, const Fate& fate);
// Every frame that was sent, in order.
Result<std::vector<CarriedFrame>> frames_of(const Scenario& scenario, const Seed& seed);

}  // namespace rejoin::sim
