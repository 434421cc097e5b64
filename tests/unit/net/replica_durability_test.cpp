// Nothing is shown that could be lost (rule 7), and what was written down is enough: slow disks,
// failed ones, checkpoints, and a crash after every record.

#include <gtest/gtest.h>

#include <memory>
#include <string>
#include <vector>

#include "tests/unit/net/random_entries.hpp"
#include "tests/unit/net/workload.hpp"

namespace rejoin::testing {
namespace {

// A replica of what lies on the member's disk; its incarnation is never used to write.
std::unique_ptr<Replica> restored(const Member& member, std::size_t records, const StoreId& store) {
  auto out = std::make_unique<Replica>(
      Replica::Setup{member.config, store, ReplicaId(member.node, 999'999), "restored"});
  for (std::size_t i = 0; i < records; ++i) EXPECT_TRUE(out->restore(member.disk[i]));
  return out;
}

// All dots that a frame reveals.
CausalContext revealed(const Frame& frame) {
  CausalContext out;
  if (const auto* hello = std::get_if<Hello>(&frame.body)) out = hello->clock;
  if (const auto* shown = std::get_if<ClockShown>(&frame.body)) out = shown->clock;
  if (const auto* request = std::get_if<RepairRequest>(&frame.body)) out = request->context;
  if (const auto* entries = std::get_if<Entries>(&frame.body)) {
    for (const Entry& entry : entries->entries) {
      out.merge(entry.dots);
      out.merge(entry.removed());
    }
  }
  if (const auto* chunk = std::get_if<RepairChunk>(&frame.body)) {
    out = chunk->cut_clock;
    out.merge(chunk->cut_removed);
    for (const SlotState& state : chunk->slots) {
      for (const Fragment& fragment : state.fragments) out.add(fragment.dot);
    }
  }
  return out;
}

// All dots that the disk gives back.
CausalContext durable(const Cluster& cluster, const Member& member) {
  const auto replica = restored(member, member.disk.size(), cluster.store_id());
  CausalContext out = replica->store().clock();
  out.merge(replica->store().removed());
  std::optional<SlotKey> end;
  for (const SlotState& state : replica->store().slots_from({}, UINT64_MAX, {}, end)) {
    for (const Fragment& fragment : state.fragments) out.add(fragment.dot);
  }
  return out;
}

void expect_only_durable_dots_are_sent(Cluster& cluster) {
  cluster.observe = [&](const InFlight& frame) {
    EXPECT_TRUE(
        durable(cluster, cluster.member(frame.from)).covers(revealed(cluster.decoded(frame))))
        << "a frame of kind " << cluster.decoded(frame).body.index();
  };
}

TEST(Durability, NothingLeavesBeforeTheIncarnationIsRecorded) {
  Cluster cluster(2);
  cluster.settle();
  cluster.crash(0);
  cluster.member(0).slow_disk = true;
  cluster.sent.clear();
  cluster.boot(0, 2, false);
  cluster.advance(3'000);
  EXPECT_EQ(cluster.count<Hello>(0), 0U);
  cluster.persist(0);
  cluster.advance(3'000);
  EXPECT_GE(cluster.count<Hello>(0), 1U);
}

TEST(Durability, AnEntryIsShownToNobodyBeforeItIsOnDisk) {
  Cluster cluster(2);
  cluster.settle();
  cluster.member(0).slow_disk = true;
  cluster.sent.clear();
  const Commit commit = add(cluster, 0, "milk");
  const Token token = *cluster[0].token_of(commit);
  cluster.advance(4'000);
  EXPECT_EQ(cluster.count<Entries>(), 0U);
  for (const InFlight& frame : cluster.sent) {
    EXPECT_FALSE(revealed(cluster.decoded(frame)).intersects(token));
  }
  EXPECT_TRUE(has(cluster, 0, "milk")) << "it is read here at once";
  EXPECT_FALSE(cluster[0].covers(token));
  EXPECT_FALSE(cluster[0].token().covers(token));

  cluster.persist(0);
  cluster.settle();
  EXPECT_TRUE(cluster[0].covers(token));
  EXPECT_TRUE(has(cluster, 1, "milk"));
}

TEST(Durability, NeitherAcknowledgementNorRelayShowsWhatIsNotOnDisk) {
  Cluster cluster(3);
  cluster.settle();
  cluster.passes = cut(0, 2);
  cluster.member(1).slow_disk = true;
  cluster.sent.clear();
  const Token token = *cluster[0].token_of(add(cluster, 0, "milk"));
  cluster.advance(4'000);
  ASSERT_TRUE(has(cluster, 1, "milk"));
  EXPECT_TRUE(cluster[0].holders(token).empty());
  EXPECT_FALSE(cluster[1].covers(token));
  EXPECT_FALSE(has(cluster, 2, "milk"));
  cluster.persist(1);
  cluster.advance(4'000);
  EXPECT_EQ(cluster[0].holders(token), (std::vector<NodeId>{NodeId(2)}));
  EXPECT_EQ(cluster[1].holders(token), (std::vector<NodeId>{NodeId(1), NodeId(3)}));
  EXPECT_TRUE(has(cluster, 2, "milk"));
}

TEST(Durability, AnAcknowledgementShowsOnlyThePartThatIsOnDisk) {
  Cluster cluster(2);
  cluster.settle();
  cluster.member(1).slow_disk = true;
  const Token first = *cluster[0].token_of(add(cluster, 0, "milk"));
  cluster.settle();
  add(cluster, 1, "own");  // a later record, not yet on disk
  expect_only_durable_dots_are_sent(cluster);
  cluster.persist(1, 1);
  cluster.settle();
  EXPECT_EQ(cluster[0].holders(first), (std::vector<NodeId>{NodeId(2)}));
  EXPECT_FALSE(has(cluster, 0, "own"));
  cluster.persist(1);
  cluster.settle();
  EXPECT_TRUE(has(cluster, 0, "own"));
}

TEST(Durability, ARepairChunkWaitsForTheDiskOfItsDonor) {
  Config config;
  config.log_bytes_max = 0;
  Cluster cluster(2, config);
  cluster.settle();
  cluster.passes = alone(1);
  add(cluster, 0, "milk");
  cluster.advance(10'000);
  cluster.member(0).slow_disk = true;
  add(cluster, 0, "eggs");
  expect_only_durable_dots_are_sent(cluster);
  cluster.passes = everything;
  cluster.sent.clear();
  cluster.advance(3'000);
  EXPECT_GE(cluster.count<RepairRequest>(1), 1U);
  EXPECT_EQ(cluster.count<RepairChunk>(), 0U);
  cluster.persist(0);
  cluster.advance(5'000);
  EXPECT_GE(cluster.count<RepairChunk>(), 1U);
  EXPECT_TRUE(cluster.equal());
}

TEST(Durability, WhateverIsSentCouldBeReadBackFromDisk) {
  for (std::uint64_t seed = 1; seed <= 12; ++seed) {
    test::Random random(seed);
    Config config;
    config.log_bytes_max = random.one_in(2) ? 300 : 100'000;
    config.repair_chunk_bytes = 60;
    Cluster cluster(3, config);
    for (std::size_t i = 0; i < 3; ++i) cluster.member(i).slow_disk = true;
    expect_only_durable_dots_are_sent(cluster);
    for (int step = 0; step < 60; ++step) {
      const std::size_t who = random.below(3);
      const std::string element = std::to_string(random.below(6));
      const std::string name = std::to_string(random.below(3));
      switch (random.below(8)) {
        case 0:
          cluster.passes = alone(who);
          break;
        case 1:
          cluster.passes = everything;
          break;
        case 2:
          remove(cluster, who, element, name);
          break;
        case 3:
          cluster.persist(who);
          break;
        case 4:
          cluster.persist(who, 1 + random.below(3));
          break;
        case 5:
          cluster.advance(random.below(3'000));
          break;
        default:
          add(cluster, who, element, name);
      }
    }
    cluster.passes = everything;
    for (std::size_t i = 0; i < 3; ++i) cluster.member(i).slow_disk = false;
    for (std::size_t i = 0; i < 3; ++i) cluster.persist(i);
    cluster.advance(30'000);
    ASSERT_TRUE(cluster.equal()) << seed;
    ASSERT_FALSE(HasFailure()) << seed;
  }
}

TEST(Durability, AFailedStorageEndsWritingAndSendingButNotReadingAndReceiving) {
  Cluster cluster(2);
  add(cluster, 0, "milk");
  cluster.settle();
  cluster.member(0).slow_disk = true;
  add(cluster, 0, "lost");
  cluster[0].handle_storage_failed({ErrorCode::storage_failed, "no space"});
  cluster.member(0).undurable.clear();
  cluster.collect(0);
  ASSERT_EQ(cluster.events<StorageFailed>(0).size(), 1U);
  cluster.sent.clear();

  const Result<Commit> refused =
      cluster[0].transact([](Transaction&) -> Result<void> { return {}; }, cluster.now());
  ASSERT_FALSE(refused);
  EXPECT_EQ(refused.error().code, ErrorCode::storage_failed);
  add(cluster, 1, "eggs");
  cluster.advance(20'000);
  EXPECT_TRUE(has(cluster, 0, "milk"));
  EXPECT_TRUE(has(cluster, 0, "eggs"));
  EXPECT_FALSE(has(cluster, 1, "lost"));
  EXPECT_TRUE(cluster.member(0).undurable.empty()) << "no record is asked for any more";
  for (const InFlight& frame : cluster.sent) EXPECT_EQ(frame.from, 1U);
  EXPECT_FALSE(cluster[0].poll_timeout());
}

void write_a_history(Cluster& cluster) {
  for (int i = 0; i < 12; ++i) {
    add(cluster, static_cast<std::size_t>(i % 2), std::to_string(i), std::to_string(i % 3));
    if (i % 3 == 0) cluster.settle();
    if (i % 4 == 3) {
      remove(cluster, static_cast<std::size_t>(i / 4 % 2), std::to_string(i - 3),
             std::to_string((i - 3) % 3));
    }
    cluster.transact(0, [](Transaction& tx) { open<GCounter>(tx, "n").add(tx, 1); });
  }
  cluster.settle();
}

TEST(Durability, ACheckpointGivesTheSameBytesAsTheRecordsThatItReplaces) {
  Cluster cluster(2);
  write_a_history(cluster);
  const std::string before = cluster[0].store().canonical();
  cluster.member(0).disk = cluster[0].checkpoint();
  EXPECT_EQ(restored(cluster.member(0), cluster.member(0).disk.size(), cluster.store_id())
                ->store()
                .canonical(),
            before);
  // And records go on after it.
  add(cluster, 0, "later");
  cluster.restart(0, 2);
  EXPECT_TRUE(has(cluster, 0, "later"));
  cluster.advance(3'000);
  EXPECT_TRUE(cluster.equal());
}

TEST(Durability, RecordsOfAnotherNodeAreRefused) {
  Cluster cluster(2);
  Replica other({Config{}, cluster.store_id(), ReplicaId(9, 1), "other"});
  const Result<void> refused = other.restore(cluster.member(0).disk.front());
  ASSERT_FALSE(refused);
  EXPECT_EQ(refused.error().code, ErrorCode::storage_corrupt);
}

TEST(Durability, ACrashAfterAnyRecordConverges) {
  Cluster whole(2);
  write_a_history(whole);
  const std::vector<std::string> disk = whole.member(1).disk;
  for (std::size_t records = 1; records <= disk.size(); ++records) {
    Cluster cluster(2);
    write_a_history(cluster);
    cluster.crash(1);
    cluster.member(1).disk.assign(disk.begin(), disk.begin() + static_cast<long>(records));
    cluster.boot(1, 2, false);
    add(cluster, 1, "after");
    cluster.advance(5'000);
    ASSERT_TRUE(cluster.equal()) << records;
    ASSERT_TRUE(has(cluster, 0, "after")) << records;
  }
}

TEST(Durability, ACrashAfterAnyRecordOfARepairConverges) {
  Config config;
  config.log_bytes_max = 0;
  config.repair_chunk_bytes = 40;
  const auto play = [&](Cluster& cluster) {
    write_a_history(cluster);
    cluster.passes = alone(1);
    for (int i = 0; i < 12; i += 2) {
      remove(cluster, 0, std::to_string(i), std::to_string(i % 3));
      add(cluster, 0, "new" + std::to_string(i), std::to_string(i % 3));
    }
    cluster.advance(10'000);
    cluster.passes = everything;
    cluster.advance(10'000);
  };
  Cluster whole(2, config);
  play(whole);
  ASSERT_TRUE(whole.equal());
  const std::vector<std::string> disk = whole.member(1).disk;
  ASSERT_GT(whole.count<RepairChunk>(), 5U);
  for (std::size_t records = 1; records <= disk.size(); ++records) {
    Cluster cluster(2, config);
    play(cluster);
    cluster.crash(1);
    cluster.member(1).disk.assign(disk.begin(), disk.begin() + static_cast<long>(records));
    cluster.boot(1, 2, false);
    const Store& store = cluster[1].store();
    std::optional<SlotKey> end;
    for (const SlotState& state : store.slots_from({}, UINT64_MAX, {}, end)) {
      for (const Fragment& one : state.fragments) {
        ASSERT_TRUE(store.clock().contains(one.dot)) << records << ": half a repair";
      }
    }
    cluster.advance(10'000);
    ASSERT_TRUE(cluster.equal()) << records;
  }
}

// The origin's entry comes while a repair is under way whose cut has seen it removed.
TEST(Durability, AnEntryThatCameDuringARepairReplaysAsBeforeIt) {
  Config config;
  config.log_bytes_max = 400;
  config.repair_chunk_bytes = 60;
  Cluster cluster(3, config);
  cluster.settle();
  const auto link = [](std::size_t one, std::size_t other) {
    return [=](const InFlight& frame) {
      return frame.from + frame.to == one + other && (frame.from == one || frame.from == other);
    };
  };
  cluster.passes = link(0, 2);
  add(cluster, 2, "x", "!");
  cluster.settle();
  cluster.passes = [](const InFlight&) { return false; };
  remove(cluster, 0, "x", "!");
  for (int i = 0; i < 8; ++i) add(cluster, 0, std::to_string(i), std::to_string(i));
  cluster.advance(10'000);

  std::size_t chunks = 0;
  cluster.passes = [&](const InFlight& frame) {
    if (cluster.is<RepairChunk>(frame)) return ++chunks < 3;
    return chunks < 3 ? link(0, 1)(frame) : link(1, 2)(frame);
  };
  cluster.advance(3'000);
  const Dot x{ReplicaId(3), 1};
  ASSERT_TRUE(cluster[1].store().repairing());
  ASSERT_TRUE(cluster[1].store().clock().contains(x)) << "its entry came";
  EXPECT_TRUE(has(cluster, 1, "x", "!")) << "who removed it is not known yet";
  const Member& member = cluster.member(1);
  EXPECT_EQ(restored(member, member.disk.size(), cluster.store_id())->store().canonical(),
            cluster[1].store().canonical());
  cluster.passes = everything;
  cluster.advance(20'000);
  EXPECT_TRUE(cluster.equal());
  EXPECT_FALSE(has(cluster, 1, "x", "!"));
}

}  // namespace
}  // namespace rejoin::testing
