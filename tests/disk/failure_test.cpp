// A disk that fails, at every point where it can: nothing acknowledged is lost, nothing that was
// not asked for appears, and after the first failure the storage writes no more.
#include <gtest/gtest.h>

#include <algorithm>
#include <cstdint>
#include <functional>
#include <iostream>
#include <memory>
#include <string>
#include <utility>
#include <vector>

#include "crdt/hash.hpp"
#include "net/disk/vfs.hpp"
#include "net/memory_storage.hpp"
#include "sim/fault_file_system.hpp"
#include "tests/disk/disk_fixture.hpp"

namespace rejoin::disk_test {
namespace {

using Step = std::function<Result<void>(Storage&)>;

// A life of a store: each inner list is one opening of it.
using Life = std::vector<std::vector<Step>>;

Step append(Records batch) {
  return [batch = std::move(batch)](Storage& storage) { return storage.append(batch); };
}

Step checkpoint(Records sum, std::uint64_t upto) {
  return [sum = std::move(sum), upto](Storage& storage) { return storage.checkpoint(sum, upto); };
}

Life small_life() {
  return {{append(records(1, 1)), append(records(2, 6)), checkpoint({"four", "times"}, 4)},
          {append(records(7, 20)), checkpoint({std::string(20'000, 'c')}, 20)},
          {append(records(21, 22))}};
}

// Long enough that SQLite copies its log into the database several times while running.
Life large_life() {
  std::vector<Step> steps;
  for (std::uint64_t n = 1; n <= 14; ++n) {
    steps.push_back(append({std::string(400'000, static_cast<char>('a' + n))}));
  }
  steps.push_back(checkpoint({std::string(3'000'000, 's')}, 11));
  steps.push_back(append(records(15, 16)));
  return {steps, {append(records(17, 18))}};
}

// What a life may leave: with and without the call that failed.
struct Outcome {
  Records acknowledged;
  Records attempted;
};

// Lives until the first failure.
Outcome live(FaultFileSystem& disk, const Life& life) {
  MemoryStorage acknowledged;
  for (const std::vector<Step>& opening : life) {
    auto storage = SqliteStorage::open(disk, "dir", our_store);
    if (!storage) {
      EXPECT_TRUE(disk.has_failed()) << storage.error().message;
      EXPECT_EQ(storage.error().code, ErrorCode::storage_failed) << storage.error().message;
      return {acknowledged.records(), acknowledged.records()};
    }
    for (const Step& step : opening) {
      const std::uint64_t last = (*storage)->last();
      const Result<void> done = step(**storage);
      if (done) {
        EXPECT_TRUE(step(acknowledged));
        EXPECT_EQ((*storage)->last(), acknowledged.last());
        continue;
      }
      EXPECT_TRUE(disk.has_failed()) << done.error().message;
      EXPECT_EQ(done.error().code, ErrorCode::storage_failed);
      EXPECT_EQ((*storage)->last(), last);

      const std::uint64_t changes = disk.changes();
      EXPECT_FALSE((*storage)->append(Records{"after"}));
      EXPECT_FALSE((*storage)->append(Records{"again"}));
      EXPECT_FALSE((*storage)->checkpoint(Records{"after"}, last));
      storage->reset();
      EXPECT_EQ(disk.changes(), changes) << "wrote after a failure";
      Outcome outcome{acknowledged.records(), {}};
      EXPECT_TRUE(step(acknowledged));
      outcome.attempted = acknowledged.records();
      return outcome;
    }
  }
  return {acknowledged.records(), acknowledged.records()};
}

// Opens what is left, which must be one of the two, and goes on with it. Returns what it holds
// then.
Records go_on(FaultFileSystem& disk, const Outcome& outcome) {
  auto storage = opened(disk, "dir");
  if (storage == nullptr) return {};
  Records found = records_of(*storage);
  EXPECT_TRUE(found == outcome.acknowledged || found == outcome.attempted)
      << found.size() << " records, acknowledged " << outcome.acknowledged.size();
  EXPECT_TRUE(storage->append(Records{"one more"}));
  found.push_back("one more");
  disk.cut_power(1);
  storage.reset();
  return found;
}

void expect_holds(FaultFileSystem& disk, const Records& expected) {
  const auto storage = opened(disk, "dir");
  ASSERT_NE(storage, nullptr);
  EXPECT_TRUE(records_of(*storage) == expected);
}

// After the failure the process starts again on the running machine, writes, and then the power
// goes.
void expect_survives_restart(FaultFileSystem& disk, const Outcome& outcome) {
  const Records expected = go_on(disk, outcome);
  disk.power_on(Survival::none);
  expect_holds(disk, expected);
}

// The power goes at once; what was not synced is lost, or is partly there.
void expect_survives_power_cut(FaultFileSystem& disk, const Outcome& outcome, Survival survival,
                               std::uint64_t seed) {
  disk.power_on(survival, seed);
  const Records expected = go_on(disk, outcome);
  disk.power_on(Survival::none);
  expect_holds(disk, expected);
}

// Plans a fault by `plan`, lives, and checks all ways to come back. False: the fault never struck.
bool try_fault(const Life& life, const std::function<void(FaultFileSystem&)>& plan, bool cut) {
  bool struck = false;
  for (int way = 0; way < 5; ++way) {
    if (way == 0 && cut) continue;
    FaultFileSystem disk;
    plan(disk);
    const Outcome outcome = live(disk, life);
    struck = disk.has_failed();
    if (!struck) return false;
    if (way == 0) {
      expect_survives_restart(disk, outcome);
    } else {
      const Survival survival = way == 1   ? Survival::none
                                : way == 2 ? Survival::all
                                           : Survival::some;
      expect_survives_power_cut(disk, outcome, survival,
                                combine64(disk.changes(), static_cast<std::uint64_t>(way)));
    }
    if (::testing::Test::HasFailure()) {
      ADD_FAILURE() << "way to come back: " << way;
      return false;
    }
  }
  return struck;
}

// Strikes the n-th operation for n = 1, 1 + stride, ... until there is none. Returns how often.
int strike_all(const Life& life, void (FaultFileSystem::*plan)(std::uint64_t), std::uint64_t stride,
               bool cut = false) {
  int struck = 0;
  for (std::uint64_t n = 1;; n += stride) {
    if (!try_fault(
            life, [&](FaultFileSystem& disk) { (disk.*plan)(n); }, cut)) {
      EXPECT_FALSE(::testing::Test::HasFailure()) << "operation " << n;
      return struck;
    }
    ++struck;
  }
}

TEST(DiskFailure, EveryFailedChangeLosesNothingAcknowledged) {
  const int struck = strike_all(small_life(), &FaultFileSystem::fail_change, 1);
  std::cout << "  " << struck << " changes failed, each with 5 ways to come back\n";
  EXPECT_GT(struck, 100);
}

TEST(DiskFailure, EveryFailedSyncLosesNothingAcknowledged) {
  const int struck = strike_all(large_life(), &FaultFileSystem::fail_sync, 1);
  std::cout << "  " << struck << " syncs failed, each with 5 ways to come back\n";
  EXPECT_GT(struck, 30);
}

TEST(DiskFailure, FailedChangesWhileTheLogIsCopiedLoseNothingAcknowledged) {
  const int struck = strike_all(large_life(), &FaultFileSystem::fail_change, 211);
  std::cout << "  " << struck << " changes failed, each with 5 ways to come back\n";
  EXPECT_GT(struck, 20);
}

TEST(DiskFailure, PowerCutBeforeEveryChangeLosesNothingAcknowledged) {
  const int struck = strike_all(small_life(), &FaultFileSystem::cut_power, 1, true);
  std::cout << "  " << struck << " power cuts, each with 4 ways to come back\n";
  EXPECT_GT(struck, 100);
}

TEST(DiskFailure, PowerCutsWhileTheLogIsCopiedLoseNothingAcknowledged) {
  const int struck = strike_all(large_life(), &FaultFileSystem::cut_power, 199, true);
  std::cout << "  " << struck << " power cuts, each with 4 ways to come back\n";
  EXPECT_GT(struck, 20);
}

// What cannot be read once is not refused for good: nothing is written behind the guard's back.
TEST(DiskFailure, EveryFailedCallOfAnOpeningLeavesAStoreThatOpens) {
  FaultFileSystem killed;
  auto storage = opened(killed, "dir");
  ASSERT_TRUE(storage->append(records(1, 9)));
  const auto files = killed.files();
  std::uint64_t n = 1;

  for (bool failed = true; failed; ++n) {
    FaultFileSystem disk;
    disk.put(files);
    disk.fail_call(n, 0);
    { const auto first = SqliteStorage::open(disk, "dir", our_store); }  // and closed
    failed = disk.has_failed();
    disk.plan_nothing();
    const auto again = opened(disk, "dir");
    ASSERT_NE(again, nullptr) << "after call " << n << " failed";
    ASSERT_EQ(records_of(*again), records(1, 9));
  }

  EXPECT_GT(n, 20U);
}

TEST(DiskFailure, SayWhatFailedAndThatWritingHasStopped) {
  FaultFileSystem disk;
  const auto storage = opened(disk, "dir");
  disk.fail_sync(1);

  const auto failed = storage->append(Records{"a"});
  const auto refused = storage->append(Records{"b"});

  ASSERT_FALSE(failed);
  EXPECT_EQ(failed.error().message,
            "dir/store.sqlite: disk I/O error: cannot sync dir/store.sqlite-wal: planned");
  ASSERT_FALSE(refused);
  EXPECT_EQ(refused.error().message,
            "writing has stopped, open the store again: cannot sync dir/store.sqlite-wal: planned");
  EXPECT_EQ(records_of(*storage), Records());
}

TEST(DiskFailure, BackupTakenWhileRunningOpensAsItWas) {
  FaultFileSystem disk;
  auto storage = opened(disk, "dir");
  ASSERT_TRUE(storage->append(records(1, 3)));
  const auto backup = disk.files();
  ASSERT_TRUE(storage->append(records(4, 9)));
  storage.reset();

  disk.put(backup);

  storage = opened(disk, "dir");
  EXPECT_EQ(records_of(*storage), records(1, 3));
}

TEST(DiskFailure, LyingSyncLeavesAnEarlierStateOrIsFoundOut) {
  // What the store held after each step. A disk that lies may take it back to one of these.
  std::vector<Records> states = {{}};
  MemoryStorage memory;
  for (const auto& opening : large_life()) {
    for (const Step& step : opening) {
      ASSERT_TRUE(step(memory));
      states.push_back(memory.records());
    }
  }
  int earlier = 0;
  int found_out = 0;
  int harmless = 0;

  for (std::uint64_t turn = 0;; ++turn) {
    const std::uint64_t n = 1 + turn / 3;
    FaultFileSystem disk;
    disk.lie_in_sync(n, turn % 3 == 0 ? 1 : turn % 3 == 1 ? 50 : 1'000'000);
    live(disk, large_life());
    if (disk.syncs() < n) break;
    disk.power_on(Survival::none);
    auto storage = SqliteStorage::open(disk, "dir", our_store);
    if (!storage) {
      // Foreign, when the lie was about the new file's first page, which says whose it is.
      ASSERT_TRUE(storage.error().code == ErrorCode::storage_corrupt ||
                  storage.error().code == ErrorCode::foreign_store)
          << storage.error().message;
      ++found_out;
      continue;
    }
    const Records found = records_of(**storage);
    ASSERT_NE(std::find(states.begin(), states.end(), found), states.end()) << "sync " << n;
    ++(found == states.back() ? harmless : earlier);
  }

  std::cout << "  one sync a lie, and then a power cut: " << harmless << " harmless, " << earlier
            << " back to an earlier state, " << found_out << " found out, 0 mixed\n";
  EXPECT_GT(harmless + earlier + found_out, 20);
}

TEST(DiskTrace, SameSeedAndCallsMakeTheSameBytes) {
  std::vector<std::uint64_t> traces;
  for (std::uint32_t seed : {7U, 7U, 8U}) {
    seed_sqlite(seed);
    FaultFileSystem disk;
    live(disk, small_life());
    traces.push_back(disk.trace());
  }
  seed_sqlite(0);

  EXPECT_EQ(traces[0], traces[1]);
  EXPECT_NE(traces[0], traces[2]);
}

}  // namespace
}  // namespace rejoin::disk_test
