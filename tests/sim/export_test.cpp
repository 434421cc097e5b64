// Each export against the grammar of the tool that reads it, and against the run.

#include "sim/export.hpp"

#include <gtest/gtest.h>

#include <map>
#include <nlohmann/json.hpp>
#include <regex>
#include <set>
#include <sstream>
#include <string>
#include <vector>

#include "sim/rejoin_sim_recording.hpp"
#include "sim/rejoin_sim_scenario.hpp"
#include "sim/statistics.hpp"

namespace rejoin::sim {
namespace {

const Recording& recorded() {
  static const Recording recording =
      record(load_scenario("examples/scenarios/crashes.toml").value(), 7).value();
  return recording;
}

using Write = void (*)(std::ostream&, const Recording&, const ExportSettings&);

std::vector<std::string> lines(Write write, const ExportSettings& settings = {}) {
  std::stringstream text;
  write(text, recorded(), settings);
  std::vector<std::string> out;
  for (std::string line; std::getline(text, line);) out.push_back(line);
  return out;
}

using VectorClock = std::map<std::string, std::uint64_t>;

bool before(const VectorClock& a, const VectorClock& b) {
  for (const auto& one : a) {
    const auto other = b.find(one.first);
    if (other == b.end() || other->second < one.second) return false;
  }
  return true;
}

// ShiViz: the expression, an empty line, then pairs of a host with its clock and an event. Each
// host's own part of its clock counts its events, and a clock never loses what it knew.
TEST(Export, ShiVizIsALogOfVectorClocks) {
  const auto log = lines(write_shiviz);
  ASSERT_GT(log.size(), 100U);
  EXPECT_EQ(log[0], R"((?<host>\S*) (?<clock>{.*})\n(?<event>.*))");
  EXPECT_EQ(log[1], "");
  const std::regex head(R"((\S+) (\{.*\}))");
  std::map<std::string, VectorClock> clocks;
  std::map<std::string, VectorClock> sent;
  std::size_t received = 0;
  const std::regex message(R"((->|<-) n\d+  #(\d+) .*)");
  ASSERT_EQ(log.size() % 2, 0U);
  for (std::size_t i = 2; i < log.size(); i += 2) {
    std::smatch match;
    ASSERT_TRUE(std::regex_match(log[i], match, head)) << log[i];
    const std::string host = match[1];
    const auto clock = nlohmann::json::parse(match[2].str()).get<VectorClock>();
    EXPECT_EQ(clock.at(host), clocks[host][host] + 1);
    EXPECT_TRUE(before(clocks[host], clock));
    clocks[host] = clock;
    std::smatch frame;
    if (!std::regex_search(log[i + 1], frame, message)) continue;
    if (frame[1] == "->") {
      sent[frame[2]] = clock;
    } else {
      ++received;
      EXPECT_TRUE(before(sent.at(frame[2]), clock)) << "a receiver knows what its sender knew";
    }
  }
  EXPECT_EQ(clocks.size(), recorded().nodes);
  EXPECT_GT(received, 100U);
}

// Mermaid: a header, participants, then arrows and notes whose text has neither # nor ;.
TEST(Export, MermaidIsAShortSequenceDiagramThatSaysWhatItLeavesOut) {
  ExportSettings settings;
  settings.from = second;
  settings.events_max = 30;
  const auto diagram = lines(write_mermaid, settings);
  ASSERT_EQ(diagram.size(), 1 + recorded().nodes + 1 + 30 + 1);
  EXPECT_EQ(diagram[0], "sequenceDiagram");
  const std::regex participant(R"(    participant n\d+)");
  const std::regex statement(R"(    (n\d+(->>|-x)n\d+|Note over n\d+(,n\d+)?): [^#;]+)");
  for (unsigned i = 1; i <= recorded().nodes; ++i) {
    EXPECT_TRUE(std::regex_match(diagram[i], participant)) << diagram[i];
  }
  for (std::size_t i = 1 + recorded().nodes; i < diagram.size(); ++i) {
    EXPECT_TRUE(std::regex_match(diagram[i], statement)) << diagram[i];
  }
  EXPECT_NE(diagram[1 + recorded().nodes].find("events before"), std::string::npos);
  EXPECT_NE(diagram.back().find("events follow"), std::string::npos);
}

// Chrome's JSON trace: complete slices that do not overlap on a track, flows with both ends.
TEST(Export, PerfettoHasSlicesAndFlows) {
  std::stringstream text;
  write_perfetto(text, recorded(), {});
  const auto trace = nlohmann::json::parse(text.str());
  std::map<std::pair<int, int>, double> until;
  std::map<std::uint64_t, double> begun;
  std::size_t flows = 0;
  std::set<std::string> phases;
  for (const auto& event : trace.at("traceEvents")) {
    const std::string phase = event.at("ph");
    phases.insert(phase);
    if (phase == "M") continue;
    const double ts = event.at("ts");
    if (phase == "X") {
      const std::pair<int, int> track{event.at("pid"), event.at("tid")};
      EXPECT_GE(event.at("dur").get<double>(), 0);
      EXPECT_GE(ts, until[track] - 1e-6) << event;
      until[track] = ts + event.at("dur").get<double>();
    }
    if (phase == "s") begun[event.at("id")] = ts;
    if (phase == "f") {
      ++flows;
      EXPECT_EQ(event.at("bp"), "e");
      EXPECT_LE(begun.at(event.at("id")), ts);
    }
  }
  EXPECT_EQ(phases, (std::set<std::string>{"C", "M", "X", "f", "i", "s"}));
  EXPECT_EQ(flows, begun.size());
  EXPECT_EQ(flows, statistics_of(recorded()).flight.count);
}

TEST(Export, QuotesWhatJsonMustNotHave) {
  EXPECT_EQ(json_quoted("a\"\\\n\xff"), R"("a\"\\\u000a\u00ff")");
}

TEST(Statistics, QuantilesAreByNearestRank) {
  const Quantiles ten = quantiles_of({10, 9, 8, 7, 6, 5, 4, 3, 2, 1});
  EXPECT_EQ(ten.count, 10U);
  EXPECT_EQ(ten.least, 1U);
  EXPECT_EQ(ten.half, 5U);
  EXPECT_EQ(ten.p90, 9U);
  EXPECT_EQ(ten.p99, 10U);
  EXPECT_EQ(ten.most, 10U);
  EXPECT_EQ(quantiles_of({}).count, 0U);
}

TEST(Statistics, AddUpToTheTotals) {
  const Statistics statistics = statistics_of(recorded());
  const Totals& totals = recorded().outcome.totals;
  EXPECT_EQ(statistics.frames, totals.frames);
  EXPECT_EQ(statistics.bytes, totals.bytes);
  EXPECT_EQ(statistics.operations, totals.transactions - totals.refused);
  EXPECT_EQ(statistics.durable.count, totals.acknowledged);
  EXPECT_EQ(statistics.stale.count + statistics.unseen, totals.entries * (recorded().nodes - 1));
  EXPECT_GT(statistics.stale.half, 0U);
}

}  // namespace
}  // namespace rejoin::sim
