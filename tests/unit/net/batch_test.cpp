// Transactions that wait for their flush (rule 6, second half): an overlay that only local reads
// see, one entry for those that share a slot.

#include "net/batch.hpp"

#include <gtest/gtest.h>

#include <string>
#include <vector>

#include "tests/unit/net/cluster.hpp"
#include "tests/unit/net/made.hpp"

namespace rejoin::testing {
namespace {

const SlotKey milk = slot("milk");
const SlotKey eggs = slot("eggs");
const SlotKey tea = slot("tea");

class Batching : public ::testing::Test {
 protected:
  template <class F>
  void wait(F&& f) {
    Transaction tx(batch, config, self, HybridTime{1});
    f(tx);
    batch.add(tx.changes());
  }
  std::vector<Entry> flush() {
    minted.clear();
    return batch.flush(store.clock().last(self), minted);
  }
  std::size_t values(const SlotKey& where) const {
    std::size_t count = 0;
    batch.each_fragment(where, [&](const Dot&, std::string_view) { ++count; });
    return count;
  }

  ReplicaId self = a;
  Config config;
  Store store;
  Batch batch{store, self};
  std::map<SlotKey, Dot> minted;
};

TEST_F(Batching, TransactionsThatShareASlotBecomeOneEntryWithOneDot) {
  wait([](Transaction& tx) { tx.put(milk, "1"); });
  wait([](Transaction& tx) { tx.put(milk, "2"); });
  const std::vector<Entry> entries = flush();
  ASSERT_EQ(entries.size(), 1U);
  EXPECT_EQ(entries[0].dots, upto(a, 1));
  EXPECT_EQ(entries[0].puts, (std::vector<Put>{{milk, {a, 1}, "2"}}));
  EXPECT_EQ(minted, (std::map<SlotKey, Dot>{{milk, {a, 1}}}));
}

TEST_F(Batching, TransactionsThatShareNoSlotStayApartInTheirOrder) {
  wait([](Transaction& tx) { tx.put(tea, "1"); });
  wait([](Transaction& tx) { tx.put(milk, "2"); });
  const std::vector<Entry> entries = flush();
  ASSERT_EQ(entries.size(), 2U);
  EXPECT_EQ(entries[0].puts, (std::vector<Put>{{tea, {a, 1}, "1"}}));
  EXPECT_EQ(entries[1].puts, (std::vector<Put>{{milk, {a, 2}, "2"}}));
}

TEST_F(Batching, ATransactionThatSharesWithTwoMakesOneEntryOfAllThree) {
  wait([](Transaction& tx) { tx.put(tea, "1"); });
  wait([](Transaction& tx) { tx.put(eggs, "2"); });
  wait([](Transaction& tx) { tx.put(milk, "3"); });
  wait([](Transaction& tx) {
    tx.put(tea, "4");
    tx.put(milk, "4");
  });
  const std::vector<Entry> entries = flush();
  ASSERT_EQ(entries.size(), 2U);
  EXPECT_EQ(entries[0].puts, (std::vector<Put>{{milk, {a, 1}, "4"}, {tea, {a, 2}, "4"}}));
  EXPECT_EQ(entries[1].puts, (std::vector<Put>{{eggs, {a, 3}, "2"}}));
}

TEST_F(Batching, RemovesWhatAnyOfThemSawAndNothingThatNoneSaw) {
  merge(store, made({b, 1}).puts(milk));
  wait([](Transaction& tx) { tx.put(milk, "1"); });
  merge(store, made({c, 1}).puts(milk));
  wait([](Transaction& tx) { tx.put(milk, "2"); });
  merge(store, made({b, 2}).puts(milk));
  const std::vector<Entry> entries = flush();
  ASSERT_EQ(entries.size(), 1U);
  EXPECT_EQ(entries[0].removed(), clock_of({{b, 1}, {c, 1}}));
}

TEST_F(Batching, WaitingChangesAreReadHereAndAreNotInTheStore) {
  merge(store, made({b, 1}).puts(milk).puts(eggs));
  wait([](Transaction& tx) {
    tx.clear(milk);
    tx.put(tea, "1");
  });
  EXPECT_EQ(values(milk), 0U);
  EXPECT_EQ(values(tea), 1U);
  EXPECT_EQ(live(store, milk), (Dots{{b, 1}}));
  EXPECT_TRUE(live(store, tea).empty());
  std::vector<std::string> paths;
  batch.each_path(milk.object, "", [&](std::string_view path) { paths.emplace_back(path); });
  EXPECT_EQ(paths, (std::vector<std::string>{"eggs", "tea"}));
}

TEST_F(Batching, ALaterRemovalTakesAWaitingValueAway) {
  wait([](Transaction& tx) { tx.put(milk, "1"); });
  wait([](Transaction& tx) { tx.clear(milk); });
  EXPECT_EQ(values(milk), 0U);
  EXPECT_TRUE(flush().empty());
  EXPECT_TRUE(minted.empty());
}

TEST_F(Batching, ALaterRemovalAlsoTakesWhatTheWaitingValueReplaced) {
  merge(store, made({b, 1}).puts(milk));
  wait([](Transaction& tx) { tx.put(milk, "1"); });
  wait([](Transaction& tx) { tx.clear(milk); });
  const std::vector<Entry> entries = flush();
  ASSERT_EQ(entries.size(), 1U);
  EXPECT_TRUE(entries[0].puts.empty());
  EXPECT_EQ(entries[0].removed(), upto(b, 1));
}

TEST_F(Batching, AmendmentsThatWaitAddUpInOneFragment) {
  for (int i = 0; i < 3; ++i) {
    wait([](Transaction& tx) { open<GCounter>(tx, "n").add(tx, 2); });
  }
  EXPECT_EQ(open<GCounter>(batch, "n").value(), 6);
  EXPECT_EQ(open<GCounter>(store, "n").value(), 0);
  for (const Entry& entry : flush()) merge(store, entry);
  EXPECT_EQ(open<GCounter>(store, "n").value(), 6);
  EXPECT_EQ(store.live_count(), 1U);
}

TEST_F(Batching, NothingWaitsAfterTheFlush) {
  wait([](Transaction& tx) { tx.put(milk, "1"); });
  EXPECT_FALSE(batch.empty());
  flush();
  EXPECT_TRUE(batch.empty());
  EXPECT_TRUE(flush().empty());
}

// ---- in the core

Config with_window() {
  Config config;
  config.batch_window_ms = 5;
  return config;
}

TEST(BatchWindow, AHandleOnATransactionReadsWhatWaitsAndOneOnTheStoreDoesNot) {
  Cluster cluster(1, with_window());
  cluster.transact(0, [](Transaction& tx) { open<AwSet<std::string>>(tx, "cart").add(tx, "x"); });
  EXPECT_TRUE(open<AwSet<std::string>>(cluster[0].latest(), "cart").contains("x"));
  EXPECT_FALSE(open<AwSet<std::string>>(cluster[0].store(), "cart").contains("x"));
  cluster.transact(0, [](Transaction& tx) {
    EXPECT_TRUE(open<AwSet<std::string>>(tx, "cart").contains("x"));
    EXPECT_FALSE(open<AwSet<std::string>>(static_cast<const SlotReader&>(tx), "cart").empty());
  });
  cluster.advance(6);
  EXPECT_TRUE(open<AwSet<std::string>>(cluster[0].store(), "cart").contains("x"));
}

TEST(BatchWindow, OneWindowIsOneFlushWithOneTokenAndOneRecord) {
  Cluster cluster(1, with_window());
  const std::uint64_t records = cluster[0].records();
  const Commit first = cluster.transact(0, [](Transaction& tx) { tx.put(milk, "1"); });
  cluster.advance(2);
  const Commit second = cluster.transact(0, [](Transaction& tx) { tx.put(eggs, "2"); });
  EXPECT_EQ(first.flush, second.flush);
  EXPECT_FALSE(cluster[0].token_of(first)) << "it has no dot yet";
  EXPECT_EQ(cluster[0].records(), records);
  cluster.advance(4);  // the window began with the first
  EXPECT_EQ(cluster[0].records(), records + 1);
  EXPECT_EQ(cluster[0].token_of(first), upto(cluster[0].self(), 2));
  EXPECT_EQ(cluster[0].token_of(second), upto(cluster[0].self(), 2));
  EXPECT_TRUE(cluster[0].covers(*cluster[0].token_of(first)));
}

TEST(BatchWindow, FlushEndsItEarly) {
  Cluster cluster(1, with_window());
  const Commit commit = cluster.transact(0, [](Transaction& tx) { tx.put(milk, "1"); });
  cluster[0].flush(cluster.now());
  EXPECT_TRUE(cluster[0].token_of(commit));
  EXPECT_EQ(live(cluster[0].store(), milk).size(), 1U);
}

TEST(BatchWindow, WhatWouldMakeAnEntryTooLargeIsFlushedFirstAndThenReplaced) {
  Config config = with_window();
  config.key_bytes_max = 100;
  config.value_bytes_max = 800;
  config.entry_bytes_max = 1'000;
  Cluster cluster(1, config);
  const Commit first =
      cluster.transact(0, [](Transaction& tx) { tx.put(milk, std::string(500, '1')); });
  const Commit second = cluster.transact(0, [](Transaction& tx) {
    tx.put(milk, std::string(500, '2'));
    tx.put(eggs, std::string(300, '2'));
  });
  EXPECT_NE(first.flush, second.flush);
  EXPECT_EQ(live(cluster[0].store(), milk), (Dots{{cluster[0].self(), 1}}));
  cluster.advance(6);
  EXPECT_EQ(live(cluster[0].store(), milk), (Dots{{cluster[0].self(), 3}}));
}

}  // namespace
}  // namespace rejoin::testing
