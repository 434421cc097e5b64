// The core as a state machine: entries reach everybody once, loss is noticed, deadlines mean what
// poll_timeout says, tokens and events.

#include "net/replica.hpp"

#include <gtest/gtest.h>

#include <string>

#include "tests/unit/net/random_entries.hpp"
#include "tests/unit/net/workload.hpp"

namespace rejoin::testing {
namespace {

TEST(Replica, AnEntryReachesEverybodyInOneHopAndHasNoEcho) {
  Cluster cluster(4);
  cluster.settle();
  cluster.sent.clear();
  add(cluster, 0, "milk");
  cluster.settle();
  EXPECT_EQ(cluster.count<Entries>(), 3U);
  EXPECT_EQ(cluster.count<Entries>(0), 3U);
  EXPECT_EQ(cluster.count<ClockShown>(), 3U) << "one acknowledgement each";
  EXPECT_EQ(cluster.sent.size(), 6U);
  EXPECT_TRUE(cluster.equal());
  EXPECT_TRUE(has(cluster, 3, "milk"));
  cluster.sent.clear();
  cluster.advance(20'000);
  EXPECT_EQ(cluster.count<Entries>(), 0U) << "not later either";
}

TEST(Replica, ALostFrameIsNoticedAtTheNextOneAndResent) {
  Cluster cluster(2);
  cluster.settle();
  cluster.passes = [](const InFlight&) { return false; };
  add(cluster, 0, "milk");
  cluster.settle();
  cluster.passes = everything;
  add(cluster, 0, "eggs");
  cluster.settle();  // no time passes
  EXPECT_TRUE(has(cluster, 1, "milk"));
  EXPECT_TRUE(cluster.equal());
}

TEST(Replica, ALastFrameThatIsLostIsAskedForAfterAWhile) {
  Cluster cluster(2);
  cluster.settle();
  cluster.passes = [](const InFlight&) { return false; };
  add(cluster, 0, "milk");
  cluster.settle();
  cluster.passes = everything;
  cluster.sent.clear();
  cluster.advance(Config{}.resend_after_ms - 1);
  EXPECT_TRUE(cluster.sent.empty());
  cluster.advance(2);
  EXPECT_TRUE(has(cluster, 1, "milk"));
  EXPECT_EQ(cluster.count<Entries>(), 1U);
  EXPECT_EQ(cluster[0].stats().resends, 1U);
}

TEST(Replica, ALostAcknowledgementCostsAQuestionAndNoEntry) {
  Cluster cluster(2);
  cluster.settle();
  cluster.passes = [](const InFlight& frame) { return frame.from != 1; };
  add(cluster, 0, "milk");
  cluster.settle();
  cluster.passes = everything;
  cluster.sent.clear();
  cluster.advance(Config{}.resend_after_ms + 1);
  EXPECT_EQ(cluster.count<Entries>(), 0U);
  EXPECT_EQ(status_of(cluster, 0, 1).lag_dots, 0U);
}

TEST(Replica, QuestionsToAPeerThatDoesNotAnswerGrowRare) {
  Config config;
  config.peer_timeout_ms = 60'000;
  Cluster cluster(2, config);
  cluster.settle();
  cluster.passes = [](const InFlight& frame) { return frame.from != 1; };
  add(cluster, 0, "milk");
  cluster.advance(30'000);
  EXPECT_LE(cluster[0].stats().resends, 10U);
  EXPECT_GE(cluster[0].stats().resends, 5U);
}

TEST(Replica, AfterACutTheFirstThatIsHeardOfThePeerEndsALongWaitForAnAnswer) {
  Config config;
  config.peer_timeout_ms = 60'000;
  Cluster cluster(2, config);
  cluster.settle();
  cluster.passes = cut(0, 1);
  add(cluster, 0, "milk");
  cluster.advance(15 * config.resend_after_ms + 1);  // asked four times: the next wait is 16 times
  ASSERT_EQ(cluster[0].stats().resends, 4U);
  cluster.advance(4 * config.resend_after_ms);
  ASSERT_EQ(cluster[0].stats().resends, 4U);
  cluster.passes = everything;
  cluster.advance(config.digest_interval_ms + 1);  // of the peer
  EXPECT_TRUE(has(cluster, 1, "milk"));
}

TEST(Replica, APeerThatIsHeardAndDoesNotAnswerIsAskedEveryFourWaits) {
  Config config;
  config.peer_timeout_ms = 60'000;
  Cluster cluster(2, config);
  cluster.settle();
  cluster.passes = [](const InFlight& frame) { return frame.from != 0; };
  add(cluster, 0, "milk");
  cluster.advance(40 * config.resend_after_ms);
  EXPECT_LE(cluster[0].stats().resends, 12U);
  EXPECT_GE(cluster[0].stats().resends, 10U);
  cluster.passes = everything;
  cluster.advance(4 * config.resend_after_ms + 1);
  EXPECT_TRUE(has(cluster, 1, "milk"));
}

TEST(Replica, RepeatedAndReorderedFramesChangeNothing) {
  for (std::uint64_t seed = 1; seed <= 20; ++seed) {
    test::Random random(seed);
    Cluster cluster(3);
    cluster.disorder = [&](std::deque<InFlight>& wire) {
      if (random.one_in(4)) wire.push_back(wire[random.below(wire.size())]);
      const std::size_t other = random.below(wire.size());
      std::swap(wire.front(), wire[other]);
    };
    for (int i = 0; i < 30; ++i) {
      const std::size_t who = random.below(3);
      const std::string element = std::to_string(random.below(5));
      if (random.one_in(3)) {
        remove(cluster, who, element);
      } else {
        add(cluster, who, element);
      }
      if (random.one_in(4)) cluster.settle();
    }
    cluster.advance(3'000);
    ASSERT_TRUE(cluster.equal()) << seed;
    ASSERT_TRUE(cluster[0].store().removed().empty()) << seed;
  }
}

TEST(Replica, WhoeverHasItHelpsWhereALinkIsDown) {
  Cluster cluster(3);
  cluster.settle();
  cluster.passes = cut(0, 1);
  cluster.sent.clear();
  add(cluster, 0, "milk");
  cluster.settle();
  EXPECT_FALSE(has(cluster, 1, "milk"));
  EXPECT_EQ(cluster.count<Entries>(2), 0U) << "at first it is the origin's to send";
  cluster.advance(5 * Config{}.relay_after_ms);
  EXPECT_TRUE(has(cluster, 1, "milk"));
  EXPECT_GE(cluster.count<Entries>(2, 1), 1U);
}

TEST(Replica, ReceiversWithSmallerLimitsOfTheirOwnMergeAllTheSame) {
  Cluster cluster(2);
  Config& small = cluster.member(1).config;
  small.key_bytes_max = 8;
  small.value_bytes_max = 8;
  small.entry_bytes_max = 64;
  small.log_bytes_max = 0;
  cluster.restart(1, 2);
  cluster.settle();
  cluster.transact(0, [](Transaction& tx) {
    open<Cart>(tx, std::string(900, 'k')).add(tx, std::string(9'000, 'v'));
  });
  cluster.settle();
  EXPECT_TRUE(cluster.equal());
  EXPECT_EQ(cluster[1].store().live_count(), 1U);
}

TEST(Replica, ManyEntriesGoInFramesThatThePeerTakes) {
  Config config;
  config.frame_bytes_max = 8'192;
  config.entry_bytes_max = 4'096;
  config.key_bytes_max = 100;
  config.value_bytes_max = 500;
  config.repair_chunk_bytes = 500;
  Cluster cluster(2, config);
  cluster.passes = alone(1);
  for (int i = 0; i < 200; ++i) add(cluster, 0, std::to_string(i) + std::string(100, 'x'));
  cluster.passes = everything;
  cluster.advance(3'000);
  EXPECT_TRUE(cluster.equal());
  EXPECT_EQ(cluster[1].stats().frames_refused, 0U);
}

TEST(Replica, ADeadlineThatIsHandledEarlyOrAgainDoesNothing) {
  Cluster cluster(3);
  add(cluster, 0, "milk");
  cluster.settle();
  for (int step = 0; step < 200; ++step) {
    for (std::size_t i = 0; i < 3; ++i) {
      cluster[i].handle_timeout(cluster.now());  // all that was due is done
      cluster.sent.clear();
      cluster[i].handle_timeout(cluster.now());
      cluster.collect(i);
      ASSERT_TRUE(cluster.sent.empty());
      ASSERT_GT(*cluster[i].poll_timeout(), cluster.now().mono_ns) << "or a caller would spin";
    }
    cluster.advance(37);
  }
}

TEST(Replica, WithoutTrafficOnlyDigestsAreSent) {
  Cluster cluster(3);
  add(cluster, 0, "milk");
  cluster.advance(2'000);
  cluster.sent.clear();
  cluster.advance(10 * Config{}.digest_interval_ms);
  EXPECT_EQ(cluster.sent.size(), 60U) << "each of three to two others, ten times";
  EXPECT_EQ(cluster.count<ClockShown>(), 60U);
}

TEST(Replica, ATokenIsCoveredWhereItsEntriesAreAndSaysWhoHoldsIt) {
  Cluster cluster(3);
  cluster.settle();
  cluster.passes = cut(0, 2);
  const Token token = *cluster[0].token_of(add(cluster, 0, "milk"));
  EXPECT_TRUE(cluster[0].covers(token));
  EXPECT_FALSE(cluster[1].covers(token));
  EXPECT_TRUE(cluster[0].holders(token).empty());
  cluster.settle();
  EXPECT_TRUE(cluster[1].covers(token));
  EXPECT_EQ(cluster[0].holders(token), (std::vector<NodeId>{NodeId(2)}));
  EXPECT_EQ(status_of(cluster, 0, 2).lag_dots, 1U);
  cluster.passes = everything;
  cluster.advance(3'000);
  EXPECT_EQ(cluster[0].holders(token), (std::vector<NodeId>{NodeId(2), NodeId(3)}));
  EXPECT_TRUE(cluster[2].covers(token));
  EXPECT_EQ(status_of(cluster, 0, 2).lag_dots, 0U);
}

TEST(Replica, TheTokenOfACommitCoversEarlierOnesOfItsReplica) {
  Cluster cluster(1);
  const Commit first = add(cluster, 0, "milk");
  const Commit second = add(cluster, 0, "eggs");
  EXPECT_TRUE(cluster[0].token_of(second)->covers(*cluster[0].token_of(first)));
  EXPECT_TRUE(cluster[0].token().covers(*cluster[0].token_of(second)));
}

TEST(Replica, ChangesOfWatchedObjectsAreToldHereAndThere) {
  Cluster cluster(2);
  cluster.settle();
  cluster[0].watch("cart/");
  cluster[1].watch("cart/1");
  add(cluster, 0, "milk", "cart/1");
  add(cluster, 0, "milk", "cart/2");
  add(cluster, 0, "milk", "other");
  cluster.settle();
  const auto here = cluster.events<Changed>(0);
  ASSERT_EQ(here.size(), 2U);
  EXPECT_EQ(here[0].object.name, "cart/1");
  EXPECT_EQ(here[1].object.name, "cart/2");
  const auto there = cluster.events<Changed>(1);
  ASSERT_EQ(there.size(), 1U);
  EXPECT_EQ(there[0].object, Key<Cart>{"cart/1"}.object());
}

}  // namespace
}  // namespace rejoin::testing
