// Rot: every byte of every file of a store, changed one at a time, is found, and nothing that was
// acknowledged is given back changed or left out. Two kinds of bytes need not be found: those that
// opening replaces from the write-ahead log anyway, and the guard's mark, which is no part of the
// store and may be torn.
//
// REJOIN_FLIP_RECORDS makes a campaign of it: tests/campaigns/flip.
#include <gtest/gtest.h>

#include <cstdint>
#include <cstdlib>
#include <iostream>
#include <map>
#include <memory>
#include <string>

#include "crdt/hash.hpp"
#include "sim/fault_file_system.hpp"
#include "tests/disk/disk_fixture.hpp"

namespace rejoin::disk_test {
namespace {

using Files = std::map<std::string, std::string>;

const std::string store_name = "dir/store.sqlite";
const std::string wal_name = "dir/store.sqlite-wal";
const std::string guard_name = "dir/store.guard";
// Sanitizers make an opening cost twenty times as much; the release build flips them all.
#ifdef __SANITIZE_ADDRESS__
constexpr std::size_t stride = 7;
#else
constexpr std::size_t stride = 1;
#endif
constexpr std::size_t mark_begin = 64;
constexpr std::size_t mark_end = 64 + 24;

std::uint64_t records_drawn() {
  const char* text = std::getenv("REJOIN_FLIP_RECORDS");
  return text == nullptr ? 20 : std::strtoull(text, nullptr, 10);
}

// A store with a checkpoint, a log, room of deleted rows, and a record on several pages: as a
// stopped node leaves it, and as a killed one does.
struct Example {
  explicit Example(bool killed) {
    FaultFileSystem disk;
    auto storage = opened(disk, "dir");
    const std::uint64_t count = records_drawn();
    for (std::uint64_t n = 1; n <= count; ++n) EXPECT_TRUE(storage->append(records(n, n)));
    EXPECT_TRUE(storage->checkpoint(Records{"sum", std::string(6000, 's'), ""}, count * 2 / 3));
    if (killed) {
      storage.reset();
      storage = opened(disk, "dir");
      EXPECT_TRUE(storage->append(records(count + 1, count + 4)));
      EXPECT_TRUE(storage->append(records(count + 5, count + 5)));
    }
    expected = records_of(*storage);
    if (!killed) storage.reset();
    files = disk.files();
    FaultFileSystem reference;
    reference.put(files);
    opened(reference, "dir");
    after_opening = reference.files();
  }

  Files files;
  Files after_opening;  // and closing again
  Records expected;
};

struct Count {
  std::uint64_t found = 0;
  std::uint64_t replaced = 0;
  std::uint64_t harmless = 0;
};

// Changes the byte in some of its bits, and opens what comes out.
void flip(const Example& example, const std::string& name, std::size_t at, char bits,
          Count& count) {
  Files damaged = example.files;
  damaged[name][at] = static_cast<char>(damaged[name][at] ^ bits);
  FaultFileSystem disk;
  disk.put(damaged);
  auto storage = SqliteStorage::open(disk, "dir", our_store);
  if (!storage) {
    ASSERT_NE(storage.error().code, ErrorCode::storage_failed) << storage.error().message;
    ASSERT_NE(storage.error().code, ErrorCode::storage_locked) << storage.error().message;
    ++count.found;
    return;
  }
  ASSERT_TRUE(records_of(**storage) == example.expected) << name << ", byte " << at;
  if (name == guard_name && at >= mark_begin && at < mark_end) {
    ++count.harmless;
    return;
  }
  storage->reset();
  ASSERT_TRUE(disk.files() == example.after_opening) << name << ", byte " << at << ": not found";
  ++count.replaced;
}

void flip_every_byte(const Example& example, const std::string& how) {
  for (const auto& [name, content] : example.files) {
    Count count;
    for (std::size_t at = 0; at < content.size(); at += stride) {
      // One bit, or all of them in one of 29 bytes.
      const char bits = static_cast<char>(at % 29 == 0 ? 0xff : 1 << mix64(at) % 8);
      ASSERT_NO_FATAL_FAILURE(flip(example, name, at, bits, count));
    }
    std::cout << "  " << how << ", " << name << ": " << content.size() << " bytes, " << count.found
              << " found, " << count.replaced << " replaced from the log, " << count.harmless
              << " of the mark, 0 silent\n";
    EXPECT_EQ(count.harmless > 0, name == guard_name);
    if (!example.files.contains(wal_name) || name == wal_name) {
      EXPECT_EQ(count.replaced, 0U);
    }
  }
}

TEST(Damage, EveryByteOfAStoppedStoreIsFound) {
  const Example example(false);
  ASSERT_EQ(example.files.size(), 2U);
  flip_every_byte(example, "stopped");
}

TEST(Damage, EveryByteOfAKilledStoreIsFound) {
  const Example example(true);
  ASSERT_EQ(example.files.size(), 3U);
  ASSERT_GT(example.files.at(wal_name).size(), 8000U);
  flip_every_byte(example, "killed");
}

// Without its guard, as after a power cut that took the mark.
TEST(Damage, WithoutAMarkTheLastTransactionMayBeTakenForATornOne) {
  FaultFileSystem disk;
  auto storage = opened(disk, "dir");
  for (std::uint64_t n = 1; n <= 4; ++n) ASSERT_TRUE(storage->append(records(n, n)));
  const std::size_t before_last = disk.files().at(wal_name).size();
  ASSERT_TRUE(storage->append(records(5, 5)));
  Files files = disk.files();
  files.erase(guard_name);
  const std::size_t size = files.at(wal_name).size();
  int found = 0;
  int last_dropped = 0;

  for (std::size_t at = 0; at < size; at += 7) {
    Files damaged = files;
    damaged[wal_name][at] ^= static_cast<char>(1 << at % 8);
    FaultFileSystem damaged_disk;
    damaged_disk.put(damaged);

    auto reopened = SqliteStorage::open(damaged_disk, "dir", our_store);
    if (!reopened) {
      ASSERT_EQ(reopened.error().code, ErrorCode::storage_corrupt) << reopened.error().message;
      ASSERT_TRUE(damaged_disk.files() == damaged) << "byte " << at;
      ++found;
    } else {
      ASSERT_GE(at, before_last);
      ASSERT_EQ(records_of(**reopened), records(1, 4)) << "byte " << at;
      ++last_dropped;
    }
  }

  EXPECT_GE(found, static_cast<int>(before_last / 7));
  EXPECT_GT(last_dropped, 0);
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
