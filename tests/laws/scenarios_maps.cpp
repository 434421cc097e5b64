// Scenarios of maps: what is removed whole while something within it changes.

#include <gtest/gtest.h>

#include <string>

#include "crdt/aw_set.hpp"
#include "crdt/multi_map.hpp"
#include "crdt/or_map.hpp"
#include "crdt/pn_counter.hpp"
#include "tests/laws/scenarios.hpp"

namespace rejoin {
namespace {

using Fields = OrMap<std::string, AwSet<std::string>>;
using List = std::vector<std::string>;
const ReplicaId a(1);
const ReplicaId b(2);

List in_field(const Fields& fields) { return fields.at("F").value(); }

void removal_ahead_of_its_add_outlives_the_key() {
  Fields writer;
  writer["F"].add(a, "stays");
  writer["F"].add(a, "goes");
  const Fields old = writer;
  Fields other;
  other.merge(writer["F"].remove(a, "goes"));
  other.remove(b, "F");
  EXPECT_EQ(in_field(joined(other, old)), List{"stays"});
}

void key_removed_while_another_adds_keeps_only_what_was_added() {
  Fields at_a;
  for (const char* element : {"a", "b", "c", "d"}) at_a["F"].add(a, element);
  Fields at_b = at_a;
  at_b["F"].add(b, "e");
  at_a.remove(a, "F");
  EXPECT_EQ(in_field(joined(at_a, at_b)), List{"e"});
  EXPECT_EQ(in_field(joined(at_b, at_a)), List{"e"});
}

void removed_key_need_not_be_added_again_to_be_reset() {
  Fields at_a;
  at_a["F"].add(a, "x");
  Fields at_b = at_a;
  at_b["F"].add(b, "y");
  at_a.remove(a, "F");
  EXPECT_EQ(in_field(joined(at_a, at_b)), List{"y"});
}

void removal_outlives_the_dot_that_came_after_it() {
  Fields at_a;
  at_a["F"].add(a, "0");
  Fields at_b = at_a;
  at_a.remove(a, "F");
  at_b["F"].add(b, "1");
  at_a.merge(at_b);
  EXPECT_EQ(in_field(at_a), List{"1"});
  at_b["F"].add(b, "2");
  at_a.merge(at_b);
  EXPECT_EQ(in_field(at_a), (List{"1", "2"}));
  EXPECT_EQ(joined(at_a, at_b), at_a);
}

void merging_maps_is_associative() {
  Fields at_a;
  at_a["F"].add(a, "0");
  Fields at_b = at_a;
  at_b["F"].add(b, "1");
  Fields at_c = at_a;
  at_c.remove(a, "F");
  EXPECT_EQ(in_field(joined(joined(at_c, at_a), at_b)), List{"1"});
  EXPECT_EQ(in_field(joined(at_c, joined(at_a, at_b))), List{"1"});
  EXPECT_EQ(in_field(joined(joined(at_b, at_c), at_a)), List{"1"});
}

void delta_of_a_removal_does_what_the_state_does() {
  MultiMap<std::string, std::string> at_a;
  at_a.add(a, "k", "A");
  auto at_b = at_a;
  at_b.add(b, "k", "B");
  at_a.merge(at_b);
  const auto removal = at_b.remove_all(b, "k");
  EXPECT_EQ(joined(at_a, removal), joined(at_a, at_b));
  EXPECT_FALSE(joined(at_a, removal).contains("k"));
}

void counter_in_a_map_counts_all_shares() {
  OrMap<std::string, PnCounter> at_a;
  OrMap<std::string, PnCounter> at_b;
  EXPECT_TRUE(at_a["k"].add(a, 5));
  EXPECT_TRUE(at_b["k"].add(b, 3));
  EXPECT_EQ(joined(at_a, at_b).at("k").value(), 8);
  EXPECT_EQ(joined(at_b, at_a).at("k").value(), 8);
}

}  // namespace

std::vector<Scenario> map_scenarios() {
  return {
      {"b08_deferred_inside", "RemovalAheadOfItsAddOutlivesTheKey",
       removal_ahead_of_its_add_outlives_the_key},
      {"b11_delete_without_context", "KeyRemovedWhileAnotherAddsKeepsOnlyWhatWasAdded",
       key_removed_while_another_adds_keeps_only_what_was_added},
      {"b12_reset_if_added_again", "RemovedKeyNeedNotBeAddedAgainToBeReset",
       removed_key_need_not_be_added_again_to_be_reset},
      {"b13_superseded_dot", "RemovalOutlivesTheDotThatCameAfterIt",
       removal_outlives_the_dot_that_came_after_it},
      {"b14_map_not_associative", "MergingMapsIsAssociative", merging_maps_is_associative},
      {"b18_delta_differs", "DeltaOfARemovalDoesWhatTheStateDoes",
       delta_of_a_removal_does_what_the_state_does},
      {"b21_wrong_join", "CounterInAMapCountsAllShares", counter_in_a_map_counts_all_shares},
  };
}

}  // namespace rejoin
