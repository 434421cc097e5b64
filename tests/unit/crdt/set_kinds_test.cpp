// What each kind of set does where an add meets a removal, and what it keeps of the loser.

#include <gtest/gtest.h>

#include <limits>

#include "crdt/flags.hpp"
#include "crdt/g_set.hpp"
#include "crdt/lww_set.hpp"
#include "crdt/rw_set.hpp"
#include "crdt/two_phase_set.hpp"

namespace rejoin {
namespace {

using Text = std::string;
using Elements = std::vector<Text>;

const ReplicaId a(1);
const ReplicaId b(2);

template <class T>
void exchange(T& one, T& other) {
  one.merge(other);
  other.merge(one);
  EXPECT_EQ(one, other);
}

TEST(RwSet, ConcurrentRemovalWinsEvenUnseen) {
  RwSet<Text> here;
  RwSet<Text> there;
  here.add(a, "milk");
  there.remove(b, "milk");
  exchange(here, there);
  EXPECT_FALSE(here.contains("milk"));
  EXPECT_EQ(here.discarded(), Elements{"milk"});
  here.add(a, "milk");  // it has seen the removal
  exchange(here, there);
  EXPECT_EQ(there.elements(), Elements{"milk"});
}

TEST(RwSet, ARepeatedRemovalBeatsAnAddThatSawOnlyTheFirst) {
  RwSet<Text> here;
  here.remove(a, "milk");
  RwSet<Text> there = here;
  there.add(b, "milk");
  here.remove(a, "milk");
  exchange(here, there);
  EXPECT_TRUE(here.empty());
}

TEST(RwSet, ClearIsOneDeltaOfAllElements) {
  RwSet<Text> here;
  for (const char* element : {"x", "y", "z"}) here.add(a, element);
  RwSet<Text> there = here;
  there.merge(here.clear(a));
  EXPECT_EQ(there, here);
  EXPECT_EQ(there.size(), 0u);
}

TEST(TwoPhaseSet, WhatWasRemovedNeverComesBack) {
  TwoPhaseSet<Text> here;
  ASSERT_TRUE(here.add(a, "milk"));
  here.remove(a, "milk");
  const auto refused = here.add(a, "milk");
  ASSERT_FALSE(refused);
  EXPECT_EQ(refused.error().code, ErrorCode::removed_for_good);
  EXPECT_TRUE(here.was_removed("milk"));
}

TEST(TwoPhaseSet, RemovalWinsAgainstAConcurrentAdd) {
  TwoPhaseSet<Text> here;
  TwoPhaseSet<Text> there;
  ASSERT_TRUE(here.add(a, "milk"));
  there.remove(b, "milk");
  exchange(here, there);
  EXPECT_TRUE(here.empty());
  EXPECT_EQ(here.discarded(), Elements{"milk"});
}

TEST(LwwSet, TheLaterChangeCountsAndAddWinsATieOfOneReplica) {
  LwwSet<Text> here;
  LwwSet<Text> there;
  here.add(At(a, 2), "milk");
  there.remove(At(b, 1), "milk");
  exchange(here, there);
  EXPECT_TRUE(here.contains("milk"));
  there.remove(At(b, 1), "milk");  // it has seen the add, so it beats it whatever its clock says
  exchange(here, there);
  EXPECT_FALSE(here.contains("milk"));
}

TEST(LwwSet, TellsWhichAddsLostToALaterRemoval) {
  LwwSet<Text> here;
  LwwSet<Text> there;
  here.add(At(a, 1), "milk");
  there.remove(At(b, 2), "milk");
  exchange(here, there);
  EXPECT_EQ(here.discarded(), Elements{"milk"});
}

TEST(GSet, AddingAgainChangesAndSendsNothing) {
  GSet<Text> set;
  set.add(a, "milk");
  const GSet<Text> before = set;
  EXPECT_EQ(set.add(b, "milk"), GSet<Text>());
  EXPECT_EQ(set, before);
}

TEST(GSet, RefusesWhatEqualsNothing) {
  GSet<double> set;
  EXPECT_EQ(set.add(a, std::numeric_limits<double>::quiet_NaN()).error().code,
            ErrorCode::not_a_number);
  EXPECT_TRUE(set.empty());
}

template <class Flag>
bool after_both_at_once() {
  Flag here;
  here.enable(a);
  Flag there = here;
  here.disable(a);
  there.enable(b);
  exchange(here, there);
  return here.value();
}

TEST(Flags, EnableAndDisableAtOnceGoAsTheNameSays) {
  EXPECT_TRUE(after_both_at_once<EwFlag>());
  EXPECT_FALSE(after_both_at_once<DwFlag>());
  EXPECT_FALSE(EwFlag().value());
  EXPECT_FALSE(DwFlag().value());
}

TEST(Flags, ALaterChangeDecides) {
  DwFlag flag;
  flag.disable(a);
  flag.enable(b);
  EXPECT_TRUE(flag.value());
}

}  // namespace
}  // namespace rejoin
