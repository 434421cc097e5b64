#include "sim/fault_table.hpp"

#include <gtest/gtest.h>

#include <fstream>
#include <set>
#include <sstream>

#include "sim/plan.hpp"
#include "sim/rejoin_sim_scenario.hpp"

namespace rejoin::sim {
namespace {

std::vector<FaultRow> all_rows() {
  std::vector<FaultRow> rows;
  for (const FaultGroup& group : fault_groups()) {
    rows.insert(rows.end(), group.rows.begin(), group.rows.end());
  }
  return rows;
}

// A value that no field has by itself, and that every kind takes.
void disturb(std::string& out) {
  out = "a \"name\"";
}
void disturb(bool& out) {
  out = true;
}
void disturb(unsigned& out) {
  out = 2;
}
void disturb(std::uint64_t& out) {
  out = 3;
}
void disturb(Lasting& out) {
  out = Lasting(1500 * microsecond, 2 * second);
}
void disturb(Range<std::uint64_t>& out) {
  out = {7, 7 * millisecond};
}
void disturb(Range<std::int64_t>& out) {
  out = {7, 9};
}
void disturb(Range<double>& out) {
  out = {0.125, 0.75};
}
void disturb(Nodes& out) {
  out = {0, 2};
}
void disturb(std::vector<Nodes>& out) {
  out = {{0, 1}, {2}};
}

TEST(FaultTable, EachKindHasOneRowAndSaysWhatItDoesAndCounts) {
  std::set<FaultKind> kinds;
  for (const FaultRow& row : all_rows()) {
    EXPECT_TRUE(kinds.insert(row.kind).second) << row.name;
    EXPECT_EQ(fault_kind(row.name), row.kind);
    EXPECT_EQ(name_of(row.kind), row.name);
    EXPECT_FALSE(row.does.empty());
    EXPECT_FALSE(row.bites.empty());
    EXPECT_FALSE(row.losses.empty());
  }
  EXPECT_FALSE(fault_kind("no_such_fault"));
}

TEST(FaultTable, WhatIsWrittenIsReadAgainWithEveryFieldOfEveryKind) {
  for (const FaultRow& row : all_rows()) {
    FaultSpec spec;
    spec.kind = row.kind;
    for (const FaultFieldRow& field : fields_of(row.kind)) {
      std::visit([&](auto member) { disturb(spec.*member); }, field.member);
    }
    const std::string text = text_of(spec);
    const auto scenario = parse_scenario("nodes = 4\n" + text, "s.toml");
    ASSERT_TRUE(scenario) << scenario.error().message << "\n" << text;
    EXPECT_EQ(scenario->faults.at(0), spec) << text;
  }
}

TEST(FaultTable, WhatIsNotSaidIsNotWritten) {
  FaultSpec spec;
  spec.name = "loss";
  spec.lasting = {second, second};
  EXPECT_EQ(text_of(spec), "[[fault]]\nkind = \"loss\"\nat = \"0s\"\nfor = \"1s\"\n");
}

TEST(FaultTable, TheDocsHaveItsRows) {
  std::ifstream in("docs/simulation.md");
  std::ostringstream docs;
  docs << in.rdbuf();
  std::istringstream table(table_of_faults());
  for (std::string line; std::getline(table, line);) {
    EXPECT_NE(docs.str().find(line + "\n"), std::string::npos)
        << "docs/simulation.md lacks what rejoin-sim faults prints:\n"
        << line;
  }
}

TEST(FaultTable, DurationsAreExact) {
  EXPECT_EQ(text_of_duration(0), "0s");
  EXPECT_EQ(text_of_duration(90 * second), "90s");
  EXPECT_EQ(text_of_duration(120 * second), "2m");
  EXPECT_EQ(text_of_duration(1500 * microsecond), "1500us");
  EXPECT_EQ(text_of_duration(1501), "1501ns");
}

// ---- durations near the protocol's own timeouts

Scenario lasting(const std::string& text) {
  return parse_scenario(
             "until = \"60s\"\nswarm = false\n[config]\npeer_timeout_ms = [2000, 4000]\n"
             "[[fault]]\nkind = \"loss\"\nat = \"1s\"\nfor = \"" +
                 text + "\"\n",
             "s.toml")
      .value();
}

TEST(FaultTable, ADurationMayBeAMultipleOfATimeoutThatTheSeedDrew) {
  const Scenario scenario = lasting("peer_timeout*0.9..1.1");
  EXPECT_EQ(text_of(scenario.faults[0]).find("for = \"1s\""), std::string::npos);
  EXPECT_NE(text_of(scenario.faults[0]).find("for = \"peer_timeout*0.9..1.1\""), std::string::npos);
  std::set<bool> longer;
  for (std::uint64_t seed = 1; seed <= 50; ++seed) {
    const Plan plan = draw_plan(scenario, Draws(seed)).value();
    const double timeout = static_cast<double>(plan.config.peer_timeout_ms);
    const Fault& fault = plan.faults[0];
    const double lasts = static_cast<double>(fault.end - fault.begin) / 1e6;
    EXPECT_GE(lasts, 0.9 * timeout - 1);
    EXPECT_LE(lasts, 1.1 * timeout);
    longer.insert(lasts > timeout);
  }
  EXPECT_EQ(longer.size(), 2U) << "both sides of the timeout are drawn";
}

TEST(FaultTable, NearDrawsATimeoutAndAMultiple) {
  const Scenario scenario = lasting("near");
  std::set<Time> lengths;
  for (std::uint64_t seed = 1; seed <= 200; ++seed) {
    const Plan plan = draw_plan(scenario, Draws(seed)).value();
    lengths.insert(plan.faults[0].end - plan.faults[0].begin);
  }
  EXPECT_TRUE(lengths.contains(150 * millisecond)) << "half of resend_after";
  EXPECT_TRUE(lengths.contains(20 * second)) << "twice repair_timeout";
}

TEST(FaultTable, AMultipleOfNothingIsAnError) {
  const auto error_of = [](const std::string& text) {
    const auto scenario = parse_scenario(
        "[[fault]]\nkind = \"loss\"\nat = \"1s\"\nfor = \"" + text + "\"\n", "s.toml");
    return scenario ? "" : scenario.error().message;
  };
  EXPECT_EQ(error_of("peer_timeout_ms*2"), "");
  EXPECT_EQ(error_of("tea_break*2"),
            "s.toml: loss: config has no tea_break_ms to take a multiple of");
  EXPECT_EQ(error_of("peer_timeout*2..1"),
            "s.toml: loss: multiples of a timeout must rise and lie in 0..1000");
  EXPECT_NE(error_of("peer_timeout*").find("s.toml:4: 'for' in [[fault]] must be a duration"),
            std::string::npos);
}

}  // namespace
}  // namespace rejoin::sim
