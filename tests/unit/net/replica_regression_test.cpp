// Mistakes that the core once made, each kept as the smallest run that shows it: what may be
// claimed, believed and remembered. Those that cost bytes or time: replica_regression_2_test.cpp.

#include <gtest/gtest.h>

#include <optional>
#include <string>
#include <vector>

#include "tests/unit/net/workload.hpp"

namespace rejoin::testing {
namespace {

bool nothing(const InFlight&) {
  return false;
}

SlotKey slot_of(const std::string& path) {
  return {Key<Cart>{"cart"}.object(), path};
}

// Speaks with the identity of member 1 to member 0, by hand.
class Impostor {
 public:
  Impostor() : cluster_(2) {
    cluster_.settle();
    cluster_.passes = nothing;
  }

  Cluster& cluster() { return cluster_; }
  ReplicaId victim() { return cluster_[0].self(); }
  Result<void> says(decltype(Frame::body) body) {
    const Frame frame{cluster_[1].self(), std::move(body)};
    const Result<void> verdict =
        cluster_[0].handle_frame(encode_frame(frame, cluster_.store_id()), cluster_.now());
    cluster_.collect(0);
    return verdict;
  }
  // The victim asks for a repair by this donor: its session.
  std::uint64_t begins_repair() {
    CausalContext unseen;
    unseen.add({ReplicaId(9), 1});
    cluster_.sent.clear();
    EXPECT_TRUE(says(ClockShown{unseen, 0, 0}));
    EXPECT_TRUE(says(RepairOffer{}));
    for (const InFlight& frame : cluster_.sent) {
      const Frame decoded = cluster_.decoded(frame);
      if (const auto* request = std::get_if<RepairRequest>(&decoded.body)) return request->session;
    }
    ADD_FAILURE() << "no repair was asked for";
    return 0;
  }
  // Refused as malformed, nothing changed, and the victim can write and be heard.
  void expect_refused(const Result<void>& verdict) {
    ASSERT_FALSE(verdict);
    EXPECT_EQ(verdict.error().code, ErrorCode::malformed);
    EXPECT_TRUE(cluster_[0].store().removed().empty());
    const std::uint64_t before = cluster_[0].store().clock().last(victim());
    add(cluster_, 0, "milk" + std::to_string(before));
    EXPECT_EQ(cluster_[0].store().clock().last(victim()), before + 1);
    EXPECT_TRUE(has(cluster_, 0, "milk" + std::to_string(before)));
  }

 private:
  Cluster cluster_;
};

// A receiver has its first chunk when the link to the donor breaks; then the donor's session ends,
// the donor writes to where the receiver is past, and all comes back, a late copy of the first
// request before everything else.
void repair_with_a_late_first_request(Cluster& cluster) {
  cluster.passes = nothing;
  cluster.settle();
  for (int i = 0; i < 60; ++i) add(cluster, 0, "m" + std::to_string(100 + i));
  std::string first;
  bool broken = false;
  cluster.passes = [&](const InFlight& frame) {
    const Frame decoded = cluster.decoded(frame);
    const auto* request = std::get_if<RepairRequest>(&decoded.body);
    if (request != nullptr && frame.from == 1) {
      if (!request->from) first = frame.bytes;
      if (request->from) broken = true;
    }
    return frame.from != 1 || !broken;
  };
  cluster.advance(5'000);
  ASSERT_TRUE(broken);
  cluster.advance(cluster[0].config().peer_timeout_ms + 600);
  add(cluster, 0, "before the cursor");
  cluster.advance(100);
  cluster.passes = everything;
  (void)cluster[0].handle_frame(first, cluster.now());
  cluster.collect(0);
}

TEST(ReplicaRegression, ALateCopyOfARepairsFirstRequestMakesNobodyClaimTheNewerCut) {
  Config config;
  config.log_bytes_max = 1;
  config.repair_chunk_bytes = 200;
  Cluster cluster(2, config);
  repair_with_a_late_first_request(cluster);
  const Token token = cluster[0].token();
  // Longer than the receiver waits before it asks again.
  for (int step = 0; step < 1'500; ++step) {
    if (cluster[1].covers(token)) {
      ASSERT_TRUE(has(cluster, 1, "before the cursor")) << step;
    }
    cluster.advance(10);
  }
  EXPECT_TRUE(cluster[1].covers(token));
  EXPECT_TRUE(cluster.equal());
  EXPECT_GE(cluster[1].stats().repairs_interrupted, 1U) << "or this run shows nothing";

  // And its disk says the same, with nobody to help.
  cluster.passes = nothing;
  cluster.restart(1, 2);
  cluster.settle();
  EXPECT_TRUE(cluster[1].covers(token));
  EXPECT_TRUE(has(cluster, 1, "before the cursor"));
  EXPECT_TRUE(cluster.equal());
}

TEST(ReplicaRegression, ASessionThatEndedIsNotBegunAgainByItsFirstRequest) {
  Config config;
  config.log_bytes_max = 1;
  config.repair_chunk_bytes = 200;
  Cluster cluster(2, config);
  std::optional<std::string> first;
  cluster.passes = nothing;
  for (int i = 0; i < 60; ++i) add(cluster, 0, std::to_string(i));
  cluster.observe = [&](const InFlight& frame) {
    if (!first && cluster.is<RepairRequest>(frame)) first = frame.bytes;
  };
  cluster.passes = everything;
  cluster.advance(5'000);
  ASSERT_TRUE(cluster.equal());
  ASSERT_TRUE(first);
  cluster.sent.clear();
  EXPECT_TRUE(cluster[0].handle_frame(*first, cluster.now()));
  cluster.collect(0);
  EXPECT_EQ(cluster.count<RepairGone>(0, 1), 1U);
  EXPECT_EQ(cluster.count<RepairChunk>(0, 1), 0U);
  EXPECT_EQ(cluster[0].stats().repairs_given, 1U);
}

TEST(ReplicaRegression, ALaterChunkDoesNotMoveTheCutThatARepairBeganWith) {
  Impostor donor;
  const std::uint64_t session = donor.begins_repair();
  const auto cut = [](std::uint64_t last) {
    CausalContext out;
    out.add(ReplicaId(9), {1, last});
    return out;
  };
  const SlotState milk{slot_of("milk"), {{{ReplicaId(9), 1}, true, ""}}};
  EXPECT_TRUE(donor.says(RepairChunk{session, {}, slot_of("n"), cut(1), {}, {milk}}));
  EXPECT_TRUE(donor.says(RepairChunk{session, slot_of("n"), {}, cut(5), cut(5), {}}));
  const Replica& replica = donor.cluster()[0];
  EXPECT_EQ(replica.stats().repairs_taken, 1U);
  EXPECT_EQ(replica.shown().last(ReplicaId(9)), 1U);
  EXPECT_TRUE(replica.store().removed().empty());

  donor.cluster().restart(0, 2);
  EXPECT_EQ(donor.cluster()[0].shown().last(ReplicaId(9)), 1U);
  EXPECT_TRUE(donor.cluster()[0].store().removed().empty());
}

TEST(ReplicaRegression, EntriesWithDotsOfOursThatWeNeverMadeAreRefused) {
  Impostor peer;
  Entry made;
  made.dots.add(peer.victim(), {1, CausalContext::sequence_max});
  peer.expect_refused(peer.says(Entries{1, {made}}));
  EXPECT_EQ(peer.cluster()[0].stats().frames_refused, 1U);
}

TEST(ReplicaRegression, EntriesThatRemovedDotsOfOursThatWeNeverMadeAreRefused) {
  Impostor peer;
  Entry removed;
  removed.dots.add({ReplicaId(9), 1});
  removed.removals.push_back({slot_of("milk"), peer.victim(), {1, CausalContext::sequence_max}});
  peer.expect_refused(peer.says(Entries{1, {removed}}));
  EXPECT_EQ(peer.cluster()[0].store().clock().last(ReplicaId(9)), 0U) << "nor anything with it";
}

TEST(ReplicaRegression, ARepairWhoseCutHasDotsOfOursThatWeNeverMadeIsRefused) {
  CausalContext lie;
  lie.add(Impostor().victim(), {1, CausalContext::sequence_max});
  Impostor by_clock;
  const std::uint64_t first = by_clock.begins_repair();
  by_clock.expect_refused(by_clock.says(RepairChunk{first, {}, {}, lie, {}, {}}));
  Impostor by_removed;
  const std::uint64_t second = by_removed.begins_repair();
  by_removed.expect_refused(by_removed.says(RepairChunk{second, {}, {}, {}, lie, {}}));
}

TEST(ReplicaRegression, ARepairWithFragmentsOfOursThatWeNeverMadeIsRefused) {
  Impostor donor;
  const std::uint64_t session = donor.begins_repair();
  const SlotState milk{slot_of("milk"), {{{donor.victim(), 1}, true, ""}}};
  donor.expect_refused(donor.says(RepairChunk{session, {}, {}, {}, {}, {milk}}));
}

TEST(ReplicaRegression, ARepairChunkThatMakesNoProgressIsRefusedAndEndsTheRepair) {
  for (const char* upto : {"m", "b"}) {
    Impostor donor;
    const std::uint64_t session = donor.begins_repair();
    CausalContext cut;
    cut.add({ReplicaId(9), 1});
    EXPECT_TRUE(donor.says(RepairChunk{session, {}, slot_of("m"), cut, {}, {}}));
    donor.expect_refused(donor.says(RepairChunk{session, slot_of("m"), slot_of(upto), {}, {}, {}}));
    EXPECT_EQ(donor.cluster()[0].stats().repairs_interrupted, 1U) << upto;
    EXPECT_EQ(donor.cluster()[0].shown().last(ReplicaId(9)), 0U) << "and nothing is claimed";
  }
}

TEST(ReplicaRegression, ALateFrameOfAnEndedSessionDoesNotAnswerForOneOnItsWay) {
  Cluster cluster(2);
  cluster.settle();
  std::string late;
  cluster.observe = [&](const InFlight& frame) {
    if (frame.from == 0 && cluster.is<Entries>(frame)) late = frame.bytes;
  };
  for (int i = 0; i < 20; ++i) add(cluster, 0, std::to_string(i));
  cluster.settle();
  cluster.observe = [](const InFlight&) {};
  cluster.restart(1, 2);
  cluster.settle();
  ASSERT_EQ(status_of(cluster, 0, 1).state, PeerState::streaming);

  cluster.takes_ns = [&](const InFlight& frame) {
    return cluster.is<Entries>(frame) ? 100'000'000U : 0U;
  };
  cluster.sent.clear();
  add(cluster, 0, "milk");
  EXPECT_TRUE(cluster[1].handle_frame(late, cluster.now()));  // its sender's session goes on
  cluster.collect(1);
  cluster.advance(2'000);
  EXPECT_TRUE(has(cluster, 1, "milk"));
  EXPECT_EQ(cluster.count<Entries>(0, 1), 1U) << "it was on its way, not lost";
  EXPECT_EQ(cluster[1].stats().entries_duplicate, 1U) << "the late one";
}

TEST(ReplicaRegression, AfterACheckpointAndARestartSmallLagIsServedFromTheLog) {
  Cluster cluster(2);
  cluster.settle();
  for (int i = 0; i < 200; ++i) add(cluster, 0, std::to_string(i));
  cluster.settle();
  cluster.passes = nothing;
  for (const char* element : {"milk", "eggs", "tea"}) add(cluster, 0, element);
  cluster.settle();
  std::vector<std::string> checkpoint = cluster[0].checkpoint();
  cluster.crash(0);
  cluster.member(0).disk = std::move(checkpoint);
  cluster.boot(0, 2, false);
  cluster.passes = everything;
  cluster.sent.clear();
  cluster.advance(3'000);
  EXPECT_TRUE(has(cluster, 1, "tea"));
  EXPECT_TRUE(cluster.equal());
  EXPECT_EQ(cluster.count<RepairOffer>(), 0U);
  EXPECT_EQ(cluster[1].stats().repairs_taken, 0U);
}

TEST(ReplicaRegression, APeerThatReturnsAsANewIncarnationWasDownInBetween) {
  Cluster cluster(2);
  cluster.settle();
  cluster.restart(0, 2);
  cluster.settle();
  EXPECT_EQ(cluster.events<PeerUp>(1).size(), 2U);
  ASSERT_EQ(cluster.events<PeerDown>(1).size(), 1U);
  EXPECT_EQ(cluster.events<PeerDown>(1)[0].node, NodeId(1));
}

TEST(ReplicaRegression, ALateHelloOfOurOwnEarlierStartIsNoSecondProcess) {
  Cluster cluster(2);
  cluster.settle();
  Hello hello;
  hello.frame_bytes_max = Config{}.frame_bytes_max;
  const auto hears = [&](std::uint64_t incarnation) {
    const Frame frame{ReplicaId(cluster.member(0).node, incarnation), hello};
    EXPECT_TRUE(cluster[0].handle_frame(encode_frame(frame, cluster.store_id()), cluster.now()));
    cluster.collect(0);
    return cluster.events<NodeDuplicated>(0).size();
  };
  cluster.restart(0, 2);
  cluster.settle();
  EXPECT_EQ(hears(1), 0U);
  std::vector<std::string> checkpoint = cluster[0].checkpoint();
  cluster.crash(0);
  cluster.member(0).disk = std::move(checkpoint);
  cluster.boot(0, 3, false);
  cluster.settle();
  EXPECT_EQ(hears(1), 0U) << "a checkpoint does not forget it";
  EXPECT_EQ(hears(2), 0U);
  EXPECT_EQ(hears(77), 1U) << "a start that no disk of ours knows is another process";
}

TEST(ReplicaRegression, ARouteThatLedBackIsTriedAgainLater) {
  Cluster cluster(3);
  cluster.crash(2);
  cluster.tenants[2] = 0;
  cluster.advance(2'000);
  cluster.sent.clear();
  cluster.advance(10'000);
  ASSERT_EQ(cluster.count<Hello>(0, 2), 0U) << "for now it is left alone";
  cluster.tenants.clear();
  cluster.boot(2, 2, false);
  cluster.advance(60'000);
  EXPECT_EQ(status_of(cluster, 0, 2).state, PeerState::streaming);
  add(cluster, 0, "milk");
  cluster.settle();
  EXPECT_TRUE(has(cluster, 2, "milk"));
}

TEST(ReplicaRegression, MadeUpNodesInHellosAreRememberedUpToABound) {
  Cluster cluster(2);
  cluster.settle();
  Hello hello;
  hello.frame_bytes_max = Config{}.frame_bytes_max;
  for (std::uint64_t node = 100; node < 5'100; ++node) {
    const Frame frame{ReplicaId(node), hello};
    (void)cluster[0].handle_frame(encode_frame(frame, cluster.store_id()), cluster.now());
  }
  cluster.collect(0);
  EXPECT_LE(cluster[0].holders({}).size(), 4'096U);
  EXPECT_EQ(status_of(cluster, 0, 1).state, PeerState::streaming) << "who is there stays";
  add(cluster, 0, "milk");
  cluster.settle();
  EXPECT_TRUE(has(cluster, 1, "milk"));
  // And who really comes finds room.
  cluster.restart(1, 2);
  cluster.advance(2'000);
  EXPECT_EQ(status_of(cluster, 0, 1).replica, ReplicaId(2, 2));
}

// One sees a stamp from ahead in x and writes x, then y. Another wrote y unseen, twenty seconds
// ahead. Whose y stays?
std::string later_of_two(std::uint64_t seen_ahead_ms) {
  using Register = LwwRegister<std::string>;
  Cluster cluster(3);
  const auto set = [&](std::size_t i, const char* name, const char* value, std::uint64_t ahead_ms) {
    Now now = cluster.now();
    now.wall_ms += ahead_ms;
    const auto done = cluster[i].transact(
        [&](Transaction& tx) -> Result<void> {
          open<Register>(tx, name).set(tx, value);
          return {};
        },
        now);
    EXPECT_TRUE(done);
    cluster.collect(i);
  };
  cluster.settle();
  set(1, "x", "ahead", seen_ahead_ms);
  cluster.settle();
  cluster.passes = alone(2);
  set(0, "x", "after", 0);
  set(0, "y", "follower's", 0);
  set(2, "y", "other's", 20'000);
  cluster.settle();
  cluster.passes = everything;
  cluster.advance(3'000);
  EXPECT_TRUE(cluster.equal());
  EXPECT_EQ(open<Register>(cluster[2].store(), "x").value(), "after") << "it saw what it replaced";
  return open<Register>(cluster[2].store(), "y").value().value_or("nothing");
}

TEST(ReplicaRegression, AWriteToAnotherKeyIsStampedAboveWhatItsWriterSaw) {
  EXPECT_EQ(later_of_two(30'000), "follower's");
}

TEST(ReplicaRegression, AStampBeyondTheDriftBoundIsNotFollowed) {
  EXPECT_EQ(later_of_two(Config{}.drift_ms_max + 600'000), "other's");
}

}  // namespace
}  // namespace rejoin::testing
