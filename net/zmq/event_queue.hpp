#pragma once

// EventQueue: events that wait for whoever pulls them; never more than its maximum.
//
// An object that changed waits once, however often it changes. When the queue is full, the changes
// of a watched prefix become one, which names the prefix with type {}; if that does not help, the
// oldest event goes and is counted. Not thread-safe.

#include <cstdint>
#include <deque>
#include <optional>
#include <set>
#include <string>
#include <vector>

#include "net/event.hpp"

namespace rejoin {

class EventQueue {
 public:
  explicit EventQueue(std::size_t max) : max_(max == 0 ? 1 : max) {}

  void watch(std::string prefix) { prefixes_.push_back(std::move(prefix)); }
  void push(Event event);
  std::optional<Event> pop();

  std::size_t size() const { return events_.size(); }
  std::uint64_t dropped() const { return dropped_; }

 private:
  // The watched prefix that stands for the object; null if none does.
  const std::string* prefix_of(const ObjectKey& object) const;
  bool waits(const ObjectKey& object) const;
  void collapse();

  std::size_t max_;
  std::vector<std::string> prefixes_;
  std::deque<Event> events_;
  std::set<ObjectKey> waiting_;  // objects of the Changed events in the queue
  std::uint64_t dropped_ = 0;
};

}  // namespace rejoin
