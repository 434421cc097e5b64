// What makes two replicas the same, and what does not. That equal ones go on in the same ways is
// looked at for all states of small cases in tests/sim/exhaust_state_test.cpp.

#include <gtest/gtest.h>

#include "tests/unit/net/workload.hpp"

namespace rejoin::testing {
namespace {

std::uint64_t fingerprint(Cluster& cluster, std::size_t i) {
  return cluster[i].fingerprint(cluster.now());
}

// Three that have met, before anything is written.
struct Met : Cluster {
  Met() : Cluster(3) { settle(); }
};

TEST(ReplicaFingerprint, IsThatOfWhatItHoldsAndKnows) {
  Met one;
  Met other;
  EXPECT_EQ(fingerprint(one, 0), fingerprint(other, 0));
  EXPECT_NE(fingerprint(one, 0), fingerprint(one, 1));
  add(one, 0, "x");
  EXPECT_NE(fingerprint(one, 0), fingerprint(other, 0));
  add(other, 0, "x");
  EXPECT_EQ(fingerprint(one, 0), fingerprint(other, 0));
  one.settle();
  EXPECT_NE(fingerprint(one, 0), fingerprint(other, 0));  // it knows that others hold it
}

TEST(ReplicaFingerprint, OrderOfAcknowledgementsLeavesNothing) {
  Met one;
  Met other;
  other.disorder = [&](std::deque<InFlight>& wire) {
    // Those to the first come last first.
    if (wire.size() > 1 && wire[0].to == 0 && wire[1].to == 0) std::swap(wire[0], wire[1]);
  };
  std::vector<std::size_t> order;
  for (Met* cluster : {&one, &other}) {
    cluster->passes = [&](const InFlight& frame) {
      if (frame.to == 0) order.push_back(frame.from);
      return true;
    };
    add(*cluster, 0, "x");
    cluster->settle();
  }
  EXPECT_EQ(order, (std::vector<std::size_t>{1, 2, 2, 1}));
  EXPECT_EQ(fingerprint(one, 0), fingerprint(other, 0));
}

TEST(ReplicaFingerprint, WhatWaitsForTheDiskIsPartOfIt) {
  Met one;
  Met other;
  other.member(0).slow_disk = true;
  add(one, 0, "x");
  add(other, 0, "x");
  EXPECT_EQ(one[0].store().canonical(), other[0].store().canonical());
  EXPECT_NE(fingerprint(one, 0), fingerprint(other, 0));
  other.persist(0);
  EXPECT_EQ(fingerprint(one, 0), fingerprint(other, 0));
}

TEST(ReplicaFingerprint, DeadlinesThatAreNearerMakeAnother) {
  Met one;
  Met other;
  other.advance(Config{}.digest_interval_ms / 2);
  EXPECT_EQ(one[0].store().canonical(), other[0].store().canonical());
  EXPECT_NE(fingerprint(one, 0), fingerprint(other, 0));
}

}  // namespace
}  // namespace rejoin::testing
