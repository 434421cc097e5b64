// A directory that cannot be used is refused, with what was found and what to do; and left as it
// is.
#include <gmock/gmock.h>
#include <gtest/gtest.h>
#include <sqlite3.h>
#include <sys/wait.h>
#include <unistd.h>

#include <filesystem>
#include <memory>
#include <string>

#include "net/disk/posix_file_system.hpp"
#include "tests/disk/disk_fixture.hpp"

namespace rejoin::disk_test {
namespace {

using ::testing::AllOf;
using ::testing::HasSubstr;

class Refusal : public ::testing::Test {
 protected:
  // A store of five records and a checkpoint, closed.
  void SetUp() override {
    auto storage = opened(files, directory.path());
    ASSERT_NE(storage, nullptr);
    ASSERT_TRUE(storage->append(records(1, 5)));
    ASSERT_TRUE(storage->checkpoint(Records{"one and two"}, 2));
  }

  // With SQLite's own file system, as a person would.
  void run_sql(const std::string& sql) {
    sqlite3* handle = nullptr;
    ASSERT_EQ(sqlite3_open(directory.store().c_str(), &handle), SQLITE_OK);
    char* message = nullptr;
    EXPECT_EQ(sqlite3_exec(handle, sql.c_str(), nullptr, nullptr, &message), SQLITE_OK)
        << sql << ": " << (message == nullptr ? "" : message);
    sqlite3_free(message);
    sqlite3_close(handle);
  }

  Error refused(StoreId store = our_store) {
    const std::string before = contents_of(directory.store());
    auto storage = SqliteStorage::open(files, directory.path(), store);
    EXPECT_FALSE(storage);
    EXPECT_EQ(contents_of(directory.store()), before) << "a refused file was changed";
    return storage ? Error() : storage.error();
  }

  void expect_corrupt(const std::string& found) {
    const Error error = refused();
    EXPECT_EQ(error.code, ErrorCode::storage_corrupt);
    EXPECT_THAT(error.message,
                AllOf(HasSubstr(directory.store()), HasSubstr(found),
                      HasSubstr("restore a backup, or move the directory away to start empty as a "
                                "new node")));
  }

  TemporaryDirectory directory;
  PosixFileSystem files;
};

TEST_F(Refusal, EmptyFileIsNotTakenForANewStore) {
  write_contents(directory.store(), "");
  expect_corrupt("it has 0 bytes, too few for a database");
}

TEST_F(Refusal, FileThatIsNoDatabase) {
  write_contents(directory.store(), std::string(8192, 'z'));
  expect_corrupt("its first bytes are not those of a database");
}

TEST_F(Refusal, EveryTruncation) {
  const std::string whole = contents_of(directory.store());
  int refusals = 0;
  for (std::size_t size = 0; size < whole.size(); size += size < 200 ? 1 : 509, ++refusals) {
    write_contents(directory.store(), std::string_view(whole).substr(0, size));
    const Error error = refused();
    EXPECT_EQ(error.code, ErrorCode::storage_corrupt) << size << " bytes: " << error.message;
  }
  RecordProperty("truncations", refusals);
  write_contents(directory.store(), whole);
  EXPECT_NE(opened(files, directory.path()), nullptr);
}

TEST_F(Refusal, MissingFileWhoseLogIsThere) {
  std::filesystem::remove(directory.store());
  write_contents(directory.store() + "-wal", "anything");

  expect_corrupt("it is missing, but its write-ahead log is there");

  EXPECT_FALSE(std::filesystem::exists(directory.store()));
}

TEST_F(Refusal, MissingFileWhoseGuardIsThere) {
  std::filesystem::remove(directory.store());

  expect_corrupt("it is missing, but its guard is there");

  EXPECT_FALSE(std::filesystem::exists(directory.store()));
}

TEST_F(Refusal, OlderFileUnderItsGuardUnlessTheGuardIsTakenAway) {
  const std::string older = contents_of(directory.store());
  ASSERT_TRUE(opened(files, directory.path())->append(records(6, 7)));
  write_contents(directory.store(), older);

  expect_corrupt("its log ends with record 5, and 7 were acknowledged");
  expect_corrupt("(if you put it here, remove " + directory.guard() + ")");

  std::filesystem::remove(directory.guard());
  EXPECT_EQ(opened(files, directory.path())->last(), 5U);
  EXPECT_TRUE(std::filesystem::exists(directory.guard()));
}

TEST_F(Refusal, FileChangedByHandUnlessTheGuardIsTakenAway) {
  run_sql("CREATE TABLE notes(text TEXT)");

  expect_corrupt("or another program changed it (then remove " + directory.guard() + ")");

  std::filesystem::remove(directory.guard());
  EXPECT_EQ(opened(files, directory.path())->last(), 5U);
}

TEST_F(Refusal, DatabaseOfAnotherProgram) {
  std::filesystem::remove(directory.store());
  run_sql("CREATE TABLE photos(name TEXT); INSERT INTO photos VALUES('cat')");

  const Error error = refused();

  EXPECT_EQ(error.code, ErrorCode::foreign_store);
  EXPECT_THAT(error.message, AllOf(HasSubstr("it is a SQLite database of another program"),
                                   HasSubstr("give this node another directory")));
}

TEST_F(Refusal, AnotherClustersStore) {
  const Error error = refused(other_store);

  EXPECT_EQ(error.code, ErrorCode::foreign_store);
  EXPECT_THAT(error.message,
              AllOf(HasSubstr("the cluster with store id 112233445566778899aabbccddeeff00"),
                    HasSubstr("not to 00000000000000010000000000000002"),
                    HasSubstr("give this node another directory, or the name of that cluster")));
}

TEST_F(Refusal, NewerFormat) {
  run_sql("PRAGMA user_version=2");

  const Error error = refused();

  EXPECT_EQ(error.code, ErrorCode::version_unsupported);
  EXPECT_THAT(error.message, AllOf(HasSubstr("format version 2, this program knows version 1"),
                                   HasSubstr("run the newer program that wrote it")));
}

TEST_F(Refusal, FormatThatNeverWas) {
  run_sql("PRAGMA user_version=0");
  expect_corrupt("it has format version 0, which never was");
}

TEST_F(Refusal, RecordWithOtherBytes) {
  run_sql("UPDATE log SET bytes = 'forged' WHERE number = 4");
  expect_corrupt("the checksum of record 4 of log does not fit");
}

TEST_F(Refusal, SwappedRecords) {
  run_sql(
      "UPDATE log SET number = -3 WHERE number = 3; UPDATE log SET number = 3 WHERE number = 4;"
      "UPDATE log SET number = 4 WHERE number = -3");
  expect_corrupt("the checksum of record 3 of log does not fit");
}

TEST_F(Refusal, RecordMovedToAnotherTable) {
  run_sql(
      "DELETE FROM checkpoint;"
      "INSERT INTO checkpoint SELECT 1, bytes, checksum FROM log WHERE number = 3");
  expect_corrupt("the checksum of record 1 of checkpoint does not fit");
}

TEST_F(Refusal, MissingRecord) {
  run_sql("DELETE FROM log WHERE number = 4");
  expect_corrupt("record 5 of log where 4 should be");
}

TEST_F(Refusal, MissingLastRecord) {
  run_sql("DELETE FROM log WHERE number = 5");
  expect_corrupt("record 5 of log is missing, the last is 5");
}

TEST_F(Refusal, MissingCheckpoint) {
  run_sql("DELETE FROM checkpoint");
  expect_corrupt("record 1 of checkpoint is missing, the last is 1");
}

TEST_F(Refusal, RecordTooMany) {
  run_sql("INSERT INTO log SELECT 6, bytes, checksum FROM log WHERE number = 5");
  expect_corrupt("record 6 of log where the end should be");
}

TEST_F(Refusal, StaleMeta) {
  run_sql("UPDATE meta SET value = '4' WHERE key = 'last'");
  expect_corrupt("the checksum of 'last' in meta does not fit");
}

TEST_F(Refusal, MissingMeta) {
  run_sql("DELETE FROM meta WHERE key = 'checkpoint_upto'");
  expect_corrupt("'checkpoint_upto' is missing in meta");
}

TEST_F(Refusal, MissingTable) {
  run_sql("DROP TABLE log");
  expect_corrupt("no such table: log");
}

TEST_F(Refusal, SecondOpenOfOneDirectory) {
  const auto first = opened(files, directory.path());
  PosixFileSystem others;

  auto second = SqliteStorage::open(others, directory.path(), our_store);

  ASSERT_FALSE(second);
  EXPECT_EQ(second.error().code, ErrorCode::storage_locked);
  EXPECT_THAT(second.error().message,
              AllOf(HasSubstr("/lock is held by process "),
                    HasSubstr("stop it, or give this node a directory of its own")));
  EXPECT_TRUE(first->append(Records{"still works"}));
}

TEST_F(Refusal, SqliteByHandCannotEnterARunningStore) {
  const auto storage = opened(files, directory.path());
  ASSERT_TRUE(storage->append(Records{"in the write-ahead log"}));
  sqlite3* handle = nullptr;
  ASSERT_EQ(sqlite3_open(directory.store().c_str(), &handle), SQLITE_OK);

  EXPECT_EQ(sqlite3_exec(handle, "SELECT * FROM log", nullptr, nullptr, nullptr), SQLITE_BUSY);

  sqlite3_close(handle);
  EXPECT_TRUE(std::filesystem::exists(directory.store() + "-wal"));
}

TEST_F(Refusal, StoreThatIsOpenByHand) {
  // In another process: the locks of SQLite's own file system are those of the whole process.
  int reading[2];
  int done[2];
  ASSERT_EQ(pipe(reading), 0);
  ASSERT_EQ(pipe(done), 0);
  const pid_t person = fork();
  if (person == 0) {
    close(done[1]);
    sqlite3* handle = nullptr;
    sqlite3_open(directory.store().c_str(), &handle);
    const int code = sqlite3_exec(handle, "BEGIN; SELECT * FROM log", nullptr, nullptr, nullptr);
    char byte = code == SQLITE_OK ? 'y' : 'n';
    if (write(reading[1], &byte, 1) != 1) _exit(1);
    (void)!read(done[0], &byte, 1);  // until the test closes its end
    _exit(0);
  }
  char byte = 0;
  ASSERT_EQ(read(reading[0], &byte, 1), 1);
  ASSERT_EQ(byte, 'y');

  auto storage = SqliteStorage::open(files, directory.path(), our_store);

  for (int end : {reading[0], reading[1], done[0], done[1]}) close(end);
  waitpid(person, nullptr, 0);
  ASSERT_FALSE(storage);
  EXPECT_EQ(storage.error().code, ErrorCode::storage_locked);
  EXPECT_THAT(storage.error().message, HasSubstr("is open in another program; close that program"));
}

TEST_F(Refusal, DirectoryThatIsAFile) {
  auto storage = SqliteStorage::open(files, directory.store(), our_store);

  ASSERT_FALSE(storage);
  EXPECT_EQ(storage.error().code, ErrorCode::storage_failed);
  EXPECT_THAT(storage.error().message, HasSubstr("Not a directory"));
}

TEST_F(Refusal, UnfinishedNewStoreIsMadeAgain) {
  std::filesystem::remove(directory.store());
  std::filesystem::remove(directory.guard());
  write_contents(directory.store() + ".new", "half");
  write_contents(directory.store() + ".new-wal", "half");

  const auto storage = opened(files, directory.path());

  ASSERT_NE(storage, nullptr);
  EXPECT_EQ(records_of(*storage), Records());
  EXPECT_FALSE(std::filesystem::exists(directory.store() + ".new"));
}

}  // namespace
}  // namespace rejoin::disk_test
