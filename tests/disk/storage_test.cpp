// Every storage keeps the same promise: the same calls give the same loads.
#include <gtest/gtest.h>

#include <map>
#include <memory>
#include <string>

#include "crdt/hash.hpp"
#include "net/disk/posix_file_system.hpp"
#include "net/memory_storage.hpp"
#include "tests/disk/disk_fixture.hpp"

namespace rejoin::disk_test {
namespace {

class StorageContract : public ::testing::TestWithParam<const char*> {
 protected:
  StorageContract() {
    if (std::string(GetParam()) == "memory") {
      storage = std::make_unique<MemoryStorage>();
    } else {
      reopen();
    }
  }

  // The memory's storage is what outlives its user, so there is nothing to do for it.
  void reopen() {
    if (std::string(GetParam()) == "memory") return;
    storage.reset();  // gives the lock back
    storage = opened(files, directory.path() + "/made/by/open");
    ASSERT_NE(storage, nullptr);
  }

  TemporaryDirectory directory;
  PosixFileSystem files;
  std::unique_ptr<Storage> storage;
};

INSTANTIATE_TEST_SUITE_P(Both, StorageContract, ::testing::Values("memory", "sqlite"),
                         [](const auto& subject) { return std::string(subject.param); });

TEST_P(StorageContract, NewOneIsEmpty) {
  EXPECT_EQ(records_of(*storage), Records());
  EXPECT_EQ(storage->last(), 0U);
  EXPECT_EQ(storage->log_bytes(), 0U);
  EXPECT_EQ(storage->checkpoint_bytes(), 0U);
}

TEST_P(StorageContract, LoadGivesWhatWasAppendedInOrder) {
  ASSERT_TRUE(storage->append(records(1, 40)));
  ASSERT_TRUE(storage->append({}));
  ASSERT_TRUE(storage->append(records(41, 41)));

  EXPECT_EQ(records_of(*storage), records(1, 41));
  reopen();
  EXPECT_EQ(records_of(*storage), records(1, 41));
  EXPECT_EQ(storage->last(), 41U);
}

TEST_P(StorageContract, RecordsAreBytes) {
  std::string all;
  for (int byte = 0; byte < 256; ++byte) all += static_cast<char>(byte);
  const Records odd = {all, "", std::string(3, '\0'), std::string(100'000, 'x')};

  ASSERT_TRUE(storage->append(odd));
  reopen();

  EXPECT_EQ(records_of(*storage), odd);
}

TEST_P(StorageContract, CheckpointReplacesWhatItCovers) {
  ASSERT_TRUE(storage->append(records(1, 10)));

  ASSERT_TRUE(storage->checkpoint(Records{"sum", "of seven"}, 7));

  const Records expected = {"sum", "of seven", record(8), record(9), record(10)};
  EXPECT_EQ(records_of(*storage), expected);
  EXPECT_EQ(storage->last(), 10U);
  EXPECT_EQ(storage->checkpoint_bytes(), 11U);
  EXPECT_EQ(storage->log_bytes(), record(8).size() + record(9).size() + record(10).size());
  reopen();
  EXPECT_EQ(records_of(*storage), expected);
  EXPECT_EQ(storage->checkpoint_bytes(), 11U);
  EXPECT_EQ(storage->log_bytes(), record(8).size() + record(9).size() + record(10).size());
}

TEST_P(StorageContract, NumbersGoOnAfterCheckpointAndReopen) {
  ASSERT_TRUE(storage->append(records(1, 5)));
  ASSERT_TRUE(storage->checkpoint(Records{"all"}, 5));
  EXPECT_EQ(storage->last(), 5U);
  reopen();
  EXPECT_EQ(storage->last(), 5U);
  EXPECT_EQ(storage->log_bytes(), 0U);

  ASSERT_TRUE(storage->append(Records{"six"}));
  EXPECT_EQ(storage->last(), 6U);
  reopen();
  EXPECT_EQ(records_of(*storage), (Records{"all", "six"}));
  ASSERT_TRUE(storage->checkpoint(Records{}, 6));
  reopen();
  EXPECT_EQ(records_of(*storage), Records());
  EXPECT_EQ(storage->last(), 6U);
}

TEST_P(StorageContract, CheckpointOutsideTheLogIsRefusedAndChangesNothing) {
  ASSERT_TRUE(storage->append(records(1, 5)));
  ASSERT_TRUE(storage->checkpoint(Records{"four"}, 4));

  const auto before = storage->checkpoint(Records{"x"}, 3);
  const auto after = storage->checkpoint(Records{"x"}, 6);

  ASSERT_FALSE(before);
  EXPECT_EQ(before.error().code, ErrorCode::invalid_argument);
  ASSERT_FALSE(after);
  EXPECT_EQ(after.error().message,
            "a checkpoint up to record 6 is not between the last one, 4, and the last record, 5");
  EXPECT_EQ(records_of(*storage), (Records{"four", record(5)}));
  EXPECT_TRUE(storage->checkpoint(Records{"four again"}, 4));
  EXPECT_TRUE(storage->append(Records{"six"}));
  EXPECT_EQ(records_of(*storage), (Records{"four again", record(5), "six"}));
}

TEST_P(StorageContract, LoadEndsWithTheFirstErrorOfItsCaller) {
  ASSERT_TRUE(storage->append(records(1, 5)));
  int seen = 0;

  const auto result = storage->load([&](std::string_view) -> Result<void> {
    if (++seen == 3) return Error{ErrorCode::malformed, "not mine"};
    return {};
  });

  ASSERT_FALSE(result);
  EXPECT_EQ(result.error(), (Error{ErrorCode::malformed, "not mine"}));
  EXPECT_EQ(seen, 3);
}

TEST(StorageParity, SameRandomCallsGiveSameLoads) {
  TemporaryDirectory directory;
  PosixFileSystem files;
  MemoryStorage memory;
  std::unique_ptr<SqliteStorage> sqlite = opened(files, directory.path());
  ASSERT_NE(sqlite, nullptr);
  std::uint64_t draws = 0;
  const auto draw = [&](std::uint64_t below) { return mix64(++draws) % below; };
  std::map<std::string, int> calls;

  for (int step = 0; step < 400; ++step) {
    const std::uint64_t what = draw(10);
    if (what < 7) {
      const std::uint64_t first = memory.last() + 1;
      const Records batch = records(first, memory.last() + draw(6));
      ASSERT_EQ(memory.append(batch).has_value(), sqlite->append(batch).has_value());
      ++calls["append"];
    } else if (what < 9) {
      const std::uint64_t upto = memory.last() - draw(memory.last() / 4 + 1);
      const Records sum = records(upto, upto + draw(4));
      const auto in_memory = memory.checkpoint(sum, upto);
      ASSERT_EQ(in_memory.has_value(), sqlite->checkpoint(sum, upto).has_value());
      ++calls[in_memory ? "checkpoint" : "checkpoint refused"];
    } else {
      sqlite.reset();
      sqlite = opened(files, directory.path());
      ASSERT_NE(sqlite, nullptr);
      ++calls["reopen"];
    }
    ASSERT_EQ(memory.last(), sqlite->last()) << "step " << step;
    ASSERT_EQ(memory.log_bytes(), sqlite->log_bytes()) << "step " << step;
    ASSERT_EQ(memory.checkpoint_bytes(), sqlite->checkpoint_bytes()) << "step " << step;
    ASSERT_EQ(memory.records(), records_of(*sqlite)) << "step " << step;
  }
  for (const char* call : {"append", "checkpoint", "checkpoint refused", "reopen"}) {
    EXPECT_GT(calls[call], 5) << call;
  }
}

}  // namespace
}  // namespace rejoin::disk_test
