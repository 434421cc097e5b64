// Every call of a file system fails once, reads and openings too: before it did anything, after
// part of it, or after all. A node that could not write stops writing and says so, one that could
// not read goes on or does not open; what it showed is there after the next start, whether the
// machine ran on or lost its power.
//
// REJOIN_CALLS_STRIDE=1 and REJOIN_CALLS_SEEDS make a campaign of it: tests/campaigns/failing-call.
#include <gtest/gtest.h>

#include <cstdint>
#include <cstdlib>
#include <iostream>

#include "tests/disk/cluster.hpp"

namespace rejoin::disk_test {
namespace {

constexpr int steps = 300;
constexpr unsigned victim = 0;

std::uint64_t setting(const char* name, std::uint64_t otherwise) {
  const char* text = std::getenv(name);
  return text == nullptr ? otherwise : std::strtoull(text, nullptr, 10);
}

struct Totals {
  std::uint64_t failures = 0;
  std::uint64_t while_opening = 0;
  std::uint64_t stopped_writing = 0;
};

// Opens it; the planned call may fail meanwhile, once.
void open(Cluster& cluster, unsigned member, Totals& totals) {
  Error error;
  if (cluster.start(member, error)) return;
  EXPECT_EQ(error.code, ErrorCode::storage_failed) << error.message;
  ASSERT_TRUE(cluster.disk(member).has_failed()) << error.message;
  ++totals.while_opening;
  cluster.crash(member, cluster.draw(2) == 0 ? Survival::all : Survival::some);
  ASSERT_TRUE(cluster.start(member, error)) << error.message;
}

// The n-th call of the victim fails. False: there was none.
bool live_with_failing_call(std::uint64_t seed, std::uint64_t n, unsigned quarters,
                            Totals& totals) {
  Cluster cluster(seed, 3);
  FaultFileSystem& disk = cluster.disk(victim);
  disk.fail_call(n, quarters);
  for (unsigned i = 0; i < cluster.size(); ++i) open(cluster, i, totals);
  for (int i = 0; i < steps && !testing::Test::HasFailure(); ++i) {
    cluster.step();
    if (i % 100 != 99) continue;
    // Killed, as it is: what it writes when it opens can fail too.
    if (cluster.stopped_writing(victim)) ++totals.stopped_writing;
    const bool struck = disk.calls() >= n;
    cluster.crash(victim, struck && cluster.draw(2) == 0 ? Survival::some : Survival::all);
    if (!struck) disk.fail_call(n - disk.calls(), quarters);
    open(cluster, victim, totals);
  }
  const bool struck = disk.calls() >= n;
  if (cluster.stopped_writing(victim)) ++totals.stopped_writing;
  cluster.expect_converged();
  totals.failures += struck;
  return struck;
}

TEST(FailingCall, AnyOnceLosesNothingShown) {
  const std::uint64_t first = setting("REJOIN_CALLS_SEED", 1);
  const std::uint64_t seeds = setting("REJOIN_CALLS_SEEDS", 1);
  const std::uint64_t stride = setting("REJOIN_CALLS_STRIDE", 13);
  Totals totals;

  for (std::uint64_t seed = first; seed < first + seeds; ++seed) {
    for (const unsigned quarters : {0U, 2U, 3U, 4U}) {
      for (std::uint64_t n = 1; live_with_failing_call(seed, n, quarters, totals); n += stride) {
        ASSERT_FALSE(HasFailure())
            << "seed " << seed << ", call " << n << ", quarters done " << quarters;
      }
      ASSERT_FALSE(HasFailure()) << "seed " << seed << ", quarters done " << quarters;
    }
  }

  std::cout << "  " << totals.failures << " calls failed, " << totals.while_opening
            << " while a store was opened; a node stopped writing " << totals.stopped_writing
            << " times; 0 lost\n";
  EXPECT_GT(totals.failures, 400 * seeds / stride);
  EXPECT_GT(totals.while_opening, 0U);
  EXPECT_GT(totals.stopped_writing, 0U);
}

// The disk is full: the node stops writing. Started again it may not open while there is no room,
// and says so; with room it has all that it showed.
TEST(FailingCall, FullDiskThatLaterHasRoom) {
  std::uint64_t stopped = 0;
  std::uint64_t did_not_open = 0;
  for (std::uint64_t pages = 8; pages < 120; pages += 3) {
    Cluster cluster(pages, 3);
    Totals totals;
    for (unsigned i = 0; i < cluster.size(); ++i) open(cluster, i, totals);
    cluster.disk(victim).limit_bytes(pages * 4096);
    for (int i = 0; i < steps; ++i) cluster.step();
    stopped += cluster.stopped_writing(victim);

    cluster.crash(victim, Survival::all);
    Error error;
    if (!cluster.start(victim, error)) {
      EXPECT_EQ(error.code, ErrorCode::storage_failed);
      EXPECT_NE(error.message.find("no space left"), std::string::npos) << error.message;
      ++did_not_open;
      cluster.crash(victim, Survival::all);
    }
    cluster.disk(victim).limit_bytes(~std::uint64_t{0});
    cluster.expect_converged();
    ASSERT_FALSE(HasFailure()) << pages << " pages";
  }
  std::cout << "  " << stopped << " nodes filled their disk, " << did_not_open
            << " of them did not open before there was room; 0 lost\n";
  EXPECT_GT(stopped, 10U);
}

}  // namespace
}  // namespace rejoin::disk_test
