// Runs that a user writes in C++.

#include "sim/simulation.hpp"

#include <gtest/gtest.h>

#include "crdt/aw_set.hpp"
#include "crdt/bounded_counter.hpp"
#include "crdt/pn_counter.hpp"

namespace rejoin::sim {
namespace {

using namespace std::chrono_literals;

const Key<AwSet<std::string>> cart{"cart"};
const Key<BoundedCounter<>> stock{"stock"};

Result<void> add_milk(Transaction& tx) {
  open(tx, cart).add(tx, "milk");
  return {};
}
Result<void> remove_milk(Transaction& tx) {
  open(tx, cart).remove(tx, "milk");
  return {};
}

TEST(Simulation, CodeOfTheUserRunsOnEveryNodeAndHoldsThroughFaults) {
  Simulation run({7, 5});
  run.latency(5ms, 20ms).loss(0.05).duplicates(0.1, 5s).reordering(0.1, 100ms);
  run.at(1s).on(0).op("add milk", add_milk);
  run.at(2s).split({{0, 1}, {2, 3, 4}}).lasting(8s);
  run.at(3s).on(4).op("remove milk", remove_milk);
  run.at(3s).on(1).op("add milk again", add_milk);
  run.at(4s).crash(3).lasting(1s);
  run.invariant("few", [](const View& node) { return node.get(cart).size() <= 1; });
  run.in_the_end("milk", [](const View& node) { return node.handle(cart).contains("milk"); });
  run.sometimes("no milk", [](const View& node) { return node.get(cart).empty(); });
  const Report report = run.run();
  EXPECT_TRUE(report.ok()) << report.verdict();
  EXPECT_EQ(report.outcome()->totals.transactions, 3U);
  EXPECT_EQ(run.run().outcome()->trace_hash, report.outcome()->trace_hash);
}

TEST(Simulation, AnInvariantIsHeldAgainstEveryNode) {
  Simulation run({1, 3});
  run.at(1s).on(0).op("add milk", add_milk);
  run.invariant("never at n2", [](const View& node) {
    return node.node() == 2 && !node.get(cart).empty() ? "there is milk" : std::string();
  });
  const Report report = run.run();
  ASSERT_TRUE(report.outcome()->violation);
  EXPECT_EQ(report.verdict(), "seed 1: invariant, at n2: never at n2: there is milk");
}

TEST(Simulation, AFailingRunIsToldWithoutWhatItDoesNotNeed) {
  Simulation run({1, 4});
  run.at(1s).on(1).op("remove milk", remove_milk);
  run.at(1s).split({{0, 1}, {2, 3}}).lasting(1s);
  run.at(2s).on(0).op("add milk", add_milk);
  run.at(3s).crash(3).lasting(1s);
  run.invariant("never at n0", [](const View& node) { return node.get(cart).empty(); });
  const std::string story = run.run().story();
  EXPECT_NE(story.find("add milk"), std::string::npos) << story;
  EXPECT_NE(story.find("never at n0"), std::string::npos) << story;
  for (const char* needless : {"remove milk", "split", "crash"}) {
    EXPECT_EQ(story.find(needless), std::string::npos) << story;
  }
}

TEST(Simulation, WhatIsSaidOfTheEndIsHeldAgainstTheEnd) {
  Simulation run({1, 3});
  run.at(1s).on(0).op("add milk", add_milk);
  run.in_the_end("empty", [](const View& node) { return node.get(cart).empty(); });
  EXPECT_EQ(run.run().verdict(), "seed 1: invariant, at n0: empty: it does not hold");
}

TEST(Simulation, APointThatNobodyPassesMakesTheRunVacuous) {
  Simulation run({1, 2});
  run.at(1s).on(0).op("add milk", add_milk);
  run.sometimes("two items", [](const View& node) { return node.get(cart).size() == 2; });
  EXPECT_EQ(run.run().verdict(), "seed 1: vacuous: no node passed the point \"two items\"");
}

TEST(Simulation, CodeMayRefuseAndSoMayItsTypes) {
  Simulation run({1, 2});
  run.at(1s).on(0).op("refuse", [](Transaction& tx) -> Result<void> {
    open(tx, cart).add(tx, "milk");
    return Error{ErrorCode::invalid_argument, "not today"};
  });
  run.at(2s).on(0).op("take", [](Transaction& tx) -> Result<void> {
    open(tx, stock).subtract(tx, 1);
    return {};
  });
  run.in_the_end("nothing happened", [](const View& node) {
    return node.get(cart).empty() && node.get(stock) == 0 && !node.did("refuse");
  });
  const Report report = run.run();
  EXPECT_TRUE(report.ok()) << report.verdict();
  EXPECT_EQ(report.outcome()->totals.refused, 2U);
}

TEST(Simulation, WordsOfAScenarioAreOperationsWithASpecification) {
  Simulation run({1, 2});
  run.at(1s).on(0).op("awset cart add milk");
  run.in_the_end("milk", [](const View& node) { return node.get(cart).size() == 1; });
  EXPECT_TRUE(run.run().ok()) << run.run().verdict();
  run.at(2s).on(0).op("awset cart eat milk");
  EXPECT_NE(run.run().verdict().find("'awset cart eat milk' is no operation"), std::string::npos);
}

TEST(Simulation, WhatCannotBeIsNotRun) {
  Simulation run({1, 2});
  run.at(1s).on(5).op("add milk", add_milk);
  EXPECT_EQ(run.run().verdict(), "not run: a [[do]] names a node that is not there");
}

TEST(Simulation, APropertyIsRunUntilASeedBreaksIt) {
  std::uint64_t runs = 0;
  const Report report = property(2, 10, [&](Simulation& run, const Draws& draws) {
    ++runs;
    const std::uint64_t items = 1 + draws.seed();
    for (std::uint64_t i = 0; i < items; ++i) {
      run.at(1s).on(0).op("add " + std::to_string(i), [i](Transaction& tx) -> Result<void> {
        open(tx, cart).add(tx, std::to_string(i));
        return {};
      });
    }
    run.invariant("at most 4", [](const View& node) { return node.get(cart).size() <= 4; });
  });
  EXPECT_EQ(runs, 4U);
  EXPECT_EQ(report.verdict(), "seed 4: invariant, at n0: at most 4: it does not hold");
}

}  // namespace
}  // namespace rejoin::sim
