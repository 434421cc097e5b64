#include "sim/pinned.hpp"

#include <gtest/gtest.h>

#include <string>

#include "sim/rejoin_sim_scenario.hpp"
#include "sim/scenario_text.hpp"
#include "sim/world.hpp"

namespace rejoin::sim {
namespace {

Scenario example(const std::string& name) {
  return load_scenario("examples/scenarios/" + name + ".toml").value();
}

class EachExample : public testing::TestWithParam<const char*> {};

TEST_P(EachExample, IsWrittenAsItIsRead) {
  const Scenario scenario = example(GetParam());
  const auto again = parse_scenario(text_of(scenario), scenario.name + ".toml");
  ASSERT_TRUE(again) << again.error().message << "\n" << text_of(scenario);
  EXPECT_TRUE(*again == scenario) << text_of(scenario) << "\n--- again\n" << text_of(*again);
}

TEST_P(EachExample, WrittenDownASeedRunsToTheSameTrace) {
  const Scenario scenario = example(GetParam());
  for (std::uint64_t seed = 1; seed <= 12; ++seed) {
    const Scenario explicit_one = pinned(scenario, seed).value();
    const std::string text = text_of(explicit_one);
    const auto read = parse_scenario(text, scenario.name + ".toml");
    ASSERT_TRUE(read) << read.error().message << "\n" << text;
    ASSERT_TRUE(*read == explicit_one) << text << "\n--- again\n" << text_of(*read);
    const Outcome drawn = simulate(scenario, seed).value();
    const Outcome written = simulate(*read, *read->seed).value();
    EXPECT_EQ(written.trace_hash, drawn.trace_hash) << "seed " << seed << "\n" << text;
    EXPECT_EQ(written.events, drawn.events);
  }
}

// All there are, but for the one that is large.
INSTANTIATE_TEST_SUITE_P(Examples, EachExample,
                         testing::Values("bridge", "burst", "cloned_disk", "crashes",
                                         "far_future_clock", "flapping", "full_disk", "handover",
                                         "lying_disk", "old_backup", "repair", "rolling_upgrade",
                                         "split", "split_brain", "sqlite_disks", "swarm", "tight",
                                         "wan"),
                         [](const auto& name) { return std::string(name.param); });

// A seed of the swarm has some of all kinds of faults, each drawn in its own way.
TEST(Pinned, ManySeedsOfTheSwarmRunToTheSameTraceWhenWrittenDown) {
  const Scenario scenario = example("swarm");
  for (std::uint64_t seed = 100; seed < 160; ++seed) {
    const Scenario explicit_one = pinned(scenario, seed).value();
    EXPECT_EQ(simulate(explicit_one, *explicit_one.seed)->trace_hash,
              simulate(scenario, seed)->trace_hash)
        << "seed " << seed;
    EXPECT_NE(explicit_one.disks.storage, StorageKind::drawn);
  }
}

TEST(Pinned, EditsOfASeedAreWrittenDownToo) {
  const Scenario scenario = example("split");
  const Seed seed = parse_seed("7+fault_at/split:3+latency@50:9").value();
  const Scenario explicit_one = pinned(scenario, seed).value();
  EXPECT_EQ(simulate(explicit_one, *explicit_one.seed)->trace_hash,
            simulate(scenario, seed)->trace_hash);
}

TEST(Explicit, ADeedIsDoneAndItsValueHeldAgainstWhatIsExpected) {
  const std::string text = R"(
seed = 3
until = "1s"
[[do]]
at = "100ms"
node = 0
ops = ["awset key0 add e1", "pncounter key0 add -4"]
[[do]]
at = "200ms"
node = 1
op = "awset key0 add e2"
[[do]]
at = "300ms"
node = 2
op = "awset key0 add e3"
refuses = true
[expect]
value = {"awset key0" = "e1,e2", "pncounter key0" = "-4", "lww key0" = ""}
)";
  const auto scenario = parse_scenario(text, "s.toml");
  ASSERT_TRUE(scenario) << scenario.error().message;
  const Outcome outcome = simulate(*scenario, *scenario->seed).value();
  EXPECT_EQ(outcome.verdict, Verdict::ok) << outcome.violation->detail;
  EXPECT_EQ(outcome.totals.transactions, 3U) << "nothing drawn beside them";
  EXPECT_EQ(outcome.totals.refused, 1U);

  Scenario wrong = *scenario;
  wrong.expect.value["awset key0"] = "e1";
  const Outcome failed = simulate(wrong, 3).value();
  ASSERT_TRUE(failed.violation);
  EXPECT_EQ(failed.violation->oracle, "value");
  EXPECT_EQ(failed.violation->type, "awset");
  EXPECT_EQ(failed.violation->detail, "awset key0 reads 'e1,e2', the scenario expects 'e1'");
}

TEST(Explicit, AFateIsThatOfOneFrame) {
  Scenario scenario = example("split");
  scenario.faults.clear();
  const std::uint64_t as_drawn = simulate(scenario, 1)->trace_hash;
  scenario.fates = {{{0, 1}, 3, true, {}, {}}};
  EXPECT_NE(simulate(scenario, 1)->trace_hash, as_drawn);
  scenario.fates = {{{0, 1}, 3, false, 5 * millisecond, 3 * second}};
  const Outcome twice = simulate(scenario, 1).value();
  EXPECT_EQ(twice.verdict, Verdict::ok);
  EXPECT_NE(twice.trace_hash, as_drawn);
  const auto again = parse_scenario(text_of(scenario), "split.toml");
  ASSERT_TRUE(again) << again.error().message;
  EXPECT_TRUE(*again == scenario);
}

std::string error_of(const std::string& text) {
  const auto scenario = parse_scenario(text, "s.toml");
  return scenario ? "" : scenario.error().message;
}

TEST(Explicit, WhatCannotBeIsAnError) {
  EXPECT_EQ(
      error_of("[[do]]\nat = \"1s\"\nnode = 0\nop = \"awset key0 push e1\""),
      "s.toml:4: 'awset key0 push e1' is no operation: write awset KEY add TEXT, or awset KEY "
      "remove [TEXT]");
  EXPECT_NE(error_of("[[do]]\nnode = 0\nop = \"awset k add e\"").find("s.toml:1: a [[do]] needs"),
            std::string::npos);
  EXPECT_NE(error_of("[[do]]\nat = \"1s\"\nnode = 0").find("needs 'op' or 'ops'"),
            std::string::npos);
  EXPECT_NE(error_of("[[do]]\nat = \"1s\"\nnode = 3\nop = \"awset k add e\"").find("not there"),
            std::string::npos);
  EXPECT_NE(error_of("[[do]]\nat = \"1s\"\nnode = 0\nop = \"bounded k move n9 1\"")
                .find("'bounded k move n9 1' names a node"),
            std::string::npos);
  EXPECT_NE(error_of("[[do]]\nat = \"11s\"\nnode = 0\nop = \"awset k add e\"").find("after until"),
            std::string::npos);
  EXPECT_NE(error_of("[[fate]]\nlink = \"0-1\"\nframe = 1\nlost = true").find("such as \"0>3\""),
            std::string::npos);
  EXPECT_NE(error_of("[[fate]]\nlink = \"0>1\"\nframe = 1").find("one of 'lost' and 'deliver'"),
            std::string::npos);
  EXPECT_NE(error_of("[expect]\nvalue = {key0 = \"1\"}").find("\"awset key0\", not 'key0'"),
            std::string::npos);
}

}  // namespace
}  // namespace rejoin::sim
