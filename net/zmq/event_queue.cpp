#include "net/zmq/event_queue.hpp"

#include <utility>

namespace rejoin {

const std::string* EventQueue::prefix_of(const ObjectKey& object) const {
  for (const std::string& prefix : prefixes_) {
    if (object.name.starts_with(prefix)) return &prefix;
  }
  return nullptr;
}

bool EventQueue::waits(const ObjectKey& object) const {
  if (waiting_.contains(object)) return true;
  const std::string* prefix = prefix_of(object);
  return prefix && waiting_.contains({TypeTag{}, *prefix});
}

void EventQueue::push(Event event) {
  const auto* changed = std::get_if<Changed>(&event);
  if (changed && waits(changed->object)) return;
  if (events_.size() >= max_) collapse();
  if (changed && waits(changed->object)) return;
  if (events_.size() >= max_) {
    pop();
    ++dropped_;
  }
  if (changed) waiting_.insert(changed->object);
  events_.push_back(std::move(event));
}

std::optional<Event> EventQueue::pop() {
  if (events_.empty()) return std::nullopt;
  Event event = std::move(events_.front());
  events_.pop_front();
  if (const auto* changed = std::get_if<Changed>(&event)) waiting_.erase(changed->object);
  return event;
}

void EventQueue::collapse() {
  std::deque<Event> kept;
  std::set<ObjectKey> collapsed;
  for (Event& event : events_) {
    const auto* changed = std::get_if<Changed>(&event);
    const std::string* prefix = changed ? prefix_of(changed->object) : nullptr;
    if (!prefix) {
      kept.push_back(std::move(event));
    } else if (collapsed.insert({TypeTag{}, *prefix}).second) {
      kept.push_back(Changed{{TypeTag{}, *prefix}});
    }
  }
  events_ = std::move(kept);
  waiting_ = std::move(collapsed);
}

}  // namespace rejoin
