#include "sim/network.hpp"

#include <gtest/gtest.h>

#include <map>
#include <set>

#include "tests/sim/carried.hpp"

namespace rejoin::sim {
namespace {

using What = CutMode::What;

TEST(Network, WithoutFaultsEachFrameArrivesOnceAndLater) {
  Carried carried({});
  carried.send(0, 1).pass();
  EXPECT_EQ(carried.came.size(), 300U);
  for (Time took : carried.took()) EXPECT_GT(took, 0U);
}

// ---- links

TEST(Network, LossIsCounted) {
  Carried carried({fault_of(FaultKind::loss)});
  carried.send(0, 1).pass();
  EXPECT_LT(carried.came.size(), 250U);
  EXPECT_GT(carried.came.size(), 170U);
  EXPECT_EQ(carried.receipt().bites, 300 - carried.came.size());
  EXPECT_EQ(carried.receipt().losses, 100 * carried.receipt().bites);
}

// The same share is lost as with independent loss, in far fewer and longer runs.
TEST(Network, BurstLossLosesFramesInARow) {
  const auto runs = [](const Carried& carried, std::size_t sent) {
    std::set<std::size_t> came;
    for (const auto& one : carried.came) came.insert(one.number);
    std::size_t count = 0;
    for (std::size_t i = 0; i < sent; ++i)
      count += !came.contains(i) && (i == 0 || came.contains(i - 1));
    return count;
  };
  Fault burst = fault_of(FaultKind::burst_loss);
  burst.enter = 0.02;
  burst.leave = 0.08;
  burst.rate = 1;
  Carried bursts({burst});
  bursts.send(0, 1, 3000).pass();
  Fault even = fault_of(FaultKind::loss);
  even.rate = 0.2;
  Carried alone({even});
  alone.send(0, 1, 3000).pass();
  EXPECT_NEAR(static_cast<double>(bursts.receipt().bites), 600, 200);
  EXPECT_LT(runs(bursts, 3000), runs(alone, 3000) / 3);
  EXPECT_EQ(bursts.came.size() + bursts.receipt().bites, 3000U);
}

TEST(Network, DuplicatesAreCountedWhenTheyComeAndComeLater) {
  Carried carried({fault_of(FaultKind::duplicate)});
  carried.send(0, 1).pass();
  EXPECT_GT(carried.came.size(), 350U);
  EXPECT_EQ(carried.receipt().bites, carried.came.size() - 300);
  Carried nobody({fault_of(FaultKind::duplicate)});
  nobody.up = false;
  nobody.send(0, 1).pass();
  EXPECT_EQ(nobody.receipt().bites, 0U) << "they came where nobody was";
}

TEST(Network, LateDuplicatesComeMinutesLaterAndAfterTheFault) {
  Fault late = fault_of(FaultKind::late_duplicate);
  late.by_range = {120 * second, 300 * second};
  Carried carried({late});
  carried.send(0, 1).pass();
  std::size_t copies = 0;
  for (Time took : carried.took()) {
    if (took < second) continue;
    EXPECT_GE(took, 120 * second);
    EXPECT_LE(took, 301 * second);
    ++copies;
  }
  EXPECT_GT(copies, 50U);
  EXPECT_EQ(carried.receipt().bites, copies);
}

TEST(Network, ReorderIsCountedWhenAFrameOvertakesOneThatWasHeldBack) {
  Carried carried({fault_of(FaultKind::reorder)});
  carried.send(0, 1).pass();
  const std::vector<std::size_t> order = carried.order();
  EXPECT_EQ(order.size(), 300U);
  EXPECT_FALSE(std::is_sorted(order.begin(), order.end()));
  EXPECT_GT(carried.receipt().bites, 50U);
  Fault none = fault_of(FaultKind::reorder);
  none.rate = 0;
  Carried jittered({none});
  jittered.send(0, 1).pass();
  EXPECT_EQ(jittered.receipt().bites, 0U) << "jitter alone is not its doing";
}

TEST(Network, LatencyMakesFramesTakeLonger) {
  Fault slow = fault_of(FaultKind::latency);
  slow.delay = {Distribution::Shape::uniform, {40 * millisecond, 60 * millisecond}, 0};
  Carried with({slow});
  Carried without({});
  with.send(0, 1, 50, second / 10).pass();
  without.send(0, 1, 50, second / 10).pass();
  for (std::size_t i = 0; i < 50; ++i) {
    const Time more = with.took(second / 10)[i] - without.took(second / 10)[i];
    EXPECT_GE(more, 40 * millisecond);
    EXPECT_LE(more, 60 * millisecond);
  }
  EXPECT_EQ(with.receipt().bites, 50U);
}

Fault narrow(std::uint64_t queue, QueueDrop drop) {
  Fault fault = fault_of(FaultKind::bandwidth);
  fault.bandwidth = 10'000;  // a frame of 100 bytes takes 10 ms
  fault.queue = queue;
  fault.drop = drop;
  return fault;
}

TEST(Network, BandwidthSpreadsFramesOut) {
  Carried carried({narrow(100'000, QueueDrop::tail)});
  carried.send(0, 1, 50, 0).pass();
  ASSERT_EQ(carried.came.size(), 50U);
  EXPECT_GT(carried.came.back().at, 500 * millisecond);
  EXPECT_LT(carried.came.back().at, 540 * millisecond);
  EXPECT_EQ(carried.receipt().bites, 49U) << "the first did not wait";
  Carried rare({narrow(100'000, QueueDrop::tail)});
  rare.send(0, 1, 50, 20 * millisecond).pass();
  EXPECT_EQ(rare.receipt().bites, 0U) << "the link was wide enough";
}

TEST(Network, AFullQueueDropsItsHeadItsTailOrAny) {
  std::map<QueueDrop, std::vector<std::size_t>> came;
  for (QueueDrop drop : {QueueDrop::head, QueueDrop::tail, QueueDrop::random}) {
    Carried carried({narrow(500, drop)});
    carried.send(0, 1, 50, 0).pass();
    came[drop] = carried.order();
    ASSERT_EQ(came[drop].size(), 6U) << "one on its way out and five that wait";
    EXPECT_EQ(carried.receipt().bites, 49U);
    std::sort(came[drop].begin(), came[drop].end());
  }
  EXPECT_EQ(came[QueueDrop::tail], (std::vector<std::size_t>{0, 1, 2, 3, 4, 5}));
  EXPECT_EQ(came[QueueDrop::head], (std::vector<std::size_t>{0, 45, 46, 47, 48, 49}));
  EXPECT_NE(came[QueueDrop::random], came[QueueDrop::tail]);
  EXPECT_NE(came[QueueDrop::random], came[QueueDrop::head]);
}

TEST(Network, DamageChangesBytesAndIsNotCountedBeforeItIsRefused) {
  for (FaultKind kind : {FaultKind::truncate, FaultKind::flip, FaultKind::oversize}) {
    Carried carried({fault_of(kind)});
    carried.send(0, 1).pass();
    std::size_t damaged = 0;
    for (const auto& one : carried.came) {
      if (one.bytes == std::string(100, 'x')) continue;
      ++damaged;
      if (kind == FaultKind::truncate) {
        EXPECT_LT(one.bytes.size(), 100U);
      }
      if (kind == FaultKind::flip) {
        EXPECT_EQ(one.bytes.size(), 100U);
      }
      if (kind == FaultKind::oversize) {
        EXPECT_EQ(one.bytes.size(), 4097U);
      }
    }
    EXPECT_EQ(carried.came.size(), 300U);
    EXPECT_GT(damaged, 60U) << name_of(kind);
    EXPECT_LT(damaged, 120U) << name_of(kind);
    EXPECT_EQ(carried.receipt().bites, 0U);
  }
}

TEST(Network, AFaultIsOnTheLinksItNames) {
  Fault loss = fault_of(FaultKind::loss);
  loss.rate = 1;
  loss.from = {0};
  loss.to = {1, 2};
  EXPECT_EQ(Carried({loss}).send(0, 1, 20).pass().came.size(), 0U);
  EXPECT_EQ(Carried({loss}).send(1, 0, 20).pass().came.size(), 20U);
  Fault some = fault_of(FaultKind::loss);
  some.rate = 1;
  some.links = 0.5;
  std::size_t lossy = 0;
  for (unsigned source = 0; source < 10; ++source) {
    for (unsigned target = 0; target < 10; ++target) {
      if (source == target) continue;
      const std::size_t came = Carried({some}, 10).send(source, target, 3).pass().came.size();
      EXPECT_TRUE(came == 0 || came == 3) << "a link has it or not";
      lossy += came == 0;
    }
  }
  EXPECT_GT(lossy, 25U);
  EXPECT_LT(lossy, 65U);
}

// ---- keyed draws

std::vector<Fault> one_of_each() {
  std::vector<Fault> faults;
  const auto add = [&](FaultKind kind) -> Fault& {
    faults.push_back(fault_of(kind, faults.size() % 8));
    return faults.back();
  };
  add(FaultKind::loss).rate = 0.1;
  Fault& burst = add(FaultKind::burst_loss);
  burst.enter = 0.05;
  burst.leave = 0.3;
  add(FaultKind::duplicate);
  add(FaultKind::late_duplicate).by_range = {60 * second, 90 * second};
  add(FaultKind::reorder);
  add(FaultKind::latency).delay = {Distribution::Shape::pareto, {5 * millisecond}, 1.5};
  add(FaultKind::truncate).rate = 0.05;
  add(FaultKind::flip).rate = 0.05;
  add(FaultKind::oversize).rate = 0.02;
  Fault& split = add(FaultKind::split);
  split.side = {0, 1, 0};
  // A cut of what is under way is of when it arrives, which others decide.
  split.mode = {What::drain, 1};
  split.begin = 40 * millisecond;
  split.end = 60 * millisecond;
  Fault& flaps = add(FaultKind::flapping);
  flaps.side = {0, 1, 0};
  flaps.mode = {What::drain, 1};
  flaps.begin = 200 * millisecond;
  flaps.period = 20 * millisecond;
  Fault& island = add(FaultKind::slow_island);
  island.side = {0, 1, 0};
  island.delay.times = {7 * millisecond};
  add(FaultKind::wan).by_range = {millisecond, 9 * millisecond};
  faults.back().side = {0, 1, 2};
  Fault& joiner = add(FaultKind::slow_joiner);
  joiner.nodes = {1};
  return faults;
}

// What the named kinds do to each frame is the same without any one of the others: each frame that
// comes without `gone`, and is not touched by it with `gone`, comes as it did.
TEST(Network, RemovingOneFaultLeavesTheOthersFates) {
  const std::vector<Fault> all = one_of_each();
  Carried with(all);
  with.send(0, 1, 400).pass();
  for (std::size_t gone = 0; gone < all.size(); ++gone) {
    std::vector<Fault> rest = all;
    rest.erase(rest.begin() + static_cast<std::ptrdiff_t>(gone));
    Carried without(rest);
    without.send(0, 1, 400).pass();
    const auto times = [](const Carried& carried) {
      std::map<std::size_t, std::multiset<std::pair<Time, std::string>>> out;
      for (const auto& one : carried.came) out[one.number].insert({one.at, one.bytes});
      return out;
    };
    auto before = times(with);
    auto after = times(without);
    // Everything but what the fault itself touched: nothing else moves.
    Carried alone({all[gone]});
    alone.send(0, 1, 400).pass();
    Carried plain({});
    plain.send(0, 1, 400).pass();
    auto by_it = times(alone);
    auto by_none = times(plain);
    std::size_t its = 0;
    for (std::size_t i = 0; i < 400; ++i) {
      if (by_it[i] != by_none[i]) {
        ++its;
      } else {
        EXPECT_EQ(before[i], after[i]) << name_of(all[gone].kind) << " frame " << i;
      }
    }
    EXPECT_GT(its, 0U) << name_of(all[gone].kind);
  }
}

// One link's traffic decides nothing on another.
TEST(Network, LinksDoNotDisturbEachOther) {
  Carried busy({fault_of(FaultKind::loss)});
  busy.send(2, 1).pass();
  const std::size_t others = busy.came.size();
  busy.send(0, 1).pass();
  Carried quiet({fault_of(FaultKind::loss)});
  quiet.send(0, 1).pass();
  ASSERT_EQ(busy.came.size() - others, quiet.came.size());
  for (std::size_t i = 0; i < quiet.came.size(); ++i) {
    EXPECT_EQ(busy.came[others + i].at - 300 * millisecond, quiet.came[i].at);
  }
}

TEST(Network, ManyNodesShareNoMemoryForLinksThatCarryNothing) {
  Carried few({fault_of(FaultKind::loss)}, 3);
  Carried many({fault_of(FaultKind::loss)}, 100'000);
  few.send(0, 1).pass();
  many.send(0, 1).pass();
  EXPECT_EQ(few.order(), many.order());
}

}  // namespace
}  // namespace rejoin::sim
