// A partition, from a seed, in virtual time: five replicas of the real core are split two against
// three for four seconds, all of them go on writing, and the network also loses frames.
//
// After the cut everything heals and the simulator judges: did all become equal by bytes, is every
// acknowledged write there, does what is live follow from what was written? And did the cut bite at
// all: a run where nothing was cut proves nothing and says "vacuous". One seed, one run, for ever.

#include <cstdio>
#include <string>

#include "sim/world.hpp"

using namespace rejoin::sim;

Scenario two_against_three() {
  Scenario scenario;
  scenario.name = "two against three";
  scenario.nodes = 5;
  scenario.until = 6 * second;
  scenario.swarm = false;  // every seed takes every fault
  scenario.workload.families = {rejoin::Family::mv_register, rejoin::Family::aw_set,
                                rejoin::Family::lww_register, rejoin::Family::pn_counter};
  scenario.workload.transactions = 60;
  scenario.workload.over = {0, 6 * second};
  FaultSpec cut;
  cut.name = "cut";
  cut.kind = FaultKind::split;
  cut.at = {1 * second, 2 * second};  // drawn from the seed
  cut.lasting = {4 * second, 4 * second};
  cut.groups = {{0, 1}, {2, 3, 4}};
  FaultSpec loss;
  loss.name = "loss";
  loss.kind = FaultKind::loss;
  loss.lasting = {6 * second, 6 * second};
  loss.rate = {0.1, 0.3};
  scenario.faults = {cut, loss};
  scenario.expect.conflicts = 1;  // writes that did not see one another, or there was no test
  return scenario;
}

int main() {
  const Scenario scenario = two_against_three();
  for (std::uint64_t seed = 1; seed <= 5; ++seed) {
    const auto first = simulate(scenario, seed);
    const auto again = simulate(scenario, seed);
    if (!first || !again) return 1;
    const auto seconds = static_cast<double>(first->virtual_time) / second;
    std::printf("seed %d: %s; %.1f virtual seconds, %d frames cut, %d lost, %d conflicts,",
                static_cast<int>(seed), std::string(name_of(first->verdict)).c_str(), seconds,
                static_cast<int>(first->receipts[0].bites),
                static_cast<int>(first->receipts[1].bites),
                static_cast<int>(first->totals.conflicts));
    std::printf(" equal %d ms after the end\n", static_cast<int>(first->converged_after / 1000000));
    if (first->violation) {
      std::printf("%s: %s\n", first->violation->oracle.c_str(), first->violation->detail.c_str());
    }
    if (first->verdict != Verdict::ok || first->trace_hash != again->trace_hash) return 1;
  }
  std::printf("five seeds, run twice each: equal replicas, and the same trace both times\n");
}
