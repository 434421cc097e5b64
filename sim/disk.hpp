#pragma once

// Disk: one node's records, and which dots the node may believe to be safe there. What is written
// waits; a sync makes what waited at its beginning durable, in order. A crash loses what waits, but
// for a drawn part: a sync may be half done. A wipe loses all.
//
//     held      dots whose record is durable, as the node was told
//     whole     of these, dots of entries that are there with all that they did
//
// After a fault that may have taken more than what waited (a lie, an older copy) the disk is in
// doubt: the next load says what is there, and whoever reads it tells the disk.

#include <algorithm>
#include <cstdint>
#include <memory>
#include <span>
#include <string>
#include <utility>
#include <vector>

#include "crdt/assert.hpp"
#include "crdt/causal_context.hpp"
#include "crdt/result.hpp"
#include "sim/platter.hpp"

namespace rejoin::sim {

class Disk {
 public:
  Disk() : platter_(memory_platter()) {}

  bool empty() const { return last_ == 0; }
  const CausalContext& held() const { return held_; }
  const CausalContext& whole() const { return whole_; }
  // Records of this incarnation that became durable.
  std::uint64_t synced() const { return synced_; }
  std::size_t waiting() const { return waiting_.size(); }
  bool syncing() const { return in_sync_ > 0; }
  Platter& platter() { return *platter_; }
  // Before anything is on it.
  void use(std::unique_ptr<Platter> platter) { platter_ = std::move(platter); }

  Result<std::vector<std::string>> load() {
    auto records = platter_->load();
    last_ = platter_->last();
    return records;
  }
  bool in_doubt() const { return in_doubt_; }
  void doubt() { in_doubt_ = true; }
  void settle(CausalContext held, CausalContext whole) {
    held_ = std::move(held);
    whole_ = std::move(whole);
    in_doubt_ = false;
  }

  // `whole`: all that the record's dots did is in it.
  void write(std::string record, CausalContext held, bool whole) {
    waiting_.push_back(std::move(record));
    waiting_held_.push_back({std::move(held), whole});
  }
  void begin_sync() { in_sync_ = waiting_.size(); }
  // An error is final until the next load; what it left there is unknown.
  Result<void> end_sync() {
    const std::size_t count = std::exchange(in_sync_, 0);
    if (auto done = platter_->append(std::span(waiting_).first(count)); !done) {
      refused_ = true;  // some of it may be there: the next load tells
      return done;
    }
    synced_ += count;
    keep(count);
    return {};
  }
  // Requires: nothing waits.
  Result<void> checkpoint(const std::vector<std::string>& records) {
    REJOIN_ASSERT(waiting_.empty());
    return platter_->checkpoint(records);
  }

  // Returns how many of the records that waited were lost.
  std::size_t crash(std::uint64_t bits) {
    // What was refused is there in part already.
    platter_->cut_power(std::span(waiting_).first(refused_ ? 0 : waiting_.size()), bits);
    const std::uint64_t there = platter_->last();
    const std::uint64_t before = last_;
    if (there < before) in_doubt_ = true;
    if (there > before) keep(std::min<std::uint64_t>(there - before, waiting_.size()));
    last_ = there;
    return forget_waiting();
  }
  std::size_t wipe() {
    const std::size_t lost = platter_->records().size() + waiting_.size();
    platter_->wipe();
    forget_waiting();
    held_ = whole_ = {};
    last_ = 0;
    in_doubt_ = false;
    return lost;
  }
  // After a stop that lost nothing.
  void close() { forget_waiting(); }
  // Another directory in the place of this one. What was held here is believed until it settles.
  void put(const std::vector<std::string>& records) {
    platter_->put(records);
    forget_waiting();
    last_ = platter_->last();
    in_doubt_ = true;
  }

 private:
  struct Held {
    CausalContext dots;
    bool whole = false;
  };

  void keep(std::size_t count) {
    for (std::size_t i = 0; i < count; ++i) {
      held_.merge(waiting_held_[i].dots);
      if (waiting_held_[i].whole) whole_.merge(waiting_held_[i].dots);
    }
    last_ += count;
    const auto n = static_cast<std::ptrdiff_t>(count);
    waiting_.erase(waiting_.begin(), waiting_.begin() + n);
    waiting_held_.erase(waiting_held_.begin(), waiting_held_.begin() + n);
  }
  std::size_t forget_waiting() {
    const std::size_t lost = waiting_.size();
    waiting_.clear();
    waiting_held_.clear();
    in_sync_ = 0;
    synced_ = 0;
    refused_ = false;
    return lost;
  }

  std::unique_ptr<Platter> platter_;
  std::vector<std::string> waiting_;
  std::vector<Held> waiting_held_;  // what each of them brings back
  CausalContext held_;
  CausalContext whole_;
  std::uint64_t last_ = 0;  // records on the platter, as we were told
  std::uint64_t synced_ = 0;
  std::size_t in_sync_ = 0;
  bool refused_ = false;
  bool in_doubt_ = false;
};

}  // namespace rejoin::sim
