#pragma once

// Storage: where a replica's records live. The core makes records and is told which are durable; a
// driver carries them between the two. Records are opaque here: bytes, in order, numbered from 1.
//
//     log            records appended one after another
//     checkpoint     records that say the same as all records up to a number, in fewer bytes
//
// Loading gives the last checkpoint's records, then every later record of the log. An error is
// final: a storage that failed once takes no more writes until it is opened again (what a failed
// sync left on disk is unknown). Not thread-safe: one owner.

#include <cstdint>
#include <functional>
#include <span>
#include <string>
#include <string_view>

#include "crdt/result.hpp"

namespace rejoin {

class Storage {
 public:
  virtual ~Storage() = default;

  // Calls `each` with every record in order; stops at its first error and returns it.
  // Errors: storage_corrupt, storage_failed, or what `each` returned.
  virtual Result<void> load(const std::function<Result<void>(std::string_view)>& each) = 0;

  // Makes the records durable, all or none, before it returns; they get the next numbers.
  // Error: storage_failed.
  virtual Result<void> append(std::span<const std::string> records) = 0;

  // Replaces all records numbered up to `upto` by these, durably, all or nothing.
  // Errors: storage_failed, then what was there before still is; invalid_argument, if upto lies
  // before the last checkpoint or after last().
  virtual Result<void> checkpoint(std::span<const std::string> records, std::uint64_t upto) = 0;

  // The number of the last record appended since the storage was made; 0 if none.
  virtual std::uint64_t last() const = 0;
  // Bytes of the log's records since the last checkpoint, and of that checkpoint's records.
  virtual std::uint64_t log_bytes() const = 0;
  virtual std::uint64_t checkpoint_bytes() const = 0;
};

// What every storage asks of a checkpoint's number before it begins.
inline Result<void> check_checkpoint(std::uint64_t upto, std::uint64_t before, std::uint64_t last) {
  if (upto >= before && upto <= last) return {};
  return Error{ErrorCode::invalid_argument, "a checkpoint up to record " + std::to_string(upto) +
                                                " is not between the last one, " +
                                                std::to_string(before) + ", and the last record, " +
                                                std::to_string(last)};
}

// A log worth replacing: longer than `floor` and than twice the checkpoint that it follows.
inline bool wants_checkpoint(const Storage& storage, std::uint64_t floor = 4 * 1024 * 1024) {
  return storage.log_bytes() > floor && storage.log_bytes() > 2 * storage.checkpoint_bytes();
}

}  // namespace rejoin
