// Rule 8: limits are checked where an operation is made, and a merge never refuses for them. Two
// replicas that never heard of each other write as much as they may to the same keys; what they
// merge to can be read, sent, repaired to a third and stored by each of them.

#include <gtest/gtest.h>

#include <cstdlib>

#include "crdt/aggregate.hpp"
#include "crdt/bounded_counter.hpp"
#include "crdt/flags.hpp"
#include "crdt/hyper_log_log.hpp"
#include "crdt/lattice_value.hpp"
#include "crdt/lww_map.hpp"
#include "crdt/lww_set.hpp"
#include "crdt/max_register.hpp"
#include "crdt/multi_map.hpp"
#include "crdt/or_map.hpp"
#include "crdt/pn_counter.hpp"
#include "crdt/resettable_counter.hpp"
#include "crdt/rw_set.hpp"
#include "crdt/two_phase_set.hpp"
#include "tests/unit/net/workload.hpp"

namespace rejoin::testing {
namespace {

using Text = std::string;
using Nested = OrMap<Text, OrMap<Text, LwwRegister<Text>>>;

struct Longest {
  static constexpr std::string_view name = "merge_limits_test.longest";
  Text text;

  bool merge(const Longest& other) {
    if (std::pair(other.text.size(), other.text) <= std::pair(text.size(), text)) return false;
    text = other.text;
    return true;
  }
  friend bool operator==(const Longest&, const Longest&) = default;
};

// Frames that the repair of one slot fills to the envelope, and a log that holds no entry.
Config tight() {
  Config config;
  config.key_bytes_max = 100;
  config.value_bytes_max = 20'000;
  config.entry_bytes_max = 60'000;
  config.frame_bytes_max = 3 * 100 + 5 * 20'000 + 4096;
  config.repair_chunk_bytes = config.frame_bytes_max / 2;
  config.log_bytes_max = 0;
  return config;
}

const Text key(100, 'k');

// A text that takes exactly `bytes` encoded as a path or a value; `who` and `nth` tell it apart.
Text filled(std::size_t bytes, std::size_t who, char nth = '0') {
  Text text{nth, static_cast<char>('a' + who)};
  text.append(bytes - encoded(text).size(), 'x');
  EXPECT_EQ(encoded(text).size(), bytes);
  return text;
}

// A write of each type, with paths and values as long as they may be, a transaction each.
std::vector<std::function<void(Transaction&, std::size_t)>> writes(const Config& config) {
  const std::size_t most = config.value_bytes_max;
  const std::size_t stamp = 8;
  const Text path = filled(most, 0);  // the same at both
  return {
      [=](Transaction& tx, std::size_t who) {
        open<LwwRegister<Text>>(tx, key).set(tx, filled(most - stamp, who));
      },
      [=](Transaction& tx, std::size_t who) {
        open<MvRegister<Text>>(tx, key).set(tx, filled(most, who));
      },
      [=](Transaction& tx, std::size_t who) {
        open<MaxRegister<Text>>(tx, key).set(tx, filled(most - 1, who));
      },
      [=](Transaction& tx, std::size_t who) {
        open<AwSet<Text>>(tx, key).add(tx, filled(most, who));
        open<AwSet<Text>>(tx, key).add(tx, path);
      },
      [=](Transaction& tx, std::size_t who) {
        auto set = open<RwSet<Text>>(tx, key);
        if (who == 0) return set.add(tx, path);
        set.remove(tx, path);
      },
      [=](Transaction& tx, std::size_t who) {
        auto set = open<LwwSet<Text>>(tx, key);
        if (who == 0) return set.add(tx, path);
        set.remove(tx, path);
      },
      [=](Transaction& tx, std::size_t) {
        static_cast<void>(open<TwoPhaseSet<Text>>(tx, key).add(tx, path));
      },
      [=](Transaction& tx, std::size_t who) {
        open<LwwMap<Text, Text>>(tx, key).set(tx, path, filled(most - stamp - 1, who));
      },
      [=](Transaction& tx, std::size_t who) {
        open<MultiMap<Text, Text>>(tx, key).add(tx, filled(most / 2, 0), filled(most / 2, who));
      },
      [=](Transaction& tx, std::size_t who) {
        open<Nested>(tx, key)[filled(most / 2, 0)][filled(most / 2, 0)].set(
            tx, filled(most - stamp, who));
      },
      [=](Transaction& tx, std::size_t who) {
        const auto points = std::int64_t{1} << 61;
        open<PnCounter>(tx, key).add(tx, who == 0 ? points : -points);
        open<ResettableCounter>(tx, key).add(tx, points);
        open<BoundedCounter<>>(tx, key).add(tx, points);
        open<EwFlag>(tx, key).enable(tx);
      },
      [=](Transaction& tx, std::size_t who) {
        auto sketch = open<HyperLogLog<Text, 14>>(tx, key);  // 16 KiB a share
        for (int i = 0; i < 2100; ++i)
          sketch.add(tx, std::to_string(who) + "/" + std::to_string(i));
      },
      [=](Transaction& tx, std::size_t who) {
        open<LatticeValue<Longest>>(tx, key).join(tx, {filled(most, who)});
      },
  };
}

void write_all(Cluster& cluster, std::size_t who) {
  for (const auto& write : writes(tight())) {
    const auto commit = cluster[who].transact(
        [&](Transaction& tx) -> Result<void> {
          write(tx, who);
          return {};
        },
        cluster.now());
    ASSERT_TRUE(commit) << commit.error().message;
    cluster.collect(who);
  }
}

// All of it reads as the two wrote it.
void expect_both(const Store& store) {
  const Config config = tight();
  const std::size_t most = config.value_bytes_max;
  const Text path = filled(most, 0);
  using Sketch = HyperLogLog<Text, 14>;
  using Map = LwwMap<Text, Text>;
  const auto lww = open<LwwRegister<Text>>(store, key);
  ASSERT_TRUE(lww.value());
  EXPECT_EQ(lww.discarded().size(), 1U);
  EXPECT_EQ(open<MvRegister<Text>>(store, key).value(),
            (std::vector<Text>{filled(most, 0), filled(most, 1)}));
  EXPECT_EQ(open<MaxRegister<Text>>(store, key).value(), filled(most - 1, 1));
  EXPECT_EQ(open<AwSet<Text>>(store, key).size(), 2U);
  EXPECT_TRUE(open<RwSet<Text>>(store, key).empty());
  EXPECT_EQ(open<RwSet<Text>>(store, key).discarded().size(), 1U);
  EXPECT_LE(open<LwwSet<Text>>(store, key).size(), 1U);
  EXPECT_TRUE(open<TwoPhaseSet<Text>>(store, key).contains(path));
  EXPECT_EQ(open<Map>(store, key).discarded(path).size(), 1U);
  const auto by_key = open<MultiMap<Text, Text>>(store, key);
  EXPECT_EQ(by_key.values(filled(most / 2, 0)).size(), 2U);
  const auto nested = open<Nested>(store, key).at(filled(most / 2, 0));
  EXPECT_EQ(nested.at(filled(most / 2, 0)).discarded().size(), 1U);
  EXPECT_EQ(open<PnCounter>(store, key).value(), 0);
  EXPECT_EQ(open<ResettableCounter>(store, key).value(), std::int64_t{1} << 62);
  EXPECT_EQ(open<BoundedCounter<>>(store, key).value(), std::int64_t{1} << 62);
  EXPECT_TRUE(open<EwFlag>(store, key).value());
  const auto counted = static_cast<std::int64_t>(open<Sketch>(store, key).value());
  EXPECT_LT(std::abs(counted - 4200), 210);
  EXPECT_EQ(open<LatticeValue<Longest>>(store, key).value().text, filled(most, 1));
}

void expect_sound(Cluster& cluster) {
  std::size_t largest = 0;
  for (const InFlight& frame : cluster.sent) largest = std::max(largest, frame.bytes.size());
  EXPECT_LE(largest, tight().frame_bytes_max);
  for (std::size_t i = 0; i < 3; ++i) {
    SCOPED_TRACE(i);
    EXPECT_EQ(cluster.events<FrameRefused>(i).size(), 0U);
    expect_both(cluster[i].store());
  }
  EXPECT_TRUE(cluster.equal());
}

class MergeLimits : public ::testing::Test {
 protected:
  // Members 0 and 1 wrote alone; nobody has heard anything.
  void SetUp() override {
    ASSERT_TRUE(tight().validate());
    cluster_.passes = [](const InFlight&) { return false; };
    write_all(cluster_, 0);
    cluster_.advance(10);  // so that their stamps differ
    write_all(cluster_, 1);
  }

  Cluster cluster_{3, tight()};
};

TEST_F(MergeLimits, OneByteAboveIsRefusedWhereItIsMade) {
  const auto refused = cluster_[0].transact(
      [&](Transaction& tx) -> Result<void> {
        open<MvRegister<Text>>(tx, key).set(tx, filled(tight().value_bytes_max + 1, 0));
        return {};
      },
      cluster_.now());

  ASSERT_FALSE(refused);
  EXPECT_EQ(refused.error().code, ErrorCode::limit_exceeded);
}

TEST_F(MergeLimits, WhatTwoWroteApartMergesReadsAndIsRepairedToAThird) {
  cluster_.passes = cut(0, 1);  // the third is repaired by each, and takes it on
  cluster_.advance(60'000);
  cluster_.passes = everything;
  cluster_.advance(60'000);

  expect_sound(cluster_);
  EXPECT_GT(cluster_.count<RepairChunk>(), 0U);
  // A newcomer lacks both values of each slot, so they come in one frame.
  cluster_.crash(2);
  cluster_.member(2).disk.clear();
  cluster_.sent.clear();
  cluster_.boot(2, 9, true);
  cluster_.advance(60'000);
  expect_sound(cluster_);
  EXPECT_GT(cluster_.count<RepairChunk>(), 0U);
}

TEST_F(MergeLimits, WhatTwoWroteApartComesBackFromDiskAndFromACheckpoint) {
  cluster_.passes = everything;
  cluster_.advance(60'000);
  expect_sound(cluster_);

  for (std::size_t i = 0; i < 3; ++i) {
    Replica again(Replica::Setup{tight(), cluster_.store_id(), ReplicaId(i + 1, 7), "again"});
    for (const std::string& record : cluster_[i].checkpoint()) {
      const auto restored = again.restore(record);
      ASSERT_TRUE(restored) << restored.error().message;
    }
    EXPECT_EQ(again.store().canonical(), cluster_[i].store().canonical());
    cluster_.restart(i, 5);
    expect_both(cluster_[i].store());
  }
  cluster_.advance(10'000);
  expect_sound(cluster_);
}

// Entries, as where a log still has them: two frames, each within the ceilings.
TEST_F(MergeLimits, EntriesOfBothMergeAtAReplicaWithSmallerLimitsOfItsOwn) {
  Config small = tight();
  small.key_bytes_max = 8;
  small.value_bytes_max = 8;
  small.entry_bytes_max = 64;
  Config large = tight();
  large.log_bytes_max = 1 << 20;
  for (std::size_t i = 0; i < 3; ++i) {
    cluster_.crash(i);
    cluster_.member(i).disk.clear();
    cluster_.member(i).config = i == 2 ? small : large;
    cluster_.boot(i, 3, true);
  }
  write_all(cluster_, 0);
  cluster_.advance(10);
  write_all(cluster_, 1);
  cluster_.passes = everything;
  cluster_.sent.clear();
  cluster_.advance(30'000);

  expect_sound(cluster_);
  EXPECT_GT(cluster_.count<Entries>(), 0U);
  EXPECT_EQ(cluster_.count<RepairChunk>(), 0U);
}

}  // namespace
}  // namespace rejoin::testing
