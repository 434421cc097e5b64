// Each kind of fault of links, topology, transport and clocks in whole runs: it bites, and the
// replicas are none the worse.

#include <gtest/gtest.h>

#include <string>
#include <vector>

#include "sim/fault_table.hpp"
#include "sim/rejoin_sim_scenario.hpp"
#include "sim/world.hpp"
#include "tests/sim/told.hpp"

namespace rejoin::sim {
namespace {

// As strong as makes it bite within two seconds.
FaultSpec spec_of(FaultKind kind) {
  FaultSpec spec;
  spec.name = name_of(kind);
  spec.kind = kind;
  spec.at = {second, second};
  spec.lasting = Lasting(2 * second, 2 * second);
  spec.rate = {0.3, 0.3};
  spec.by = {300 * millisecond, 500 * millisecond};
  spec.delay = {Distribution::Shape::lognormal, {50 * millisecond}, 0.6};
  spec.enter = {0.2, 0.2};
  spec.leave = {0.3, 0.3};
  spec.period = {400 * millisecond, 400 * millisecond};
  spec.frames = {1, 1};
  spec.bandwidth = {2000, 2000};
  spec.queue = {1000, 1000};
  spec.ppm = {200'000, 500'000};
  spec.years = {10, 100};
  spec.count = 2;
  if (kind == FaultKind::reconnect) {
    spec.lasting = Lasting(50 * millisecond, 50 * millisecond);
    spec.repeat = 20;
    spec.every = 100 * millisecond;
  }
  return spec;
}

Scenario small(std::vector<FaultSpec> faults) {
  Scenario scenario;
  scenario.nodes = 4;
  scenario.until = 4 * second;
  scenario.swarm = false;
  scenario.links.base = {5 * millisecond, 40 * millisecond};
  scenario.workload.transactions = 40;
  scenario.workload.over = {0, 3500 * millisecond};
  scenario.config = {{"frame_bytes_max", {64 * 1024, 64 * 1024}},
                     {"value_bytes_max", {4096, 4096}},
                     {"entry_bytes_max", {16 * 1024, 16 * 1024}},
                     {"repair_chunk_bytes", {8 * 1024, 8 * 1024}}};
  scenario.faults = std::move(faults);
  return scenario;
}

std::vector<FaultKind> kinds() {
  std::vector<FaultKind> out;
  for (const FaultGroup& group : fault_groups()) {
    const bool is_ours = group.name == "link" || group.name == "topology" ||
                         group.name == "transport" || group.name == "clock";
    for (const FaultRow& row : group.rows) {
      if (is_ours) out.push_back(row.kind);
    }
  }
  return out;
}

class EachLinkFault : public testing::TestWithParam<FaultKind> {};

TEST_P(EachLinkFault, BitesAndBreaksNothing) {
  const Scenario scenario = small({spec_of(GetParam())});
  const auto valid = scenario.validate();
  ASSERT_TRUE(valid) << valid.error().message;
  std::uint64_t bites = 0;
  for (std::uint64_t seed = 1; seed <= 3; ++seed) {
    const Outcome outcome = simulate(scenario, seed).value();
    ASSERT_EQ(outcome.verdict, Verdict::ok) << "seed " << seed << ": " << story(outcome);
    ASSERT_EQ(outcome.receipts.size(), 1U);
    bites += outcome.receipts[0].bites;
  }
  EXPECT_GE(bites, 3U);
}

INSTANTIATE_TEST_SUITE_P(Faults, EachLinkFault, testing::ValuesIn(kinds()),
                         [](const auto& kind) { return std::string(name_of(kind.param)); });

// A fault that is there and can touch nothing leaves every event of the run as it is without it.
TEST(LinkFaults, AFaultThatTouchesNothingMovesNothing) {
  const Scenario without = small({spec_of(FaultKind::loss), spec_of(FaultKind::far_future)});
  const std::uint64_t trace = simulate(without, 5)->trace_hash;
  for (FaultKind kind :
       {FaultKind::burst_loss, FaultKind::duplicate, FaultKind::late_duplicate, FaultKind::reorder,
        FaultKind::flip, FaultKind::truncate, FaultKind::oversize}) {
    Scenario with = without;
    with.faults.insert(with.faults.begin(), spec_of(kind));
    with.faults.front().rate = {0, 0};
    const Outcome outcome = simulate(with, 5).value();
    EXPECT_EQ(outcome.receipts[0].bites, 0U) << name_of(kind);
    EXPECT_EQ(outcome.receipts[1].bites, simulate(without, 5)->receipts[0].bites);
    // What begins and ends is an event of its own, so only what the events did can be compared.
    EXPECT_EQ(outcome.totals.frames, simulate(without, 5)->totals.frames) << name_of(kind);
    EXPECT_EQ(outcome.totals.bytes, simulate(without, 5)->totals.bytes) << name_of(kind);
    EXPECT_NE(outcome.trace_hash, trace);
  }
}

// Whatever the damage, the frame is refused whole (anything else is a violation).
TEST(LinkFaults, DamagedFramesAreRefusedAndNeverMerged) {
  FaultSpec flip = spec_of(FaultKind::flip);
  flip.rate = {0.5, 0.5};
  std::uint64_t refused = 0;
  for (std::uint64_t seed = 1; seed <= 10; ++seed) {
    const Outcome outcome = simulate(small({flip}), seed).value();
    ASSERT_EQ(outcome.verdict, Verdict::ok) << "seed " << seed << ": " << story(outcome);
    refused += outcome.receipts[0].bites;
  }
  EXPECT_GT(refused, 100U);
  for (FaultKind kind : {FaultKind::truncate, FaultKind::oversize}) {
    EXPECT_GT(simulate(small({spec_of(kind)}), 1)->receipts[0].bites, 10U) << name_of(kind);
  }
}

// A copy of a frame from before a crash comes minutes after it.
TEST(LinkFaults, LateDuplicatesComeAfterRestartsAndHealing) {
  FaultSpec late = spec_of(FaultKind::late_duplicate);
  late.by = {60 * second, 120 * second};
  FaultSpec crash = spec_of(FaultKind::crash);
  crash.at = {3 * second, 3 * second};
  crash.lasting = Lasting(500 * millisecond, 500 * millisecond);
  crash.count = 4;
  for (std::uint64_t seed = 1; seed <= 5; ++seed) {
    const Outcome outcome = simulate(small({late, crash}), seed).value();
    ASSERT_EQ(outcome.verdict, Verdict::ok) << "seed " << seed << ": " << story(outcome);
    EXPECT_GT(outcome.receipts[0].bites, 10U);
    EXPECT_GT(outcome.virtual_time, 90 * second);
  }
}

// ---- clocks

TEST(Clocks, AFrozenClockStandsStillAndJumps) {
  WallClock clock;
  const std::uint64_t before = clock.read_ms(5 * second);
  clock.freeze(5 * second);
  EXPECT_EQ(clock.read_ms(9 * second), before);
  clock.step(second);
  EXPECT_EQ(clock.read_ms(9 * second), before + 1000) << "somebody sets it";
  clock.thaw();
  EXPECT_EQ(clock.read_ms(9 * second), before + 5000);
}

TEST(Clocks, ASawtoothDriftsAndIsSetRight) {
  WallClock clock;
  clock.sawtooth(10 * second, 100'000, 2 * second);
  const auto ahead = [&](Time now) {
    return clock.read_ms(now) - WallClock::start_ms - now / millisecond;
  };
  EXPECT_EQ(ahead(10 * second), 0U);
  EXPECT_EQ(ahead(11 * second), 100U);
  EXPECT_GE(ahead(12 * second - millisecond), 199U);
  EXPECT_EQ(ahead(12 * second), 0U);
  clock.sawtooth(13 * second, 0, 0);
  EXPECT_EQ(ahead(13 * second), 0U);
}

TEST(Clocks, ABentMonotonicClockNeverGoesBackAndSaysWhenItWillShowWhat) {
  MonoClock clock;
  EXPECT_EQ(clock.read(7 * second), 7 * second);
  EXPECT_EQ(clock.when(9 * second), 9 * second);
  Time last = 0;
  for (const std::int64_t ppm : {500'000, -900'000, 0, -1, 1}) {
    const Time now = 10 * second + static_cast<Time>(ppm + 1'000'000) * 1000;
    (void)now;
    clock.drift(last + 10 * second, ppm);
    last += 10 * second;
    Time shown = clock.read(last);
    for (Time at = last; at < last + 10 * millisecond; at += 997) {
      EXPECT_GE(clock.read(at), shown);
      shown = clock.read(at);
    }
    const Time wanted = clock.read(last) + 3 * second;
    const Time when = clock.when(wanted);
    EXPECT_GE(clock.read(when), wanted) << ppm;
    EXPECT_LT(clock.read(when - 1), wanted) << ppm;
  }
}

// What a clock years ahead has written stays the newest; who follows its stamps only up to the
// drift bound goes on writing, and after it came back so does its own node.
TEST(Clocks, AFarFutureClockPoisonsNobody) {
  FaultSpec future = spec_of(FaultKind::far_future);
  future.count = 1;
  Scenario scenario = small({future});
  scenario.workload.families = {Family::lww_register};
  scenario.workload.keys = 1;
  for (std::uint64_t seed = 1; seed <= 10; ++seed) {
    const Outcome outcome = simulate(scenario, seed).value();
    ASSERT_EQ(outcome.verdict, Verdict::ok) << "seed " << seed << ": " << story(outcome);
    EXPECT_GT(outcome.receipts[0].bites, 0U);
  }
}

// ---- the gallery

class Gallery : public testing::TestWithParam<const char*> {};

TEST_P(Gallery, HoldsAndBites) {
  const auto scenario = load_scenario("examples/scenarios/" + std::string(GetParam()) + ".toml");
  ASSERT_TRUE(scenario) << scenario.error().message;
  for (std::uint64_t seed = 1; seed <= 10; ++seed) {
    const Outcome outcome = simulate(*scenario, seed).value();
    ASSERT_EQ(outcome.verdict, Verdict::ok)
        << "rejoin-sim run examples/scenarios/" << GetParam() << ".toml --seed " << seed << "\n"
        << story(outcome);
  }
}

INSTANTIATE_TEST_SUITE_P(Scenarios, Gallery,
                         testing::Values("flapping", "far_future_clock", "wan", "bridge", "burst"),
                         [](const auto& name) { return std::string(name.param); });

}  // namespace
}  // namespace rejoin::sim
