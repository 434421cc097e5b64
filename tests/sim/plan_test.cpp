#include "sim/plan.hpp"

#include <gtest/gtest.h>

#include <algorithm>
#include <map>
#include <set>
#include <utility>

#include "sim/rejoin_sim_scenario.hpp"

namespace rejoin::sim {
namespace {

FaultSpec spec_of(const std::string& name, FaultKind kind) {
  FaultSpec spec;
  spec.name = name;
  spec.kind = kind;
  spec.at = {second, 3 * second};
  spec.lasting = {second, 2 * second};
  spec.rate = {0.1, 0.5};
  spec.by = {millisecond, second};
  return spec;
}

Scenario scenario_of(std::vector<FaultSpec> faults) {
  Scenario scenario;
  scenario.nodes = 5;
  scenario.faults = std::move(faults);
  return scenario;
}

// All that was drawn of a fault; which one of the scenario's it is, and which numbers those that
// join by it have, is what a removed fault does move.
Fault drawn_of(Fault fault) {
  fault.spec = 0;
  fault.extra = 0;
  return fault;
}

// The swarm has every kind that its seeds draw.
TEST(Plan, RemovingOneFaultLeavesTheOthersAsTheyWere) {
  Scenario all = load_scenario("examples/scenarios/swarm.toml").value();
  all.swarm = false;
  for (std::size_t gone = 0; gone < all.faults.size(); ++gone) {
    Scenario rest = all;
    rest.faults.erase(rest.faults.begin() + static_cast<std::ptrdiff_t>(gone));
    for (std::uint64_t seed = 1; seed <= 3; ++seed) {
      const Plan with = draw_plan(all, Draws(seed)).value();
      const Plan without = draw_plan(rest, Draws(seed)).value();
      std::size_t next = 0;
      for (const Fault& fault : with.faults) {
        if (fault.spec == gone) continue;
        ASSERT_LT(next, without.faults.size());
        EXPECT_TRUE(drawn_of(fault) == drawn_of(without.faults[next++]))
            << all.faults[fault.spec].name << " without " << all.faults[gone].name;
      }
      EXPECT_EQ(next, without.faults.size());
      std::map<std::uint64_t, std::pair<Time, unsigned>> drawn;
      for (const PlannedTransaction& one : with.transactions) drawn[one.key] = {one.at, one.node};
      for (const PlannedTransaction& one : without.transactions) {
        EXPECT_EQ(drawn[one.key], std::pair(one.at, one.node)) << all.faults[gone].name;
      }
    }
  }
}

TEST(Plan, TheSwarmDrawsSubsetsAndNeverNone) {
  FaultSpec grouped = spec_of("d", FaultKind::loss);
  grouped.group = "c";
  FaultSpec always = spec_of("e", FaultKind::pause);
  always.always = true;
  const Scenario scenario =
      scenario_of({spec_of("a", FaultKind::loss), spec_of("b", FaultKind::crash),
                   spec_of("c", FaultKind::split), grouped});
  std::set<std::vector<bool>> subsets;
  for (std::uint64_t seed = 1; seed <= 200; ++seed) {
    std::vector<bool> drawn;
    const Plan plan = draw_plan(scenario, Draws(seed)).value();
    for (const Receipt& receipt : plan.receipts) {
      drawn.push_back(receipt.drawn);
    }
    EXPECT_NE(std::count(drawn.begin(), drawn.end(), true), 0);
    EXPECT_EQ(drawn[2], drawn[3]) << "one group, one coin";
    subsets.insert(drawn);
    EXPECT_TRUE(draw_plan(scenario_of({spec_of("a", FaultKind::loss), always}), Draws(seed))
                    .value()
                    .receipts[1]
                    .drawn);
  }
  EXPECT_EQ(subsets.size(), 7U);
}

TEST(Plan, WhatIsDrawnLiesInItsRange) {
  FaultSpec repeated = spec_of("a", FaultKind::split);
  repeated.repeat = 3;
  repeated.every = 2 * second;
  repeated.count = 2;
  Scenario scenario = scenario_of({repeated});
  scenario.config = {{"log_bytes_max", {100, 200}}};
  for (std::uint64_t seed = 1; seed <= 100; ++seed) {
    const Plan plan = draw_plan(scenario, Draws(seed)).value();
    EXPECT_GE(plan.config.log_bytes_max, 100U);
    EXPECT_LE(plan.config.log_bytes_max, 200U);
    ASSERT_EQ(plan.faults.size(), 3U);
    for (unsigned i = 0; i < 3; ++i) {
      const Fault& fault = plan.faults[i];
      EXPECT_GE(fault.begin, second + i * repeated.every);
      EXPECT_LE(fault.begin, 3 * second + i * repeated.every);
      EXPECT_GE(fault.end, fault.begin + second);
      EXPECT_LE(fault.end, scenario.until);
      EXPECT_EQ(fault.nodes.size(), 2U);
      EXPECT_TRUE(std::is_sorted(fault.nodes.begin(), fault.nodes.end()));
      EXPECT_NE(std::count(fault.side.begin(), fault.side.end(), 1U), 0) << "somebody is apart";
      EXPECT_NE(std::count(fault.side.begin(), fault.side.end(), 0U), 0);
    }
  }
}

TEST(Plan, AConfigThatCannotBeIsRefused) {
  Scenario scenario = scenario_of({});
  scenario.config = {{"digest_interval_ms", {0, 0}}};
  EXPECT_FALSE(draw_plan(scenario, Draws(1)));
}

// Each seed draws how many it takes: some next to none, others many.
TEST(Plan, OfARangeOfSharesEachSeedDrawsItsOwn) {
  Scenario scenario;
  for (unsigned i = 0; i < 40; ++i) {
    FaultSpec spec;
    spec.name = "pause" + std::to_string(i);
    spec.kind = FaultKind::pause;
    spec.lasting = {second, second};
    scenario.faults.push_back(std::move(spec));
  }
  scenario.share = {0.05, 0.4};
  ASSERT_TRUE(scenario.validate());
  std::size_t fewest = 40;
  std::size_t most = 0;
  for (std::uint64_t seed = 1; seed <= 100; ++seed) {
    const std::size_t taken = draw_plan(scenario, Draws(seed))->faults.size();
    if (taken == 40) continue;  // nothing was left, so all are
    fewest = std::min(fewest, taken);
    most = std::max(most, taken);
  }
  EXPECT_LE(fewest, 2U);
  EXPECT_GE(most, 15U);
  scenario.share = {0.4, 1.5};
  EXPECT_FALSE(scenario.validate());
}

}  // namespace
}  // namespace rejoin::sim
