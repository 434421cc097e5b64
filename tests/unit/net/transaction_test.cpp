// What a transaction records (rule 6, first half): the dots seen when each operation ran, the dots
// that it takes, and reads through its own writes. Its limits are tested with the core that checks
// them.

#include "net/transaction.hpp"

#include <gtest/gtest.h>

#include <string>
#include <vector>

#include "crdt/aw_set.hpp"
#include "crdt/g_counter.hpp"
#include "crdt/lww_register.hpp"
#include "tests/unit/net/cluster.hpp"
#include "tests/unit/net/desk.hpp"

namespace rejoin::testing {
namespace {

using Next = Result<std::optional<std::string>>;  // of a share that is amended

const SlotKey milk = slot("milk");
const SlotKey eggs = slot("eggs");
const SlotKey tea = slot("tea");

std::vector<std::string> values_of(const SlotReader& reader, const SlotKey& where) {
  std::set<std::string> out;
  reader.each_fragment(where, [&](const Dot&, std::string_view value) { out.emplace(value); });
  return {out.begin(), out.end()};
}

using Values = std::vector<std::string>;

TEST(Transaction, TakesOneDotForEachSlotThatItGivesAValue) {
  Desk desk(a);
  const Entry entry = desk.transact([](Transaction& tx) {
    tx.put(milk, "1");
    tx.put(eggs, "2");
    tx.put(milk, "3");
  });
  EXPECT_EQ(entry.dots, upto(a, 2));
  EXPECT_EQ(entry.puts, (std::vector<Put>{{eggs, {a, 1}, "2"}, {milk, {a, 2}, "3"}}));
  EXPECT_TRUE(entry.removals.empty());
}

TEST(Transaction, PureRemovalsShareOneDotThatCarriesNoValue) {
  Desk desk(a);
  desk.transact([](Transaction& tx) {
    for (const SlotKey& where : {milk, eggs, tea}) tx.put(where, "v");
  });
  const Entry entry = desk.transact([](Transaction& tx) {
    tx.clear(milk);
    tx.clear(eggs);
    tx.put(tea, "w");
  });
  EXPECT_EQ(entry.dots, clock_of({{a, 4}, {a, 5}}));
  EXPECT_EQ(entry.puts, (std::vector<Put>{{tea, {a, 4}, "w"}}));
  EXPECT_EQ(entry.removed(), upto(a, 3));
  EXPECT_EQ(desk.store.live_count(), 1U);
}

TEST(Transaction, RemovesWhatEachOperationSawWhenItRan) {
  Desk desk(a);
  merge(desk.store, made({b, 1}).puts(milk).puts(eggs));
  Transaction tx = desk.begin();
  tx.put(milk, "mine");
  tx.clear(eggs);
  merge(desk.store, made({c, 1}).puts(milk).puts(eggs));  // not seen
  const Entry entry = desk.commit(tx);
  EXPECT_EQ(entry.removed(), upto(b, 2));
  EXPECT_EQ(live(desk.store, milk), (Dots{{a, 1}, {c, 1}}));
  EXPECT_EQ(live(desk.store, eggs), (Dots{{c, 2}}));
}

TEST(Transaction, ASecondOperationOnASlotAddsWhatItSaw) {
  Desk desk(a);
  merge(desk.store, made({b, 1}).puts(milk));
  Transaction tx = desk.begin();
  tx.put(milk, "one");
  merge(desk.store, made({c, 1}).puts(milk));
  tx.put(milk, "two");
  const Entry entry = desk.commit(tx);
  EXPECT_EQ(entry.removed(), clock_of({{b, 1}, {c, 1}}));
  EXPECT_EQ(live(desk.store, milk), (Dots{{a, 1}}));
}

TEST(Transaction, NeighbouringDotsOfASlotAreRemovedAsOneRange) {
  Desk desk(a);
  merge(desk.store, made({b, 1}).puts(milk).puts(milk).puts(milk));
  const Entry entry = desk.transact([](Transaction& tx) { tx.clear(milk); });
  EXPECT_EQ(entry.removals, (std::vector<Removal>{{milk, b, {1, 3}}}));
}

TEST(Transaction, ReadsThroughItsOwnWritesAndTheStoreDoesNot) {
  Desk desk(a);
  merge(desk.store, made({b, 1}).puts(milk, "old").puts(eggs, "old"));
  Transaction tx = desk.begin();
  tx.put(milk, "new");
  tx.clear(eggs);
  tx.put(tea, "new");
  EXPECT_EQ(values_of(tx, milk), (Values{"new"}));
  EXPECT_EQ(values_of(tx, eggs), Values{});
  EXPECT_EQ(values_of(desk.store, milk), (Values{"old"}));
  EXPECT_EQ(values_of(desk.store, eggs), (Values{"old"}));
  Values paths;
  tx.each_path(milk.object, "", [&](std::string_view path) { paths.emplace_back(path); });
  EXPECT_EQ(paths, (Values{"milk", "tea"}));
}

TEST(Transaction, AValueThatComesMeanwhileIsReadBesideItsOwn) {
  Desk desk(a);
  Transaction tx = desk.begin();
  tx.put(milk, "mine");
  merge(desk.store, made({b, 1}).puts(milk, "theirs"));
  EXPECT_EQ(values_of(tx, milk), (Values{"mine", "theirs"}));
}

TEST(Transaction, PutThenClearOfANewSlotLeavesNoTrace) {
  Desk desk(a);
  const Entry entry = desk.transact([](Transaction& tx) {
    tx.put(milk, "v");
    tx.clear(milk);
  });
  EXPECT_EQ(entry, Entry{});
  EXPECT_TRUE(desk.store.clock().empty());
}

TEST(Transaction, PutThenClearRemovesWhatWasThereBefore) {
  Desk desk(a);
  merge(desk.store, made({b, 1}).puts(milk));
  const Entry entry = desk.transact([](Transaction& tx) {
    tx.put(milk, "v");
    tx.clear(milk);
  });
  EXPECT_TRUE(entry.puts.empty());
  EXPECT_EQ(entry.dots, upto(a, 1));
  EXPECT_TRUE(live(desk.store, milk).empty());
}

TEST(Transaction, ClearingWhatIsNotThereMakesNoEntry) {
  Desk desk(a);
  Transaction tx = desk.begin();
  tx.clear(milk);
  tx.clear_all(milk.object);
  EXPECT_TRUE(tx.changes().empty());
  EXPECT_EQ(desk.commit(tx), Entry{});
}

TEST(Transaction, ClearAllTakesThePathsOfThePrefixAndItsOwnWrites) {
  Desk desk(a);
  merge(desk.store, made({b, 1}).puts(slot("ab")).puts(slot("ac")).puts(slot("b")));
  const Entry entry = desk.transact([](Transaction& tx) {
    tx.put(slot("ad"), "v");
    tx.clear_all(milk.object, "a");
  });
  EXPECT_EQ(entry.removed(), upto(b, 2));
  EXPECT_TRUE(entry.puts.empty());
  EXPECT_EQ(desk.store.live_count(), 1U);
}

TEST(Transaction, RemovingAKeyTakesAllOfItAndNoOther) {
  Desk desk(a);
  const Key<AwSet<std::string>> cart{"cart"};
  desk.transact([&](Transaction& tx) {
    auto set = open(tx, cart);
    set.add(tx, "milk");
    set.add(tx, "eggs");
    open<AwSet<std::string>>(tx, "cart2").add(tx, "milk");
    open<LwwRegister<std::string>>(tx, "cart").set(tx, "same name");
  });
  desk.transact([&](Transaction& tx) { tx.remove(cart); });
  EXPECT_TRUE(open(desk.store, cart).empty());
  EXPECT_EQ(open<AwSet<std::string>>(desk.store, "cart2").size(), 1U);
  EXPECT_EQ(open<LwwRegister<std::string>>(desk.store, "cart").value(), "same name");
  EXPECT_EQ(desk.store.objects().size(), 2U);
}

TEST(Transaction, AmendReplacesFragmentsOfItsOwnNodeOnly) {
  Desk desk(ReplicaId(1, 7));
  merge(desk.store, made({ReplicaId(1, 3), 1}).puts(milk, "earlier"));
  merge(desk.store, made({ReplicaId(1, 5), 1}).puts(milk, "later"));
  merge(desk.store, made({b, 1}).puts(milk, "other"));
  std::vector<std::string> mine;
  const Entry entry = desk.transact([&](Transaction& tx) {
    tx.amend(milk, [&](const std::vector<std::string>& fragments) -> Next {
      mine = fragments;
      return Next("joined");
    });
  });
  std::sort(mine.begin(), mine.end());
  EXPECT_EQ(mine, (Values{"earlier", "later"}));
  EXPECT_EQ(values_of(desk.store, milk), (Values{"joined", "other"}));
  EXPECT_EQ(entry.dots, clock_of({{desk.self, 1}}));
}

TEST(Transaction, AmendTwiceTakesOneDotAndReadsItsFirst) {
  Desk desk(a);
  const Entry entry = desk.transact([&](Transaction& tx) {
    for (int i = 0; i < 3; ++i) {
      tx.amend(milk, [&](const std::vector<std::string>& fragments) -> Next {
        return Next((fragments.empty() ? "" : fragments.front()) + "x");
      });
    }
  });
  EXPECT_EQ(entry.puts, (std::vector<Put>{{milk, {a, 1}, "xxx"}}));
}

TEST(Transaction, KeepsTheFirstErrorAndChangesNothingMore) {
  Desk desk(a);
  Transaction tx = desk.begin();
  open<GCounter>(tx, "n").add(tx, -1);
  tx.fail({ErrorCode::aborted, "second"});
  ASSERT_TRUE(tx.error());
  EXPECT_EQ(tx.error()->code, ErrorCode::negative_step);
  EXPECT_TRUE(tx.changes().empty());
}

// ---- limits, which the core checks; a refused transaction leaves no trace

Config small() {
  Config config;
  config.key_bytes_max = 8;
  config.value_bytes_max = 100;
  config.entry_bytes_max = 1'000;
  return config;
}

ErrorCode refused(Cluster& cluster, const std::function<Result<void>(Transaction&)>& f) {
  const std::string before = cluster[0].store().canonical();
  const std::uint64_t records = cluster[0].records();
  const Result<Commit> commit = cluster[0].transact(f, cluster.now());
  EXPECT_FALSE(commit);
  EXPECT_EQ(cluster[0].store().canonical(), before);
  EXPECT_EQ(cluster[0].records(), records);
  EXPECT_TRUE(cluster[0].poll_persist().empty());
  return commit ? ErrorCode{} : commit.error().code;
}

TEST(TransactionLimits, NamesElementsAndValuesUpToTheirLimitAreTaken) {
  Cluster cluster(1, small());
  cluster.transact(0, [](Transaction& tx) {
    tx.put({{{7, 6}, std::string(8, 'n')}, std::string(100, 'p')}, std::string(100, 'v'));
  });
  EXPECT_EQ(cluster[0].store().live_count(), 1U);
}

TEST(TransactionLimits, ALongerNameElementOrValueFailsTheWholeTransaction) {
  Cluster cluster(1, small());
  const SlotKey cases[] = {{{{7, 6}, std::string(9, 'n')}, "p"},
                           {{{7, 6}, "n"}, std::string(101, 'p')}};
  for (const SlotKey& where : cases) {
    const auto put = [&](Transaction& tx) -> Result<void> {
      tx.put(milk, "before");
      tx.put(where, "v");
      tx.put(eggs, "after");
      return {};
    };
    EXPECT_EQ(refused(cluster, put), ErrorCode::limit_exceeded);
  }
  const auto large_put = [&](Transaction& tx) -> Result<void> {
    tx.put(milk, std::string(101, 'v'));
    return {};
  };
  EXPECT_EQ(refused(cluster, large_put), ErrorCode::limit_exceeded);
  const auto large_amend = [&](Transaction& tx) -> Result<void> {
    tx.amend(milk, [](const auto&) -> Next { return Next(std::string(101, 'v')); });
    return {};
  };
  EXPECT_EQ(refused(cluster, large_amend), ErrorCode::limit_exceeded);
}

TEST(TransactionLimits, AnEntryAboveItsLimitIsRefused) {
  Cluster cluster(1, small());
  const auto many = [&](Transaction& tx) -> Result<void> {
    for (int i = 0; i < 10; ++i) tx.put(slot(std::to_string(i)), std::string(100, 'v'));
    return {};
  };
  EXPECT_EQ(refused(cluster, many), ErrorCode::limit_exceeded);
}

TEST(TransactionLimits, WhatTheFunctionRefusedNeverHappened) {
  Cluster cluster(1);
  const auto aborts = [&](Transaction& tx) -> Result<void> {
    tx.put(milk, "v");
    return Error{ErrorCode::aborted, "no"};
  };
  EXPECT_EQ(refused(cluster, aborts), ErrorCode::aborted);
  const auto negative = [&](Transaction& tx) -> Result<void> {
    open<AwSet<std::string>>(tx, "cart").add(tx, "milk");
    open<GCounter>(tx, "n").add(tx, -1);
    return {};
  };
  EXPECT_EQ(refused(cluster, negative), ErrorCode::negative_step);
}

TEST(TransactionLimits, ATransactionThatChangesNothingHasNoReceiptAndNoRecord) {
  Cluster cluster(1);
  const std::uint64_t records = cluster[0].records();
  const Commit commit = cluster.transact(0, [](Transaction& tx) { tx.clear(milk); });
  EXPECT_EQ(commit.flush, 0U);
  EXPECT_EQ(cluster[0].token_of(commit), Token{});
  cluster.transact(0, [](Transaction& tx) {
    tx.put(milk, "v");
    tx.clear(milk);
  });
  EXPECT_EQ(cluster[0].records(), records);
  EXPECT_TRUE(cluster[0].store().clock().empty());
}

TEST(TransactionLimits, StampsRiseEvenIfTheWallClockStandsStill) {
  Cluster cluster(1);
  std::vector<HybridTime> stamps;
  for (int i = 0; i < 3; ++i) {
    cluster.transact(0, [&](Transaction& tx) { stamps.push_back(tx.now()); });
  }
  EXPECT_LT(stamps[0], stamps[1]);
  EXPECT_LT(stamps[1], stamps[2]);
}

}  // namespace
}  // namespace rejoin::testing
