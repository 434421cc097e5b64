#pragma once

// A backup: a node's records of one moment, in one file, and how a directory is made of it again.
//
//     "rejoin backup 1\n"     and then frames: size, bytes, XXH3-64 of the bytes seeded with the
//     frame's
//     head, record 1, ...     number; size and checksum are eight bytes, big-endian
//     end                     a size of 2^64 - 1, and the checksum of all checksums
//
// Written under another name, synced, and renamed: a file of that name is whole, or was damaged
// later. Every byte is covered by a checksum, a length or a constant. A restored directory is the
// node's own again, and its next start a new incarnation, so no dot is minted twice; what the node
// did since comes back from peers.
//
// Errors: storage_corrupt (not a backup, or damaged), version_unsupported, storage_failed.
// Cost: a record in memory at a time; a restore reads the file twice, since nothing is made of one
// that is damaged.

#include <cstdint>
#include <memory>
#include <optional>
#include <string>
#include <string_view>

#include "crdt/causal_context.hpp"
#include "crdt/result.hpp"
#include "net/disk/file_system.hpp"
#include "net/frame.hpp"

namespace rejoin {

struct BackupHead {
  StoreId store;
  std::string cluster;
  std::string replica;        // who it was taken from
  CausalContext token;        // what is in it
  std::uint64_t records = 0;  // and their bytes
  std::uint64_t bytes = 0;

  friend bool operator==(const BackupHead&, const BackupHead&) = default;
};

class BackupWriter {
 public:
  // Begins PATH.part.
  static Result<std::unique_ptr<BackupWriter>> create(FileSystem& files, std::string path,
                                                      const BackupHead& head);
  Result<void> add(std::string_view record);
  // Makes it durable at PATH, in the place of what is there.
  Result<void> finish();

 private:
  BackupWriter(FileSystem& files, std::string path) : files_(files), path_(std::move(path)) {}
  Result<void> frame(std::string_view bytes);

  FileSystem& files_;
  std::string path_;
  std::unique_ptr<File> file_;
  std::uint64_t offset_ = 0;
  std::uint64_t frames_ = 0;
  std::uint64_t sum_ = 0;
};

class BackupReader {
 public:
  static Result<std::unique_ptr<BackupReader>> open(FileSystem& files, const std::string& path);
  const BackupHead& head() const { return head_; }
  // Each record in order; nothing at a whole end.
  Result<std::optional<std::string>> next();

 private:
  explicit BackupReader(std::string path) : path_(std::move(path)) {}
  Result<std::string> bytes(std::uint64_t size);
  Result<std::uint64_t> number();
  Result<std::optional<std::string>> frame();
  Error damaged(const std::string& what) const;

  std::string path_;
  std::unique_ptr<File> file_;
  std::uint64_t size_ = 0;
  std::uint64_t offset_ = 0;
  std::uint64_t frames_ = 0;
  std::uint64_t sum_ = 0;
  BackupHead head_;
};

// Reads all of it.
Result<BackupHead> check_backup(FileSystem& files, const std::string& path);

// Makes the directory, which must not be there or be empty, under DIRECTORY.part first. That one
// must not be there.
Result<BackupHead> restore_backup(FileSystem& files, const std::string& path,
                                  const std::string& directory);

}  // namespace rejoin
