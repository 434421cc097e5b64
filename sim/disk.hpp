#pragma once

// Disk: one node's records. What is written waits; a sync makes what waited at its beginning
// durable, in order. A crash loses what waits, but for a drawn prefix: a sync may be half done. A
// wipe loses all.

#include <cstdint>
#include <string>
#include <utility>
#include <vector>

#include "crdt/causal_context.hpp"

namespace rejoin::sim {

class Disk {
 public:
  bool empty() const { return durable_.empty(); }
  const std::vector<std::string>& records() const { return durable_; }
  // Dots whose record is durable.
  const CausalContext& held() const { return held_; }
  // Records of this incarnation that became durable.
  std::uint64_t synced() const { return synced_; }
  std::size_t waiting() const { return waiting_.size(); }
  bool syncing() const { return in_sync_ > 0; }

  void write(std::string record, CausalContext held) {
    waiting_.emplace_back(std::move(record), std::move(held));
  }
  void begin_sync() { in_sync_ = waiting_.size(); }
  void end_sync() {
    keep(in_sync_);
    in_sync_ = 0;
  }
  // Requires: nothing waits.
  void checkpoint(std::vector<std::string> records) { durable_ = std::move(records); }

  // Returns how many records were lost.
  std::size_t crash(std::size_t kept_of_waiting) {
    keep(kept_of_waiting);
    const std::size_t lost = waiting_.size();
    waiting_.clear();
    in_sync_ = 0;
    synced_ = 0;
    return lost;
  }
  std::size_t wipe() {
    const std::size_t lost = durable_.size() + waiting_.size();
    *this = {};
    return lost;
  }

 private:
  void keep(std::size_t count) {
    for (std::size_t i = 0; i < count; ++i) {
      durable_.push_back(std::move(waiting_[i].first));
      held_.merge(waiting_[i].second);
    }
    synced_ += count;
    waiting_.erase(waiting_.begin(), waiting_.begin() + static_cast<std::ptrdiff_t>(count));
  }

  std::vector<std::string> durable_;
  std::vector<std::pair<std::string, CausalContext>> waiting_;
  CausalContext held_;
  std::uint64_t synced_ = 0;
  std::size_t in_sync_ = 0;
};

}  // namespace rejoin::sim
