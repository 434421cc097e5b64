#pragma once

// Fingerprint: a hash of values, told one after another. What is told in the same order gives the
// same one; what differs gives another, but by accident (64 bits). The same on every compiler and
// machine. For telling states apart, not for digests that others send. Cost: O(bytes told).

#include <concepts>
#include <cstdint>
#include <optional>
#include <string_view>
#include <type_traits>

#include "crdt/causal_context.hpp"
#include "crdt/hash.hpp"
#include "net/entry.hpp"

namespace rejoin {

class Fingerprint {
 public:
  std::uint64_t value() const { return state_; }

  template <class T>
  requires std::integral<T> || std::is_enum_v<T>
  void add(T number) { state_ = combine64(state_, static_cast<std::uint64_t>(number)); }
  void add(std::string_view bytes) { add(hash64(bytes)); }
  void add(const NodeId& node) {
    add(node.half(0));
    add(node.half(8));
  }
  void add(const ReplicaId& replica) {
    add(replica.node);
    add(replica.incarnation);
  }
  void add(const Dot& dot) {
    add(dot.replica);
    add(dot.sequence);
  }
  void add(const ObjectKey& object) {
    add(object.type.family);
    add(object.type.value);
    add(std::string_view(object.name));
  }
  void add(const SlotKey& slot) {
    add(slot.object);
    add(std::string_view(slot.path));
  }
  // Its dots; which replica has which index is an accident.
  void add(const CausalContext& context) {
    context.each_interval([&](const ReplicaId& replica, Interval dots) {
      add(replica);
      add(dots.first);
      add(dots.last);
    });
    add(end_of_list);
  }
  void add(const Fragment& fragment) {
    add(fragment.dot);
    add(fragment.has_value);
    add(std::string_view(fragment.value));
  }
  void add(const Put& put) {
    add(put.slot);
    add(put.dot);
    add(std::string_view(put.value));
  }
  void add(const Removal& removal) {
    add(removal.slot);
    add(removal.replica);
    add(removal.dots.first);
    add(removal.dots.last);
  }
  void add(const Entry& entry) {
    add(entry.dots);
    add_each(entry.puts);
    add_each(entry.removals);
  }
  template <class T>
  void add(const std::optional<T>& value) {
    add(value.has_value());
    if (value) add(*value);
  }
  // In their order.
  template <class Range>
  void add_each(const Range& range) {
    for (const auto& one : range) add(one);
    add(end_of_list);
  }

 private:
  static constexpr std::uint64_t end_of_list = 0x656e64ULL;

  std::uint64_t state_ = 0;
};

}  // namespace rejoin
