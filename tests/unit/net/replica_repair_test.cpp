// Repair when the log no longer reaches (rule 4 in the core): chunks, interruptions under live
// traffic, restarts, several donors.

#include <gtest/gtest.h>

#include <set>
#include <string>

#include "tests/unit/net/workload.hpp"

namespace rejoin::testing {
namespace {

// A log that serves what is fresh, and nobody who was away.
Config with_short_log() {
  Config config;
  config.log_bytes_max = 400;
  config.repair_chunk_bytes = 60;
  return config;
}

// A member misses removals, replacements and new objects that no log holds.
void leave_behind(Cluster& cluster, std::size_t behind) {
  for (int i = 0; i < 8; ++i) {
    add(cluster, 0, std::to_string(i), std::to_string(i % 3));
    cluster.settle();
  }
  cluster.advance(2'000);
  cluster.passes = alone(behind);
  for (int i = 0; i < 8; i += 2) remove(cluster, 0, std::to_string(i), std::to_string(i % 3));
  for (int i = 0; i < 8; ++i) add(cluster, 0, "new" + std::to_string(i), std::to_string(i % 5));
  cluster.advance(10'000);
  cluster.sent.clear();
}

TEST(ReplicaRepair, BeyondTheLogEveryObjectIsSentInChunks) {
  Cluster cluster(2, with_short_log());
  leave_behind(cluster, 1);
  cluster.passes = everything;
  cluster.advance(3'000);
  EXPECT_TRUE(cluster.equal());
  EXPECT_FALSE(has(cluster, 1, "0", "0")) << "what was removed does not come back";
  EXPECT_TRUE(has(cluster, 1, "new4", "4"));
  EXPECT_GT(cluster.count<RepairChunk>(0, 1), 5U);
  ASSERT_EQ(cluster.events<RepairFinished>(1).size(), 1U);
  EXPECT_EQ(cluster.events<RepairFinished>(1)[0].donor, NodeId(1));
  EXPECT_EQ(cluster.events<RepairFinished>(1)[0].slots, 12U);
  EXPECT_EQ(cluster[0].stats().repairs_given, 1U);
  EXPECT_EQ(cluster[1].stats().repairs_taken, 1U);
  EXPECT_EQ(status_of(cluster, 0, 1).state, PeerState::streaming);
}

TEST(ReplicaRepair, ItsEndIsQuiet) {
  Cluster cluster(2, with_short_log());
  leave_behind(cluster, 1);
  cluster.passes = everything;
  cluster.advance(3'000);
  cluster.sent.clear();
  cluster.advance(20'000);
  EXPECT_EQ(cluster.sent.size(), cluster.count<ClockShown>());
}

TEST(ReplicaRepair, ValuesThatTheReceiverHasAreNotSentAgain) {
  Cluster cluster(2, with_short_log());
  const std::string large(20'000, 'x');
  const auto set = [&](const std::string& name, const std::string& value) {
    cluster.transact(
        0, [&](Transaction& tx) { open<MvRegister<std::string>>(tx, name).set(tx, value); });
  };
  set("large", large);
  cluster.settle();
  cluster.passes = alone(1);
  set("small", "y");
  cluster.advance(10'000);
  cluster.passes = everything;
  cluster.sent.clear();
  cluster.advance(3'000);
  ASSERT_TRUE(cluster.equal());
  for (const InFlight& frame : cluster.sent) EXPECT_LT(frame.bytes.size(), 5'000U);
}

TEST(ReplicaRepair, ANewcomerGetsEverything) {
  Cluster cluster(2, with_short_log());
  leave_behind(cluster, 1);
  cluster.crash(1);
  cluster.member(1).disk.clear();
  cluster.passes = everything;
  cluster.boot(1, 2, true);
  cluster.advance(3'000);
  EXPECT_TRUE(cluster.equal());
  EXPECT_EQ(cluster.events<RepairFinished>(1).size(), 1U);
}

TEST(ReplicaRepair, AReceiverThatTakesOnlySmallFramesIsRepairedToo) {
  Cluster cluster(2);
  Config& small = cluster.member(1).config;
  small.frame_bytes_max = 8'192;
  small.entry_bytes_max = 4'096;
  small.key_bytes_max = 100;
  small.value_bytes_max = 512;
  small.repair_chunk_bytes = 1'024;
  Config& donor = cluster.member(0).config;  // makes entries that the other can take
  donor.entry_bytes_max = small.entry_bytes_max;
  donor.key_bytes_max = small.key_bytes_max;
  donor.value_bytes_max = small.value_bytes_max;
  donor.log_bytes_max = 0;
  cluster.restart(0, 2);
  cluster.crash(1);
  for (int i = 0; i < 200; ++i) add(cluster, 0, std::to_string(i) + std::string(200, 'x'));
  cluster.boot(1, 2, false);
  cluster.advance(10'000);
  EXPECT_EQ(cluster[1].stats().frames_refused, 0U);
  EXPECT_TRUE(cluster.equal());
}

// Counts chunks; the n-th and all after it are lost until `heal`.
class Interruption {
 public:
  Interruption(Cluster& cluster, std::size_t chunk) {
    cluster.passes = [this, &cluster, chunk](const InFlight& frame) {
      if (cluster.is<RepairChunk>(frame) && ++chunks_ >= chunk) cut_ = true;
      return !cut_;
    };
  }
  bool happened() const { return cut_; }

 private:
  std::size_t chunks_ = 0;
  bool cut_ = false;
};

TEST(ReplicaRepair, InterruptedAtAnyChunkUnderLiveTrafficItConverges) {
  std::size_t interrupted = 0;
  for (std::size_t chunk = 1; chunk < 40; ++chunk) {
    Cluster cluster(2, with_short_log());
    leave_behind(cluster, 1);
    const Interruption interruption(cluster, chunk);
    cluster.advance(2'000);
    if (!interruption.happened()) break;
    ++interrupted;
    EXPECT_TRUE(cluster.events<RepairFinished>(1).empty());
    // Both write while they are apart: to slots that the repair settled, and to others.
    for (int i = 1; i < 8; i += 2) remove(cluster, 0, std::to_string(i), std::to_string(i % 3));
    for (int i = 0; i < 8; ++i) add(cluster, 1, std::to_string(i), std::to_string(i % 3));
    remove(cluster, 1, "new0", "0");
    cluster.advance(20'000);
    cluster.passes = everything;
    cluster.advance(10'000);
    ASSERT_TRUE(cluster.equal()) << chunk;
    ASSERT_TRUE(cluster[0].store().removed().empty()) << chunk;
    ASSERT_TRUE(has(cluster, 0, "1", "1")) << "an add that the removal had not seen stays";
    ASSERT_GE(cluster[1].stats().repairs_interrupted, 1U) << chunk;
  }
  EXPECT_GT(interrupted, 5U);
}

TEST(ReplicaRepair, TrafficBetweenAnyTwoChunksConverges) {
  std::size_t written = 0;
  for (std::size_t at = 1; at < 12; ++at) {
    Cluster cluster(3, with_short_log());
    leave_behind(cluster, 1);
    std::size_t chunks = 0;
    bool writing = false;
    cluster.passes = [&](const InFlight& frame) {
      if (!writing && cluster.is<RepairChunk>(frame) && ++chunks == at) {
        writing = true;
        // While this chunk is on its way.
        remove(cluster, 0, "1", "1");
        add(cluster, 2, "1", "1");
        remove(cluster, 2, "new3", "3");
        add(cluster, 0, "zero", "0");
        add(cluster, 1, "7", "1");
      }
      return true;
    };
    cluster.advance(20'000);
    if (!writing) break;  // there are not so many
    ++written;
    ASSERT_TRUE(cluster.equal()) << at;
    ASSERT_TRUE(cluster[1].store().removed().empty()) << at;
    ASSERT_FALSE(has(cluster, 1, "new3", "3")) << at;
    ASSERT_TRUE(has(cluster, 1, "zero", "0")) << at;
  }
  EXPECT_GT(written, 4U);
}

TEST(ReplicaRepair, ALostChunkOrRequestIsAskedForAgain) {
  for (std::size_t lost = 1; lost <= 6; ++lost) {
    Cluster cluster(2, with_short_log());
    leave_behind(cluster, 1);
    std::size_t seen = 0;
    cluster.passes = [&](const InFlight& frame) {
      const bool counts = cluster.is<RepairChunk>(frame) || cluster.is<RepairRequest>(frame);
      return !counts || ++seen != lost;
    };
    cluster.advance(10'000);
    ASSERT_TRUE(cluster.equal()) << lost;
    ASSERT_EQ(cluster[0].stats().repairs_given, 1U) << "the session went on";
    ASSERT_EQ(cluster[1].stats().repairs_interrupted, 0U) << lost;
  }
}

TEST(ReplicaRepair, ALostOfferIsMadeAgain) {
  Cluster cluster(2, with_short_log());
  leave_behind(cluster, 1);
  bool lost = false;
  cluster.passes = [&](const InFlight& frame) {
    if (lost || !cluster.is<RepairOffer>(frame)) return true;
    lost = true;
    return false;
  };
  cluster.advance(5'000);
  EXPECT_TRUE(lost);
  EXPECT_TRUE(cluster.equal());
}

TEST(ReplicaRepair, RepeatedChunksAndRequestsChangeNothing) {
  Cluster cluster(2, with_short_log());
  leave_behind(cluster, 1);
  std::size_t repeats = 0;
  cluster.disorder = [&](std::deque<InFlight>& wire) {
    const InFlight frame = wire.front();
    const bool ours = cluster.is<RepairChunk>(frame) || cluster.is<RepairRequest>(frame);
    if (ours && ++repeats % 2 == 1) wire.push_back(frame);
  };
  cluster.passes = everything;
  cluster.advance(10'000);
  EXPECT_TRUE(cluster.equal());
  EXPECT_EQ(cluster[1].stats().repairs_taken, 1U);
}

TEST(ReplicaRepair, ADonorThatRestartsBeginsAnew) {
  Cluster cluster(2, with_short_log());
  leave_behind(cluster, 1);
  const Interruption interruption(cluster, 4);
  cluster.advance(2'000);
  ASSERT_TRUE(interruption.happened());
  cluster.crash(0);
  cluster.passes = everything;
  cluster.boot(0, 2, false);
  cluster.advance(10'000);
  EXPECT_TRUE(cluster.equal());
  EXPECT_GE(cluster[1].stats().repairs_interrupted, 1U);
  EXPECT_EQ(cluster.events<RepairFinished>(1).size(), 1U);
}

TEST(ReplicaRepair, ADonorThatForgotTheSessionSaysSo) {
  Cluster cluster(2, with_short_log());
  cluster.settle();
  cluster.sent.clear();
  const RepairRequest late{77, {}, SlotKey{Key<Cart>{"cart"}.object(), "x"}};
  EXPECT_TRUE(cluster[0].handle_frame(encode_frame({cluster[1].self(), late}, cluster.store_id()),
                                      cluster.now()));
  cluster.collect(0);
  ASSERT_EQ(cluster.count<RepairGone>(0, 1), 1U);
  cluster.settle();
  EXPECT_EQ(cluster[1].stats().repairs_interrupted, 0U) << "it has no such session";
}

TEST(ReplicaRepair, ALateChunkForAnEarlierStartIsOfNoSessionOfThisOne) {
  Cluster cluster(2, with_short_log());
  leave_behind(cluster, 1);
  cluster.passes = [&](const InFlight& frame) { return !cluster.is<RepairChunk>(frame); };
  cluster.advance(3'000);
  std::vector<InFlight> late;
  for (const InFlight& frame : cluster.sent) {
    if (cluster.is<RepairChunk>(frame)) late.push_back(frame);
  }
  ASSERT_FALSE(late.empty());
  cluster.crash(1);
  cluster.member(1).disk.clear();  // with the values that the late chunks leave out
  cluster.boot(1, 77, true);
  cluster.sent.clear();
  cluster.advance(3'000);
  ASSERT_GT(cluster.count<RepairRequest>(1, 0), 0U);
  for (const InFlight& frame : late) {
    EXPECT_TRUE(cluster[1].handle_frame(frame.bytes, cluster.now()));
  }
  EXPECT_EQ(cluster[1].stats().frames_refused, 0U);
  cluster.passes = everything;
  cluster.advance(10'000);
  EXPECT_TRUE(cluster.equal());
}

TEST(ReplicaRepair, OfTwoThatOfferOneIsTaken) {
  Cluster cluster(3, with_short_log());
  leave_behind(cluster, 1);
  cluster.passes = everything;
  // Chunks answer requests, one at a time, of one donor at a time.
  std::set<std::size_t> asked;
  cluster.observe = [&](const InFlight& frame) {
    if (cluster.is<RepairRequest>(frame)) asked.insert(frame.to);
  };
  cluster.advance(10'000);
  EXPECT_TRUE(cluster.equal());
  EXPECT_EQ(asked.size(), 1U);
  EXPECT_EQ(cluster.events<RepairFinished>(1).size(), 1U);
  EXPECT_EQ(cluster[0].stats().repairs_given + cluster[2].stats().repairs_given, 1U);
}

TEST(ReplicaRepair, IfTheDonorGoesTheOtherTakesOver) {
  Cluster cluster(3, with_short_log());
  leave_behind(cluster, 1);
  std::size_t donor = 99;
  std::size_t chunks = 0;
  cluster.passes = [&](const InFlight& frame) {
    if (cluster.is<RepairChunk>(frame) && ++chunks == 3) donor = frame.from;
    return frame.from != donor && frame.to != donor;
  };
  cluster.advance(30'000);
  ASSERT_NE(donor, 99U);
  const std::size_t other = 2 - donor;
  EXPECT_EQ(cluster[1].store().canonical(), cluster[other].store().canonical());
}

}  // namespace
}  // namespace rejoin::testing
