#pragma once

// Guard: what must be in a store, kept beside it in DIRECTORY/store.guard, so that damage is found
// where the store itself cannot show it.
//
//     identity    whose it is; written once
//     mark        where log and checkpoint ended when it was last acknowledged
//     sums        an XXH3 checksum of every page of the database file, by page number
//
// The mark tells a last transaction that was damaged from one that was torn while it was written.
// It is written after the transaction was synced and is never synced itself: that costs no sync,
// a power cut can only make it older, and an older one claims less. The sums cover what no record
// covers: free pages, unused bytes. They are synced before the pages are, and a power cut between
// the two leaves the write-ahead log, from which the next opening writes pages and sums again.
//
// A mark that does not fit its checksum claims nothing, since it may be torn. Anything else that
// does not fit is damage. A missing guard is made anew, from a store that was checked.
//
// Errors: storage_corrupt, storage_failed. Cost: a mark one small write; a page one more. Only the
// sources of this folder include it.

#include <cstdint>
#include <memory>
#include <string>
#include <string_view>

#include "crdt/result.hpp"
#include "net/disk/file_system.hpp"
#include "net/frame.hpp"

namespace rejoin {

class Guard {
 public:
  struct Mark {
    std::uint64_t last = 0;  // as in Extent
    std::uint64_t upto = 0;
  };

  static std::string path_in(const std::string& directory);
  // Opens the directory's guard; null if it has none.
  static Result<std::unique_ptr<Guard>> open(FileSystem& files, const std::string& directory,
                                             StoreId store);
  // Makes one for the database as it is, durably and under another name first.
  static Result<std::unique_ptr<Guard>> create(FileSystem& files, const std::string& directory,
                                               StoreId store);

  // What was acknowledged, as far as the guard knows.
  const Mark& mark() const { return mark_; }
  Result<void> acknowledge(const Mark& mark);

  // These bytes were written to the database.
  Result<void> wrote(std::uint64_t offset, std::string_view bytes);
  Result<void> sync() { return file_->sync(); }
  // Every page of the database is what was written there last.
  Result<void> check() const;

 private:
  Guard(FileSystem& files, std::string directory, StoreId store, std::unique_ptr<File> file)
      : files_(files), directory_(std::move(directory)), store_(store), file_(std::move(file)) {}
  Result<void> read_head();
  Result<void> fill();

  FileSystem& files_;
  std::string directory_;
  StoreId store_;
  std::unique_ptr<File> file_;
  Mark mark_;
};

}  // namespace rejoin
