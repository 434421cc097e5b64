#pragma once

// RecordReader: what the records say that nodes write. An entry comes to the disk of every node in
// the same bytes, within a moment, so the last readings are kept: a record is decoded once for all
// nodes. Two records are the same if all their bytes are. Cost: O(bytes) to compare, or to decode.

#include <array>
#include <string>

#include "crdt/hash.hpp"
#include "crdt/result.hpp"
#include "net/frame.hpp"
#include "sim/oracle.hpp"

namespace rejoin::sim {

struct ReadRecord {
  Record record;
  CausalContext held;  // what it brings back
  bool whole = false;  // all that those dots did is in it
};

class RecordReader {
 public:
  explicit RecordReader(const StoreId& store) : store_(store) {}

  // Good until the next call. Errors as decode_record's.
  Result<const ReadRecord*> read(const std::string& bytes) {
    Kept& kept = kept_[hash64(bytes) % kept_.size()];
    if (kept.bytes != bytes || bytes.empty()) {
      auto record = decode_record(bytes, store_);
      if (!record) return record.error();
      kept.bytes = bytes;
      kept.read = {*std::move(record), {}, false};
      kept.read.held = held_by(kept.read.record);
      kept.read.whole = is_whole(kept.read.record);
    }
    return &kept.read;
  }

 private:
  struct Kept {
    std::string bytes;
    ReadRecord read;
  };
  StoreId store_;
  std::array<Kept, 64> kept_;
};

}  // namespace rejoin::sim
