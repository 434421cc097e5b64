// The log of entries (rule 3): what it reaches, what it gives, what it forgets, and that joining is
// the only way in which it shrinks entries.

#include "net/log.hpp"

#include <gtest/gtest.h>

#include <algorithm>
#include <string>
#include <vector>

#include "tests/unit/net/made.hpp"

namespace rejoin::testing {
namespace {

constexpr std::uint64_t large = 1'000'000;
const SlotKey milk = slot("milk");
const SlotKey eggs = slot("eggs");

std::vector<Entry> entries_of(const EntryLog& log, const CausalContext& wanted,
                              std::uint64_t bytes_max = large) {
  std::vector<Entry> out;
  for (const Entry* entry : log.collect(wanted, bytes_max)) out.push_back(*entry);
  return out;
}

// What a store that merges all of the log holds.
std::string replayed(const EntryLog& log) {
  Store store;
  for (const Entry& entry : entries_of(log, log.dots())) merge(store, entry);
  return store.canonical();
}

TEST(EntryLog, ReachesTheDotsWhoseEntriesItHolds) {
  EntryLog log(large);
  EXPECT_TRUE(log.dots().empty());
  log.append(made({a, 3}).puts(milk).puts(eggs));
  log.append(made({b, 1}).puts(milk));
  EXPECT_EQ(log.dots(), clock_of({{a, 3}, {a, 4}, {b, 1}}));
  EXPECT_FALSE(log.dots().covers(upto(a, 4)));
}

TEST(EntryLog, GivesEachWantedEntryOnceAndOldestFirst) {
  EntryLog log(large);
  const Entry first = made({b, 1}).puts(milk).puts(eggs);
  const Entry second = made({a, 1}).puts(milk);
  const Entry third = made({b, 3}).puts(eggs);
  for (const Entry& entry : {first, second, third}) log.append(entry);
  EXPECT_EQ(entries_of(log, log.dots()), (std::vector<Entry>{first, second, third}));
  EXPECT_EQ(entries_of(log, clock_of({{b, 2}})), (std::vector<Entry>{first}));
  EXPECT_EQ(entries_of(log, clock_of({{a, 1}, {b, 3}})), (std::vector<Entry>{second, third}));
  EXPECT_TRUE(entries_of(log, clock_of({{c, 1}, {a, 2}})).empty());
}

TEST(EntryLog, StopsBeforeTheBytesWantedArePassedButGivesAtLeastOne) {
  EntryLog log(large);
  for (std::uint64_t i = 1; i <= 10; ++i) log.append(made({a, i}).puts(milk));
  const std::uint64_t one = log.bytes() / 10;
  EXPECT_EQ(entries_of(log, log.dots(), 0).size(), 1U);
  EXPECT_EQ(entries_of(log, log.dots(), 3 * one).size(), 3U);
  EXPECT_EQ(entries_of(log, log.dots(), 3 * one + 1).size(), 3U);
}

TEST(EntryLog, OldestEntriesGoFirstAndNoLongerReach) {
  EntryLog one(large);
  one.append(made({a, 1}).puts(milk));
  EntryLog log(3 * one.bytes());
  for (std::uint64_t i = 1; i <= 5; ++i) log.append(made({a, i}).puts(milk));
  EXPECT_EQ(log.size(), 3U);
  EXPECT_LE(log.bytes(), 3 * one.bytes());
  EXPECT_EQ(log.dots(), clock_of({{a, 3}, {a, 4}, {a, 5}}));
  EXPECT_TRUE(entries_of(log, upto(a, 2)).empty());
}

TEST(EntryLog, WithoutRoomHoldsNothingAndClaimsNothing) {
  EntryLog log(0);
  log.append(made({a, 1}).puts(milk));
  EXPECT_EQ(log.size(), 0U);
  EXPECT_EQ(log.bytes(), 0U);
  EXPECT_TRUE(log.dots().empty());
}

TEST(EntryLog, ASupersededEntryIsJoinedAndItsRemovalsSurvive) {
  EntryLog log(large);
  log.append(made({b, 1}).puts(eggs));
  log.append(made({a, 1}).puts(milk, "one").removes(eggs, {b, 1}));
  log.append(made({a, 2}).puts(milk, "two").removes(milk, {a, 1}));
  // One entry with all dots and all removals, and one value.
  ASSERT_EQ(log.size(), 1U);
  const Entry joined = entries_of(log, log.dots()).front();
  CausalContext dots = upto(a, 2);
  dots.merge(upto(b, 1));
  EXPECT_EQ(joined.dots, dots);
  EXPECT_EQ(log.dots(), dots);
  EXPECT_EQ(joined.removed(), clock_of({{a, 1}, {b, 1}}));
  EXPECT_EQ(joined.puts, (std::vector<Put>{{milk, {a, 2}, "two"}}));
  EXPECT_EQ(log.bytes(), joined.bytes());
  // Asked for any of its dots, it comes.
  EXPECT_EQ(entries_of(log, upto(b, 1)), (std::vector<Entry>{joined}));
}

TEST(EntryLog, ManyWritesOfOneSlotTakeTheRoomOfOne) {
  EntryLog log(large);
  Store store;
  for (std::uint64_t i = 1; i <= 500; ++i) {
    Making entry = made({a, i}).puts(milk, std::to_string(i));
    if (i > 1) entry.removes(milk, {a, i - 1});
    merge(store, entry);
    log.append(entry);
  }
  EXPECT_EQ(log.size(), 1U);
  EXPECT_LT(log.bytes(), 400U);
  EXPECT_EQ(replayed(log), store.canonical());
}

TEST(EntryLog, AnEntryWithAValueLeftStaysAnEntryOfItsOwn) {
  EntryLog log(large);
  log.append(made({a, 1}).puts(milk).puts(eggs));
  log.append(made({b, 1}).bare().removes(milk, {a, 1}));
  EXPECT_EQ(log.size(), 2U);
  log.append(made({b, 2}).bare().removes(eggs, {a, 2}));
  EXPECT_EQ(log.size(), 3U) << "milk's value would ride along: joining does not pay";
}

TEST(EntryLog, AValueThatTwoEntriesRemovedCountsOnce) {
  EntryLog log(large);
  log.append(made({a, 1}).puts(milk).puts(eggs));
  log.append(made({b, 1}).bare().removes(milk, {a, 1}));
  log.append(made({c, 1}).bare().removes(milk, {a, 1}));
  EXPECT_EQ(log.size(), 3U) << "the value under eggs is left";
}

TEST(EntryLog, WritesOfTwoSlotsInTurnAreNotJoinedIntoOneThatGrows) {
  EntryLog log(large);
  Store store;
  std::uint64_t longest = 0;
  for (std::uint64_t i = 1; i <= 500; ++i) {
    Making entry = made({a, i}).puts(i % 2 == 0 ? milk : eggs, std::to_string(i));
    if (i > 2) entry.removes(i % 2 == 0 ? milk : eggs, {a, i - 2});
    merge(store, entry);
    log.append(entry);
  }
  for (const Entry& entry : entries_of(log, log.dots())) {
    longest = std::max(longest, entry.bytes());
  }
  EXPECT_LT(longest, 300U);
  EXPECT_EQ(replayed(log), store.canonical());
}

TEST(EntryLog, ALongEntryIsNotJoined) {
  EntryLog log(large);
  log.append(made({a, 1}).puts(milk, std::string(EntryLog::joined_bytes_max, '1')));
  log.append(made({a, 2}).puts(milk, "2").removes(milk, {a, 1}));
  EXPECT_EQ(log.size(), 2U);
}

TEST(EntryLog, AnEntryThatOverlapsAnotherKeepsBothReachable) {
  EntryLog log(large);
  const Entry first = made({a, 1}).puts(milk);
  const Entry second = made({a, 2}).puts(eggs);
  log.append(first);
  log.append(join(first, second));
  EXPECT_EQ(log.dots(), upto(a, 2));
  EXPECT_EQ(entries_of(log, clock_of({{a, 2}})), (std::vector<Entry>{join(first, second)}));
  Store store;
  merge(store, first);
  merge(store, second);
  EXPECT_EQ(replayed(log), store.canonical());
}

TEST(EntryLog, ADuplicateDoesNotTakeTheReachAway) {
  EntryLog log(large);
  const Entry entry = made({a, 1}).puts(milk);
  log.append(entry);
  log.append(entry);
  EXPECT_EQ(log.dots(), upto(a, 1));
  // Superseded, they go into one.
  log.append(made({a, 2}).puts(milk).removes(milk, {a, 1}));
  EXPECT_EQ(log.dots(), upto(a, 2));
  Store store;
  merge(store, entry);
  merge(store, made({a, 2}).puts(milk).removes(milk, {a, 1}));
  EXPECT_EQ(replayed(log), store.canonical());
}

TEST(EntryLog, ARemovalThatComesBeforeItsValueKeepsBoth) {
  EntryLog log(large);
  const Entry removal = made({b, 1}).bare().removes(milk, {a, 1});
  const Entry value = made({a, 1}).puts(milk).removes(eggs, {c, 1});
  log.append(removal);
  log.append(value);
  EXPECT_EQ(log.dots(), clock_of({{a, 1}, {b, 1}}));
  Store store;
  merge(store, removal);
  merge(store, value);
  EXPECT_EQ(replayed(log), store.canonical());
}

TEST(EntryLog, ARangeOfDotsThatBeginsInsideAnEntryFindsIt) {
  EntryLog log(large);
  Making many = made({a, 1});
  for (int i = 0; i < 5; ++i) many.puts(slot(std::to_string(i)));
  log.append(many);
  log.append(made({a, 6}).puts(milk));
  CausalContext wanted;
  wanted.add(a, {3, 6});
  EXPECT_EQ(entries_of(log, wanted).size(), 2U);
  // A removal of a run of dots reaches every entry that holds one of them.
  Making removal = made({b, 1}).bare();
  removal.removals.push_back({slot("2"), a, {3, 3}});
  removal.removals.push_back({milk, a, {6, 6}});
  log.append(removal);
  EXPECT_EQ(log.size(), 2U) << "the entry of milk is joined, the one with four values left is not";
}

}  // namespace
}  // namespace rejoin::testing
