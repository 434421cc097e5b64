#include "crdt/hybrid_time.hpp"

#include <gtest/gtest.h>

namespace rejoin {
namespace {

constexpr std::uint64_t year_ms = 365ULL * 24 * 3600 * 1000;

TEST(HybridTime, EveryWallClockGivesALegalStampAboveBottom) {
  for (std::uint64_t ms : {std::uint64_t{0}, std::uint64_t{1}, year_ms, ~std::uint64_t{0}}) {
    const HybridTime time = HybridTime::from_unix_ms(ms);
    EXPECT_TRUE(time.legal()) << ms;
    EXPECT_GT(time, HybridTime{}) << ms;
  }
  EXPECT_FALSE(HybridTime{}.legal());
}

TEST(HybridTime, AfterIsAboveTheLastAndNotBelowNow) {
  const HybridTime early = HybridTime::from_unix_ms(1000);
  const HybridTime late = HybridTime::from_unix_ms(2000);

  EXPECT_EQ(after(early, late), late);
  EXPECT_GT(after(late, early), late);
  EXPECT_GT(after(late, late), late);
  EXPECT_EQ(after(late, early).unix_ms(), 2000u);
}

TEST(HybridTime, CountThatOverflowsRunsIntoTheNextMillisecond) {
  const HybridTime last{HybridTime::from_unix_ms(1000).value + 0xffff};

  EXPECT_EQ(after(last, HybridTime::from_unix_ms(1000)), HybridTime::from_unix_ms(1001));
}

TEST(HybridTime, StandsStillAtTheCeilingAndStaysLegal) {
  const HybridTime ceiling{HybridTime::ceiling};

  EXPECT_EQ(after(ceiling, HybridTime::from_unix_ms(5)), ceiling);
  EXPECT_EQ(after(HybridTime{HybridTime::ceiling - 1}, HybridTime{}), ceiling);
  EXPECT_EQ(after(HybridTime{}, HybridTime{~std::uint64_t{0}}), ceiling);
}

TEST(HybridClock, RisesWhileTheWallClockGoesBack) {
  HybridClock clock;
  HybridTime last;
  for (std::uint64_t ms : {5000u, 5000u, 5001u, 4000u, 1u, 0u, 5001u, 5002u}) {
    const HybridTime stamp = clock.tick(HybridTime::from_unix_ms(ms));
    EXPECT_GT(stamp, last);
    last = stamp;
  }
  EXPECT_EQ(last.unix_ms(), 5002u);
}

// B35: local (P, 5) observes (P, 9); the next stamp must be above (P, 9).
TEST(HybridClock, TicksAboveWhatItObserved) {
  const HybridTime wall = HybridTime::from_unix_ms(1000);
  HybridClock clock;
  for (int i = 0; i < 5; ++i) clock.tick(wall);
  const HybridTime remote{wall.value + 9};

  EXPECT_TRUE(clock.observe(remote, wall));

  EXPECT_GT(clock.tick(wall), remote);
}

// B34: a far-future stamp must not carry the clock away.
TEST(HybridClock, DoesNotFollowAStampBeyondTheDriftBound) {
  const HybridTime wall = HybridTime::from_unix_ms(year_ms);
  HybridClock clock(60'000);
  clock.tick(wall);

  EXPECT_FALSE(clock.observe(HybridTime::from_unix_ms(year_ms + 60'001), wall));
  EXPECT_FALSE(clock.observe(HybridTime{HybridTime::ceiling}, wall));
  EXPECT_EQ(clock.last(), wall);

  EXPECT_TRUE(clock.observe(HybridTime::from_unix_ms(year_ms + 60'000), wall));
  EXPECT_EQ(clock.last().unix_ms(), year_ms + 60'000);
}

TEST(HybridClock, AnOldStampDoesNotTurnItBack) {
  HybridClock clock;
  const HybridTime before = clock.tick(HybridTime::from_unix_ms(9000));

  EXPECT_TRUE(clock.observe(HybridTime::from_unix_ms(10), HybridTime::from_unix_ms(9000)));

  EXPECT_EQ(clock.last(), before);
}

}  // namespace
}  // namespace rejoin
