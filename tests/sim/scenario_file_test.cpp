#include <gtest/gtest.h>

#include "sim/rejoin_sim_scenario.hpp"

namespace rejoin::sim {
namespace {

std::string error_of(const std::string& text) {
  const auto scenario = parse_scenario(text, "s.toml");
  return scenario ? "" : scenario.error().message;
}

TEST(ScenarioFile, ReadsEverythingItNames) {
  const auto scenario = parse_scenario(R"(
nodes = 5
until = "20s"
[workload]
transactions = 7
over = ["1s", "2s"]
[config]
log_bytes_max = [10, 20]
[[fault]]
kind = "split"
at = "1s"
for = ["2s", "3s"]
groups = [[0, 1], [2]]
[[fault]]
kind = "wipe"
name = "gone"
at = "1500ms"
for = "200us"
new_identity = true
always = true
)",
                                       "dir/tiny.toml")
                            .value();
  EXPECT_EQ(scenario.name, "tiny");
  EXPECT_EQ(scenario.nodes, 5U);
  EXPECT_EQ(scenario.until, 20 * second);
  EXPECT_EQ(scenario.workload.transactions, 7U);
  EXPECT_EQ(scenario.workload.over, (Range<Time>{second, 2 * second}));
  ASSERT_EQ(scenario.config.size(), 1U);
  EXPECT_EQ(scenario.config[0].second, (Range<std::uint64_t>{10, 20}));
  ASSERT_EQ(scenario.faults.size(), 2U);
  EXPECT_EQ(scenario.faults[0].name, "split");
  EXPECT_EQ(scenario.faults[0].groups, (std::vector<Nodes>{{0, 1}, {2}}));
  EXPECT_EQ(scenario.faults[1].name, "gone");
  EXPECT_EQ(scenario.faults[1].lasting, (Range<Time>{200 * microsecond, 200 * microsecond}));
  EXPECT_TRUE(scenario.faults[1].new_identity);
  EXPECT_TRUE(scenario.faults[1].always);
}

TEST(ScenarioFile, AnUnknownKeyIsAnErrorThatSaysWhereAndWhatThereIs) {
  EXPECT_EQ(error_of("nodes = 3\nclocks = {ofset = \"1s\"}\n"),
            "s.toml:2: unknown key 'ofset' in [clocks]; allowed: offset");
  EXPECT_NE(error_of("nods = 3").find("s.toml:1: unknown key 'nods' in the file; allowed: seed"),
            std::string::npos);
}

TEST(ScenarioFile, FamiliesAreTypesByName) {
  const auto scenario = parse_scenario("[workload]\nfamilies = [\"ormap\", \"lattice\"]", "s.toml");
  ASSERT_TRUE(scenario) << scenario.error().message;
  EXPECT_EQ(scenario->workload.families,
            (std::vector<Family>{Family::or_map, Family::lattice_value}));
  const std::string error = error_of("[workload]\nfamilies = [\"map\"]");
  EXPECT_NE(error.find("s.toml:2: 'families' in [workload] must be a list of types: gcounter,"),
            std::string::npos)
      << error;
  EXPECT_EQ(error_of("[workload]\nfamilies = [\"hll\", \"hll\"]"),
            "s.toml: workload.families names a type twice");
}

TEST(ScenarioFile, ADurationOfMoreThanAYearIsAnErrorAndDoesNotWrapAround) {
  EXPECT_EQ(error_of("until = \"527040m\"\nconverge = \"1s\""), "");
  EXPECT_NE(error_of("until = \"527041m\"").find("must be a duration"), std::string::npos);
  EXPECT_NE(error_of("until = \"999999999999999m\"").find("must be a duration"), std::string::npos);
}

TEST(ScenarioFile, WhatWouldTakeAllMemoryIsAnError) {
  EXPECT_EQ(error_of("[workload]\ntransactions = 1000000"), "");
  EXPECT_EQ(error_of("[workload]\ntransactions = 1000001"),
            "s.toml: workload.transactions must be at most 1000000");
  const std::string fault = "[[fault]]\nkind = \"crash\"\nat = \"1s\"\nfor = \"1s\"\n";
  EXPECT_EQ(error_of(fault + "repeat = 10000"), "");
  EXPECT_EQ(error_of(fault + "repeat = 10001"),
            "s.toml: faults come more than 10000 times in all: lower repeat");
  EXPECT_EQ(error_of(fault + "repeat = 10\nevery = \"1s\""),
            "s.toml: crash: begins when the faults are over (until)");
  EXPECT_EQ(error_of(fault + "repeat = 9\nevery = \"1s\"\n"), "");
  EXPECT_EQ(error_of(fault + "repeat = 9\nevery = \"527040m\""),
            "s.toml: crash: begins when the faults are over (until)");
}

TEST(ScenarioFile, AKeyOfAnotherKindOfFaultIsAnError) {
  const std::string error =
      error_of("[[fault]]\nkind = \"crash\"\nat = \"1s\"\nfor = \"1s\"\nrate = 0.5\n");
  EXPECT_NE(error.find("s.toml:5: unknown key 'rate' in [[fault]]"), std::string::npos) << error;
}

TEST(ScenarioFile, AWrongKindOfValueIsAnError) {
  EXPECT_NE(error_of("until = 5").find("s.toml:1: 'until'"), std::string::npos);
  EXPECT_NE(error_of("until = \"5 hours\"").find("duration"), std::string::npos);
  EXPECT_NE(error_of("nodes = -1").find("at least 0"), std::string::npos);
  EXPECT_NE(error_of("nodes = \"3\"").find("'nodes'"), std::string::npos);
  EXPECT_NE(error_of("nodes = ").find("s.toml:1: "), std::string::npos);
}

TEST(ScenarioFile, WhatCannotBeIsAnError) {
  EXPECT_NE(error_of("nodes = 0").find("nodes must lie"), std::string::npos);
  EXPECT_NE(error_of("[config]\nlog = 1\n").find("allowed: key_bytes_max"), std::string::npos);
  const std::string fault = "[[fault]]\nfor = \"1s\"\nat = \"1s\"\n";
  EXPECT_NE(error_of("[[fault]]\nat = \"1s\"\n").find("needs a kind"), std::string::npos);
  EXPECT_NE(error_of(fault + "kind = \"flood\"").find("'flood' is no kind"), std::string::npos);
  EXPECT_NE(error_of("[[fault]]\nkind = \"loss\"\nat = \"1s\"").find("needs 'for'"),
            std::string::npos);
  EXPECT_NE(error_of(fault + "kind = \"loss\"\nrate = 2").find("rate must lie"), std::string::npos);
  EXPECT_NE(error_of(fault + "kind = \"crash\"\nnodes = [3]").find("a node that is not there"),
            std::string::npos);
  EXPECT_NE(error_of(fault + "kind = \"split\"\ngroups = [[0], [0]]").find("in two groups"),
            std::string::npos);
  EXPECT_NE(error_of(fault + "kind = \"loss\"\n" + fault + "kind = \"loss\"")
                .find("two faults are called loss"),
            std::string::npos);
  EXPECT_NE(
      error_of("until = \"1s\"\n[workload]\nover = [\"0s\", \"1s\"]\n" + fault + "kind = \"loss\"")
          .find("begins when the faults are over"),
      std::string::npos);
}

TEST(ScenarioFile, AFileThatIsNotThereIsAnError) {
  EXPECT_FALSE(load_scenario("examples/scenarios/no_such.toml"));
}

TEST(ScenarioFile, ARunInOneWordIsAScenarioAndItsSeed) {
  const std::string split = "examples/scenarios/split.toml";
  EXPECT_EQ(load_run_called(split + ":7").value().seed, Seed(7));
  EXPECT_EQ(load_run_called(split, "8").value().seed, Seed(8));
  EXPECT_EQ(load_run_called(split + ":7+latency@50:9", "8").value().seed,
            parse_seed("7+latency@50:9").value());
  for (const std::string& word : {split, split + "7", split + ":x", std::string("split:7")}) {
    EXPECT_FALSE(load_run_called(word)) << word;
  }
  EXPECT_TRUE(names_scenario(split + ":7"));
  EXPECT_FALSE(names_scenario("split.toml.7.json"));
}

TEST(ScenarioFile, TheExamplesAreRead) {
  for (const char* name : {"split", "crashes", "repair"}) {
    const auto scenario = load_scenario("examples/scenarios/" + std::string(name) + ".toml");
    ASSERT_TRUE(scenario) << scenario.error().message;
    EXPECT_EQ(scenario->name, name);
    EXPECT_GE(scenario->faults.size(), 3U);
  }
}

}  // namespace
}  // namespace rejoin::sim
