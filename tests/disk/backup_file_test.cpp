// The file of a backup: what was written comes back, and what was damaged is found.

#include "net/disk/backup_file.hpp"

#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include "net/disk/posix_file_system.hpp"
#include "tests/disk/disk_fixture.hpp"

namespace rejoin::disk_test {
namespace {

using ::testing::HasSubstr;

class BackupFile : public ::testing::Test {
 protected:
  // As a node would give them.
  static Records records() {
    CausalContext clock;
    clock.add(ReplicaId{7}, {1, 9});
    return {encode_record(IdentityRecord{ReplicaId{7}.node}, our_store),
            encode_record(IncarnationRecord{3}, our_store),
            encode_record(ClockRecord{clock, {}}, our_store)};
  }
  BackupHead head(const Records& of) const {
    BackupHead out{our_store, "cluster", "replica", {}, of.size(), 0};
    for (const std::string& record : of) out.bytes += record.size();
    return out;
  }
  void write(const Records& of) {
    auto writer = BackupWriter::create(files_, path_, head(of));
    ASSERT_TRUE(writer) << writer.error().message;
    for (const std::string& record : of) ASSERT_TRUE((*writer)->add(record));
    ASSERT_TRUE((*writer)->finish());
  }

  const TemporaryDirectory directory_;
  const std::string path_ = directory_.path() + "/backup";
  const std::string restored_ = directory_.path() + "/restored";
  PosixFileSystem files_;
};

TEST_F(BackupFile, RestoredDirectoryHoldsTheRecords) {
  write(records());

  const auto restored = restore_backup(files_, path_, restored_);

  ASSERT_TRUE(restored) << restored.error().message;
  EXPECT_EQ(*restored, head(records()));
  auto storage = SqliteStorage::open(files_, restored_, our_store);
  ASSERT_TRUE(storage) << storage.error().message;
  EXPECT_EQ(*loaded(**storage), records());
  EXPECT_FALSE(std::filesystem::exists(restored_ + ".part"));
  EXPECT_FALSE(std::filesystem::exists(path_ + ".part"));
}

TEST_F(BackupFile, EveryByteThatIsFlippedIsFoundAndNothingIsMade) {
  write(records());
  const std::string whole = contents_of(path_);
  for (std::size_t i = 0; i < whole.size(); ++i) {
    std::string damaged = whole;
    damaged[i] = static_cast<char>(damaged[i] ^ 0x40);
    write_contents(path_, damaged);
    const auto restored = restore_backup(files_, path_, restored_);
    ASSERT_FALSE(restored) << i;
    EXPECT_THAT(restored.error().message, HasSubstr(path_));
    ASSERT_FALSE(std::filesystem::exists(restored_)) << i;
    ASSERT_FALSE(std::filesystem::exists(restored_ + ".part")) << i;
  }
}

TEST_F(BackupFile, EveryLengthThatIsNotTheWholeIsFound) {
  write(records());
  const std::string whole = contents_of(path_);
  for (std::size_t size = 0; size < whole.size(); ++size) {
    write_contents(path_, whole.substr(0, size));
    EXPECT_FALSE(check_backup(files_, path_)) << size;
  }
  write_contents(path_, whole + "x");
  EXPECT_FALSE(check_backup(files_, path_));
  write_contents(path_, whole);
  EXPECT_TRUE(check_backup(files_, path_));
}

TEST_F(BackupFile, RecordsOfAnotherStoreOrInAnotherOrderAreRefused) {
  Records foreign = records();
  foreign[1] = encode_record(IncarnationRecord{3}, other_store);
  write(foreign);
  EXPECT_FALSE(check_backup(files_, path_));
  write({records()[1], records()[0]});
  const auto checked = check_backup(files_, path_);
  ASSERT_FALSE(checked);
  EXPECT_THAT(checked.error().message, HasSubstr("whose it is"));
}

TEST_F(BackupFile, RestoreOverAStoreIsRefusedAndLeavesItAlone) {
  write(records());
  ASSERT_TRUE(restore_backup(files_, path_, restored_));
  const std::string before = contents_of(restored_ + "/store.sqlite");

  EXPECT_FALSE(restore_backup(files_, path_, restored_));

  EXPECT_EQ(contents_of(restored_ + "/store.sqlite"), before);
}

TEST_F(BackupFile, WhatAnEarlierRestoreLeftIsNamed) {
  write(records());
  std::filesystem::create_directory(restored_ + ".part");

  const auto restored = restore_backup(files_, path_, restored_);

  ASSERT_FALSE(restored);
  EXPECT_THAT(restored.error().message, HasSubstr(restored_ + ".part"));
  EXPECT_THAT(restored.error().message, HasSubstr("remove it"));
}

TEST_F(BackupFile, NewerVersionIsToldFromRubbish) {
  write_contents(path_, "rejoin backup 2\nand whatever it holds");
  auto checked = check_backup(files_, path_);
  ASSERT_FALSE(checked);
  EXPECT_EQ(checked.error().code, ErrorCode::version_unsupported);
  write_contents(path_, "SQLite format 3 or whatever");
  checked = check_backup(files_, path_);
  ASSERT_FALSE(checked);
  EXPECT_EQ(checked.error().code, ErrorCode::storage_corrupt);
}

}  // namespace
}  // namespace rejoin::disk_test
