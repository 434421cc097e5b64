// What faults of topology and of transport do to frames.

#include <gtest/gtest.h>

#include <algorithm>
#include <set>

#include "tests/sim/carried.hpp"

namespace rejoin::sim {
namespace {

using What = CutMode::What;

Fault cut_of(FaultKind kind, std::vector<unsigned> side, CutMode mode = {}) {
  Fault fault = fault_of(kind);
  fault.side = std::move(side);
  fault.mode = mode;
  return fault;
}

// Who reaches whom of five nodes, as a row of text for each.
std::vector<std::string> reach(const Fault& fault, unsigned nodes = 5, Time now = 0) {
  std::vector<std::string> rows(nodes, std::string(nodes, '.'));
  for (unsigned source = 0; source < nodes; ++source) {
    for (unsigned target = 0; target < nodes; ++target) {
      if (!fault.cuts(source, target, now)) rows[source][target] = 'x';
    }
  }
  return rows;
}

TEST(Topology, SplitsCutBetweenGroupsOnly) {
  const Fault split = cut_of(FaultKind::split, {0, 0, 1, 2, 2});
  EXPECT_EQ(reach(split), (std::vector<std::string>{"xx...", "xx...", "..x..", "...xx", "...xx"}));
  EXPECT_EQ(Carried({split}, 5).send(0, 1).pass().came.size(), 300U);
  EXPECT_EQ(Carried({split}, 5).send(0, 2).pass().came.size(), 0U);
  EXPECT_EQ(Carried({split}, 5).send(2, 0).pass().receipt().bites, 300U);
}

TEST(Topology, IsolatedNodesAreAlone) {
  EXPECT_EQ(reach(cut_of(FaultKind::isolate, {0, 1, 2, 0, 0})),
            (std::vector<std::string>{"x..xx", ".x...", "..x..", "x..xx", "x..xx"}));
}

TEST(Topology, ARingReachesAMajorityAndNoTwoTheSame) {
  for (unsigned nodes : {4U, 5U, 6U, 7U}) {
    std::vector<unsigned> side;
    for (unsigned i = 0; i < nodes; ++i) side.push_back(i);
    const auto rows = reach(cut_of(FaultKind::ring, side), nodes);
    EXPECT_EQ(std::set<std::string>(rows.begin(), rows.end()).size(), nodes);
    for (const std::string& row : rows) {
      EXPECT_GT(std::count(row.begin(), row.end(), 'x') * 2, nodes);
      EXPECT_LT(std::count(row.begin(), row.end(), 'x'), nodes);
    }
  }
}

TEST(Topology, ABridgeReachesBothHalves) {
  EXPECT_EQ(reach(cut_of(FaultKind::bridge, {0, 1, 2, 1, 2})),
            (std::vector<std::string>{"xxxxx", "xx.x.", "x.x.x", "xx.x.", "x.x.x"}));
}

TEST(Topology, ReachingIsNotTransitive) {
  Fault fault = cut_of(FaultKind::non_transitive, {});
  fault.pairs = {{1, 3}};
  EXPECT_EQ(reach(fault), (std::vector<std::string>{"xxxxx", "xxx.x", "xxxxx", "x.xxx", "xxxxx"}));
}

TEST(Topology, FlappingComesAndGoes) {
  Fault flaps = cut_of(FaultKind::flapping, {0, 1, 0});
  flaps.period = 100 * millisecond;
  Carried carried({flaps});
  carried.send(0, 1).pass();
  std::size_t changes = 0;
  const std::vector<std::size_t> order = carried.order();
  for (std::size_t i = 1; i < order.size(); ++i) changes += order[i] > order[i - 1] + 20;
  EXPECT_EQ(changes, 2U) << "three gaps in 300 ms, the first at the beginning";
  EXPECT_GT(carried.receipt().bites, 130U);
  EXPECT_EQ(flaps.heals(0, 1, 120 * millisecond), 150 * millisecond);
}

TEST(Topology, SwizzledNodesStopOneByOneAndWhatTheyAreSentWaits) {
  Fault swizzle = cut_of(FaultKind::swizzle, {}, {What::jam, 1});
  swizzle.end = 400 * millisecond;
  swizzle.stopped = {
      {0, 0}, {50 * millisecond, 250 * millisecond}, {100 * millisecond, 300 * millisecond}};
  EXPECT_EQ(swizzle.heals(1, 2, 120 * millisecond), 300 * millisecond);
  EXPECT_EQ(swizzle.heals(0, 1, 120 * millisecond), 250 * millisecond);
  Carried carried({swizzle});
  carried.send(0, 1).pass();
  EXPECT_EQ(carried.came.size(), 300U);
  for (const auto& one : carried.came) {
    EXPECT_TRUE(one.at < 50 * millisecond || one.at >= 250 * millisecond) << one.at;
  }
  EXPECT_GE(carried.receipt().bites, 200U);
}

TEST(Topology, AnIslandAndRegionsAreSlowAcrossTheirBorders) {
  Fault island = cut_of(FaultKind::slow_island, {0, 1, 1});
  island.delay.times = {30 * millisecond};
  EXPECT_GE(Carried({island}).send(0, 1, 20).pass().took().front(), 30 * millisecond);
  EXPECT_EQ(Carried({island}).send(1, 2, 20).pass().receipt().bites, 0U);
  Fault wan = cut_of(FaultKind::wan, {0, 1, 2});
  wan.by_range = {20 * millisecond, 200 * millisecond};
  std::set<Time> base;
  for (const auto& [source, target] : {std::pair{0U, 1U}, {1U, 0U}, {0U, 2U}, {1U, 2U}}) {
    Carried with({wan});
    Carried without({});
    const Time more = with.send(source, target, 1).pass().took()[0] -
                      without.send(source, target, 1).pass().took()[0];
    EXPECT_GE(more, 20 * millisecond);
    base.insert(more);
    EXPECT_EQ(with.receipt().bites, 1U);
  }
  EXPECT_EQ(base.size(), 3U) << "one for each pair of regions, both ways";
}

// ---- what a cut does to frames

Carried through(CutMode mode) {
  Fault split = cut_of(FaultKind::split, {0, 1, 0}, mode);
  split.begin = 100 * millisecond;
  split.end = 200 * millisecond;
  Carried carried({split});
  carried.send(0, 1).pass();
  return carried;
}

TEST(Topology, ACutTakesWhatIsUnderWay) {
  const Carried carried = through({What::cut, 1});
  for (const auto& one : carried.came) {
    EXPECT_TRUE(one.at < 100 * millisecond || one.at >= 200 * millisecond);
  }
  EXPECT_EQ(carried.came.size() + carried.receipt().bites, 300U);
  EXPECT_GT(carried.receipt().bites, 100U);
}

TEST(Topology, ADrainLetsWhatIsUnderWayArrive) {
  const Carried carried = through({What::drain, 1});
  EXPECT_EQ(carried.receipt().bites, 100U);
  EXPECT_EQ(carried.came.size(), 200U);
  EXPECT_TRUE(std::any_of(carried.came.begin(), carried.came.end(), [](const auto& one) {
    return one.at >= 100 * millisecond && one.number < 100;
  }));
}

TEST(Topology, AJamReleasesABurst) {
  const Carried carried = through({What::jam, 1});
  EXPECT_EQ(carried.came.size(), 300U);
  std::size_t burst = 0;
  for (const auto& one : carried.came) {
    EXPECT_TRUE(one.at < 100 * millisecond || one.at >= 200 * millisecond);
    burst += one.number < 200 && one.at >= 200 * millisecond;
    if (one.number < 200) {
      EXPECT_LT(one.at, 220 * millisecond);
    }
  }
  EXPECT_EQ(carried.receipt().bites, burst);
}

TEST(Topology, ASlowCutMultipliesLatency) {
  const Carried slow = through({What::slow, 10});
  Carried plain({});
  plain.send(0, 1).pass();
  std::vector<Time> took(300);
  std::vector<Time> plainly(300);
  for (const auto& one : slow.came) took[one.number] = one.at - one.number * millisecond;
  for (const auto& one : plain.came) plainly[one.number] = one.at - one.number * millisecond;
  for (std::size_t i = 0; i < 300; ++i)
    EXPECT_EQ(took[i], plainly[i] * (i >= 100 && i < 200 ? 10 : 1));
  EXPECT_EQ(slow.receipt().bites, 100U);
}

TEST(Topology, ModesAreWrittenAndRead) {
  for (const char* text : {"cut", "drain", "jam", "slow:20"})
    EXPECT_EQ(text_of(*cut_mode(text)), text);
  for (const char* text : {"", "slow", "slow:", "slow:1", "slow:x", "slow:99999"}) {
    EXPECT_FALSE(cut_mode(text)) << text;
  }
}

// ---- transport

TEST(Transport, AboveTheHighWaterMarkFramesAreDropped) {
  Carried burst({fault_of(FaultKind::high_water)});
  burst.send(0, 1, 50, 0).pass();
  EXPECT_EQ(burst.came.size(), 5U);
  EXPECT_EQ(burst.receipt().bites, 45U);
  Carried calm({fault_of(FaultKind::high_water)});
  calm.send(0, 1, 50, 50 * millisecond).pass();
  EXPECT_EQ(calm.receipt().bites, 0U);
}

TEST(Transport, AReconnectLosesWhatIsUnderWayAndKeepsWhatWaits) {
  Fault broken = fault_of(FaultKind::reconnect);
  broken.mode = {What::jam, 1};
  broken.nodes = {1};
  broken.begin = 100 * millisecond;
  broken.end = 150 * millisecond;
  Carried carried({broken});
  carried.send(0, 1).pass();
  const std::vector<std::size_t> order = carried.order();
  EXPECT_GT(carried.receipt().bites, 0U);
  EXPECT_EQ(order.size() + carried.receipt().bites, 300U);
  for (std::size_t i = 100; i < 300; ++i) {
    EXPECT_TRUE(std::find(order.begin(), order.end(), i) != order.end()) << i;
  }
  for (const auto& one : carried.came) {
    EXPECT_TRUE(one.at < 100 * millisecond || one.at >= 150 * millisecond);
  }
}

TEST(Transport, ASlowJoinerMissesTheFirstFramesOfEachConnection) {
  Fault joiner = fault_of(FaultKind::slow_joiner);
  joiner.nodes = {1};
  Carried carried({joiner});
  carried.send(0, 1, 20);
  carried.network().starts(1, carried.now());
  carried.send(0, 1, 20).pass();
  std::vector<std::size_t> order = carried.order();
  std::sort(order.begin(), order.end());
  ASSERT_EQ(order.size(), 30U);
  EXPECT_EQ(order.front(), 5U);
  EXPECT_EQ(order[15], 25U);
  EXPECT_EQ(carried.receipt().bites, 10U);
}

TEST(Transport, AHalfOpenConnectionIsDeadInOneDirection) {
  Fault half = fault_of(FaultKind::half_open);
  half.nodes = {0, 1, 2, 3, 4};
  half.mode = {What::drain, 1};
  const auto rows = reach(half);
  std::set<bool> which;
  for (unsigned a = 0; a < 5; ++a) {
    for (unsigned b = 0; b < a; ++b) {
      EXPECT_NE(rows[a][b], rows[b][a]) << "one way, and one only";
      which.insert(rows[a][b] == 'x');
    }
  }
  EXPECT_EQ(which.size(), 2U);
}

TEST(Transport, RefusedAndHangingConnections) {
  Fault refuse = fault_of(FaultKind::refuse);
  refuse.nodes = {1};
  refuse.mode = {What::drain, 1};
  EXPECT_EQ(Carried({refuse}).send(0, 1).pass().receipt().bites, 300U);
  EXPECT_EQ(Carried({refuse}).send(1, 0).pass().came.size(), 300U) << "it connects to others";
  Fault hang = fault_of(FaultKind::hang);
  hang.nodes = {1};
  hang.mode = {What::jam, 1};
  hang.end = 500 * millisecond;
  Carried hanging({hang});
  hanging.send(0, 1).pass();
  EXPECT_EQ(hanging.order(), (std::vector<std::size_t>{0, 1, 2, 3, 4}));
  EXPECT_GE(hanging.came.front().at, 500 * millisecond);
  EXPECT_EQ(hanging.receipt().bites, 300U);
}

TEST(Transport, AnIdentityIsHandedOver) {
  Fault handover = fault_of(FaultKind::handover);
  handover.nodes = {1, 2};
  Carried carried({handover});
  carried.send(0, 1).pass();
  for (const auto& one : carried.came) EXPECT_EQ(one.target, 2U);
  EXPECT_EQ(carried.receipt().bites, 300U);
  EXPECT_EQ(Carried({handover}).send(1, 0).pass().came.front().target, 0U);
}

}  // namespace
}  // namespace rejoin::sim
