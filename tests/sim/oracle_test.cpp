// Each oracle is seen to speak: a store is brought where it must never be.

#include "sim/oracle.hpp"

#include <gtest/gtest.h>

#include "crdt/aw_set.hpp"
#include "net/key.hpp"

namespace rejoin::sim {
namespace {

const ReplicaId ann{1, 1};
const ReplicaId bob{2, 1};
const SlotKey milk{Key<AwSet<std::string>>{"cart"}.object(), "milk"};

Entry put(const ReplicaId& who, std::uint64_t sequence, const std::string& value = "") {
  Entry entry;
  entry.dots.add({who, sequence});
  entry.puts.push_back({milk, {who, sequence}, value});
  return entry;
}

Entry removal(const ReplicaId& who, std::uint64_t sequence, const Dot& gone) {
  Entry entry;
  entry.dots.add({who, sequence});
  entry.removals.push_back({milk, gone.replica, {gone.sequence, gone.sequence}});
  return entry;
}

class OracleTest : public testing::Test {
 protected:
  OracleTest() {
    EXPECT_EQ(ledger.record(written, 0, 0, number), std::nullopt);
    EXPECT_EQ(ledger.record(removed, 1, 0, number), std::nullopt);
  }
  std::string found(const Store& now) {
    const auto finding = oracle.check(0, now);
    return finding ? finding->oracle : "nothing";
  }

  const Entry written = put(ann, 1);
  const Entry removed = removal(bob, 1, {ann, 1});
  Ledger ledger;
  EntryNumber number = no_number;
  Oracle oracle{ledger, 1};
  Store store;
  std::set<ObjectKey> changed;
};

TEST_F(OracleTest, IsSilentWhileAllIsWell) {
  EXPECT_EQ(found(store), "nothing");
  store.merge(written);
  EXPECT_EQ(found(store), "nothing");
  store.merge(removed);
  EXPECT_EQ(found(store), "nothing");
}

TEST_F(OracleTest, IsSilentWhenTheRemovalComesFirst) {
  store.merge(removed);
  EXPECT_EQ(found(store), "nothing");
  store.merge(written);
  EXPECT_EQ(found(store), "nothing");
}

TEST_F(OracleTest, FindsWhatAnEntryInTheClockRemoved) {
  store.merge(written);
  store.adopt(removed.dots, {});
  EXPECT_EQ(found(store), "rule 5");
}

TEST_F(OracleTest, FindsAValueThatTheClockClaimsAndIsNotThere) {
  const Entry second = put(ann, 2);
  ASSERT_EQ(ledger.record(second, 0, 0, number), std::nullopt);
  store.adopt(second.dots, {});
  EXPECT_EQ(found(store), "rule 5");
}

TEST_F(OracleTest, FindsAClockThatShrinks) {
  store.merge(written);
  EXPECT_EQ(found(store), "nothing");
  EXPECT_EQ(found(Store()), "inflation");
}

TEST_F(OracleTest, FindsWhatNobodyMade) {
  CausalContext invented;
  invented.add({bob, 9});
  store.adopt(invented, {});
  EXPECT_EQ(found(store), "invented");

  Store other;
  other.replace({milk, {{{bob, 7}, true, ""}}}, changed);
  EXPECT_EQ(found(other), "invented");

  Store third;
  third.replace({milk, {{{ann, 1}, true, "not what was written"}}}, changed);
  EXPECT_EQ(found(third), "invented");
}

TEST_F(OracleTest, FindsTheDeadThatRise) {
  store.merge(written);
  store.merge(removed);
  EXPECT_EQ(found(store), "nothing");
  store.replace({milk, {{{ann, 1}, true, ""}}}, changed);
  EXPECT_EQ(found(store), "resurrection");
}

TEST_F(OracleTest, FindsWhatVanishesUnremoved) {
  const Entry again = put(ann, 2);
  ASSERT_EQ(ledger.record(again, 0, 0, number), std::nullopt);
  store.merge(again);
  EXPECT_EQ(found(store), "nothing");
  store.replace({milk, {}}, changed);
  EXPECT_EQ(found(store), "lost");
}

TEST_F(OracleTest, ForgetsARestartedNode) {
  store.merge(written);
  EXPECT_EQ(found(store), "nothing");
  oracle.forget(0);
  EXPECT_EQ(found(Store()), "nothing");
}

TEST(Ledger, RefusesADotThatIsMadeAgain) {
  Ledger ledger;
  EntryNumber first = no_number;
  EntryNumber again = no_number;
  EXPECT_EQ(ledger.record(put(ann, 1, "a"), 0, 0, first), std::nullopt);
  EXPECT_EQ(ledger.record(put(ann, 1, "a"), 0, 0, again), std::nullopt) << "the same again";
  EXPECT_EQ(first, again);
  EXPECT_NE(ledger.record(put(ann, 1, "b"), 0, 0, again), std::nullopt);
  EXPECT_NE(ledger.record(removal(ann, 1, {ann, 1}), 0, 0, again), std::nullopt);
}

TEST(Ledger, RefusesGapsAndRemovalsOfNothing) {
  Ledger ledger;
  EntryNumber number = no_number;
  EXPECT_NE(ledger.record(put(ann, 2), 0, 0, number), std::nullopt);
  Ledger other;
  EXPECT_NE(other.record(removal(bob, 1, {ann, 1}), 0, 0, number), std::nullopt);
}

TEST(Ledger, RefusesAnEntryThatARelayAltered) {
  Ledger ledger;
  EntryNumber number = no_number;
  ASSERT_EQ(ledger.record(put(ann, 1, "a"), 0, 0, number), std::nullopt);
  EXPECT_EQ(ledger.altered(put(ann, 1, "a")), std::nullopt);
  EXPECT_NE(ledger.altered(put(ann, 1, "b")), std::nullopt);
  EXPECT_NE(ledger.altered(put(bob, 1, "a")), std::nullopt);
}

TEST(Shown, AFrameShowsItsEntriesClocksAndFragments) {
  const auto shows = [](const auto& body, const Dot& dot) {
    return shown_by(Frame{ann, body}).contains(dot);
  };
  CausalContext clock;
  clock.add({ann, 4});
  Hello hello;
  hello.clock = clock;
  EXPECT_TRUE(shows(hello, {ann, 4}));
  EXPECT_TRUE(shows(ClockShown{clock, 0, false}, {ann, 4}));
  EXPECT_TRUE(shows(Entries{1, {put(bob, 3)}}, {bob, 3}));
  RepairChunk chunk;
  chunk.cut_clock = clock;
  chunk.slots.push_back({milk, {{{bob, 8}, false, ""}}});
  EXPECT_TRUE(shows(chunk, {ann, 4}));
  EXPECT_TRUE(shows(chunk, {bob, 8}));
  EXPECT_FALSE(shows(Goodbye{}, {ann, 4}));
}

}  // namespace
}  // namespace rejoin::sim
