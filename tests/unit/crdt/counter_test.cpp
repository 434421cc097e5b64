#include <gtest/gtest.h>

#include <limits>

#include "crdt/g_counter.hpp"
#include "crdt/pn_counter.hpp"

namespace rejoin {
namespace {

constexpr std::int64_t share_max = Totals::share_max;
const ReplicaId a(1);
const ReplicaId b(2);

TEST(GCounter, ConcurrentIncrementsAllCount) {
  GCounter at_a;
  GCounter at_b;
  ASSERT_TRUE(at_a.add(a, 3));
  ASSERT_TRUE(at_b.add(b, 5));

  EXPECT_TRUE(at_a.merge(at_b));
  EXPECT_TRUE(at_b.merge(at_a));

  EXPECT_EQ(at_a.value(), 8);
  EXPECT_EQ(at_a, at_b);
}

TEST(GCounter, DeltaReceivedTwiceCountsOnce) {
  GCounter at_a;
  GCounter at_b;
  const GCounter delta = *at_a.add(a, 3);

  EXPECT_TRUE(at_b.merge(delta));
  EXPECT_FALSE(at_b.merge(delta));

  EXPECT_EQ(at_b.value(), 3);
}

// B22: a max-merged entry that shrinks comes back with the next merge.
TEST(GCounter, NegativeStepIsRefusedAndChangesNothing) {
  GCounter counter;
  ASSERT_TRUE(counter.add(a, 3));
  const GCounter before = counter;

  for (std::int64_t step : {std::int64_t{-1}, std::numeric_limits<std::int64_t>::min()}) {
    const Result<GCounter> refused = counter.add(a, step);
    ASSERT_FALSE(refused);
    EXPECT_EQ(refused.error().code, ErrorCode::negative_step);
    EXPECT_EQ(counter, before);
  }
}

// B23: a wrapped share is smaller than before, and peers keep the old one.
TEST(GCounter, OverflowOfAShareIsRefusedAndChangesNothing) {
  GCounter counter;
  ASSERT_TRUE(counter.add(a, share_max - 1));
  ASSERT_TRUE(counter.add(a, 1));
  const GCounter before = counter;

  for (std::int64_t step : {std::int64_t{1}, std::numeric_limits<std::int64_t>::max()}) {
    const Result<GCounter> refused = counter.add(a, step);
    ASSERT_FALSE(refused);
    EXPECT_EQ(refused.error().code, ErrorCode::overflow);
    EXPECT_EQ(counter, before);
  }
  EXPECT_EQ(counter.value(), share_max);
  EXPECT_TRUE(counter.add(b, 1)) << "another replica's share has room";
}

// B23: shares may be fine and their sum not.
TEST(GCounter, SumOfFullSharesSaturates) {
  GCounter counter;
  for (std::uint64_t replica = 1; replica <= 5; ++replica) {
    ASSERT_TRUE(counter.add(ReplicaId(replica), share_max));
  }
  EXPECT_EQ(counter.value(), std::numeric_limits<std::int64_t>::max());
}

TEST(GCounter, AddingNothingLeavesNoTrace) {
  GCounter counter;

  const Result<GCounter> delta = counter.add(a, 0);

  ASSERT_TRUE(delta);
  EXPECT_EQ(*delta, GCounter());
  EXPECT_EQ(counter, GCounter());
  EXPECT_EQ(encoded(counter), encoded(GCounter()));
}

TEST(GCounter, DecodeRefusesAShareAboveTheCeiling) {
  VersionVector shares;
  shares.raise(a, static_cast<std::uint64_t>(share_max));
  EXPECT_TRUE(decoded<GCounter>(encoded(shares)));

  shares.raise(a, static_cast<std::uint64_t>(share_max) + 1);
  EXPECT_FALSE(decoded<GCounter>(encoded(shares)));
}

TEST(PnCounter, GoesBelowZeroAndBack) {
  PnCounter counter;
  ASSERT_TRUE(counter.add(a, -7));
  EXPECT_EQ(counter.value(), -7);

  ASSERT_TRUE(counter.add(b, 9));
  EXPECT_EQ(counter.value(), 2);
}

TEST(PnCounter, EitherSideRefusesToPassItsCeiling) {
  PnCounter counter;
  ASSERT_TRUE(counter.add(a, share_max));
  ASSERT_TRUE(counter.add(a, -share_max));
  const PnCounter before = counter;

  for (std::int64_t step : {std::int64_t{1}, std::int64_t{-1},
                            std::numeric_limits<std::int64_t>::min(),
                            std::numeric_limits<std::int64_t>::max()}) {
    const Result<PnCounter> refused = counter.add(a, step);
    ASSERT_FALSE(refused);
    EXPECT_EQ(refused.error().code, ErrorCode::overflow);
    EXPECT_EQ(counter, before);
  }
  EXPECT_EQ(counter.value(), 0);
}

TEST(PnCounter, MostNegativeStepIsRefusedOnAnEmptyCounterToo) {
  PnCounter counter;

  EXPECT_FALSE(counter.add(a, std::numeric_limits<std::int64_t>::min()));
  EXPECT_EQ(counter, PnCounter());
}

}  // namespace
}  // namespace rejoin
