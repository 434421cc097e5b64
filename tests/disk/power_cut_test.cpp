// The power goes, at any write, at one of three nodes or at all, while they write, replicate, take
// checkpoints and start again; any of the unsynced writes survive, whole or torn. What a node
// acknowledged, to a client or to a peer, comes back; no dot is used twice; all become equal.
//
// REJOIN_POWER_SEEDS and REJOIN_POWER_SEED make a campaign of it: tests/campaigns/power-cut.
#include <gtest/gtest.h>

#include <cstdint>
#include <cstdlib>
#include <iostream>

#include "tests/disk/cluster.hpp"

namespace rejoin::disk_test {
namespace {

constexpr int steps = 400;

std::uint64_t setting(const char* name, std::uint64_t otherwise) {
  const char* text = std::getenv(name);
  return text == nullptr ? otherwise : std::strtoull(text, nullptr, 10);
}

struct Totals {
  std::uint64_t cuts = 0;
  std::uint64_t cuts_while_opening = 0;
  std::uint64_t acknowledged = 0;
  std::uint64_t dots = 0;
  std::uint64_t repairs = 0;
};

// Which of the unsynced writes a power cut leaves: mostly some.
Survival drawn_survival(Cluster& cluster) {
  const std::uint64_t kind = cluster.draw(6);
  return kind == 0 ? Survival::none : kind == 1 ? Survival::all : Survival::some;
}

// Powers on what lost its power, until it has opened; its next cut may come at any write from here.
void start_again(Cluster& cluster, unsigned member, Totals& totals) {
  for (;;) {
    cluster.crash(member, drawn_survival(cluster));
    if (cluster.draw(3) != 0) cluster.disk(member).cut_power(1 + cluster.draw(60));
    Error error;
    if (cluster.start(member, error)) return;
    ASSERT_FALSE(cluster.disk(member).has_power()) << error.message;
    ++totals.cuts_while_opening;
  }
}

void live_with_power_cuts(std::uint64_t seed, Totals& totals) {
  Cluster cluster(seed, 3);
  for (unsigned i = 0; i < cluster.size(); ++i) {
    ASSERT_NO_FATAL_FAILURE(start_again(cluster, i, totals));
  }
  for (int i = 0; i < steps; ++i) {
    cluster.step();
    const bool all = cluster.draw(400) == 0;
    for (unsigned member = 0; member < cluster.size(); ++member) {
      if (!all && cluster.disk(member).has_power()) continue;
      ++totals.cuts;
      ASSERT_NO_FATAL_FAILURE(start_again(cluster, member, totals));
    }
  }
  cluster.expect_converged();
  totals.acknowledged += cluster.acknowledged();
  totals.dots += cluster.dots();
  totals.repairs += cluster.repairs();
}

TEST(PowerCut, AnywhereInTheWholeStackLosesNothingShownAndReusesNoDot) {
  const std::uint64_t first = setting("REJOIN_POWER_SEED", 1);
  const std::uint64_t seeds = setting("REJOIN_POWER_SEEDS", 30);
  Totals totals;

  for (std::uint64_t seed = first; seed < first + seeds; ++seed) {
    live_with_power_cuts(seed, totals);
    ASSERT_FALSE(HasFailure()) << "seed " << seed;
    if ((seed - first + 1) % 500 == 0) {
      std::cout << "... " << seed - first + 1 << " seeds, " << totals.cuts << " cuts" << std::endl;
    }
  }

  std::cout << "  seeds " << first << " to " << first + seeds - 1 << ": " << totals.cuts
            << " power cuts while running, " << totals.cuts_while_opening << " while opening, "
            << totals.dots << " dots, " << totals.acknowledged
            << " acknowledged and kept by 3 nodes, " << totals.repairs
            << " repairs, 0 lost, 0 minted twice\n";
  EXPECT_GT(totals.cuts, 2 * seeds);
  EXPECT_GT(totals.acknowledged, seeds);
}

}  // namespace
}  // namespace rejoin::disk_test
