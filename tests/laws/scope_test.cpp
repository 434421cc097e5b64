// The scope lists each small history once, and what it misses nobody finds by luck.

#include "crdt/laws/scope.hpp"

#include <gtest/gtest.h>

namespace rejoin::laws {
namespace {

std::string text_of(const std::vector<ScopedStep>& steps) {
  std::string out;
  for (const ScopedStep& step : steps) {
    out += to_string(step.move, "letter " + std::to_string(step.letter)) + '\n';
  }
  return out;
}

std::size_t count(const Scope& scope) {
  std::set<std::string> seen;
  std::size_t all = 0;
  each_in_scope(scope, [&](const std::vector<ScopedStep>& steps) {
    ++all;
    EXPECT_TRUE(seen.insert(text_of(steps)).second) << text_of(steps);
    return true;
  });
  return all;
}

TEST(Scope, ListsEachHistoryOnce) {
  EXPECT_EQ(count({1, 1}), 1u);
  EXPECT_EQ(count({1, 4}), 4u);
  // Two operations: both at A; or at A and B, which has the first or has not. Three clocks.
  EXPECT_EQ(count({2, 1}), 1u + 3 * (1 + 2));
  // Three: of A, A, A one; of two replicas AAB 4, ABA 2 * 2, ABB 2 * 2 less what B had: it
  // received A's first or lacks it still (1 + 2); of three 2 * 4.
  EXPECT_EQ(count({3, 1}), 10u + 3 * (1 + 4 + 4 + 3 + 8));
  EXPECT_EQ(count({3, 2}), 2u + 4 * 9 + 8 * 60);
}

TEST(Scope, EndsWhenTold) {
  std::size_t calls = 0;
  each_in_scope({3, 3}, [&](const std::vector<ScopedStep>&) { return ++calls < 5; });
  EXPECT_EQ(calls, 5u);
}

TEST(Scope, ReachesAReplicaThatHasALaterDeltaAndNotAnEarlierOne) {
  bool gap = false;
  each_in_scope({3, 1}, [&](const std::vector<ScopedStep>& steps) {
    gap = gap || text_of(steps).find("A performs letter 0 at 1 ms\nA performs letter 0 at 1 ms\n"
                                     "B receives delta 1\nB performs") == 0;
    return true;
  });
  EXPECT_TRUE(gap);
}

}  // namespace
}  // namespace rejoin::laws
