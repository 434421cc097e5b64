#include "crdt/sequence_set.hpp"

#include <gtest/gtest.h>

#include <set>

#include "crdt/hash.hpp"

namespace rejoin {
namespace {

using Intervals = std::vector<Interval>;

SequenceSet set_of(std::initializer_list<std::uint64_t> sequences) {
  SequenceSet set;
  for (std::uint64_t sequence : sequences) set.add({sequence, sequence});
  return set;
}

std::set<std::uint64_t> model_of(const SequenceSet& set) {
  std::set<std::uint64_t> out;
  set.each_interval([&](Interval interval) {
    for (std::uint64_t i = interval.first; i <= interval.last; ++i) out.insert(i);
  });
  return out;
}

TEST(SequenceSet, GapClosesWhenTheMissingSequenceComes) {
  SequenceSet set = set_of({1, 2, 4, 5, 8});
  EXPECT_EQ(set.upto(), 2u);
  EXPECT_EQ(set.intervals(), (Intervals{{1, 2}, {4, 5}, {8, 8}}));

  EXPECT_TRUE(set.add({3, 3}));

  EXPECT_EQ(set.upto(), 5u);
  EXPECT_EQ(set.intervals(), (Intervals{{1, 5}, {8, 8}}));
  EXPECT_EQ(set.last(), 8u);
  EXPECT_EQ(set.count(), 6u);
}

TEST(SequenceSet, NeverClaimsWhatItWasNotGiven) {
  const SequenceSet set = set_of({7});

  EXPECT_TRUE(set.contains(7));
  for (std::uint64_t below = 0; below < 7; ++below) EXPECT_FALSE(set.contains(below));
  EXPECT_EQ(set.upto(), 0u);
}

TEST(SequenceSet, AddOfWhatIsThereSaysUnchanged) {
  SequenceSet set = set_of({1, 2, 3, 6, 7});

  EXPECT_FALSE(set.add({2, 3}));
  EXPECT_FALSE(set.add({6, 7}));
  EXPECT_TRUE(set.add({3, 6}));
  EXPECT_EQ(set.intervals(), (Intervals{{1, 7}}));
}

TEST(SequenceSet, SubtractFromTheFrontLeavesAGap) {
  SequenceSet set = set_of({1, 2, 3, 4});

  EXPECT_TRUE(set.subtract(set_of({1, 3})));

  EXPECT_EQ(set.upto(), 0u);
  EXPECT_EQ(set.intervals(), (Intervals{{2, 2}, {4, 4}}));
  EXPECT_FALSE(set.subtract(set_of({1, 3})));
}

// Each operation against a std::set, on small numbers so that intervals touch, split and close.
TEST(SequenceSet, DoesWhatASetOfNumbersDoes) {
  std::uint64_t noise = 1;
  const auto draw = [&noise](std::uint64_t below) { return (noise = mix64(noise + 1)) % below; };
  const auto some = [&] {
    SequenceSet set;
    const std::uint64_t parts = draw(4);
    for (std::uint64_t i = 0; i < parts; ++i) {
      const std::uint64_t first = 1 + draw(14);
      set.add({first, first + draw(3)});
    }
    return set;
  };
  for (int round = 0; round < 3000; ++round) {
    const SequenceSet a = some();
    const SequenceSet b = some();
    const std::set<std::uint64_t> x = model_of(a);
    const std::set<std::uint64_t> y = model_of(b);
    std::set<std::uint64_t> both = x;
    both.insert(y.begin(), y.end());
    std::set<std::uint64_t> less;
    std::set<std::uint64_t> common;
    for (std::uint64_t i : x) (y.contains(i) ? common : less).insert(i);

    SequenceSet merged = a;
    SequenceSet subtracted = a;
    SequenceSet intersected = a;
    EXPECT_EQ(merged.merge(b), both != x);
    EXPECT_EQ(subtracted.subtract(b), less != x);
    EXPECT_EQ(intersected.intersect(b), common != x);

    ASSERT_EQ(model_of(merged), both);
    ASSERT_EQ(model_of(subtracted), less);
    ASSERT_EQ(model_of(intersected), common);
    ASSERT_EQ(a.covers(b), common == y);
    ASSERT_EQ(merged.count(), both.size());
    SequenceSet rebuilt = subtracted;
    rebuilt.merge(intersected);
    ASSERT_EQ(rebuilt, a) << "one set, two forms";
  }
}

}  // namespace
}  // namespace rejoin
