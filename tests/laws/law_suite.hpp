#pragma once

// The law suite: one test for each type in a list. A new type is its header, a Subject for it, and
// one line in a list of tests/laws/*_laws_test.cpp. Types are spread over files because each costs
// compile time.

#include <gtest/gtest.h>

#include <iostream>

#include "crdt/laws/check.hpp"
#include "crdt/laws/generators.hpp"

namespace rejoin::laws {

template <class T>
class Laws : public testing::Test {};

TYPED_TEST_SUITE_P(Laws);

TYPED_TEST_P(Laws, HoldInHistoriesOfThreeReplicas) {
  const Report report = check<TypeParam>();

  EXPECT_TRUE(report.ok()) << report;
  std::cout << "  " << summary(report) << '\n';
}

REGISTER_TYPED_TEST_SUITE_P(Laws, HoldInHistoriesOfThreeReplicas);

}  // namespace rejoin::laws
