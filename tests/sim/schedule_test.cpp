#include "sim/schedule.hpp"

#include <gtest/gtest.h>

#include <algorithm>
#include <vector>

#include "sim/random.hpp"

namespace rejoin::sim {
namespace {

TEST(Schedule, TakesTheEarliestFirst) {
  Schedule<char> schedule;
  schedule.add(30, 'c');
  schedule.add(10, 'a');
  schedule.add(20, 'b');
  EXPECT_EQ(schedule.next(), 10U);
  EXPECT_EQ(schedule.take(), 'a');
  EXPECT_EQ(schedule.take(), 'b');
  EXPECT_EQ(schedule.take(), 'c');
  EXPECT_TRUE(schedule.empty());
}

TEST(Schedule, EventsOfOneMomentComeInTheOrderOfAdding) {
  Schedule<int> schedule;
  for (int i = 0; i < 100; ++i) schedule.add(7, i);
  for (int i = 0; i < 100; ++i) EXPECT_EQ(schedule.take(), i);
}

TEST(Schedule, IsAStableSortWhileEventsComeAndGo) {
  const Draws draws(5);
  Schedule<std::pair<Time, int>> schedule;
  std::vector<std::pair<Time, int>> waiting;
  Time now = 0;
  for (int i = 0; i < 5000; ++i) {
    const std::uint64_t bits = draws.bits(Purpose::latency, static_cast<std::uint64_t>(i));
    if (bits % 3 != 0 || waiting.empty()) {
      const Time at = now + mix64(bits) % 50;
      schedule.add(at, {at, i});
      waiting.emplace_back(at, i);
    } else {
      const auto first = std::min_element(waiting.begin(), waiting.end());
      now = first->first;
      ASSERT_EQ(schedule.next(), now);
      ASSERT_EQ(schedule.take(), *first);
      waiting.erase(first);
    }
    ASSERT_EQ(schedule.size(), waiting.size());
  }
}

}  // namespace
}  // namespace rejoin::sim
