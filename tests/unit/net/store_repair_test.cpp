// Repair without the log (rules 2 and 4): the leaf rule per slot under a cut, taken and claimed all
// at once at the end; and what a donor sends, as it was at its cut.

#include <gtest/gtest.h>

#include <optional>
#include <string>
#include <vector>

#include "net/store.hpp"
#include "tests/unit/net/made.hpp"

namespace rejoin::testing {
namespace {

const SlotKey milk = slot("milk");
const SlotKey eggs = slot("eggs");
const SlotKey tea = slot("tea");

SlotState holding(const SlotKey& where, const std::vector<Dot>& dots) {
  SlotState out{where, {}};
  for (const Dot& dot : dots) out.fragments.push_back({dot, true, "v"});
  return out;
}

TEST(LeafRule, ADotThatBothHoldStays) {
  Store store;
  merge(store, made({a, 1}).puts(milk));
  store.begin_repair(upto(a, 1), {});
  ASSERT_TRUE(apply(store, {holding(milk, {{a, 1}})}));
  EXPECT_EQ(live(store, milk), (Dots{{a, 1}}));
}

TEST(LeafRule, ADotHereThatTheCutHasAndTheDonorNotIsGone) {
  Store store;
  merge(store, made({a, 1}).puts(milk));
  store.begin_repair(upto(a, 1), {});
  ASSERT_TRUE(apply(store, {holding(milk, {})}));
  EXPECT_TRUE(live(store, milk).empty());
}

TEST(LeafRule, ADotHereThatOnlyTheRemovalsOfTheCutHaveIsGone) {
  Store store;
  merge(store, made({a, 1}).puts(milk));
  store.begin_repair({}, clock_of({{a, 1}}));
  ASSERT_TRUE(apply(store, {}));
  EXPECT_TRUE(live(store, milk).empty());
}

TEST(LeafRule, ADotHereThatTheCutHasNeverSeenStays) {
  Store store;
  merge(store, made({a, 1}).puts(milk));
  store.begin_repair(upto(b, 9), {});
  ASSERT_TRUE(apply(store, {holding(milk, {{b, 1}})}));
  EXPECT_EQ(live(store, milk), (Dots{{a, 1}, {b, 1}}));
}

TEST(LeafRule, ADotThereThatThisStoreHasRemovedDoesNotComeBack) {
  Store store;
  merge(store, made({a, 1}).puts(milk));
  merge(store, made({a, 2}).bare().removes(milk, {a, 1}));
  merge(store, made({a, 3}).bare().removes(eggs, {b, 1}));
  ASSERT_EQ(store.removed(), clock_of({{b, 1}}));
  CausalContext cut = upto(a, 1);
  cut.merge(upto(b, 1));
  store.begin_repair(cut, {});
  ASSERT_TRUE(apply(store, {holding(eggs, {{b, 1}}), holding(milk, {{a, 1}})}));
  EXPECT_TRUE(live(store, milk).empty());
  EXPECT_TRUE(live(store, eggs).empty());
}

TEST(LeafRule, ASlotThatTheDonorDoesNotHaveIsEmptyThere) {
  Store store;
  merge(store, made({a, 1}).puts(eggs).puts(milk).puts(slot("x", "other")));
  store.begin_repair(upto(a, 3), {});
  const auto changed = apply(store, {holding(milk, {{a, 2}})});
  ASSERT_TRUE(changed);
  EXPECT_EQ(live(store, milk), (Dots{{a, 2}}));
  EXPECT_EQ(store.live_count(), 1U);
  // What changed is told with what it is now, for the disk.
  EXPECT_EQ(*changed, (std::vector<SlotState>{{eggs, {}}, {slot("x", "other"), {}}}));
}

TEST(StoreRepair, ChunksAreTakenTogetherAtTheEnd) {
  Store store;
  merge(store, made({a, 1}).puts(eggs).puts(milk).puts(tea));
  store.begin_repair(upto(a, 4), {});
  const std::string before = store.canonical();
  ASSERT_TRUE(apply(store, {}, milk));
  ASSERT_TRUE(apply(store, {holding(milk, {{a, 2}, {a, 4}})}, tea));
  EXPECT_EQ(store.canonical(), before);
  ASSERT_TRUE(apply(store, {}));
  EXPECT_TRUE(live(store, eggs).empty());
  EXPECT_EQ(live(store, milk), (Dots{{a, 2}, {a, 4}}));
  EXPECT_TRUE(live(store, tea).empty());
  EXPECT_EQ(store.clock(), upto(a, 4));
}

TEST(StoreRepair, ASlotOutsideItsRangeIsRefusedAndChangesNothing) {
  Store store;
  merge(store, made({a, 1}).puts(eggs).puts(milk).puts(tea));
  store.begin_repair(upto(a, 3), {});
  const std::string before = store.canonical();
  const auto beyond = apply(store, {holding(eggs, {}), holding(milk, {})}, milk);
  ASSERT_FALSE(beyond);
  EXPECT_EQ(beyond.error().code, ErrorCode::malformed);
  EXPECT_EQ(store.canonical(), before);

  ASSERT_TRUE(apply(store, {holding(eggs, {{a, 1}})}, milk));
  const auto behind = apply(store, {holding(eggs, {}), holding(milk, {})});
  ASSERT_FALSE(behind);
  EXPECT_EQ(behind.error().code, ErrorCode::malformed);
  EXPECT_EQ(store.canonical(), before);
}

TEST(StoreRepair, AChunkThatLacksAValueUnknownHereIsRefusedAndChangesNothing) {
  Store store;
  merge(store, made({a, 1}).puts(eggs));
  store.begin_repair(upto(a, 2), {});
  const std::string before = store.canonical();
  SlotState lacking{milk, {{{a, 2}, false, ""}}};
  const auto refused = apply(store, {lacking});
  ASSERT_FALSE(refused);
  EXPECT_EQ(refused.error().code, ErrorCode::malformed);
  EXPECT_EQ(store.canonical(), before);
}

TEST(StoreRepair, AValueThatIsLiveHereNeedNotCome) {
  Store store;
  merge(store, made({a, 1}).puts(milk, "here"));
  store.begin_repair(upto(a, 1), {});
  SlotState without{milk, {{{a, 1}, false, ""}}};
  ASSERT_TRUE(apply(store, {without}));
  ASSERT_EQ(live(store, milk), (Dots{{a, 1}}));
  store.each_fragment(milk, [](const Dot&, std::string_view value) { EXPECT_EQ(value, "here"); });
}

TEST(StoreRepair, TheCutIsClaimedAtTheEnd) {
  Store store;
  store.begin_repair(upto(a, 3), clock_of({{b, 1}}));
  ASSERT_TRUE(apply(store, {holding(eggs, {{a, 1}})}, milk));
  EXPECT_TRUE(store.clock().empty());
  EXPECT_TRUE(store.removed().empty());
  ASSERT_TRUE(apply(store, {holding(tea, {{a, 3}})}));
  EXPECT_EQ(store.clock(), upto(a, 3));
  EXPECT_EQ(store.removed(), clock_of({{b, 1}}));
  EXPECT_FALSE(store.repairing());
}

TEST(StoreRepair, InterruptedItChangesNothing) {
  Store store;
  merge(store, made({b, 1}).puts(tea));
  const std::string before = store.canonical();
  store.begin_repair(upto(b, 2), clock_of({{a, 1}}));
  ASSERT_TRUE(apply(store, {holding(eggs, {{b, 2}})}, milk));
  store.abandon_repair();
  EXPECT_EQ(store.canonical(), before);
}

TEST(StoreRepair, AValueThatCameMeanwhileIsHeldAgainstTheCut) {
  Store store;
  store.begin_repair(upto(a, 3), {});
  ASSERT_TRUE(apply(store, {}, milk));
  // The donor's slot is empty; an entry that it has seen comes by another path.
  EXPECT_TRUE(merge(store, made({a, 1}).puts(eggs)));
  EXPECT_EQ(live(store, eggs), (Dots{{a, 1}}));
  // What the cut has not seen stays.
  EXPECT_TRUE(merge(store, made({a, 4}).puts(eggs)));
  ASSERT_TRUE(apply(store, {}));
  EXPECT_EQ(live(store, eggs), (Dots{{a, 4}}));
}

TEST(StoreRepair, WhatIsNewerThanTheCutIsLeftToItsEntry) {
  Store store;
  store.begin_repair(upto(a, 1), {});
  ASSERT_TRUE(apply(store, {holding(eggs, {{a, 1}, {a, 2}})}));
  EXPECT_EQ(live(store, eggs), (Dots{{a, 1}}));
}

TEST(StoreRepair, TheCutAtTheEndDoesNotBringBackWhatWasRemovedMeanwhile) {
  Store store;
  store.begin_repair(upto(a, 1), {});
  ASSERT_TRUE(apply(store, {holding(eggs, {{a, 1}})}, milk));
  merge(store, made({b, 1}).bare().removes(eggs, {a, 1}));
  ASSERT_TRUE(apply(store, {}));
  EXPECT_TRUE(live(store, eggs).empty());
  EXPECT_TRUE(store.removed().empty());
}

Store shelf() {
  Store store;
  Making entry = made({a, 1});
  for (const char* name : {"b", "a", "c"}) {
    for (const char* path : {"", "x", "y"}) entry.puts(slot(path, name), std::string(40, 'v'));
  }
  merge(store, entry);
  return store;
}

TEST(SlotsFrom, PagesAtEveryBoundaryGiveTheWhole) {
  const Store store = shelf();
  const std::vector<SlotState> whole = all_slots(store);
  ASSERT_EQ(whole.size(), 9U);
  for (std::uint64_t bytes_max = 0; bytes_max < 1'200; bytes_max += 7) {
    std::vector<SlotState> pages;
    std::optional<SlotKey> next;
    do {
      const std::optional<SlotKey> from = next;
      const auto page = store.slots_from(from, bytes_max, {}, next);
      ASSERT_FALSE(page.empty());
      ASSERT_TRUE(!from || page.front().slot == *from);
      ASSERT_TRUE(!next || page.back().slot < *next);
      pages.insert(pages.end(), page.begin(), page.end());
    } while (next);
    ASSERT_EQ(pages, whole) << bytes_max;
  }
}

TEST(SlotsFrom, StartsAtASlotThatIsGoneWithTheNextOne) {
  const Store store = shelf();
  std::optional<SlotKey> next;
  EXPECT_EQ(store.slots_from(slot("xx", "a"), UINT64_MAX, {}, next).front().slot, slot("y", "a"));
  EXPECT_EQ(store.slots_from(slot("z", "a"), UINT64_MAX, {}, next).front().slot, slot("", "b"));
  EXPECT_EQ(store.slots_from(slot("", "aa"), UINT64_MAX, {}, next).front().slot, slot("", "b"));
  EXPECT_TRUE(store.slots_from(slot("z", "c"), UINT64_MAX, {}, next).empty());
  EXPECT_FALSE(next);
}

TEST(SlotsFrom, LeavesOutValuesThatTheReceiverKnows) {
  const Store store = shelf();
  std::optional<SlotKey> next;
  std::uint64_t with_value = 0;
  for (const SlotState& state : store.slots_from({}, UINT64_MAX, upto(a, 4), next)) {
    for (const Fragment& fragment : state.fragments) {
      EXPECT_EQ(fragment.has_value, fragment.dot.sequence > 4);
      EXPECT_EQ(fragment.value.empty(), !fragment.has_value);
      with_value += fragment.has_value ? 1 : 0;
    }
  }
  EXPECT_EQ(with_value, 5U);
}

TEST(SlotsFrom, ACutStaysAsItWas) {
  Store store = shelf();
  const std::vector<SlotState> whole = all_slots(store);
  const auto cut = store.take_cut();
  // One slot is replaced, one emptied, one is new, and an object is gone.
  merge(store, made({b, 1}).puts(slot("x", "a")).removes(slot("x", "a"), {a, 5}));
  merge(store, made({b, 2}).bare().removes(slot("y", "a"), {a, 6}));
  merge(store, made({b, 3}).puts(slot("z", "d")));
  merge(store, made({b, 4})
                   .bare()
                   .removes(slot("", "c"), {a, 7})
                   .removes(slot("x", "c"), {a, 8})
                   .removes(slot("y", "c"), {a, 9}));
  ASSERT_NE(all_slots(store), whole);
  for (std::uint64_t bytes_max = 0; bytes_max < 1'200; bytes_max += 7) {
    std::vector<SlotState> pages;
    std::optional<SlotKey> next;
    do {
      const std::optional<SlotKey> from = next;
      const auto page = store.slots_from(from, bytes_max, {}, next, cut.get());
      pages.insert(pages.end(), page.begin(), page.end());
    } while (next);
    ASSERT_EQ(pages, whole) << bytes_max;
  }
}

TEST(SlotsFrom, OfACutWhatWasSentIsForgotten) {
  Store store = shelf();
  const auto cut = store.take_cut();
  merge(store, made({b, 1}).bare().removes(slot("", "a"), {a, 4}).removes(slot("", "c"), {a, 7}));
  EXPECT_EQ(cut->left.size(), 2U);
  cut->forget_before(slot("", "b"));
  EXPECT_EQ(cut->left.size(), 1U);
  merge(store, made({b, 2}).bare().removes(slot("x", "a"), {a, 5}));
  EXPECT_EQ(cut->left.size(), 1U);
}

TEST(SlotsFrom, FragmentsRiseByDotWhateverTheOrderOfArrival) {
  Store store;
  merge(store, made({c, 1}).puts(milk));
  merge(store, made({a, 2}).puts(milk));
  merge(store, made({b, 1}).puts(milk));
  EXPECT_EQ(all_slots(store), (std::vector<SlotState>{holding(milk, {{a, 2}, {b, 1}, {c, 1}})}));
}

}  // namespace
}  // namespace rejoin::testing
