#include "sim/schedule.hpp"

#include <gtest/gtest.h>

#include <set>
#include <utility>

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

// Against a sorted list: events of the same moment, of the same day, of days ahead, and beyond what
// the calendar shows at once.
void compare_with_a_sorted_list(Time span, std::uint64_t seed) {
  const Draws draws(seed);
  Schedule<std::pair<Time, int>> schedule;
  std::set<std::pair<Time, int>> waiting;
  Time now = 0;
  for (int i = 0; i < 5000; ++i) {
    const std::uint64_t bits = draws.bits(Purpose::latency, static_cast<std::uint64_t>(i));
    const bool filling = i / 500 % 2 == 0;
    if (bits % 8 < (filling ? 6U : 2U) || waiting.empty()) {
      const Time at = now + mix64(bits) % span;
      schedule.add(at, {at, i});
      waiting.emplace(at, i);
    } else {
      now = waiting.begin()->first;
      ASSERT_EQ(schedule.next(), now);
      ASSERT_EQ(schedule.take(), *waiting.begin());
      waiting.erase(waiting.begin());
    }
    ASSERT_EQ(schedule.size(), waiting.size());
  }
}

TEST(Schedule, IsAStableSortWhileEventsComeAndGo) {
  std::uint64_t seed = 5;
  for (Time span : {Time{1}, Time{50}, millisecond, 40 * millisecond, 3 * second, 60 * second,
                    100'000 * second}) {
    compare_with_a_sorted_list(span, ++seed);
  }
}

}  // namespace
}  // namespace rejoin::sim
