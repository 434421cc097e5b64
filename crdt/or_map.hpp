#pragma once

// OrMap<K, V>: a map from keys to values of any causal type or lattice, nested to any depth.
//
//     OrMap<std::string, AwSet<std::string>> basket;
//     auto delta = basket["fruit"].add(me, "apple");       // an OrMap
//     OrMap<std::string, OrMap<std::string, PnCounter>> sales;
//     sales["north"]["tea"].add(me, 3);
//
// Concurrency  of changes in one key: as V has it. remove(key) takes away what its replica had seen
//              of the key's value; what is concurrent stays: an element added, a value written, and
//              of a counter or another lattice the whole share of who changed it.
// Lattice      state  = key -> slots of V, those that hold dots; one context. bottom = both empty.
//              merge  = the merge rule of slots.hpp in every slot.
// Delta        same type: the slot that changed and its dots, never the rest of the map.
// Delivery     deltas may be lost, repeated and reordered.
// Requires     one live writer per ReplicaId, for ever; K with a Codec and ==.
// Cost         n slots: a change O(the slots that it touches); merge O(n + m), of a delta O(delta).
// Memory       no tombstones; one context for all levels.
// Source       ORMap: Almeida, Shoker, Baquero, arXiv:1603.01529; shares: docs/architecture.md.
// Not for      keys that stay without a value: a key is there while its value holds a dot, so an
//              emptied set takes its key along; a V that cannot be removed (bounded_counter.hpp).

#include <utility>
#include <vector>

#include "crdt/keyed.hpp"

namespace rejoin {

template <class K, class V, class In = Alone>
class OrMap {
  static_assert(check_map<K, V>());

 public:
  static constexpr Family family = Family::or_map;
  static constexpr std::uint32_t value_tag = map_tag<K, V>;
  using Shape = Table<K, typename V::Shape>;
  using Value = std::vector<std::pair<K, typename V::Value>>;
  using Slots = SlotsOf<In, OrMap, Shape>;
  template <class In2>
  using Rebind = OrMap<K, V, In2>;

  OrMap() = default;
  explicit OrMap(Slots slots) : slots_(std::move(slots)) {}

  // The value of a key, to change and to read; it is there as soon as something is written to it.
  auto operator[](const K& key) { return value_at<V>(slots_[key]); }
  // The value of a key, to read: bottom if the key is not there. Both must not outlive the map.
  auto at(const K& key) const { return value_at<V>(slots_.view(key)); }

  auto remove(auto&& who, const K& key) { return slots_[key].clear(who); }
  auto clear(auto&& who) { return slots_.clear(who); }

  bool contains(const K& key) const { return !slots_.at(key).empty(); }
  std::size_t size() const { return slots_.size(); }
  bool empty() const { return slots_.empty(); }
  // In the order of their encodings, which is that of the keys.
  std::vector<K> keys() const { return keys_of<K>(slots_); }
  // The keys from `first` to before `last`. O(n).
  std::vector<K> keys(const K& first, const K& last) const {
    return keys_between(slots_, first, last);
  }
  Value value() const { return values_of<K>(*this); }

  bool merge(const OrMap& other) { return slots_.merge(other.slots_); }
  friend bool operator==(const OrMap&, const OrMap&) = default;

 private:
  friend struct SlotAccess;

  Slots slots_;
};

}  // namespace rejoin
