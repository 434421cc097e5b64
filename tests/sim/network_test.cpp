#include "sim/network.hpp"

#include <gtest/gtest.h>

#include <numeric>

namespace rejoin::sim {
namespace {

Fault fault_of(FaultKind kind, std::size_t spec) {
  Fault fault;
  fault.spec = spec;
  fault.kind = kind;
  fault.key = key_of(name_of(kind));
  fault.begin = 0;
  fault.end = 10 * second;
  fault.rate = 0.3;
  fault.by = 100 * millisecond;
  fault.side = {0, 0, 1};
  fault.from = {0};
  fault.to = {1};
  return fault;
}

// What happens to 300 frames on one link, one a millisecond.
struct Carried {
  explicit Carried(std::vector<Fault> with, unsigned source = 0, unsigned target = 1)
      : faults(std::move(with)), receipts(8), network(draws, settings, faults, receipts) {
    for (Time at = 0; at < 300 * millisecond; at += millisecond) {
      copies.push_back(network.send(source, target, 100, at));
    }
  }
  std::size_t arrived() const {
    return std::accumulate(copies.begin(), copies.end(), std::size_t{0},
                           [](std::size_t sum, const auto& of_one) { return sum + of_one.size(); });
  }

  Draws draws{7};
  LinkSettings settings;
  std::vector<Fault> faults;
  std::vector<Receipt> receipts;
  Network network;
  std::vector<std::vector<Time>> copies;
};

TEST(Network, WithoutFaultsEachFrameArrivesOnceAndLater) {
  const Carried carried({});
  EXPECT_EQ(carried.arrived(), 300U);
  for (std::size_t i = 0; i < 300; ++i) {
    ASSERT_EQ(carried.copies[i].size(), 1U);
    EXPECT_GT(carried.copies[i][0], i * millisecond);
  }
}

TEST(Network, LossIsCounted) {
  const Carried carried({fault_of(FaultKind::loss, 0)});
  EXPECT_LT(carried.arrived(), 250U);
  EXPECT_GT(carried.arrived(), 170U);
  EXPECT_EQ(carried.receipts[0].bites, 300 - carried.arrived());
  EXPECT_EQ(carried.receipts[0].losses, 100 * carried.receipts[0].bites);
}

TEST(Network, DuplicatesAreCountedAndComeLater) {
  const Carried carried({fault_of(FaultKind::duplicate, 0)});
  EXPECT_GT(carried.arrived(), 350U);
  EXPECT_EQ(carried.receipts[0].bites, carried.arrived() - 300);
  for (const auto& of_one : carried.copies) {
    if (of_one.size() == 2) {
      EXPECT_GE(of_one[1], of_one[0]);
    }
  }
}

TEST(Network, ReorderIsCountedWhenAFrameOvertakes) {
  const Carried carried({fault_of(FaultKind::reorder, 0)});
  std::uint64_t overtook = 0;
  Time last = 0;
  for (const auto& of_one : carried.copies) {
    overtook += of_one[0] < last;
    last = std::max(last, of_one[0]);
  }
  EXPECT_GT(overtook, 50U);
  EXPECT_EQ(carried.receipts[0].bites, overtook);
}

TEST(Network, SplitCutsBothWaysBetweenGroupsOnly) {
  const std::vector<Fault> split = {fault_of(FaultKind::split, 0)};
  EXPECT_EQ(Carried(split, 0, 1).arrived(), 300U);
  EXPECT_EQ(Carried(split, 0, 2).arrived(), 0U);
  EXPECT_EQ(Carried(split, 2, 0).arrived(), 0U);
  EXPECT_EQ(Carried(split, 2, 0).receipts[0].bites, 300U);
}

TEST(Network, OneWayCutsOneWay) {
  const std::vector<Fault> one_way = {fault_of(FaultKind::one_way, 0)};
  EXPECT_EQ(Carried(one_way, 0, 1).arrived(), 0U);
  EXPECT_EQ(Carried(one_way, 1, 0).arrived(), 300U);
}

TEST(Network, ACutTakesWhatIsUnderWay) {
  Fault split = fault_of(FaultKind::split, 0);
  split.begin = second;
  split.end = 2 * second;
  Carried carried({split}, 0, 2);
  EXPECT_EQ(carried.arrived(), 300U) << "the cut has not begun";
  EXPECT_FALSE(carried.network.cut_on_arrival(0, 2, 100, second - 1));
  EXPECT_TRUE(carried.network.cut_on_arrival(0, 2, 100, second));
  EXPECT_FALSE(carried.network.cut_on_arrival(0, 2, 100, 2 * second)) << "it has healed";
  EXPECT_EQ(carried.receipts[0].bites, 1U);
}

// Keyed randomness: a fault's absence leaves what the other fault does to each frame as it was.
TEST(Network, RemovingOneFaultLeavesTheOthersFates) {
  const Carried both({fault_of(FaultKind::loss, 0), fault_of(FaultKind::duplicate, 1)});
  const Carried loss({fault_of(FaultKind::loss, 0)});
  const Carried duplicates({fault_of(FaultKind::duplicate, 1)});
  for (std::size_t i = 0; i < 300; ++i) {
    EXPECT_EQ(both.copies[i].empty(), loss.copies[i].empty());
    if (!both.copies[i].empty()) {
      EXPECT_EQ(both.copies[i], duplicates.copies[i]);
    }
  }
  EXPECT_EQ(both.receipts[0].bites, loss.receipts[0].bites);
}

// One link's traffic decides nothing on another.
TEST(Network, LinksDoNotDisturbEachOther) {
  Carried busy({fault_of(FaultKind::loss, 0)}, 2, 1);
  const Carried quiet({fault_of(FaultKind::loss, 0)});
  for (std::size_t i = 0; i < 300; ++i) {
    EXPECT_EQ(busy.network.send(0, 1, 100, i * millisecond), quiet.copies[i]);
  }
}

}  // namespace
}  // namespace rejoin::sim
