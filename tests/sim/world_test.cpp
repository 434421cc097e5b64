#include "sim/world.hpp"

#include <gtest/gtest.h>

#include <algorithm>
#include <string>
#include <vector>

#include "sim/rejoin_sim_scenario.hpp"
#include "tests/sim/told.hpp"

namespace rejoin::sim {
namespace {

FaultSpec fault_of(FaultKind kind) {
  FaultSpec fault;
  fault.name = name_of(kind);
  fault.kind = kind;
  fault.at = {second, second};
  fault.lasting = {2 * second, 2 * second};
  fault.rate = {0.3, 0.3};
  fault.by = {500 * millisecond, 500 * millisecond};
  fault.ppm = {50'000, 50'000};
  return fault;
}

Scenario small(std::vector<FaultSpec> faults) {
  Scenario scenario;
  scenario.nodes = 3;
  scenario.until = 4 * second;
  scenario.swarm = false;
  scenario.workload.transactions = 25;
  scenario.workload.over = {0, 3500 * millisecond};
  scenario.faults = std::move(faults);
  return scenario;
}

class EachFault : public testing::TestWithParam<FaultKind> {};

TEST_P(EachFault, BitesIsCountedAndBreaksNothing) {
  const Scenario scenario = small({fault_of(GetParam())});
  ASSERT_TRUE(scenario.validate());
  for (std::uint64_t seed = 1; seed <= 10; ++seed) {
    const Outcome outcome = simulate(scenario, seed).value();
    ASSERT_EQ(outcome.verdict, Verdict::ok) << "seed " << seed << ": " << story(outcome);
    ASSERT_EQ(outcome.receipts.size(), 1U);
    EXPECT_GE(outcome.receipts[0].bites, 1U);
    EXPECT_GT(outcome.totals.acknowledged, 0U);
  }
}

INSTANTIATE_TEST_SUITE_P(Faults, EachFault,
                         testing::Values(FaultKind::loss, FaultKind::duplicate, FaultKind::reorder,
                                         FaultKind::split, FaultKind::one_way, FaultKind::crash,
                                         FaultKind::wipe, FaultKind::pause, FaultKind::clock_step,
                                         FaultKind::clock_drift),
                         [](const auto& kind) { return std::string(name_of(kind.param)); });

TEST(World, WithoutFaultsAllIsAcknowledgedAndNothingIsLost) {
  const Outcome outcome = simulate(small({}), 1).value();
  EXPECT_EQ(outcome.verdict, Verdict::ok) << story(outcome);
  EXPECT_GT(outcome.totals.entries, 15U);
  EXPECT_EQ(outcome.totals.acknowledged, outcome.totals.entries);
  EXPECT_EQ(outcome.totals.lost, 0U);
}

TEST(World, ACrashLosesWhatWasNotSynced) {
  FaultSpec crash = fault_of(FaultKind::crash);
  crash.repeat = 4;
  crash.every = 500 * millisecond;
  crash.lasting = {100 * millisecond, 100 * millisecond};
  Scenario scenario = small({crash});
  scenario.disks.sync = {100 * millisecond, 400 * millisecond};
  std::uint64_t records = 0;
  std::uint64_t lost = 0;
  for (std::uint64_t seed = 1; seed <= 20; ++seed) {
    const Outcome outcome = simulate(scenario, seed).value();
    ASSERT_EQ(outcome.verdict, Verdict::ok) << "seed " << seed << ": " << story(outcome);
    records += outcome.receipts[0].losses;
    lost += outcome.totals.lost;
  }
  EXPECT_GT(records, 0U);
  EXPECT_GT(lost, 0U) << "an entry was made, never synced, and nobody has it";
}

// A cut between nodes that never speak cannot bite.
TEST(World, AFaultThatCannotBiteIsVacuous) {
  FaultSpec cut = fault_of(FaultKind::one_way);
  cut.from = {0};
  cut.to = {0};
  const Outcome outcome = simulate(small({cut}), 1).value();
  EXPECT_EQ(outcome.verdict, Verdict::vacuous);
  EXPECT_NE(outcome.vacuous.find("one_way"), std::string::npos);
}

TEST(World, AnExpectationThatIsNotMetIsVacuous) {
  Scenario scenario = small({});
  scenario.expect.repairs = 1;
  const Outcome outcome = simulate(scenario, 1).value();
  EXPECT_EQ(outcome.verdict, Verdict::vacuous);
  EXPECT_NE(outcome.vacuous.find("repairs"), std::string::npos);
}

TEST(World, ReplicasThatAreNotEqualInTimeAreAViolation) {
  Scenario scenario = small({fault_of(FaultKind::split)});
  scenario.until = 3 * second;
  scenario.workload.over = {2 * second, 3 * second};
  scenario.converge = microsecond;
  scenario.quiet = microsecond;
  const Outcome outcome = simulate(scenario, 1).value();
  EXPECT_EQ(outcome.verdict, Verdict::violation);
  ASSERT_TRUE(outcome.violation);
  EXPECT_EQ(outcome.violation->oracle, "liveness");
}

TEST(World, ReplicasThatNeedMoreRoundsThanAreAllowedAreAViolation) {
  Scenario scenario = small({fault_of(FaultKind::split)});
  scenario.faults[0].lasting = {3 * second, 3 * second};
  scenario.config = {{"digest_interval_ms", {20, 20}}};
  ASSERT_EQ(simulate(scenario, 1)->verdict, Verdict::ok);
  ASSERT_GT(simulate(scenario, 1)->rounds, 1U);
  scenario.rounds = 1;
  const Outcome outcome = simulate(scenario, 1).value();
  ASSERT_TRUE(outcome.violation);
  EXPECT_EQ(outcome.violation->oracle, "rounds");
}

TEST(World, ClientsGoFromNodeToNode) {
  const Outcome outcome = simulate(small({fault_of(FaultKind::split)}), 1).value();
  EXPECT_GT(outcome.totals.session_moves, 0U);
  EXPECT_GT(outcome.totals.session_waits, 0U) << "behind a split a client waits for its own writes";
}

TEST(World, ALogTellsWhatHappensAndChangesNothing) {
  const Scenario scenario = small({fault_of(FaultKind::crash)});
  std::vector<std::string> lines;
  Recorder recorder([&](const Recording& recording, const Recorded& event) {
    lines.push_back(line_of(recording, event));
  });
  const auto logged = simulate(scenario, 3, &recorder);
  EXPECT_EQ(logged->trace_hash, simulate(scenario, 3)->trace_hash);
  const auto has = [&](const std::string& text) {
    for (const std::string& line : lines) {
      if (line.find(text) != std::string::npos) return true;
    }
    return false;
  };
  EXPECT_TRUE(has("fault crash begins"));
  EXPECT_TRUE(has("makes entry"));
  EXPECT_TRUE(has("hello"));
  EXPECT_TRUE(has("all replicas are equal"));
}

class EachScenario : public testing::TestWithParam<const char*> {};

// 200 seeds each; the first few twice, and a trace must come again.
TEST_P(EachScenario, HoldsAndBitesAndComesAgain) {
  const auto scenario =
      load_scenario("examples/scenarios/" + std::string(GetParam()) + ".toml").value();
  std::vector<std::uint64_t> traces;
  for (std::uint64_t seed = 1; seed <= 200; ++seed) {
    const Outcome outcome = simulate(scenario, seed).value();
    ASSERT_EQ(outcome.verdict, Verdict::ok)
        << "rejoin-sim run examples/scenarios/" << GetParam() << ".toml --seed " << seed << "\n"
        << story(outcome);
    traces.push_back(outcome.trace_hash);
  }
  for (std::uint64_t seed = 1; seed <= 50; ++seed) {
    EXPECT_EQ(simulate(scenario, seed)->trace_hash, traces[seed - 1]) << "seed " << seed;
  }
  std::sort(traces.begin(), traces.end());
  EXPECT_EQ(std::unique(traces.begin(), traces.end()), traces.end()) << "seeds differ";
}

INSTANTIATE_TEST_SUITE_P(Scenarios, EachScenario,
                         testing::Values("split", "crashes", "repair", "tight"),
                         [](const auto& name) { return std::string(name.param); });

// As above, with fewer seeds here: what each shows is tested fault by fault, too.
class EachGalleryScenario : public testing::TestWithParam<const char*> {};

TEST_P(EachGalleryScenario, HoldsAndBites) {
  const auto scenario =
      load_scenario("examples/scenarios/" + std::string(GetParam()) + ".toml").value();
  for (std::uint64_t seed = 1; seed <= 8; ++seed) {
    const Outcome outcome = simulate(scenario, seed).value();
    ASSERT_EQ(outcome.verdict, Verdict::ok)
        << "rejoin-sim run examples/scenarios/" << GetParam() << ".toml --seed " << seed << "\n"
        << story(outcome);
  }
}

INSTANTIATE_TEST_SUITE_P(Gallery, EachGalleryScenario,
                         testing::Values("cloned_disk", "old_backup", "rolling_upgrade",
                                         "lying_disk", "full_disk", "split_brain", "sqlite_disks"),
                         [](const auto& name) { return std::string(name.param); });

TEST(World, AThousandNodesBecomeEqual) {
  const auto scenario = load_scenario("examples/scenarios/thousand_nodes.toml").value();
  const Outcome outcome = simulate(scenario, 1).value();
  EXPECT_EQ(outcome.verdict, Verdict::ok) << story(outcome);
}

}  // namespace
}  // namespace rejoin::sim
