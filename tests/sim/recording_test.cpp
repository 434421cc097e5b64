// A recording says all that happened, changes nothing, and comes back from its JSON form.

#include "sim/recording.hpp"

#include <gtest/gtest.h>

#include <algorithm>
#include <filesystem>
#include <fstream>
#include <map>
#include <set>
#include <sstream>
#include <vector>

#include "sim/rejoin_sim_recording.hpp"
#include "sim/rejoin_sim_scenario.hpp"
#include "sim/world.hpp"

namespace rejoin::sim {
namespace {

constexpr std::uint64_t seed = 7;

const Scenario& crashes() {
  static const Scenario scenario = load_scenario("examples/scenarios/crashes.toml").value();
  return scenario;
}

const Recording& recorded() {
  static const Recording recording = record(crashes(), seed).value();
  return recording;
}

std::size_t count(What what) {
  return static_cast<std::size_t>(
      std::count_if(recorded().events.begin(), recorded().events.end(),
                    [&](const Recorded& event) { return event.what == what; }));
}

TEST(Recording, ChangesNothing) {
  const Outcome alone = simulate(crashes(), seed).value();
  EXPECT_EQ(recorded().outcome.trace_hash, alone.trace_hash);
  EXPECT_EQ(recorded().outcome.events, alone.events);
}

TEST(Recording, CountsWhatTheOutcomeCounts) {
  const Totals& totals = recorded().outcome.totals;
  EXPECT_EQ(count(What::send), totals.frames);
  EXPECT_EQ(count(What::entry), totals.entries);
  EXPECT_EQ(count(What::transaction), totals.transactions + totals.skipped);
  EXPECT_EQ(count(What::stop), totals.restarts);
  EXPECT_EQ(count(What::start), totals.restarts + recorded().nodes);
  EXPECT_EQ(count(What::checkpoint), totals.checkpoints);
  EXPECT_EQ(count(What::fault_begins), recorded().faults.size());
  std::uint64_t bytes = 0;
  for (const Recorded& event : recorded().events) {
    if (event.what == What::send) bytes += event.amount;
  }
  EXPECT_EQ(bytes, totals.bytes);
}

// In order: a delivery after its sending, nothing done by a node that is down.
TEST(Recording, IsAHistory) {
  std::set<std::uint32_t> sent;
  std::set<std::uint32_t> down;
  Time now = 0;
  for (const Recorded& event : recorded().events) {
    EXPECT_GE(event.at, now);
    now = event.at;
    if (event.what == What::start) down.erase(event.node);
    if (event.what == What::stop) {
      EXPECT_TRUE(down.insert(event.node).second);
    } else if (event.what != What::lost && event.what != What::clock) {
      EXPECT_EQ(down.count(event.node), 0U) << line_of(recorded(), event);
    }
    if (event.what == What::send) {
      EXPECT_TRUE(sent.insert(event.subject).second);
      EXPECT_EQ(recorded().messages[event.subject].source, event.node);
    }
    if (event.what == What::deliver) {
      EXPECT_TRUE(sent.contains(event.subject));
      EXPECT_EQ(recorded().messages[event.subject].target, event.node);
    }
    if (event.what == What::lost && event.code != static_cast<std::uint8_t>(Lost::node_down)) {
      EXPECT_LT(event.fault, recorded().faults.size()) << "whose doing is known";
    }
  }
}

// What each node held last is equal at the end, key by key.
TEST(Recording, ValuesEndEqual) {
  std::map<std::uint32_t, std::map<std::uint32_t, std::uint64_t>> held;
  std::map<std::uint32_t, std::uint64_t> states;
  for (const Recorded& event : recorded().events) {
    if (event.what == What::value) held[event.subject][event.node] = event.amount;
    if (event.what == What::state) states[event.node] = event.amount;
  }
  EXPECT_GE(held.size(), 5U);
  ASSERT_EQ(states.size(), recorded().nodes);
  for (const auto& key : held) {
    for (const auto& node : key.second) EXPECT_EQ(node.second, key.second.begin()->second);
  }
  for (const auto& node : states) EXPECT_EQ(node.second, states.begin()->second);
}

TEST(Recording, ComesBackFromItsJson) {
  const std::string file = testing::TempDir() + "rejoin_recording.json";
  ASSERT_TRUE(write_recording(file, recorded()));
  Recording again = read_recording(file).value();
  std::filesystem::remove(file);
  ASSERT_EQ(again.events.size(), recorded().events.size());
  for (std::size_t i = 0; i < again.events.size(); ++i) {
    ASSERT_EQ(again.events[i], recorded().events[i]) << line_of(recorded(), recorded().events[i]);
    ASSERT_EQ(line_of(again, again.events[i]), line_of(recorded(), recorded().events[i]));
  }
  EXPECT_EQ(again.faults.size(), recorded().faults.size());
  EXPECT_EQ(again.outcome.trace_hash, recorded().outcome.trace_hash);
  EXPECT_EQ(again.outcome.totals.bytes, recorded().outcome.totals.bytes);
  again.outcome = recorded().outcome;  // of which only what a reader needs is read back
  std::ostringstream once;
  std::ostringstream twice;
  write_recording(once, recorded());
  write_recording(twice, again);
  EXPECT_TRUE(once.str() == twice.str());
}

TEST(Recording, WhatIsNoRecordingIsRefusedByName) {
  const std::string file = testing::TempDir() + "rejoin_no_recording.json";
  { std::ofstream(file) << R"({"format": "rejoin-sim recording", "version": 99})"; }
  const auto refused = read_recording(file);
  std::filesystem::remove(file);
  ASSERT_FALSE(refused);
  EXPECT_NE(refused.error().message.find("version 1"), std::string::npos);
  EXPECT_FALSE(recording_called("nothing"));
}

TEST(Texts, OfOneTextIsOneAndALongOneIsCut) {
  Texts texts;
  EXPECT_EQ(texts.add(""), 0U);
  EXPECT_EQ(texts.add("a"), texts.add("a"));
  const std::string& cut = texts[texts.add(std::string(5000, 'x'))];
  EXPECT_LT(cut.size(), 700U);
  EXPECT_NE(cut.find("4400 more"), std::string::npos);
}

}  // namespace
}  // namespace rejoin::sim
