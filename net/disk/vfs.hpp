#pragma once

// Vfs: how SQLite reaches a FileSystem. One adapter for one database, registered with SQLite while
// it lives; the FileSystem must outlive it.
//
// It is a fuse as well. After the first write, sync, truncation or removal that fails, all later
// ones fail without being tried: SQLite would try some again when it checkpoints or closes, and
// what a failed sync left on the disk is unknown. No shared memory, so WAL needs
// locking_mode=EXCLUSIVE first. No clock, no sleep, no random numbers of its own.

#include <cstdint>
#include <memory>
#include <optional>
#include <string>

#include "crdt/result.hpp"
#include "net/disk/file_system.hpp"

namespace rejoin {

class Guard;

class Vfs {
 public:
  explicit Vfs(FileSystem& files);
  ~Vfs();
  Vfs(const Vfs&) = delete;
  Vfs& operator=(const Vfs&) = delete;

  // What to give to sqlite3_open_v2. Unique among those alive.
  const char* name() const;

  // From now on the guard hears of every page written to a database, and is synced before it. It
  // must outlive this.
  void guard_with(Guard& guard);

  // The error that blew the fuse.
  const std::optional<Error>& failure() const;
  // Blows it, for a reason that SQLite found.
  void fail(Error error);

  // The last error of any operation, reads included: SQLite keeps only a number of it.
  const std::optional<Error>& last_error() const;

 private:
  struct Adapter;
  std::unique_ptr<Adapter> adapter_;
};

// SQLite draws the salts of its write-ahead log from a generator of the whole process. Seeded, and
// used by one thread, it gives the same bytes on the disk for the same calls; 0 makes it random
// again.
void seed_sqlite(std::uint32_t seed);

}  // namespace rejoin
