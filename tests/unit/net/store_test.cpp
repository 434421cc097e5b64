// What merging an entry does (rule 1), and what a store says of itself (rule 5). Repair is in
// store_repair_test.cpp; random histories beside the model are in tests/rules.

#include "net/store.hpp"

#include <gtest/gtest.h>

#include <algorithm>
#include <optional>
#include <string>
#include <vector>

#include "tests/unit/net/made.hpp"
#include "tests/unit/net/random_entries.hpp"

namespace rejoin::testing {
namespace {

const SlotKey milk = slot("milk");
const SlotKey eggs = slot("eggs");

TEST(Store, EmptyHasNeitherClockNorSlots) {
  const Store store;
  EXPECT_TRUE(store.clock().empty());
  EXPECT_TRUE(store.removed().empty());
  EXPECT_TRUE(store.objects().empty());
  EXPECT_EQ(store.canonical(), Store().canonical());
}

TEST(Store, ValuesOfAnEntryBecomeLiveAndItsDotsKnown) {
  Store store;
  std::set<ObjectKey> changed;
  EXPECT_TRUE(store.merge(made({a, 1}).puts(milk, "one").puts(eggs, "two"), &changed));
  EXPECT_EQ(live(store, milk), (Dots{{a, 1}}));
  EXPECT_EQ(live(store, eggs), (Dots{{a, 2}}));
  EXPECT_EQ(store.clock(), upto(a, 2));
  EXPECT_EQ(store.live_count(), 2U);
  EXPECT_EQ(store.value_bytes(), 6U);
  EXPECT_EQ(changed, (std::set<ObjectKey>{milk.object}));
}

TEST(Store, RemovedDotsLeaveTheSlotThatTheEntryNames) {
  Store store;
  merge(store, made({a, 1}).puts(milk).puts(eggs));
  merge(store, made({b, 1}).bare().removes(milk, {a, 1}));
  EXPECT_TRUE(live(store, milk).empty());
  EXPECT_EQ(live(store, eggs), (Dots{{a, 2}}));
  EXPECT_EQ(store.live_count(), 1U);
  EXPECT_EQ(store.value_bytes(), 1U);
}

TEST(Store, ConcurrentValuesOfASlotStandSideBySide) {
  Store store;
  merge(store, made({a, 1}).puts(milk));
  merge(store, made({b, 1}).puts(milk));
  EXPECT_EQ(live(store, milk), (Dots{{a, 1}, {b, 1}}));
}

TEST(Store, AWriteLeavesConcurrentValuesThatItDidNotSee) {
  Store store;
  merge(store, made({a, 1}).puts(milk));
  merge(store, made({b, 1}).puts(milk));
  merge(store, made({a, 2}).puts(milk).removes(milk, {a, 1}));
  EXPECT_EQ(live(store, milk), (Dots{{a, 2}, {b, 1}}));
}

TEST(Store, AnEntryWhoseDotsAreAllKnownIsADuplicateAndChangesNothing) {
  Store store;
  merge(store, made({a, 1}).puts(milk));
  merge(store, made({b, 1}).bare().removes(milk, {a, 1}));
  const std::string before = store.canonical();
  std::set<ObjectKey> changed;
  EXPECT_FALSE(store.merge(made({a, 1}).puts(milk), &changed));
  EXPECT_TRUE(changed.empty());
  EXPECT_EQ(store.canonical(), before);
}

TEST(Store, ARemovalThatComesFirstWaitsInRUntilItsEntryComes) {
  Store store;
  merge(store, made({b, 1}).bare().removes(milk, {a, 1}));
  EXPECT_EQ(store.removed(), clock_of({{a, 1}}));
  EXPECT_EQ(store.clock(), upto(b, 1));
  EXPECT_TRUE(merge(store, made({a, 1}).puts(milk).puts(eggs)));
  EXPECT_TRUE(live(store, milk).empty());
  EXPECT_EQ(live(store, eggs), (Dots{{a, 2}}));
  EXPECT_TRUE(store.removed().empty());
}

TEST(Store, AnEntryWhoseDotsAreOnlyInRStillCarriesItsRemovals) {
  Store store;
  merge(store, made({b, 1}).puts(eggs));
  merge(store, made({c, 1}).bare().removes(milk, {a, 1}));
  ASSERT_EQ(store.removed(), clock_of({{a, 1}}));
  // Its value was removed by another, and it removed an older one itself.
  EXPECT_TRUE(merge(store, made({a, 1}).puts(milk).removes(eggs, {b, 1})));
  EXPECT_TRUE(live(store, eggs).empty());
  EXPECT_TRUE(live(store, milk).empty());
}

TEST(Store, AValueWhoseDotIsKnownAndNotLiveStaysRemoved) {
  Store store;
  merge(store, made({a, 1}).puts(milk));
  merge(store, made({b, 1}).bare().removes(milk, {a, 1}));
  // Joined with a later entry it is no duplicate, and must not rise again.
  EXPECT_TRUE(merge(store, join(made({a, 1}).puts(milk), made({a, 2}).puts(eggs))));
  EXPECT_TRUE(live(store, milk).empty());
  EXPECT_EQ(live(store, eggs), (Dots{{a, 2}}));
}

TEST(Store, AValueThatItsOwnEntryRemovesDoesNotLive) {
  Store store;
  Making entry = made({a, 1}).puts(milk).puts(milk);
  merge(store, entry.removes(milk, {a, 1}));
  EXPECT_EQ(live(store, milk), (Dots{{a, 2}}));
  EXPECT_TRUE(store.removed().empty());
}

TEST(Store, AnObjectWithoutLiveDotsIsNotKept) {
  Store store;
  merge(store, made({a, 1}).puts(milk));
  merge(store, made({a, 2}).bare().removes(milk, {a, 1}));
  EXPECT_TRUE(store.objects().empty());
  EXPECT_EQ(store.live_count(), 0U);
  EXPECT_EQ(store.value_bytes(), 0U);
}

TEST(Store, OneNameWithTwoTypesIsTwoObjects) {
  Store store;
  const SlotKey other{{{7, 5}, "cart"}, "milk"};
  merge(store, made({a, 1}).puts(milk).puts(other));
  merge(store, made({a, 3}).bare().removes(milk, {a, 1}));
  EXPECT_TRUE(live(store, milk).empty());
  EXPECT_EQ(live(store, other), (Dots{{a, 2}}));
}

TEST(Store, PathsOfAPrefixRiseAndStopWhereItEnds) {
  Store store;
  merge(store, made({a, 1})
                   .puts(slot("b"))
                   .puts(slot("ab"))
                   .puts(slot("a"))
                   .puts(slot("ac", "carts"))
                   .puts(slot("aa")));
  std::vector<std::string> paths;
  const auto collect = [&](std::string_view path) { paths.emplace_back(path); };
  store.each_path(milk.object, "a", collect);
  EXPECT_EQ(paths, (std::vector<std::string>{"a", "aa", "ab"}));
  paths.clear();
  store.each_path(milk.object, "", collect);
  EXPECT_EQ(paths, (std::vector<std::string>{"a", "aa", "ab", "b"}));
  paths.clear();
  store.each_path(slot("", "nothing").object, "", collect);
  EXPECT_TRUE(paths.empty());
}

TEST(Store, AdoptedRemovalsLeaveRWhereTheClockHasThem) {
  Store store;
  store.adopt(upto(a, 2), clock_of({{a, 2}, {b, 1}}));
  EXPECT_EQ(store.clock(), upto(a, 2));
  EXPECT_EQ(store.removed(), clock_of({{b, 1}}));
  store.adopt(upto(b, 1), {});
  EXPECT_TRUE(store.removed().empty());
}

TEST(Store, ReplaceMakesASlotHoldExactlyThisAndKeepsTheClock) {
  Store store;
  merge(store, made({a, 1}).puts(milk, "old").puts(eggs));
  std::set<ObjectKey> changed;
  store.replace({milk, {{{b, 7}, true, "new"}}}, changed);
  EXPECT_EQ(live(store, milk), (Dots{{b, 7}}));
  EXPECT_EQ(live(store, eggs), (Dots{{a, 2}}));
  EXPECT_EQ(store.clock(), upto(a, 2));
  EXPECT_EQ(changed, (std::set<ObjectKey>{milk.object}));
  store.replace({milk, {}}, changed);
  EXPECT_TRUE(live(store, milk).empty());
  EXPECT_EQ(store.live_count(), 1U);
}

TEST(Store, SameSlotsSeesDotsAndValuesAndNotClocks) {
  Store one;
  Store other;
  merge(one, made({a, 1}).puts(milk));
  EXPECT_FALSE(one.same_slots(other));
  merge(other, made({b, 5}).bare());
  merge(other, made({a, 1}).puts(milk));
  EXPECT_TRUE(one.same_slots(other));
  EXPECT_NE(one.canonical(), other.canonical());
  Store third;
  merge(third, made({a, 1}).puts(milk, "another"));
  EXPECT_FALSE(one.same_slots(third));
}

// What one clock claims is there, in whatever order the entries came.
TEST(Store, BytesDoNotDependOnTheOrderOfArrival) {
  std::vector<Entry> entries = {
      made({b, 1}).puts(milk, "b1").puts(eggs, "b2"),
      made({a, 1}).puts(milk, "a1").removes(milk, {b, 1}),
      made({c, 1}).puts(slot("x", "far"), "c1").removes(eggs, {b, 2}),
      made({c, 2}).bare().removes(milk, {a, 1}),
      made({a, 2}).puts(milk, "a2").removes(milk, {a, 1}),
  };
  std::vector<std::size_t> order = {0, 1, 2, 3, 4};
  std::optional<std::string> bytes;
  do {
    Store store;
    for (const std::size_t i : order) merge(store, entries[i]);
    if (!bytes) bytes = store.canonical();
    ASSERT_EQ(store.canonical(), *bytes);
    ASSERT_EQ(live(store, milk), (Dots{{a, 2}}));
    ASSERT_EQ(store.live_count(), 2U);
  } while (std::next_permutation(order.begin(), order.end()));
}

TEST(Store, EntriesOfUnknownTypesConvergeLikeAnyOther) {
  test::Random random(7);
  const SlotKey strange{{{0xfffe, 0xfffffffe}, std::string("\0\xff", 2)}, random.bytes(9)};
  const Entry first = made({a, 1}).puts(strange, random.bytes(20));
  const Entry second = made({b, 1}).puts(strange, random.bytes(20)).removes(strange, {a, 1});
  Store one;
  Store other;
  merge(one, first);
  merge(one, second);
  merge(other, second);
  merge(other, first);
  EXPECT_EQ(one.canonical(), other.canonical());
  EXPECT_EQ(live(one, strange), (Dots{{b, 1}}));
}

}  // namespace
}  // namespace rejoin::testing
