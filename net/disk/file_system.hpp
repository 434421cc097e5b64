#pragma once

// FileSystem: all that durable storage asks of an operating system. The real one is in
// posix_file_system.hpp; the simulator and the tests give others that tear, lose and lie.
//
//     write, truncate     seen by later reads at once, on the disk only after sync
//     sync                all of the file, and its name in its directory, are on the disk
//     rename, remove,     on the disk when they return
//     make_directory
//
// A power cut may keep, lose or tear what was written since the last sync, each write for itself;
// it leaves alone what was not being written.
//
// Paths are opaque strings, '/' between parts. Error of every operation: storage_failed, with the
// path and the system's reason; what a failed write or sync left on the disk is unknown. Not
// thread-safe.

#include <cstdint>
#include <memory>
#include <span>
#include <string>
#include <string_view>

#include "crdt/result.hpp"

namespace rejoin {

// An open file. Its end closes it, and syncs nothing.
class File {
 public:
  virtual ~File() = default;

  // Returns how many bytes were read: fewer than asked only at the end of the file.
  virtual Result<std::uint64_t> read(std::uint64_t offset, std::span<char> into) = 0;
  // A gap between the end and the offset reads as zeros.
  virtual Result<void> write(std::uint64_t offset, std::string_view bytes) = 0;
  virtual Result<void> truncate(std::uint64_t size) = 0;
  virtual Result<void> sync() = 0;
  virtual Result<std::uint64_t> size() = 0;

  // Keeps other programs that use SQLite out of this file until it is closed: one that opens and
  // closes the database of a running node would take its write-ahead log away.
  // Error: storage_locked, when one is in.
  virtual Result<void> keep_others_out() = 0;
};

// Held until its end, or until the process dies in whatever way.
class FileLock {
 public:
  virtual ~FileLock() = default;
};

enum class Opening {
  existing,  // an error if there is none
  create,    // made empty if there is none
};

class FileSystem {
 public:
  virtual ~FileSystem() = default;

  virtual Result<std::unique_ptr<File>> open(const std::string& path, Opening opening) = 0;
  virtual Result<bool> exists(const std::string& path) = 0;
  // Nothing to remove is no error.
  virtual Result<void> remove(const std::string& path) = 0;
  // Replaces what is at `to`.
  virtual Result<void> rename(const std::string& from, const std::string& to) = 0;
  // With its parents; one that is there already is no error.
  virtual Result<void> make_directory(const std::string& path) = 0;
  // Makes the file if there is none. Error: storage_locked, when somebody holds it.
  virtual Result<std::unique_ptr<FileLock>> lock(const std::string& path) = 0;
};

}  // namespace rejoin
