// Scenarios of sets and flags.

#include <gtest/gtest.h>

#include <string>

#include "crdt/aw_set.hpp"
#include "crdt/flags.hpp"
#include "crdt/rw_set.hpp"
#include "tests/laws/scenarios.hpp"

namespace rejoin {
namespace {

using Words = AwSet<std::string>;
using List = std::vector<std::string>;
const ReplicaId a(1);
const ReplicaId b(2);
const ReplicaId c(3);

void present_on_both_sides_yet_removed() {
  Words at_a;
  Words at_b;
  at_a.add(a, "z");
  const Words copy = at_a;
  at_a.remove(a, "z");
  at_b.add(b, "z");
  at_a.merge(at_b);
  at_b.remove(b, "z");
  EXPECT_TRUE(joined(joined(at_a, copy), at_b).empty());
  EXPECT_TRUE(joined(joined(copy, at_b), at_a).empty());
}

void no_dots_left_is_no_element() {
  Words at_a;
  Words at_b;
  at_a.add(a, "z");
  at_b.add(b, "z");
  const Words copy = at_a;
  at_a.remove(a, "z");
  at_a.merge(at_b);
  at_b.remove(b, "z");
  at_b.merge(copy);
  const Words all = joined(joined(at_a, at_b), copy);
  EXPECT_TRUE(all.empty());
  EXPECT_EQ(all.size(), 0u);
}

void dominated_context_is_no_short_cut() {
  Words at_a;
  Words at_b;
  at_a.add(a, "bar");
  at_b.add(b, "baz");
  const Words both = joined(at_a, at_b);
  at_a.remove(a, "bar");
  EXPECT_EQ(joined(at_a, both).elements(), List{"baz"});
  EXPECT_EQ(joined(both, at_a).elements(), List{"baz"});
}

void enables_that_all_were_taken_back_leave_the_flag_off() {
  EwFlag at_a;
  EwFlag at_b;
  at_a.enable(a);
  at_b.enable(b);
  const EwFlag copy = at_a;
  at_a.disable(a);
  at_a.merge(at_b);
  at_b.disable(b);
  EXPECT_FALSE(joined(joined(copy, at_a), at_b).value());
}

void element_added_by_two_at_once_stays() {
  AwSet<int> at_a;
  AwSet<int> at_b;
  at_a.add(a, 4);
  at_b.add(b, 4);
  EXPECT_TRUE(joined(at_a, at_b).contains(4));
  EXPECT_TRUE(joined(at_b, at_a).contains(4));
}

// What a writer sends that adds two elements, and removes the second.
struct Sent {
  Words first, second, removal;
  Sent() {
    Words writer;
    first = writer.add(a, "x");
    second = writer.add(a, "y");
    removal = writer.remove(a, "y");
  }
};

void removal_ahead_of_its_add_goes_on_with_full_states() {
  const Sent sent;
  const Words at_b = joined(Words(), sent.removal);
  Words at_c = joined(Words(), at_b);
  at_c.merge(sent.second);
  EXPECT_TRUE(at_c.empty());
}

void removal_ahead_of_its_add_counts_when_the_adds_delta_comes() {
  const Sent sent;
  EXPECT_TRUE(joined(joined(Words(), sent.removal), sent.second).empty());
}

void removal_takes_only_the_adds_that_it_saw() {
  Words at_a;
  at_a.add(a, "x");
  Words at_b = at_a;
  const Words removal = at_b.remove(b, "x");
  Words at_c;
  at_c.add(c, "x");
  EXPECT_TRUE(joined(at_c, removal).contains("x"));
}

void removal_and_add_in_one_group_end_with_the_element() {
  Words writer;
  writer.add(a, "baz");
  const Words start = writer;
  Words group = writer.remove(a, "baz");
  group.merge(writer.add(a, "baz"));
  EXPECT_EQ(joined(start, group).elements(), List{"baz"});
}

void clear_of_several_elements_is_a_state_that_decodes() {
  RwSet<std::string> set;
  set.add(a, "x");
  set.add(a, "y");
  set.clear(a);
  EXPECT_TRUE(decoded<RwSet<std::string>>(encoded(set)));
}

void element_removed_by_a_merge_does_not_come_back_with_an_old_state() {
  Words at_a;
  at_a.add(a, "x");
  const Words old = at_a;
  Words at_b = at_a;
  at_a.remove(a, "x");
  at_b.merge(at_a);
  at_b.merge(old);
  EXPECT_TRUE(at_b.empty());
}

void delta_holds_only_its_own_operation() {
  Words set;
  set.add(a, "x");
  EXPECT_EQ(set.add(a, "y").elements(), List{"y"});
}

void context_claims_only_what_came() {
  Words writer;
  Words observer = joined(Words(), writer.add(a, "a"));
  const Words missed = writer.add(a, "b");
  observer.merge(writer.add(a, "c"));
  EXPECT_EQ(observer.elements(), (List{"a", "c"}));
  EXPECT_EQ(joined(observer, missed).elements(), (List{"a", "b", "c"}));
  EXPECT_EQ(joined(observer, writer).elements(), (List{"a", "b", "c"}));
  EXPECT_EQ(joined(writer, observer).elements(), (List{"a", "b", "c"}));
}

void removal_of_what_never_came_counts_when_it_comes() {
  const Sent sent;
  const Words old = joined(sent.first, sent.second);
  EXPECT_EQ(joined(joined(Words(), sent.removal), old).elements(), List{"x"});
}

void bytes_do_not_tell_the_order_of_arrival() {
  AwSet<int> at_a;
  AwSet<int> at_b;
  for (int i = 0; i < 5; ++i) at_a.add(a, i);
  for (int i = 5; i < 10; ++i) at_b.add(b, i);
  EXPECT_EQ(encoded(joined(at_a, at_b)), encoded(joined(at_b, at_a)));
}

void copy_goes_on_under_its_own_id() {
  Words at_a;
  at_a.add(a, "x");
  Words at_b = at_a;
  at_a.add(a, "y");
  at_b.add(b, "z");
  EXPECT_EQ(joined(at_a, at_b).elements(), (List{"x", "y", "z"}));
  EXPECT_EQ(joined(at_b, at_a).elements(), (List{"x", "y", "z"}));
}

}  // namespace

std::vector<Scenario> set_scenarios() {
  return {
      {"b01_kept_by_both", "PresentOnBothSidesYetRemoved", present_on_both_sides_yet_removed},
      {"b02_no_dots_left", "NoDotsLeftIsNoElement", no_dots_left_is_no_element},
      {"b03_dominated", "DominatedContextIsNoShortCut", dominated_context_is_no_short_cut},
      {"b04_both_enabled", "EnablesThatAllWereTakenBackLeaveTheFlagOff",
       enables_that_all_were_taken_back_leave_the_flag_off},
      {"b05_whole_clocks", "ElementAddedByTwoAtOnceStays", element_added_by_two_at_once_stays},
      {"b06_deferred_dropped", "RemovalAheadOfItsAddGoesOnWithFullStates",
       removal_ahead_of_its_add_goes_on_with_full_states},
      {"b07_deferred_not_applied", "RemovalAheadOfItsAddCountsWhenTheAddsDeltaComes",
       removal_ahead_of_its_add_counts_when_the_adds_delta_comes},
      {"b09_remove_unobserved", "RemovalTakesOnlyTheAddsThatItSaw",
       removal_takes_only_the_adds_that_it_saw},
      {"b10_batch_reordered", "RemovalAndAddInOneGroupEndWithTheElement",
       removal_and_add_in_one_group_end_with_the_element},
      {"b15_one_dot_two_fields", "ClearOfSeveralElementsIsAStateThatDecodes",
       clear_of_several_elements_is_a_state_that_decodes},
      {"b17_context_goes_along", "ElementRemovedByAMergeDoesNotComeBackWithAnOldState",
       element_removed_by_a_merge_does_not_come_back_with_an_old_state},
      {"b19_delta_not_reset", "DeltaHoldsOnlyItsOwnOperation", delta_holds_only_its_own_operation},
      {"b37_bare_maximum", "ContextClaimsOnlyWhatCame", context_claims_only_what_came},
      {"b43_remove_before_add", "RemovalOfWhatNeverCameCountsWhenItComes",
       removal_of_what_never_came_counts_when_it_comes},
      {"b44_table_order", "BytesDoNotTellTheOrderOfArrival",
       bytes_do_not_tell_the_order_of_arrival},
      {"b51_two_with_one_id", "CopyGoesOnUnderItsOwnId", copy_goes_on_under_its_own_id},
  };
}

}  // namespace rejoin
