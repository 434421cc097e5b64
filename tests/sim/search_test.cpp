// A search is a function of its number and of what its runs hit.

#include "sim/search.hpp"

#include <gtest/gtest.h>

#include <algorithm>

#include "sim/coverage.hpp"
#include "sim/world.hpp"

namespace rejoin::sim {
namespace {

Scenario small() {
  Scenario scenario;
  scenario.name = "small";
  scenario.until = 3 * second;
  scenario.workload.transactions = 12;
  scenario.workload.over = {0, 2 * second};
  FaultSpec loss;
  loss.name = "loss";
  loss.kind = FaultKind::loss;
  loss.at = {0, second};
  loss.lasting = {second, 2 * second};
  loss.rate = {0.1, 0.5};
  loss.bites_min = 0;
  scenario.faults = {loss};
  return scenario;
}

std::vector<std::uint32_t> hit_by(const Scenario& scenario, const Seed& seed) {
  Recorder recorder;
  EXPECT_TRUE(simulate(scenario, seed, &recorder));
  return buckets_of(recorder.recording());
}

TEST(Coverage, OneSeedHitsTheSameAndAnotherSomethingElse) {
  const Scenario scenario = small();
  const auto one = hit_by(scenario, 1);
  EXPECT_GT(one.size(), 50U);
  EXPECT_TRUE(std::is_sorted(one.begin(), one.end()));
  EXPECT_EQ(one, hit_by(scenario, 1));
  EXPECT_NE(one, hit_by(scenario, 2));
}

TEST(Search, KeepsWhatOpensABucketAndEditsIt) {
  const Scenario scenario = small();
  Search search(scenario, 1);
  for (const Seed& seed : search.next_generation(4)) EXPECT_TRUE(seed.rekeys.empty());
  EXPECT_TRUE(search.take(7, {1, 2}));
  EXPECT_FALSE(search.take(8, {2, 1}));
  EXPECT_TRUE(search.take(9, {2, 3}));
  ASSERT_EQ(search.kept().size(), 2U);
  EXPECT_EQ(search.kept()[1].opened, 1U);
  EXPECT_EQ(search.buckets(), 3U);
  std::size_t edits = 0;
  for (const Seed& seed : search.next_generation(50)) {
    if (seed.rekeys.empty()) continue;
    ++edits;
    EXPECT_TRUE(seed.number == 7 || seed.number == 9);
    EXPECT_EQ(parse_seed(to_string(seed)).value(), seed);
  }
  EXPECT_GT(edits, 30U);
}

TEST(Search, IsTheSameEveryTime) {
  const Scenario scenario = small();
  const auto found = [&](std::uint64_t number) {
    Search search(scenario, number);
    std::vector<std::string> seeds;
    for (int generation = 0; generation < 3; ++generation) {
      for (const Seed& seed : search.next_generation(8)) {
        search.take(seed, hit_by(scenario, seed));
        seeds.push_back(to_string(seed));
      }
    }
    return seeds;
  };
  EXPECT_EQ(found(1), found(1));
  EXPECT_NE(found(1), found(2));
}

}  // namespace
}  // namespace rejoin::sim
