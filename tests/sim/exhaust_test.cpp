// A tiny case has a number of states that is known, and none of them is wrong.

#include "sim/exhaust.hpp"

#include <gtest/gtest.h>

#include <set>

#include "tests/sim/scope.hpp"

namespace rejoin::sim {
namespace {

bool always(const ExhaustResult&) {
  return true;
}

TEST(Choices, CountThroughEverySequenceOnce) {
  std::set<std::vector<unsigned>> seen;
  std::vector<unsigned> given;
  do {
    Choices choices(given);
    std::vector<unsigned> way;
    way.push_back(choices.choose(3));
    if (way.back() != 1) way.push_back(choices.choose(1));
    way.push_back(choices.choose(2));
    EXPECT_TRUE(seen.insert(way).second);
    given = choices.next();
  } while (!given.empty());
  EXPECT_EQ(seen.size(), 6U);
}

TEST(Exhaust, OneOperationOfTwoReplicasHasFewWays) {
  const ExhaustResult result = exhaust(scope_of(2, 1, {"awset key0 add e0"}), always);
  EXPECT_TRUE(result.complete);
  EXPECT_FALSE(result.violation);
  // Before it; its entry in flight; arrived, its acknowledgement in flight; that arrived.
  EXPECT_EQ(result.states, 4U);
  EXPECT_EQ(result.ends, 1U);
}

TEST(Exhaust, NothingIsWrongInSmallScopes) {
  ExhaustSettings lossy = scope_of(2, 2);
  lossy.drops = 1;
  lossy.duplicates = 1;
  ExhaustSettings crashing = scope_of(2, 1);
  crashing.crashes = 1;
  ExhaustSettings repaired = scope_of(3, 2);
  repaired.repair = true;
  repaired.drops = 1;
  for (const ExhaustSettings& settings :
       {scope_of(3, 1), scope_of(2, 2, {"pncounter key0 add 3", "lww key1 set x"}), lossy, crashing,
        repaired}) {
    const ExhaustResult result = exhaust(settings, always);
    EXPECT_TRUE(result.complete);
    EXPECT_FALSE(result.violation) << result.violation->detail;
    EXPECT_GT(result.ends, 1U);
  }
}

TEST(Exhaust, AProgramIsEachOfItsOperationsOnce) {
  ExhaustSettings settings = scope_of(2, 1);
  settings.menu.clear();
  settings.program = {{0, act_from("awset key0 add e0").value()},
                      {0, act_from("awset key0 remove e0").value()}};
  const ExhaustResult result = replay_choices(settings, {});
  std::vector<std::string> operations;
  for (const std::string& line : result.story) {
    if (line.starts_with("n0: ")) operations.push_back(line);
  }
  EXPECT_EQ(operations,
            (std::vector<std::string>{"n0: awset key0 add e0", "n0: awset key0 remove e0"}));
  EXPECT_TRUE(exhaust(settings, always).complete);
}

TEST(Exhaust, SaysWhenItIsNotComplete) {
  const ExhaustResult result =
      exhaust(scope_of(3, 3), [](const ExhaustResult& so_far) { return so_far.states < 100; });
  EXPECT_FALSE(result.complete);
  EXPECT_GE(result.states, 100U);
}

TEST(Exhaust, RefusesWhatCannotBe) {
  EXPECT_FALSE(scope_of(1, 1).validate());
  EXPECT_FALSE(scope_of(2, 0).validate());
  EXPECT_FALSE(scope_of(2, 1, {}).validate());
  EXPECT_TRUE(scope_of(2, 1).validate());
}

}  // namespace
}  // namespace rejoin::sim
