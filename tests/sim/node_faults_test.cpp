// Faults of nodes, disks and the workload: each bites, breaks nothing, and does what its name says.

#include <gtest/gtest.h>

#include <functional>
#include <string>
#include <vector>

#include "sim/recorder.hpp"
#include "sim/world.hpp"
#include "tests/sim/told.hpp"

namespace rejoin::sim {
namespace {

FaultSpec fault_of(FaultKind kind) {
  FaultSpec fault;
  fault.name = name_of(kind);
  fault.kind = kind;
  fault.at = {second, second};
  fault.lasting = {1500 * millisecond, 1500 * millisecond};
  fault.rate = {0.8, 0.8};
  fault.by = {kind == FaultKind::old_disk ? 900 * millisecond : 20 * millisecond,
              kind == FaultKind::old_disk ? 900 * millisecond : 20 * millisecond};
  fault.transactions = 10;
  return fault;
}

Scenario small(std::vector<FaultSpec> faults) {
  Scenario scenario;
  scenario.nodes = 3;
  scenario.until = 3 * second;
  scenario.swarm = false;
  scenario.disks.checkpoint = 0;
  scenario.workload.transactions = 30;
  scenario.workload.over = {0, 2800 * millisecond};
  scenario.faults = std::move(faults);
  return scenario;
}

struct Seen {
  Outcome outcome;
  std::string log;

  bool has(const std::string& text) const { return log.find(text) != std::string::npos; }
  std::size_t count(const std::string& text) const {
    std::size_t found = 0;
    for (std::size_t at = log.find(text); at != std::string::npos; at = log.find(text, at + 1)) {
      ++found;
    }
    return found;
  }
};

Seen run(const Scenario& scenario, std::uint64_t seed) {
  Seen seen;
  Recorder recorder([&](const Recording& recording, const Recorded& event) {
    seen.log += line_of(recording, event) + "\n";
  });
  seen.outcome = simulate(scenario, seed, &recorder).value();
  return seen;
}

// What a run under the fault must show, beside that it holds and bites in every seed.
struct Expected {
  FaultKind kind{};
  std::function<bool(const Seen&)> shows;
};

class NodeFault : public testing::TestWithParam<Expected> {};

TEST_P(NodeFault, BitesBreaksNothingAndDoesWhatItsNameSays) {
  const Scenario scenario = small({fault_of(GetParam().kind)});
  ASSERT_TRUE(scenario.validate()) << scenario.validate().error().message;
  for (std::uint64_t seed = 1; seed <= 8; ++seed) {
    const Seen seen = run(scenario, seed);
    ASSERT_EQ(seen.outcome.verdict, Verdict::ok) << "seed " << seed << ": " << story(seen.outcome);
    EXPECT_GE(seen.outcome.receipts[0].bites, 1U) << "seed " << seed;
    EXPECT_TRUE(GetParam().shows(seen)) << "seed " << seed;
  }
}

bool loses_nothing(const Seen& seen) {
  return seen.outcome.totals.lost == 0;
}

std::vector<Expected> expected() {
  using Kind = FaultKind;
  return {
      {Kind::crash_inside, [](const Seen& s) { return s.has("dies between two effects"); }},
      {Kind::slow, [](const Seen& s) { return s.outcome.receipts[0].losses > 20'000'000; }},
      {Kind::restart, [](const Seen& s) { return s.has("goodbye") && loses_nothing(s); }},
      {Kind::old_disk,
       [](const Seen& s) {
         return s.has("gets an older disk back") && s.outcome.receipts[0].losses > 0 &&
                s.outcome.totals.lost <= s.outcome.totals.entries - s.outcome.totals.acknowledged;
       }},
      {Kind::clone,
       [](const Seen& s) {
         return s.has("is a copy of") &&
                (s.has("is stopped, and its directory removed") ||
                 s.has("gets a directory of its own") || s.has("its copy goes on in its place"));
       }},
      {Kind::join,
       [](const Seen& s) {
         return s.has("n3  starts with 0 records") && s.has("n3  makes entry");
       }},
      {Kind::leave,
       [](const Seen& s) {
         return s.has("goodbye") && s.count(" starts with") == 3 && loses_nothing(s);
       }},
      {Kind::gone, [](const Seen& s) { return s.count(" starts with") == 3; }},
      {Kind::upgrade, [](const Seen& s) { return s.has("goodbye") && loses_nothing(s); }},
      {Kind::incompatible,
       [](const Seen& s) {
         return s.has("reject: this node speaks protocol versions 1 to 1, yours are 2 to 2") &&
                loses_nothing(s);
       }},
      {Kind::lying_sync, [](const Seen& s) { return s.outcome.receipts[0].losses > 0; }},
      {Kind::torn_write, [](const Seen& s) { return s.outcome.totals.restarts == 1; }},
      {Kind::bit_rot,
       [](const Seen& s) {
         return s.has("does not start: the checksum of record") &&
                s.has("its directory is moved away");
       }},
      {Kind::misdirected_write,
       [](const Seen& s) { return s.has("does not start: the checksum of record"); }},
      {Kind::short_read,
       [](const Seen& s) {
         return s.has("does not start: fewer bytes") && !s.has("its directory is moved away");
       }},
      {Kind::io_error, [](const Seen& s) { return s.has("writes no more: input/output error"); }},
      {Kind::disk_full, [](const Seen& s) { return s.has("writes no more: no space left"); }},
      {Kind::slow_disk,
       [](const Seen& s) {
         const Receipt& receipt = s.outcome.receipts[0];
         return receipt.losses == receipt.bites * 20 * millisecond;
       }},
      {Kind::compact,
       [](const Seen& s) { return s.outcome.totals.checkpoints == s.outcome.receipts[0].bites; }},
      {Kind::rivals, [](const Seen& s) { return s.outcome.totals.transactions > 20; }},
      {Kind::burst, [](const Seen& s) { return s.outcome.totals.transactions == 40; }},
      {Kind::offline,
       [](const Seen& s) {
         return s.outcome.totals.transactions == 40 && s.outcome.receipts[0].bites == 10;
       }},
  };
}

INSTANTIATE_TEST_SUITE_P(Faults, NodeFault, testing::ValuesIn(expected()),
                         [](const auto& row) { return std::string(name_of(row.param.kind)); });

// Between which two effects it dies is drawn: a frame sent and the next one not; an entry written
// and its frame not.
TEST(NodeFaults, ACrashInsideFallsBetweenEffectsOfEveryKind) {
  const Scenario scenario = small({fault_of(FaultKind::crash_inside)});
  std::size_t after_a_frame = 0;
  std::size_t after_an_entry = 0;
  std::size_t after_a_sync = 0;
  for (std::uint64_t seed = 1; seed <= 60; ++seed) {
    const std::string log = run(scenario, seed).log;
    const std::size_t dies = log.find("dies between");
    ASSERT_NE(dies, std::string::npos);
    const std::size_t line = log.rfind('\n', dies);
    const std::string before = log.substr(log.rfind('\n', line - 1) + 1, line - dies);
    after_a_frame += before.find("->") != std::string::npos;
    after_an_entry += before.find("makes entry") != std::string::npos;
    after_a_sync += before.find("has synced") != std::string::npos;
  }
  EXPECT_GT(after_a_frame, 0U);
  EXPECT_GT(after_an_entry, 0U);
  EXPECT_GT(after_a_sync, 0U);
}

// Rivals write to one element each: more writes do not see one another.
TEST(NodeFaults, RivalsConflictMoreThanOthers) {
  Scenario scenario = small({fault_of(FaultKind::rivals)});
  scenario.faults[0].at = {0, 0};
  scenario.faults[0].lasting = {3 * second, 3 * second};
  scenario.links.base = {100 * millisecond, 200 * millisecond};
  std::uint64_t with = 0;
  std::uint64_t without = 0;
  for (std::uint64_t seed = 1; seed <= 10; ++seed) {
    with += simulate(scenario, seed)->totals.conflicts;
    Scenario plain = scenario;
    plain.faults.clear();
    without += simulate(plain, seed)->totals.conflicts;
  }
  EXPECT_GT(with, without);
}

// Three nodes; one is cut off, writes, and is lost with its disk before the cut heals.
TEST(NodeFaults, WhatOnlyALostDiskHadMayBeLostAndNothingElse) {
  FaultSpec offline = fault_of(FaultKind::offline);
  offline.nodes = {0};
  offline.at = {second, second};
  FaultSpec gone = fault_of(FaultKind::gone);
  gone.nodes = {0};
  gone.at = {2 * second, 2 * second};
  gone.lasting = {0, 0};
  std::uint64_t lost = 0;
  for (std::uint64_t seed = 1; seed <= 10; ++seed) {
    const Outcome outcome = simulate(small({offline, gone}), seed).value();
    ASSERT_EQ(outcome.verdict, Verdict::ok) << "seed " << seed << ": " << story(outcome);
    lost += outcome.totals.lost;
    // Without the loss of the node, the same writes are there.
    const Outcome back = simulate(small({offline}), seed).value();
    ASSERT_EQ(back.verdict, Verdict::ok) << "seed " << seed << ": " << story(back);
    EXPECT_EQ(back.totals.lost, 0U);
  }
  EXPECT_GT(lost, 10U);
}

// No address leads to the copy, so nobody can ask it whether it lives: it is told apart from late
// frames of an ended start by going on beyond peer_timeout.
TEST(NodeFaults, OfTwoProcessesOfOneNodeAllThatAreHeardSaySo) {
  FaultSpec clone = fault_of(FaultKind::clone);
  clone.at = {second, second};
  clone.lasting = {8 * second, 8 * second};
  Scenario scenario = small({clone});
  scenario.until = 10 * second;
  for (std::uint64_t seed = 1; seed <= 12; ++seed) {
    const Seen seen = run(scenario, seed);
    ASSERT_EQ(seen.outcome.verdict, Verdict::ok) << "seed " << seed << ": " << story(seen.outcome);
    EXPECT_GE(seen.outcome.receipts[0].bites, 2U) << "by peers, or by itself and a peer";
    EXPECT_TRUE(seen.has("reject: another process runs as node")) << "seed " << seed;
  }
}

}  // namespace
}  // namespace rejoin::sim
