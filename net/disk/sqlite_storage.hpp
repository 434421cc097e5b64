#pragma once

// SqliteStorage: records in one SQLite file, DIRECTORY/store.sqlite; what must be in it, in a guard
// beside it (guard.hpp). docs/storage-format.md has both byte by byte.
//
//     meta        what the file is: application, format, store, and where log and checkpoint end
//     log         the records since the checkpoint, by number, without a gap
//     checkpoint  the records that say the same as all up to a number, by position from 1
//
// Every row carries an XXH3 checksum over its table, number, store and bytes, so that a damaged,
// stale, moved or missing row is found. `open` reads and checks everything; load checks again what
// it gives. What is there and cannot be read is never replaced by an empty store.
//
// Durability: append and checkpoint are one transaction each, in WAL mode with a sync before it
// returns.
//
// Failure: after one failed operation nothing is written any more, not even when closing; open
// again.
//
// Limits: a torn end of the write-ahead log is dropped, as it was never acknowledged. Damage to its
// very last transaction looks the same, and is told from it by the guard's mark, which a power cut
// may have made older.
//
// Space: the file never shrinks; room of replaced records is used again. Cost: append one sync and
// one small write; open, load and checkpoint linear in the bytes they touch.
//
// Not thread-safe. The FileSystem must outlive it.

#include <cstdint>
#include <functional>
#include <memory>
#include <span>
#include <string>
#include <string_view>

#include "net/disk/file_system.hpp"
#include "net/frame.hpp"
#include "net/storage.hpp"

namespace rejoin {

class SqliteStorage final : public Storage {
 public:
  // Opens the directory's store, or makes directory and store if there are none. Errors:
  //   storage_locked       another process has it open
  //   storage_corrupt      the file, or what belongs to it, is damaged or missing
  //   foreign_store        a database of another program, or of another cluster
  //   version_unsupported  written by a newer version
  //   storage_failed       the file system refused
  static Result<std::unique_ptr<SqliteStorage>> open(FileSystem& files, std::string directory,
                                                     StoreId store);
  ~SqliteStorage() override;

  Result<void> load(const std::function<Result<void>(std::string_view)>& each) override;
  // Beside storage_failed: limit_exceeded for a record of a gigabyte, which changes nothing.
  Result<void> append(std::span<const std::string> records) override;
  // Beside storage_failed: invalid_argument if upto lies before the last checkpoint or after
  // last().
  Result<void> checkpoint(std::span<const std::string> records, std::uint64_t upto) override;
  std::uint64_t last() const override;
  std::uint64_t log_bytes() const override;
  std::uint64_t checkpoint_bytes() const override;

 private:
  struct Parts;
  explicit SqliteStorage(std::unique_ptr<Parts> parts);
  std::unique_ptr<Parts> parts_;
};

}  // namespace rejoin
