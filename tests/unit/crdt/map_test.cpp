// Maps: what a removal takes and leaves, how deep a delta goes, and that a delta names one entry.

#include <gtest/gtest.h>

#include "crdt/aw_set.hpp"
#include "crdt/g_map.hpp"
#include "crdt/lww_map.hpp"
#include "crdt/lww_register.hpp"
#include "crdt/multi_map.hpp"
#include "crdt/or_map.hpp"
#include "crdt/pn_counter.hpp"
#include "crdt/resettable_counter.hpp"

namespace rejoin {
namespace {

using Text = std::string;
using Sets = OrMap<Text, AwSet<Text>>;
using Counts = OrMap<Text, OrMap<Text, PnCounter>>;

const ReplicaId a(1);
const ReplicaId b(2);

template <class T>
void exchange(T& one, T& other) {
  one.merge(other);
  other.merge(one);
  EXPECT_EQ(one, other);
}

TEST(OrMap, DeltaOfANestedChangeIsTheMapsAndLeadsToTheSamePlace) {
  Counts here;
  Counts there;
  there.merge(*here["north"]["tea"].add(a, 3));
  there.merge(*here["north"]["tea"].add(a, 4));
  EXPECT_EQ(there.at("north").at("tea").value(), 7);
  EXPECT_EQ(there, here);
}

TEST(OrMap, RemovalTakesWhatItSawAndLeavesWhatIsConcurrent) {
  Sets here;
  here["fruit"].add(a, "apple");
  Sets there = here;
  const Sets removal = here.remove(a, "fruit");
  there["fruit"].add(b, "pear");
  there.merge(removal);
  EXPECT_EQ(there.value(), (Sets::Value{{"fruit", {"pear"}}}));
  exchange(here, there);
  EXPECT_TRUE(here.contains("fruit"));
}

TEST(OrMap, ACountersShareThatIsConcurrentWithTheRemovalSurvivesWhole) {
  Counts here;
  ASSERT_TRUE(here["n"]["t"].add(a, 5));
  Counts there = here;
  ASSERT_TRUE(there["n"]["t"].add(b, 10));
  exchange(here, there);
  here.remove(a, "n");
  ASSERT_TRUE(there["n"]["t"].add(b, 1));
  exchange(here, there);
  EXPECT_EQ(here.at("n").at("t").value(), 11);  // b's share; a's was seen and taken
}

TEST(OrMap, AKeyGoesWithTheLastDotOfItsValue) {
  Sets map;
  map["fruit"].add(a, "apple");
  EXPECT_EQ(map.keys(), std::vector<Text>{"fruit"});
  map["fruit"].remove(a, "apple");
  EXPECT_TRUE(map.empty());
  EXPECT_FALSE(map.contains("fruit"));
  EXPECT_TRUE(map.at("fruit").empty());
}

TEST(OrMap, ReadingAMissingKeyGivesBottomAndAddsNothing) {
  Counts map;
  EXPECT_EQ(map["x"]["y"].value(), 0);
  EXPECT_EQ(map.at("x").size(), 0u);
  EXPECT_EQ(map, Counts());
}

TEST(OrMap, KeysComeInOrderAndInRanges) {
  OrMap<int, AwSet<int>> map;
  for (const int key : {300, -2, 7, 0, 12}) map[key].add(a, 1);
  EXPECT_EQ(map.keys(), (std::vector<int>{-2, 0, 7, 12, 300}));
  EXPECT_EQ(map.keys(0, 12), (std::vector<int>{0, 7}));
}

TEST(OrMap, TouchingOneEntryOfAHundredThousandSendsThatEntry) {
  Sets map;
  for (int i = 0; i < 100'000; ++i) map[std::to_string(i)].add(a, "x");
  const Sets add = map["500"].add(a, "y");
  const Sets removal = map.remove(a, "501");
  EXPECT_LT(encoded(add).size(), 64u);
  EXPECT_LT(encoded(removal).size(), 48u);
  EXPECT_EQ(add.value(), (Sets::Value{{"500", {"y"}}}));
}

TEST(OrMap, AHandleOwnsItsKey) {
  Sets map;
  auto fruit = map[Text("a key too long for the small string that libstdc++ has")];
  fruit.add(a, "apple");
  const Sets& read = map;
  const auto view = read.at(Text("a key too long for the small string that libstdc++ has"));
  EXPECT_TRUE(view.contains("apple"));
}

TEST(OrMap, AResetThatIsConcurrentWithANewShareAfterARemovalTakesNothingOfIt) {
  OrMap<Text, ResettableCounter> here;
  ASSERT_TRUE(here["k"].add(a, 5));
  auto there = here;
  there["k"].reset(b);
  here.remove(a, "k");
  ASSERT_TRUE(here["k"].add(a, 1));
  exchange(here, there);
  EXPECT_EQ(here.at("k").value(), 1);
}

TEST(GMap, KeepsItsKeysAndTheirTypesRules) {
  GMap<Text, LwwRegister<Text>> here;
  GMap<Text, LwwRegister<Text>> there;
  here["k"].set(At(a, 1), "first");
  there["k"].set(At(b, 2), "second");
  exchange(here, there);
  EXPECT_EQ(here.at("k").value(), "second");
  EXPECT_EQ(here.at("k").discarded(), std::vector<Text>{"first"});
}

TEST(LwwMap, TheLaterOfAWriteAndARemovalCounts) {
  LwwMap<Text, Text> here;
  here.set(At(a, 1), "k", "v");
  LwwMap<Text, Text> there = here;
  here.remove(At(a, 3), "k");
  there.set(At(b, 2), "k", "w");
  exchange(here, there);
  EXPECT_EQ(here.get("k"), std::nullopt);
  EXPECT_EQ(here.discarded("k"), std::vector<Text>{"w"});
  there.set(At(b, 1), "k", "x");  // it has seen the removal, so it beats it whatever its clock says
  exchange(here, there);
  EXPECT_EQ(here.get("k"), "x");
  EXPECT_TRUE(here.discarded("k").empty());
}

TEST(MultiMap, HoldsSetsOfValuesPerKey) {
  MultiMap<Text, int> here;
  here.add(a, "odd", 1);
  here.add(a, "odd", 3);
  MultiMap<Text, int> there = here;
  here.remove_all(a, "odd");
  there.add(b, "odd", 3);
  exchange(here, there);
  EXPECT_EQ(here.value(), (MultiMap<Text, int>::Value{{"odd", {3}}}));
  EXPECT_TRUE(here.contains("odd", 3));
  here.remove(a, "odd", 3);
  EXPECT_FALSE(here.contains("odd"));
}

}  // namespace
}  // namespace rejoin
