#include "sim/budget.hpp"

#include <gtest/gtest.h>

#include <string>

namespace rejoin::sim {
namespace {

const ReplicaId writer{NodeId(1), 7};

CausalContext dots(std::uint64_t first, std::uint64_t last) {
  CausalContext out;
  out.add(writer, {first, last});
  return out;
}

class BudgetOfThreeEntries : public testing::Test {
 protected:
  void SetUp() override {
    for (std::uint64_t sequence = 1; sequence <= 3; ++sequence) {
      Entry entry;
      entry.dots = dots(sequence, sequence);
      EntryNumber number = no_number;
      ASSERT_FALSE(ledger.record(entry, 0, 0, number));
      budget.made();
    }
  }

  Ledger ledger;
  Budget budget{ledger};
  CausalContext none;
};

TEST_F(BudgetOfThreeEntries, OneThatWasNeverAcknowledgedMayBeLost) {
  EXPECT_TRUE(budget.may_be_lost(0, {&none}));
}

TEST_F(BudgetOfThreeEntries, AnAcknowledgedOneMayNotUnlessAFaultTookIt) {
  budget.acknowledge(0);
  EXPECT_FALSE(budget.may_be_lost(0, {&none}));
  budget.take(dots(1, 2), dots(2, 2));
  EXPECT_TRUE(budget.may_be_lost(0, {&none}));
  EXPECT_TRUE(budget.taken(0));
  EXPECT_FALSE(budget.taken(1)) << "that came back";
  EXPECT_FALSE(budget.taken(2)) << "that was not there";
}

TEST_F(BudgetOfThreeEntries, WhatIsOnAnyDiskThatIsLeftMayNotBeLost) {
  budget.acknowledge(0);
  budget.take(dots(1, 3), none);
  const CausalContext elsewhere = dots(1, 1);
  EXPECT_FALSE(budget.may_be_lost(0, {&none, &elsewhere}));
  EXPECT_TRUE(budget.may_be_lost(1, {&none, &elsewhere}));
  EXPECT_FALSE(budget.may_be_lost(0, {&elsewhere})) << "also if it was never acknowledged";
}

}  // namespace
}  // namespace rejoin::sim
