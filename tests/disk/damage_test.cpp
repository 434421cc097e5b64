// Rot: one flipped bit, in every byte in turn, is found or changes nothing that is loaded.
#include <gtest/gtest.h>

#include <cstdint>
#include <iostream>
#include <map>
#include <memory>
#include <string>

#include "tests/disk/disk_fixture.hpp"
#include "tests/disk/fault_file_system.hpp"

namespace rejoin::disk_test {
namespace {

using Files = std::map<std::string, std::string>;

const std::string store_name = "dir/store.sqlite";
const std::string wal_name = "dir/store.sqlite-wal";

// A closed store with a checkpoint, a log, room of deleted rows, and a record on several pages.
struct Example {
  Example() {
    FaultFileSystem disk;
    auto storage = opened(disk, "dir");
    for (std::uint64_t n = 1; n <= 20; ++n) EXPECT_TRUE(storage->append(records(n, n)));
    EXPECT_TRUE(storage->checkpoint(Records{"sum", std::string(6000, 's'), ""}, 14));
    expected = records_of(*storage);
    storage.reset();
    files = disk.files();
  }

  Files files;
  Records expected;
};

struct Count {
  int detected = 0;
  int harmless = 0;
};

TEST(Damage, EveryFlippedByteOfTheDatabaseIsFoundOrHarmless) {
  const Example example;
  ASSERT_FALSE(example.files.contains(wal_name));
  const std::size_t size = example.files.at(store_name).size();
  std::map<std::string, Count> counts;

  for (const std::string change : {"one bit", "all bits"}) {
    const std::size_t stride = change == "one bit" ? 1 : 29;
    for (std::size_t at = 0; at < size; at += stride) {
      Files damaged = example.files;
      damaged[store_name][at] ^= static_cast<char>(change == "one bit" ? 1 << at % 8 : 0xff);
      FaultFileSystem disk;
      disk.put(damaged);

      auto storage = SqliteStorage::open(disk, "dir", our_store);
      if (!storage) {
        // Beside it there may be an empty log now.
        ASSERT_TRUE(disk.files().at(store_name) == damaged.at(store_name))
            << "byte " << at << ": refused, and changed";
        ++counts[change].detected;
        continue;
      }
      ASSERT_TRUE(records_of(**storage) == example.expected) << change << " of byte " << at;
      ++counts[change].harmless;

      // Harmless must stay so when the store goes on, on pages that it believes to be free.
      Records after = example.expected;
      const Records more = records(21, 40);
      if (!(*storage)->append(more)) continue;
      after.insert(after.end(), more.begin(), more.end());
      storage->reset();
      auto again = SqliteStorage::open(disk, "dir", our_store);
      ASSERT_TRUE(again) << change << " of byte " << at << ": " << again.error().message;
      ASSERT_TRUE(records_of(**again) == after) << change << " of byte " << at;
    }
  }

  for (const auto& [change, count] : counts) {
    std::cout << "  " << change << " of " << count.detected + count.harmless
              << " bytes: " << count.detected << " found, " << count.harmless
              << " harmless, 0 silent\n";
    EXPECT_GT(count.detected, 0);
  }
}

TEST(Damage, FlippedByteOfTheLogCostsAtMostTheLastTransaction) {
  FaultFileSystem disk;
  auto storage = opened(disk, "dir");
  for (std::uint64_t n = 1; n <= 4; ++n) ASSERT_TRUE(storage->append(records(n, n)));
  const std::size_t before_last = disk.files().at(wal_name).size();
  ASSERT_TRUE(storage->append(records(5, 5)));
  const Files files = disk.files();  // as kill -9 leaves them
  const std::size_t size = files.at(wal_name).size();
  ASSERT_GT(size, before_last);
  int detected = 0;
  int harmless = 0;
  int last_dropped = 0;

  for (std::size_t at = 0; at < size; ++at) {
    Files damaged = files;
    damaged[wal_name][at] ^= static_cast<char>(1 << at % 8);
    FaultFileSystem damaged_disk;
    damaged_disk.put(damaged);

    auto reopened = SqliteStorage::open(damaged_disk, "dir", our_store);
    if (!reopened) {
      ASSERT_EQ(reopened.error().code, ErrorCode::storage_corrupt) << reopened.error().message;
      ASSERT_TRUE(damaged_disk.files() == damaged) << "byte " << at;
      ++detected;
    } else if (records_of(**reopened) == records(1, 5)) {
      ++harmless;
    } else {
      ASSERT_GE(at, before_last);
      ASSERT_EQ(records_of(**reopened), records(1, 4)) << "byte " << at;
      ++last_dropped;
    }
  }

  std::cout << "  one bit of " << size << " bytes: " << detected << " found, " << harmless
            << " harmless, " << last_dropped << " of the last transaction taken for a torn write\n";
  EXPECT_GE(detected, static_cast<int>(before_last));
}

TEST(Damage, StalePagesAreFound) {
  FaultFileSystem disk;
  auto storage = opened(disk, "dir");
  ASSERT_TRUE(storage->append(records(1, 30)));
  storage.reset();
  const std::string older = disk.files().at(store_name);
  storage = opened(disk, "dir");
  ASSERT_TRUE(storage->append(records(31, 32)));
  ASSERT_TRUE(storage->checkpoint(records(1, 3), 12));
  const Records expected = records_of(*storage);
  storage.reset();
  const Files files = disk.files();
  int found = 0;

  for (std::size_t page = 0; page + 4096 <= older.size(); page += 4096) {
    Files damaged = files;
    damaged[store_name].replace(page, 4096, older, page, 4096);
    if (damaged == files) continue;
    FaultFileSystem stale;
    stale.put(damaged);
    auto reopened = SqliteStorage::open(stale, "dir", our_store);
    if (reopened) {
      EXPECT_EQ(records_of(**reopened), expected) << "page " << page / 4096 + 1;
    } else {
      ++found;
    }
  }

  EXPECT_GT(found, 3);
}

}  // namespace
}  // namespace rejoin::disk_test
