#pragma once

// pinned: the run of one seed, written down. What the seed drew - which faults, when and whom, the
// Config, each transaction's acts - stands in the scenario as if somebody had written it; what is
// left to the seed is what it always decides (latencies, syncs). It runs to the same trace.

#include "sim/outcome.hpp"
#include "sim/plan.hpp"
#include "sim/scenario.hpp"

namespace rejoin::sim {

// Runs the seed, because only a run tells which nodes took the place of others. Error: what
// draw_plan refuses.
Result<Scenario> pinned(const Scenario& scenario, const Seed& seed);
// Without running it, for a run that would not come back: the places of nodes that are down are
// left to the run.
Result<Scenario> pinned_unrun(const Scenario& scenario, const Seed& seed);

}  // namespace rejoin::sim
