// A project outside, on rejoin::sim: one run of three replicas, twice; the same seed, the same
// trace.

#include "sim/plan.hpp"
#include "sim/scenario.hpp"
#include "sim/world.hpp"

namespace sim = rejoin::sim;

sim::Outcome run(const sim::Scenario& scenario, std::uint64_t seed) {
  auto plan = sim::draw_plan(scenario, sim::Draws(seed));
  return sim::World(scenario, *std::move(plan), seed).run();
}

int main() {
  sim::Scenario scenario;
  scenario.name = "packages";
  if (!scenario.validate()) return 1;
  const sim::Outcome once = run(scenario, 7), again = run(scenario, 7);
  const bool ok = once.verdict == sim::Verdict::ok && once.totals.entries > 0;
  return ok && once.trace_hash == again.trace_hash ? 0 : 2;
}
