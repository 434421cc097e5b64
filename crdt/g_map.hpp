#pragma once

// GMap<K, V>: a map whose keys only grow in number; what a key leads to is any causal type or
// lattice, which changes as V has it.
//
// Concurrency  of changes in one key: as V has it. No key is ever removed; but V may have removals.
// Lattice      state  = key -> slots of V, those that hold dots; one context. bottom = both empty.
//              merge  = the merge rule of slots.hpp in every slot.
// Delta        same type: the slot that changed and its dots, never the rest of the map.
// Delivery     deltas may be lost, repeated and reordered.
// Requires     one live writer per ReplicaId, for ever; K with a Codec and ==.
// Cost         n slots: a change O(the slots that it touches); merge O(n + m), of a delta O(delta).
// Memory       no tombstones; one context for all levels.
// Source       maps as lattices: Baquero et al., "Composition in state-based replicated data
//              types", Bulletin of the EATCS 123, 2017.
// Not for      keys that go (or_map.hpp), or that stay without a value: a key is there while its
//              value holds a dot.

#include "crdt/keyed.hpp"

namespace rejoin {

template <class K, class V, class In = Alone>
class GMap {
  static_assert(check_map<K, V>());

 public:
  static constexpr Family family = Family::g_map;
  static constexpr std::uint32_t value_tag = map_tag<K, V>;
  using Shape = Table<K, typename V::Shape>;
  using Value = std::vector<std::pair<K, typename V::Value>>;
  using Slots = SlotsOf<In, GMap, Shape>;
  template <class In2>
  using Rebind = GMap<K, V, In2>;

  GMap() = default;
  explicit GMap(Slots slots) : slots_(std::move(slots)) {}

  // The value of a key, to change and to read; it is there as soon as something is written to it.
  auto operator[](const K& key) { return value_at<V>(slots_[key]); }
  // The value of a key, to read: bottom if the key is not there. Both must not outlive the map.
  auto at(const K& key) const { return value_at<V>(slots_.view(key)); }

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

  bool merge(const GMap& other) { return slots_.merge(other.slots_); }
  friend bool operator==(const GMap&, const GMap&) = default;

 private:
  friend struct SlotAccess;
  Slots slots_;
};

}  // namespace rejoin
