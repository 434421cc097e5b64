// What is asked of all peers is what each of them says, however they changed since it was asked
// last.

#include "net/peer_table.hpp"

#include <gtest/gtest.h>

#include <algorithm>
#include <limits>
#include <map>
#include <utility>
#include <vector>

#include "tests/unit/net/random_entries.hpp"

namespace rejoin {
namespace {

constexpr std::uint64_t never = std::numeric_limits<std::uint64_t>::max();

// Asked of each.
void expect_as_they_are(const PeerTable& peers, const Config& config) {
  std::uint64_t due = never;
  std::size_t live = 0;
  std::size_t reached = 0;
  std::vector<NodeId> nodes;
  peers.each([&](const Peer& peer) {
    nodes.push_back(peer.node());
    if (!peer.live()) return;
    ++live;
    reached += peer.route ? 1 : 0;
    due = std::min(due, peer.due_ns(config));
  });
  EXPECT_TRUE(std::is_sorted(nodes.begin(), nodes.end()));
  EXPECT_EQ(peers.due_ns(), due);
  EXPECT_EQ(peers.reached(), reached);
  EXPECT_EQ(peers.misses_a_way(), reached < live);
}

// Live ones, and whether a route leads to them.
std::vector<std::pair<NodeId, bool>> ways_of(const PeerTable& peers) {
  std::vector<std::pair<NodeId, bool>> out;
  peers.each([&](const Peer& peer) {
    if (peer.live()) out.emplace_back(peer.node(), peer.route.has_value());
  });
  return out;
}

void change(Peer& peer, test::Random& random, const Config& config, std::uint64_t now) {
  switch (random.below(7)) {
    case 0:
      peer.hear(now);
      break;
    case 1:
      peer.fall_silent();
      break;
    case 2:
      peer.route = RouteId{1};
      break;
    case 3:
      peer.route.reset();
      break;
    case 4:
      if (peer.live()) peer.launch(test::random_context(random), 10, now);
      break;
    case 5:
      if (peer.ask_at(config)) peer.asked(now);
      break;
    default:
      if (peer.live()) peer.offer({}, now);
  }
}

TEST(PeerTable, WhatIsAskedOfAllIsWhatEachOfThemSays) {
  const Config config;
  PeerTable peers(config);
  test::Random random(11);
  std::uint64_t now = 0;
  std::map<std::uint64_t, std::vector<std::pair<NodeId, bool>>> ways;  // by their version
  for (int round = 0; round < 3000; ++round) {
    now += random.below(50'000'000);
    const NodeId node(random.below(12));
    Peer* peer = peers.find(node);
    if (peer == nullptr && random.one_in(4)) peer = &peers.add(node);
    if (peer != nullptr) change(*peer, random, config, now);
    if (random.one_in(40)) peers.each([&](Peer& each) { change(each, random, config, now); });
    if (random.one_in(60)) {
      const std::size_t before = peers.size();
      const bool removed = peers.remove_idle();
      EXPECT_EQ(removed, peers.size() < before);
    }
    if (random.one_in(3)) expect_as_they_are(peers, config);
    const auto known = ways.emplace(peers.ways_version(), ways_of(peers)).first;
    EXPECT_EQ(known->second, ways_of(peers));
  }
  EXPECT_GT(peers.size(), 4u);
}

TEST(PeerTable, WhoIsDueIsFoundAndNoneElse) {
  const Config config;
  PeerTable peers(config);
  peers.add(NodeId(1)).hear(0);
  peers.add(NodeId(2)).hear(5);
  peers.add(NodeId(3));  // never heard
  std::vector<NodeId> found;
  peers.each_due(config.peer_timeout_ms * 1'000'000,
                 [&](Peer& peer) { found.push_back(peer.node()); });
  EXPECT_EQ(found, std::vector<NodeId>{NodeId(1)});
}

TEST(PeerTable, OneThatHoldsTheClockIsAtRestUntilTheClockRises) {
  const Config config;
  PeerTable peers(config);
  Peer& peer = peers.add(NodeId(1));
  peer.hear(0);
  CausalContext clock;
  clock.add({ReplicaId(2), 1});
  peer.holds(clock);
  const auto restless = [&](std::uint64_t version) {
    std::size_t count = 0;
    peers.each_restless(version, [&](Peer&) { ++count; });
    return count;
  };
  EXPECT_EQ(restless(1), 1u);

  Peer& again = peers.at(NodeId(1));
  EXPECT_TRUE(again.covers(clock, 1));
  again.settled_up = true;
  EXPECT_EQ(restless(1), 0u);
  EXPECT_EQ(restless(2), 1u);

  peers.at(NodeId(1)).show(ClockShown{});  // it lost what it held
  EXPECT_EQ(restless(1), 1u);
}

}  // namespace
}  // namespace rejoin
