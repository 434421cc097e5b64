// Frames that are well-formed and false, each as the smallest run that shows what it must not do.
// Many at once: tests/fuzz/forged_test.cpp.

#include <gtest/gtest.h>

#include "tests/unit/net/cluster.hpp"
#include "tests/unit/net/made.hpp"

namespace rejoin {
namespace {

using testing::Cluster;
using Cart = AwSet<std::string>;

const ReplicaId a(1, 1);
const ReplicaId b(2, 1);
const ReplicaId stranger(9, 1);

CausalContext up_to(const ReplicaId& replica, std::uint64_t last) {
  CausalContext out;
  out.add(replica, {1, last});
  return out;
}

Result<void> feed(Cluster& cluster, std::size_t to, const ReplicaId& sender,
                  decltype(Frame::body) body) {
  const Result<void> verdict = cluster[to].handle_frame(
      encode_frame({sender, std::move(body)}, cluster.store_id()), cluster.now());
  cluster.collect(to);
  return verdict;
}

void greet(Cluster& cluster, std::size_t to, const ReplicaId& sender) {
  Hello hello;
  hello.frame_bytes_max = Config{}.frame_bytes_max;
  (void)feed(cluster, to, sender, hello);
}

void add(Cluster& cluster, std::size_t at, const std::string& element) {
  cluster.transact(at, [&](Transaction& tx) { open<Cart>(tx, "cart").add(tx, element); });
}

bool has(Cluster& cluster, std::size_t at, const std::string& element) {
  return open<Cart>(cluster[at].store(), "cart").contains(element);
}

Entries only_dots(const CausalContext& dots) {
  Entry entry;
  entry.dots = dots;
  return {1, {entry}};
}

TEST(ReplicaForged, AFalseClockLastsUntilTheNext) {
  Cluster cluster(2);
  cluster.advance(1000);
  EXPECT_TRUE(feed(cluster, 0, b, ClockShown{up_to(a, 1000), UINT64_MAX, 0}));
  add(cluster, 0, "milk");
  cluster.settle();
  EXPECT_FALSE(has(cluster, 1, "milk")) << "the false clock did not bite";
  cluster.advance(3000);
  EXPECT_TRUE(has(cluster, 1, "milk"));
}

TEST(ReplicaForged, WhatAPeerIsSaidToHaveDoesNotAddUp) {
  Cluster cluster(2);
  cluster.settle();
  for (std::uint64_t i = 0; i < 100; ++i) {
    EXPECT_TRUE(feed(cluster, 0, b, ClockShown{up_to(ReplicaId(100 + i, 1), 5), 0, 0}));
  }
  EXPECT_EQ(cluster[0].peers(cluster.now())[0].acknowledged, up_to(ReplicaId(199, 1), 5));
}

TEST(ReplicaForged, AFalseRepairSessionDoesNotBarTheRealOnes) {
  Config config;
  config.log_bytes_max = 0;
  Cluster cluster(2, config);
  cluster.settle();
  EXPECT_TRUE(feed(cluster, 0, b, RepairRequest{UINT64_MAX, {}, {}}));
  cluster.passes = [](const testing::InFlight&) { return false; };
  add(cluster, 0, "milk");
  cluster.advance(2 * config.peer_timeout_ms);
  cluster.passes = [](const testing::InFlight&) { return true; };
  cluster.advance(2 * config.repair_timeout_ms);
  EXPECT_TRUE(has(cluster, 1, "milk"));
  EXPECT_EQ(cluster[1].stats().repairs_taken, 1U);
}

TEST(ReplicaForged, ARouteThatWasTakenByALieIsGivenBackAtOnce) {
  Cluster cluster(2);
  cluster.advance(1000);
  Hello hello;
  hello.frame_bytes_max = Config{}.frame_bytes_max;
  hello.heard = Hello::Heard{a, cluster.member(0).routes[1]};
  EXPECT_TRUE(feed(cluster, 0, stranger, hello));
  EXPECT_EQ(cluster[0].peers(cluster.now())[0].replica, stranger) << "the lie did not bite";
  cluster.settle();
  EXPECT_EQ(cluster[0].peers(cluster.now())[0].replica, b);
  add(cluster, 0, "milk");
  cluster.settle();
  EXPECT_TRUE(has(cluster, 1, "milk"));
}

TEST(ReplicaForged, RoutesThatNamesWithoutReplicasTookAreFoundAgain) {
  Cluster cluster(2);
  cluster.advance(1000);
  cluster.passes = [](const testing::InFlight&) { return false; };
  for (std::size_t to : {0U, 1U}) {
    Hello hello;
    hello.frame_bytes_max = Config{}.frame_bytes_max;
    hello.heard = Hello::Heard{to == 0 ? a : b, cluster.member(to).routes[1 - to]};
    EXPECT_TRUE(feed(cluster, to, stranger, hello));
  }
  cluster.advance(2 * Config{}.peer_timeout_ms);
  cluster.passes = [](const testing::InFlight&) { return true; };
  add(cluster, 0, "milk");
  cluster.advance(2 * Config{}.peer_timeout_ms);
  EXPECT_TRUE(has(cluster, 1, "milk"));
}

// Each of three believes that each of its routes leads to the other's tenant: what it tells one
// reaches the other, who tells it so by the same mistake.
TEST(ReplicaForged, RoutesThatLeadElsewhereAllAroundAreSetRight) {
  Cluster cluster(3);
  cluster.advance(1000);
  const ReplicaId ids[] = {ReplicaId(1, 1), ReplicaId(2, 1), ReplicaId(3, 1)};
  for (std::size_t i = 0; i < 3; ++i) {
    for (std::size_t other = 0; other < 3; ++other) {
      if (other == i) continue;
      Hello hello;
      hello.frame_bytes_max = Config{}.frame_bytes_max;
      hello.route = cluster.member(other).routes[3 - i - other];
      hello.heard = Hello::Heard{ids[i], cluster.member(i).routes[3 - i - other]};
      EXPECT_TRUE(feed(cluster, i, ids[other], hello));
    }
  }
  cluster.advance(2 * Config{}.peer_timeout_ms);
  for (std::size_t i = 0; i < 3; ++i) add(cluster, i, std::to_string(i));
  cluster.settle();
  EXPECT_TRUE(cluster.equal());
  EXPECT_EQ(open<Cart>(cluster[0].store(), "cart").size(), 3U);
}

TEST(ReplicaForged, DotsThatAnotherIsYetToMakeAreNotBelieved) {
  Cluster cluster(3);
  cluster.advance(1000);
  greet(cluster, 1, stranger);
  Entry removal;
  removal.dots = up_to(stranger, 1);
  removal.removals.push_back({testing::slot("milk"), a, {1, 1}});
  RepairChunk chunk;
  chunk.cut_clock = up_to(a, 9);
  const decltype(Frame::body) frames[] = {only_dots(up_to(a, 1)),
                                          only_dots(up_to(a, CausalContext::sequence_max)),
                                          Entries{1, {removal}}, chunk};
  for (const auto& body : frames) {
    EXPECT_TRUE(feed(cluster, 1, stranger, body)) << "it may be honest, and early";
  }
  EXPECT_TRUE(cluster[1].store().clock().empty());
  add(cluster, 0, "milk");
  cluster.settle();
  EXPECT_TRUE(has(cluster, 1, "milk"));
  EXPECT_TRUE(cluster.equal());
  EXPECT_TRUE(feed(cluster, 1, stranger, Entries{2, {removal}})) << "made by now";
  EXPECT_TRUE(cluster[1].store().clock().covers(up_to(stranger, 1)));
}

// The donor's slots are those of now, so a slot that another goes on rewriting is ahead of what its
// maker has shown over a slower link, in every chunk.
TEST(ReplicaForged, AnHonestRepairEndsThoughItsSlotsAreAheadOfTheirMaker) {
  Config config;
  config.log_bytes_max = 4096;
  config.entry_bytes_max = 1024;
  config.value_bytes_max = 512;
  config.key_bytes_max = 64;
  config.repair_chunk_bytes = 1024;
  Cluster cluster(3, config);
  bool third_is_up = false;
  cluster.takes_ns = [](const testing::InFlight& frame) -> std::uint64_t {
    const bool slow = frame.from + frame.to == 2 && frame.from != frame.to;  // first and third
    return (slow ? 20 : 1) * std::uint64_t{1'000'000};
  };
  cluster.passes = [&](const testing::InFlight& frame) {
    return third_is_up || (frame.from != 2 && frame.to != 2);
  };
  cluster.advance(2000);
  for (int i = 0; i < 300; ++i) {
    add(cluster, 0, "a" + std::to_string(i));
    add(cluster, 1, "b" + std::to_string(i));
    cluster.advance(5);
  }
  cluster.advance(7000);
  third_is_up = true;
  int waited_ms = 0;
  while (waited_ms < 5'000 && cluster.events<RepairFinished>(2).empty()) {
    add(cluster, 0, "hot");
    cluster.advance(10);
    waited_ms += 10;
  }
  EXPECT_LT(waited_ms, 2'000);
  EXPECT_GE(open<Cart>(cluster[2].store(), "cart").size(), 600U);
}

TEST(ReplicaForged, OfAMakerThatIsNotHeardOthersAreBelieved) {
  Cluster cluster(3);
  cluster.advance(1000);
  cluster.crash(0);
  greet(cluster, 1, stranger);
  cluster.advance(300);
  EXPECT_TRUE(feed(cluster, 1, stranger, only_dots(up_to(a, 1))));
  EXPECT_TRUE(cluster[1].store().clock().empty()) << "its maker may be late";
  cluster.advance(2 * Config{}.digest_interval_ms);
  EXPECT_TRUE(feed(cluster, 1, stranger, only_dots(up_to(a, 1))));
  EXPECT_EQ(cluster[1].store().clock(), up_to(a, 1));
}

}  // namespace
}  // namespace rejoin
