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
void disturb(std::string& out, bool) {
  out = "a \"name\"";
}
void disturb(bool& out, bool) {
  out = true;
}
void disturb(unsigned& out, bool) {
  out = 2;
}
void disturb(std::uint64_t& out, bool) {
  out = 3;
}
void disturb(Lasting& out, bool) {
  out = Lasting(1500 * microsecond, 2 * second);
}
void disturb(Range<std::uint64_t>& out, bool is_duration) {
  out = is_duration ? Range<Time>{3 * millisecond, 7 * millisecond + 1} : Range<Time>{7, 9};
}
void disturb(Range<std::int64_t>& out, bool) {
  out = {7, 9};
}
void disturb(Range<double>& out, bool) {
  out = {0.125, 0.75};
}
void disturb(Nodes& out, bool) {
  out = {0, 2};
}
void disturb(std::vector<Nodes>& out, bool) {
  out = {{0, 1}, {2}};
}
void disturb(Distribution& out, bool) {
  out = {Distribution::Shape::lognormal, {20 * millisecond}, 0.6};
}
void disturb(std::optional<CutMode>& out, bool) {
  out = CutMode{CutMode::What::slow, 12};
}
void disturb(QueueDrop& out, bool) {
  out = QueueDrop::head;
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
      std::visit([&](auto member) { disturb(spec.*member, field.is_duration); }, field.member);
    }
    const std::string text = text_of(spec);
    const auto scenario = parse_scenario("nodes = 4\n" + text, "s.toml");
    ASSERT_TRUE(scenario) << scenario.error().message << "\n" << text;
    EXPECT_EQ(scenario->faults.at(0), spec) << text;
  }
}

TEST(FaultTable, DelaysAreWrittenAndReadInEveryShape) {
  for (const char* text :
       {"\"5ms\"", "{ uniform = [\"1ms\", \"5ms\"] }", "{ exponential = \"5ms\" }",
        "{ lognormal = [\"20ms\", 0.6] }", "{ pareto = [\"5ms\", 1.5] }",
        "{ bimodal = [\"1ms\", \"200ms\", 0.01] }", "{ trace = [\"1ms\", \"90ms\", \"2ms\"] }"}) {
    const std::string fault = "[[fault]]\nkind = \"latency\"\nat = \"0s\"\nfor = \"1s\"\ndelay = ";
    const auto scenario = parse_scenario(fault + text + "\n", "s.toml");
    ASSERT_TRUE(scenario) << text << ": " << scenario.error().message;
    EXPECT_EQ(text_of(scenario->faults[0].delay), text);
  }
  for (const char* text : {"5", "{}", "{ normal = \"5ms\" }", "{ pareto = [\"5ms\"] }",
                           "{ uniform = [\"5ms\", \"1ms\"] }", "{ lognormal = [] }",
                           "{ uniform = \"5ms\" }", "{ exponential = \"5ms\", trace = [] }"}) {
    const auto scenario = parse_scenario("[links]\ndelay = " + std::string(text) + "\n", "s.toml");
    ASSERT_FALSE(scenario) << text;
    EXPECT_NE(scenario.error().message.find("s.toml:2: 'delay' in [links] must be a duration, or"),
              std::string::npos)
        << scenario.error().message;
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
