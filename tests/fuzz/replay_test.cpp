// The fuzz targets without a fuzzer: every seed, every input that was ever wrong, and mutations of
// them drawn from a fixed seed. So a compiler without libFuzzer runs the same checks.

#include <gtest/gtest.h>

#include "tests/fuzz/bytes_mutator.hpp"
#include "tests/fuzz/regressions.hpp"
#include "tests/fuzz/target.hpp"

namespace rejoin::fuzz {
namespace {

constexpr std::uint64_t mutations = 10'000;
constexpr std::size_t pool_max = 400;

class Replay : public ::testing::TestWithParam<const Target*> {};

std::string hex(const std::string& bytes) {
  constexpr char digits[] = "0123456789abcdef";
  std::string out;
  for (const char c : bytes) {
    out += digits[static_cast<std::uint8_t>(c) >> 4];
    out += digits[static_cast<std::uint8_t>(c) & 15];
  }
  return out;
}

void expect_fine(const Target& target, const std::string& input) {
  const std::optional<std::string> wrong = target.check(input);
  EXPECT_FALSE(wrong) << *wrong << "\ninput: " << hex(input);
}

TEST_P(Replay, EverySeedIsFine) {
  const std::vector<std::string> seeds = GetParam()->seeds();
  ASSERT_FALSE(seeds.empty());
  for (const std::string& seed : seeds) expect_fine(*GetParam(), seed);
}

TEST_P(Replay, WhatWasOnceWrongIsFine) {
  for (const Regression& regression : regressions()) {
    if (regression.target == GetParam()->name) expect_fine(*GetParam(), regression.input);
  }
}

// Mutations of mutations, so that inputs wander away from the seeds as a fuzzer's do.
TEST_P(Replay, MutationsAreFine) {
  const Target& target = *GetParam();
  std::vector<std::string> pool = target.seeds();
  Random random(20260101);
  std::uint64_t by_grammar = 0;
  for (std::uint64_t i = 0; i < mutations && !HasFailure(); ++i) {
    const std::string& from = pool[random.below(pool.size())];
    std::optional<std::string> changed = target.mutate(from, random);
    if (changed) {
      ++by_grammar;
    } else {
      changed = mutated(from, random);
    }
    expect_fine(target, *changed);
    if (pool.size() < pool_max) {
      pool.push_back(*std::move(changed));
    } else {
      pool[random.below(pool.size())] = *std::move(changed);
    }
  }
  EXPECT_GT(by_grammar, mutations / 2) << "the mutator lost its hold";
}

INSTANTIATE_TEST_SUITE_P(Targets, Replay, ::testing::ValuesIn(targets()),
                         [](const auto& target) { return std::string(target.param->name); });

}  // namespace
}  // namespace rejoin::fuzz
