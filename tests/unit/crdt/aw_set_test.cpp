#include "crdt/aw_set.hpp"

#include <gtest/gtest.h>

#include <cmath>
#include <limits>

namespace rejoin {
namespace {

using Words = AwSet<std::string>;
using List = std::vector<std::string>;
const ReplicaId a(1);
const ReplicaId b(2);

Words joined(Words first, const Words& second) {
  first.merge(second);
  return first;
}

TEST(AwSet, ConcurrentAddAndRemoveKeepsElement) {
  Words at_a;
  at_a.add(a, "milk");
  Words at_b = at_a;

  at_b.remove(b, "milk");
  at_a.add(a, "milk");
  at_a.merge(at_b);
  at_b.merge(at_a);

  EXPECT_TRUE(at_a.contains("milk"));
  EXPECT_EQ(at_a, at_b);
}

TEST(AwSet, RemoveTakesAwayOnlyTheAddsItSaw) {
  Words at_a;
  Words at_b;
  at_a.add(a, "milk");
  at_b.add(b, "milk");
  const Words removal = at_a.remove(a, "milk");

  at_b.merge(removal);
  EXPECT_TRUE(at_b.contains("milk"));

  at_b.remove(b, "milk");
  at_a.merge(at_b);
  EXPECT_TRUE(at_a.empty());
}

TEST(AwSet, RemovedElementLeavesNothingButTheContext) {
  Words set;
  for (int i = 0; i < 100; ++i) set.add(a, std::to_string(i));
  for (int i = 0; i < 100; ++i) set.remove(a, std::to_string(i));
  Words one;
  one.add(a, "x");
  one.remove(a, "x");

  EXPECT_TRUE(set.empty());
  EXPECT_EQ(set.size(), 0u);
  EXPECT_LE(encoded(set).size(), encoded(one).size() + 1) << "a tombstone";
}

TEST(AwSet, RemoveOfWhatIsNotThereHasAnEmptyDelta) {
  Words set;
  set.add(a, "x");
  const Words before = set;

  EXPECT_EQ(set.remove(a, "y"), Words());
  EXPECT_EQ(set, before);
}

TEST(AwSet, ElementsComeInTheOrderOfTheirValues) {
  AwSet<std::int64_t> set;
  for (std::int64_t n : {300, -1, 0, 7, -500}) set.add(a, n);

  EXPECT_EQ(set.elements(), (std::vector<std::int64_t>{-500, -1, 0, 7, 300}));
  EXPECT_EQ(set.size(), 5u);
}

TEST(AwSet, NanIsRefusedAndBothZerosAreOneElement) {
  AwSet<double> set;
  ASSERT_TRUE(set.add(a, -0.0));
  ASSERT_TRUE(set.add(a, 0.0));
  EXPECT_FALSE(std::signbit(set.elements().front()));
  const AwSet<double> before = set;

  const auto refused = set.add(a, std::numeric_limits<double>::quiet_NaN());

  ASSERT_FALSE(refused);
  EXPECT_EQ(refused.error().code, ErrorCode::not_a_number);
  EXPECT_EQ(set, before);
  EXPECT_EQ(set.size(), 1u);
  EXPECT_FALSE(set.contains(std::numeric_limits<double>::quiet_NaN()));
}

// The delta of a removal names its slot, and that name must be the canonical one: whoever gets it
// joined with a later addition shows it. Found by the laws in deep: add 0, remove -0, add 0.
TEST(AwSet, RemovalOfNegativeZeroNamesZero) {
  AwSet<double> set;
  ASSERT_TRUE(set.add(a, 0.0));
  auto removed = set.remove(a, -0.0);
  const auto added = set.add(a, 0.0);
  ASSERT_TRUE(added);
  removed.merge(*added);

  AwSet<double> there;
  there.merge(removed);

  ASSERT_EQ(there.size(), 1u);
  EXPECT_FALSE(std::signbit(there.elements().front()));
}

// A delta names the slots it emptied. Its decoded twin does not, and searches: both must do the
// same.
TEST(AwSet, RemovalThatNamesItsSlotsDoesWhatASearchingOneDoes) {
  Words large;
  for (int i = 0; i < 500; ++i) large.add(a, std::to_string(i));
  Words by_name = large;
  Words by_search = large;
  Words writer = large;

  for (const char* element : {"7", "300", "499"}) {
    const Words named = writer.remove(b, element);
    const Words searching = *decoded<Words>(encoded(named));
    EXPECT_EQ(named, searching);
    EXPECT_TRUE(by_name.merge(named));
    EXPECT_TRUE(by_search.merge(searching));
    EXPECT_FALSE(by_name.merge(named));
  }

  EXPECT_EQ(by_name, by_search);
  EXPECT_EQ(by_name, writer);
  EXPECT_EQ(by_name.size(), 497u);
}

TEST(AwSet, GroupOfANamedAndASearchingDeltaForgetsNoRemoval) {
  Words writer;
  writer.add(a, "x");
  writer.add(a, "y");
  const Words start = writer;
  const Words named = writer.remove(a, "x");
  const Words searching = *decoded<Words>(encoded(writer.remove(a, "y")));

  for (const Words& group : {joined(named, searching), joined(searching, named)}) {
    EXPECT_TRUE(joined(start, group).empty());
  }
}

TEST(AwSet, DeltaThatIsMutatedBecomesAnOrdinaryState) {
  Words writer;
  writer.add(a, "x");
  Words delta = writer.remove(a, "x");
  EXPECT_EQ(delta.size(), 0u);
  EXPECT_FALSE(delta.contains("x"));

  delta.add(b, "y");
  EXPECT_EQ(delta.elements(), List{"y"});
  EXPECT_EQ(decoded<Words>(encoded(delta)), delta);
  EXPECT_EQ(joined(writer, delta).elements(), List{"y"});
}

// What was removed while a replica was away must not come back with it.
TEST(AwSet, ReplicaThatWasAwayDoesNotResurrect) {
  Words at_a;
  at_a.add(a, "x");
  Words away = at_a;
  at_a.remove(a, "x");
  for (int i = 0; i < 50; ++i) {
    at_a.add(a, "y");
    at_a.remove(a, "y");
  }

  away.add(b, "w");
  at_a.merge(away);

  EXPECT_EQ(at_a.elements(), List{"w"});
}

// B51: one id at two copies gives one dot to two events, and both are lost: what is promised is
// only that no replica differs. A new incarnation, as every start of a process has, keeps both.
TEST(AwSet, B51_TwoWritersNeedTwoIncarnations) {
  Words original;
  Words clone;
  original.add(ReplicaId(1, 1), "1");
  clone.add(ReplicaId(1, 1), "2");
  EXPECT_EQ(joined(original, clone), joined(clone, original));
  EXPECT_TRUE(joined(original, clone).empty());

  Words restarted;
  restarted.add(ReplicaId(1, 2), "2");
  EXPECT_EQ(joined(original, restarted).elements(), (List{"1", "2"}));
}

TEST(AwSet, DecodeRefusesADotInTwoSlots) {
  Words set;
  set.add(a, "x");
  set.add(a, "y");
  std::string bytes = encoded(set);
  ASSERT_EQ(bytes.back(), 2) << "the second element's sequence";

  bytes.back() = 1;
  EXPECT_FALSE(decoded<Words>(bytes));
  bytes.back() = 3;
  EXPECT_FALSE(decoded<Words>(bytes)) << "a live dot outside the context";
}

}  // namespace
}  // namespace rejoin
