#include "sim/random.hpp"

#include <gtest/gtest.h>

#include <set>

#include "sim/seed.hpp"
#include "sim/wall_clock.hpp"

namespace rejoin::sim {
namespace {

TEST(Draws, OneKeyOneNumber) {
  const Draws draws(42);
  EXPECT_EQ(draws.bits(Purpose::loss, 1, 2, 3), draws.bits(Purpose::loss, 1, 2, 3));
  std::set<std::uint64_t> seen;
  for (std::uint64_t k = 0; k < 1000; ++k) {
    seen.insert(draws.bits(Purpose::loss, 1, 2, k));
    seen.insert(draws.bits(Purpose::loss, 2, 1, k));
    seen.insert(draws.bits(Purpose::latency, 1, 2, k));
    seen.insert(Draws(43).bits(Purpose::loss, 1, 2, k));
  }
  EXPECT_EQ(seen.size(), 4000U);
}

// A scenario's seeds mean the same on every compiler, and after every change that does not say so.
TEST(Draws, AreTheSameEverywhere) {
  EXPECT_EQ(Draws(1).bits(Purpose::latency, 0, 1, 0), 7354776428337885519U);
  EXPECT_EQ(exponential(Draws(1).bits(Purpose::latency, 0, 1, 7), 1'000'000), 195173U);
}

TEST(Draws, ARekeyChangesWhatItNamesAndNothingElse) {
  const Draws plain(5);
  const Draws all = parse_seed("5+latency:1")->draws();
  EXPECT_NE(all.bits(Purpose::latency, 0, 1, 0), plain.bits(Purpose::latency, 0, 1, 0));
  EXPECT_EQ(all.bits(Purpose::loss, 0, 1, 0), plain.bits(Purpose::loss, 0, 1, 0));
  const Draws late = parse_seed("5+latency@50:1")->draws();
  EXPECT_EQ(late.bits(Purpose::latency, 0, 1, 49), plain.bits(Purpose::latency, 0, 1, 49));
  EXPECT_NE(late.bits(Purpose::latency, 0, 1, 50), plain.bits(Purpose::latency, 0, 1, 50));
  const Draws one = parse_seed("5+fault_at/split:1")->draws();
  EXPECT_NE(one.bits(Purpose::fault_at, key_of("split")),
            plain.bits(Purpose::fault_at, key_of("split")));
  EXPECT_EQ(one.bits(Purpose::fault_at, key_of("crash")),
            plain.bits(Purpose::fault_at, key_of("crash")));
  const Draws sixth = parse_seed("5+operation_value/6:1")->draws();
  EXPECT_NE(sixth.bits(Purpose::operation_value, 6), plain.bits(Purpose::operation_value, 6));
  EXPECT_EQ(sixth.bits(Purpose::operation_value, 7), plain.bits(Purpose::operation_value, 7));
}

TEST(Seed, IsTheTextThatItIsReadFrom) {
  for (const char* text : {"7", "7+fault_at:3", "7+fault_at/split:3+latency@50:9",
                           "0+operation_value/6@2:1+purpose_400:2"}) {
    EXPECT_EQ(to_string(parse_seed(text).value()), text);
  }
  for (const char* text : {"", "x", "-1", "7+", "7+fault_at", "7+no_such:1", "7+fault_at:",
                           "7+fault_at/:1", "7+latency@:1", "7+latency@x:1", "1e3"}) {
    EXPECT_FALSE(parse_seed(text)) << text;
  }
}

TEST(Draws, UniformHitsBothEndsAndNothingElse) {
  const Draws draws(1);
  std::set<std::uint64_t> seen;
  for (std::uint64_t k = 0; k < 1000; ++k) {
    seen.insert(uniform(draws.bits(Purpose::config, k), std::uint64_t{3}, std::uint64_t{7}));
  }
  EXPECT_EQ(seen, (std::set<std::uint64_t>{3, 4, 5, 6, 7}));
  EXPECT_EQ(uniform(~std::uint64_t{0}, std::uint64_t{0}, ~std::uint64_t{0}), ~std::uint64_t{0});
}

TEST(Draws, ExponentialHasItsMeanAndNoMemory) {
  const Draws draws(9);
  constexpr int n = 20000;
  double sum = 0;
  int above = 0;
  for (std::uint64_t k = 0; k < n; ++k) {
    const std::uint64_t one = exponential(draws.bits(Purpose::latency, k), 1'000'000);
    sum += static_cast<double>(one);
    above += one > 1'000'000;
  }
  EXPECT_NEAR(sum / n, 1'000'000, 30'000);
  EXPECT_NEAR(static_cast<double>(above) / n, 0.3679, 0.015);  // 1/e
}

TEST(WallClock, FollowsTimeWithItsOwnErrors) {
  WallClock clock;
  EXPECT_EQ(clock.read_ms(0), static_cast<std::uint64_t>(WallClock::start_ms));
  EXPECT_EQ(clock.read_ms(5 * second), static_cast<std::uint64_t>(WallClock::start_ms) + 5000);
  clock.step(-static_cast<std::int64_t>(2 * second));
  EXPECT_EQ(clock.read_ms(5 * second), static_cast<std::uint64_t>(WallClock::start_ms) + 3000);
  clock.drift(5 * second, 100'000);  // a tenth fast
  EXPECT_EQ(clock.read_ms(15 * second), static_cast<std::uint64_t>(WallClock::start_ms) + 14000);
  clock.drift(15 * second, 0);
  EXPECT_EQ(clock.read_ms(16 * second), static_cast<std::uint64_t>(WallClock::start_ms) + 15000);
}

}  // namespace
}  // namespace rejoin::sim
