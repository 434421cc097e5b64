#include "sim/distribution.hpp"

#include <gtest/gtest.h>

#include <algorithm>
#include <set>

#include "crdt/hash.hpp"

namespace rejoin::sim {
namespace {

using Shape = Distribution::Shape;

// 20,000 draws, rising.
std::vector<Time> drawn(const Distribution& distribution) {
  std::vector<Time> out;
  for (std::uint64_t i = 0; i < 20'000; ++i) out.push_back(distribution.at(combine64(1, i)));
  std::sort(out.begin(), out.end());
  return out;
}

double at(const std::vector<Time>& sorted, double share) {
  const auto index = static_cast<std::size_t>(share * static_cast<double>(sorted.size() - 1));
  return static_cast<double>(sorted[index]);
}

constexpr double ms = 1e6;

TEST(Distribution, AConstantIsAlwaysTheSame) {
  const auto times = drawn({Shape::constant, {5 * millisecond}, 0});
  EXPECT_EQ(times.front(), times.back());
}

TEST(Distribution, UniformFillsItsRangeEvenly) {
  const auto times = drawn({Shape::uniform, {10 * millisecond, 20 * millisecond}, 0});
  EXPECT_NEAR(at(times, 0), 10 * ms, 0.01 * ms);
  EXPECT_NEAR(at(times, 0.25), 12.5 * ms, 0.2 * ms);
  EXPECT_NEAR(at(times, 1), 20 * ms, 0.01 * ms);
}

TEST(Distribution, ExponentialHasItsQuantiles) {
  const auto times = drawn({Shape::exponential, {10 * millisecond}, 0});
  EXPECT_NEAR(at(times, 0.5), 6.931 * ms, 0.2 * ms);
  EXPECT_NEAR(at(times, 0.99), 46.05 * ms, 2 * ms);
}

// e^(sigma z) at z of -1.2816, 0 and 1.2816.
TEST(Distribution, LognormalHasItsQuantiles) {
  const auto times = drawn({Shape::lognormal, {20 * millisecond}, 0.6});
  EXPECT_NEAR(at(times, 0.1), 9.27 * ms, 0.3 * ms);
  EXPECT_NEAR(at(times, 0.5), 20 * ms, 0.4 * ms);
  EXPECT_NEAR(at(times, 0.9), 43.15 * ms, 1.2 * ms);
}

// least * (1 - q)^(-1 / alpha).
TEST(Distribution, ParetoHasItsQuantilesAndABoundedTail) {
  const auto times = drawn({Shape::pareto, {5 * millisecond}, 1.5});
  EXPECT_GE(times.front(), 5 * millisecond);
  EXPECT_NEAR(at(times, 0.5), 7.937 * ms, 0.2 * ms);
  EXPECT_NEAR(at(times, 0.99), 107.7 * ms, 12 * ms);
  EXPECT_LE(drawn({Shape::pareto, {second}, 0.5}).back(), 61 * second);
}

TEST(Distribution, BimodalIsOneOrTheOther) {
  const auto times = drawn({Shape::bimodal, {millisecond, 200 * millisecond}, 0.1});
  EXPECT_EQ(std::set<Time>(times.begin(), times.end()).size(), 2U);
  EXPECT_NEAR(static_cast<double>(std::count(times.begin(), times.end(), 200 * millisecond)), 2000,
              200);
}

TEST(Distribution, ATraceGivesWhatItHas) {
  const auto times = drawn({Shape::trace, {3, 5, 5, 9}, 0});
  EXPECT_NEAR(static_cast<double>(std::count(times.begin(), times.end(), Time{5})), 10'000, 400);
}

// To the nanosecond: what a seed means may not depend on a machine's or a library's arithmetic.
TEST(Distribution, DrawsAreTheSameEverywhere) {
  std::uint64_t hash = 0;
  for (const Distribution& one : {Distribution{Shape::exponential, {10 * millisecond}, 0},
                                  Distribution{Shape::lognormal, {20 * millisecond}, 0.6},
                                  Distribution{Shape::pareto, {5 * millisecond}, 1.5},
                                  Distribution{Shape::bimodal, {millisecond, second}, 0.1}}) {
    for (std::uint64_t i = 0; i < 1000; ++i) hash = combine64(hash, one.at(combine64(2, i)));
  }
  EXPECT_EQ(hash, 5459472216297458510ULL);
}

}  // namespace
}  // namespace rejoin::sim
