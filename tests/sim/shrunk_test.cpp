// Shrunk from crashes.toml with seed 7.
//
// 3 nodes, n0 to n2
// at 100 ms n0 adds e1 to awset key0, and n0 adds -4 to f0/e2 of ormap key0
// from 200 ms until 500 ms there is a split of n1 from the rest: nothing passes between groups
// at 300 ms n1 removes e1 from awset key0
// at 400 ms n2 moves 2 rights of bounded key0 to n0, but refuses
// from 600 ms until 700 ms there is a crash of n2: memory is lost, and what was not synced, up to
//   a drawn point
// frame 3 from n0 to n2 is lost
// frame 4 from n0 to n2 arrives after 5 ms, and again after 1 s
// at 850 ms the check 'rule 5' fails at n1: what it removed is live
#include <gtest/gtest.h>

#include "sim/world.hpp"

namespace rejoin::sim {
namespace {

TEST(Shrunk, Rule5) {
  Scenario scenario;
  scenario.until = 900 * millisecond;
  scenario.swarm = false;
  scenario.workload.transactions = 0;
  scenario.config.push_back({"log_bytes_max", {300, 300}});
  scenario.doings.push_back(
      {100 * millisecond,
       0,
       {{act_from("awset key0 add e1").value(), act_from("ormap key0 add f0 e2 -4").value()},
        false}});
  scenario.doings.push_back(
      {300 * millisecond, 1, {{act_from("awset key0 remove e1").value()}, false}});
  scenario.doings.push_back(
      {400 * millisecond, 2, {{act_from("bounded key0 move n0 2").value()}, true}});
  {
    FaultSpec& fault = scenario.faults.emplace_back();
    fault.kind = FaultKind::split;
    fault.name = "split";
    fault.at = {200 * millisecond, 200 * millisecond};
    fault.lasting = {300 * millisecond, 300 * millisecond};
    fault.groups = {{1}};
  }
  {
    FaultSpec& fault = scenario.faults.emplace_back();
    fault.kind = FaultKind::crash;
    fault.name = "crash#1";
    fault.at = {600 * millisecond, 600 * millisecond};
    fault.lasting = {100 * millisecond, 100 * millisecond};
    fault.nodes = {2};
  }
  scenario.fates.push_back({{0, 2}, 3, true, std::nullopt, std::nullopt});
  scenario.fates.push_back({{0, 2}, 4, false, 5 * millisecond, 1 * second});
  ASSERT_TRUE(scenario.validate());
  const Outcome outcome = simulate(scenario, 7).value();
  EXPECT_FALSE(outcome.violation) << outcome.violation->detail;
}

}  // namespace
}  // namespace rejoin::sim
