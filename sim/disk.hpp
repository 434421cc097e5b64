#pragma once

// Disk: one node's records. What is written waits; a sync makes what waited at its beginning
// durable, in order. A crash loses what waits, but for a drawn prefix: a sync may be half done. A
// wipe loses all. What is durable lies in the storage that a volatile node uses too.

#include <cstdint>
#include <span>
#include <string>
#include <utility>
#include <vector>

#include "crdt/assert.hpp"
#include "crdt/causal_context.hpp"
#include "net/memory_storage.hpp"

namespace rejoin::sim {

class Disk {
 public:
  bool empty() const { return durable_.last() == 0; }
  std::vector<std::string> records() const { return durable_.records(); }
  // Dots whose record is durable.
  const CausalContext& held() const { return held_; }
  // Records of this incarnation that became durable.
  std::uint64_t synced() const { return synced_; }
  std::size_t waiting() const { return waiting_.size(); }
  bool syncing() const { return in_sync_ > 0; }

  void write(std::string record, CausalContext held) {
    waiting_.push_back(std::move(record));
    waiting_held_.push_back(std::move(held));
  }
  void begin_sync() { in_sync_ = waiting_.size(); }
  void end_sync() {
    keep(in_sync_);
    in_sync_ = 0;
  }
  // Requires: nothing waits.
  void checkpoint(const std::vector<std::string>& records) {
    REJOIN_ASSERT(waiting_.empty());
    REJOIN_ASSERT(durable_.checkpoint(records, durable_.last()));
  }

  // Returns how many records were lost.
  std::size_t crash(std::size_t kept_of_waiting) {
    keep(kept_of_waiting);
    const std::size_t lost = waiting_.size();
    waiting_.clear();
    waiting_held_.clear();
    in_sync_ = 0;
    synced_ = 0;
    return lost;
  }
  std::size_t wipe() {
    const std::size_t lost = durable_.records().size() + waiting_.size();
    *this = {};
    return lost;
  }

 private:
  void keep(std::size_t count) {
    REJOIN_ASSERT(durable_.append(std::span(waiting_).first(count)));
    for (std::size_t i = 0; i < count; ++i) held_.merge(waiting_held_[i]);
    synced_ += count;
    const auto n = static_cast<std::ptrdiff_t>(count);
    waiting_.erase(waiting_.begin(), waiting_.begin() + n);
    waiting_held_.erase(waiting_held_.begin(), waiting_held_.begin() + n);
  }

  MemoryStorage durable_;
  std::vector<std::string> waiting_;
  std::vector<CausalContext> waiting_held_;  // what each of them brings back
  CausalContext held_;
  std::uint64_t synced_ = 0;
  std::size_t in_sync_ = 0;
};

}  // namespace rejoin::sim
