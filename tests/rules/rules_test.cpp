// The store rules hold in every random history, and each of them is needed: left out, some history
// goes wrong.
//
// Seeds are tried from 0, so the first wrong one is the same everywhere. To look at a failure:
// play(seed, variant).
#include <gtest/gtest.h>

#include <cstdint>
#include <iostream>
#include <optional>
#include <string>
#include <string_view>

#include "tests/rules/history.hpp"
#include "tests/rules/model.hpp"

namespace rejoin::rules {
namespace {

// Tries seeds 0, 1, ... below `seeds` until a history goes wrong. `broken` says which rule the
// variant leaves out.
void expect_found_wrong(Variant variant, std::string_view broken, std::uint64_t seeds) {
  for (std::uint64_t seed = 0; seed < seeds; ++seed) {
    if (const auto wrong = play(seed, variant)) {
      std::cout << "  " << to_string(variant) << ", without " << broken << "\n  seed " << seed
                << " goes wrong " << *wrong << "\n";
      return;
    }
  }
  FAIL() << "no history of " << seeds << " went wrong without " << broken;
}

TEST(Rules, KeptHoldInEveryHistory) {
  for (std::uint64_t seed = 0; seed < 10'000; ++seed) {
    const auto wrong = play(seed, Variant::rules);
    ASSERT_FALSE(wrong) << "seed " << seed << " goes wrong " << *wrong;
  }
}

TEST(Rules, EntryWithDotsInRemovalsIsNoDuplicate) {
  expect_found_wrong(Variant::skip_by_removals,
                     "rule 1: an entry is a duplicate only if its dots are all in D", 200);
}

TEST(Rules, ValueWithItsDotInClockStaysRemoved) {
  expect_found_wrong(Variant::only_removals,
                     "rule 1: a value whose dot is in D or R does not enter M", 200);
}

TEST(Rules, DotIsNeverUnderTwoSlots) {
  expect_found_wrong(Variant::shared_dot, "section 4: each slot given a value takes its own dot",
                     200);
}

TEST(Rules, SupersededEntryIsJoinedAndNotDropped) {
  expect_found_wrong(Variant::drop, "rule 3: compaction keeps the removals of the older entry",
                     1000);
}

TEST(Rules, JoinKeepsEveryValueThatNeitherEntryRemoved) {
  expect_found_wrong(Variant::newest_only, "rule 3: a join keeps concurrent values of a slot", 200);
}

TEST(Rules, ARepairIsTakenAllAtOnce) {
  expect_found_wrong(Variant::one_by_one, "rule 4: slots are taken together, with the claim", 200);
}

TEST(Rules, ARepairBringsSlotsAsTheyWereAtTheCut) {
  expect_found_wrong(Variant::sent_as_now, "rule 4: slots are those of the cut, not newer", 200);
}

TEST(Rules, CutIsTakenBeforeDigestIsShown) {
  expect_found_wrong(Variant::late_cut, "rule 4: the cut is no later than the first digest", 200);
}

TEST(Rules, CutIsClaimedOnlyAtTheEnd) {
  expect_found_wrong(Variant::early_claim, "rule 4: D gains the cut at the end, and only then", 50);
}

TEST(Rules, CutIsClaimedWithItsRemovals) {
  expect_found_wrong(Variant::forget_removals, "rule 4: at the end R gains the sender's R", 1000);
}

TEST(Rules, SeveralDonorsGiveTheIntersectionOfTheirClocks) {
  expect_found_wrong(Variant::donor_union, "rule 4: D gains only what every donor had merged", 500);
}

TEST(Rules, BatchedRemovalTakesOnlyWhatItsCallerSaw) {
  expect_found_wrong(Variant::late_observe,
                     "rule 6: an operation removes the dots live when it ran, not at the flush",
                     200);
}

// The wrong seeds of all variants, folded to one number. Another number from another compiler means
// that something unspecified reached a decision; a change of the generator or a rule changes it
// too.
TEST(Rules, WrongSeedsAreTheSameWithEveryCompiler) {
  std::uint64_t fold = 0;
  for (std::uint64_t variant = 0; variant <= static_cast<std::uint64_t>(Variant::late_observe);
       ++variant) {
    for (std::uint64_t seed = 0; seed < 300; ++seed) {
      if (!play(seed, static_cast<Variant>(variant))) continue;
      fold = Random(fold ^ (variant * 1000 + seed)).next();
    }
  }
  EXPECT_EQ(fold, 15373382070652615283U);
}

TEST(RulesStore, RemovalThatComesFirstKeepsItsValueOut) {
  const Entry add{{{1, 1}}, {{"x", {1, 1}}}, {}};
  const Entry remove{{{2, 1}}, {}, {{"x", {1, 1}}}};
  Store store;

  store.merge(remove);
  EXPECT_EQ(store.removals(), (Dots{{1, 1}}));
  EXPECT_TRUE(store.merge(add));

  EXPECT_TRUE(store.slots().empty());
  EXPECT_EQ(store.clock(), (Dots{{1, 1}, {2, 1}}));
  EXPECT_TRUE(store.removals().empty());
  EXPECT_FALSE(store.merge(add));
}

TEST(RulesStore, ConcurrentValuesOfOneSlotBothLive) {
  Store store;

  store.merge({{{1, 1}}, {{"x", {1, 1}}}, {}});
  store.merge({{{2, 1}}, {{"x", {2, 1}}}, {}});

  EXPECT_EQ(store.at("x"), (Dots{{1, 1}, {2, 1}}));
}

TEST(RulesStore, InterruptedRepairChangesNothing) {
  Store store;
  const Session session = store.open_session({{{1, 1}, {1, 2}}, {}});

  store.keep_object(session, "x", {{1, 2}});
  store.close_session(session);

  EXPECT_TRUE(store.slots().empty());
  EXPECT_TRUE(store.clock().empty());
}

TEST(RulesStore, ValueThatCameDuringARepairIsHeldAgainstItsCutAtTheEnd) {
  const Entry late{{{1, 1}, {1, 2}}, {{"x", {1, 1}}, {"y", {1, 2}}}, {}};
  const Cut cut{{{1, 1}, {1, 2}, {1, 3}}, {}};
  Store store;
  const Session session = store.open_session(cut);
  store.keep_object(session, "x", {{1, 3}});
  store.keep_object(session, "y", {{1, 2}});

  store.merge(late);
  EXPECT_EQ(store.at("x"), (Dots{{1, 1}}));

  store.finish({session}, cut);
  EXPECT_EQ(store.at("x"), (Dots{{1, 3}}));
  EXPECT_EQ(store.at("y"), (Dots{{1, 2}}));
}

TEST(RulesEntry, JoinIsIdempotentCommutativeAndAssociative) {
  const Entry a{{{1, 1}}, {{"x", {1, 1}}}, {}};
  const Entry b{{{2, 1}}, {{"x", {2, 1}}}, {{"x", {1, 1}}}};
  const Entry c{{{3, 1}}, {{"y", {3, 1}}}, {{"x", {2, 1}}}};

  EXPECT_EQ(join(a, a), a);
  EXPECT_EQ(join(a, b), join(b, a));
  EXPECT_EQ(join(join(a, b), c), join(a, join(b, c)));
  EXPECT_EQ(join(join(a, b), c).values, (Values{{"y", {3, 1}}}));
}

TEST(RulesLedger, NamesWhatIsWrong) {
  const Entry add{{{1, 1}}, {{"x", {1, 1}}}, {}};
  Ledger ledger;
  ledger.record(add, {});
  Store lost;
  lost.adopt({{{1, 1}}, {}});
  Store kept;
  kept.merge(add);

  EXPECT_EQ(ledger.violation(lost), "x@1:1 is not live: its entry is in D, and nobody removed it");
  EXPECT_EQ(ledger.violation(kept), std::nullopt);
}

}  // namespace
}  // namespace rejoin::rules
