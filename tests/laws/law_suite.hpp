#pragma once

// The law suite: one test for each type in a list. A new type is its header, a Subject for it, and
// one line in a list of tests/laws/*_laws_test.cpp. Types are spread over files because each costs
// compile time.

#include <gtest/gtest.h>

#include <cstdlib>
#include <iostream>

#include "crdt/laws/check.hpp"
#include "crdt/laws/generators.hpp"

namespace rejoin::laws {

template <class T>
class Laws : public testing::Test {};

TYPED_TEST_SUITE_P(Laws);

TYPED_TEST_P(Laws, HoldInHistoriesOfThreeReplicas) {
  Budget budget;
#ifdef __SANITIZE_ADDRESS__
  // Fifteen times as slow, and what the laws can see is the same whatever the compiler checks.
  budget.scope.letters = 2;
#else
  budget.power = true;
#endif
  if (const char* folder = std::getenv("REJOIN_COUNTEREXAMPLES")) budget.counterexamples = folder;
  const Report report = check<TypeParam>(budget);

  EXPECT_TRUE(report.ok()) << report;
  std::cout << "  " << report.type << ": " << summary(report) << '\n';
  for (const std::string& mutant : report.power.survivors) {
    std::cout << "  not caught: " << mutant << '\n';
  }
}

REGISTER_TYPED_TEST_SUITE_P(Laws, HoldInHistoriesOfThreeReplicas);

}  // namespace rejoin::laws
