#pragma once

// MultiMap<K, V>: keys that lead to sets of values: OrMap<K, AwSet<V>> with a short API.
//
// Concurrency  add(k, v) and remove of the same at the same time: it stays (add wins). A removal
//              takes away only the adds its replica had seen.
// Lattice      state  = key -> value -> non-empty set of dots; one context. bottom = both empty.
//              merge  = the merge rule of slots.hpp, per key and value.
// Delta        same type: one new dot, and in the context the dots it replaces.
// Delivery     deltas may be lost, repeated and reordered.
// Requires     one live writer per ReplicaId, for ever; K and V with a Codec and ==.
// Cost         n pairs: add, remove, contains O(1); remove_all, values O(those of the key);
//              merge O(n + m), of a delta O(delta).
// Memory       no tombstones; a key without values is not there.
// Source       as or_map.hpp and aw_set.hpp.
// Not for      one value a key (lww_map.hpp).

#include "crdt/keyed.hpp"

namespace rejoin {

template <class K, class V, class In = Alone>
class MultiMap {
  static_assert(check_key<K>());
  static_assert(check_key<V>());

 public:
  static constexpr Family family = Family::multi_map;
  static constexpr std::uint32_t value_tag = Codec<std::pair<K, V>>::tag;
  using Shape = Table<K, Table<V, Cell<Unit>>>;
  using Value = std::vector<std::pair<K, std::vector<V>>>;
  using Slots = SlotsOf<In, MultiMap, Shape>;
  template <class In2>
  using Rebind = MultiMap<K, V, In2>;

  MultiMap() = default;
  explicit MultiMap(Slots slots) : slots_(std::move(slots)) {}

  auto add(auto&& who, const K& key, const V& value) {
    return slots_[key][value].put(who, Unit{});
  }
  auto remove(auto&& who, const K& key, const V& value) { return slots_[key][value].clear(who); }
  // Removes all values of a key that were seen here.
  auto remove_all(auto&& who, const K& key) { return slots_[key].clear(who); }
  auto clear(auto&& who) { return slots_.clear(who); }

  bool contains(const K& key, const V& value) const {
    return !slots_.view(key).at(value).empty();
  }
  bool contains(const K& key) const { return !slots_.at(key).empty(); }
  // In the order of their encodings, which is that of the values.
  std::vector<V> values(const K& key) const { return keys_of<V>(slots_.view(key)); }
  // Of keys.
  std::size_t size() const { return slots_.size(); }
  bool empty() const { return slots_.empty(); }
  std::vector<K> keys() const { return keys_of<K>(slots_); }
  // The keys from `first` to before `last`. O(n).
  std::vector<K> keys(const K& first, const K& last) const {
    return keys_between(slots_, first, last);
  }
  Value value() const {
    Value all;
    for (const K& key : keys()) all.emplace_back(key, values(key));
    return all;
  }

  bool merge(const MultiMap& other) { return slots_.merge(other.slots_); }
  friend bool operator==(const MultiMap&, const MultiMap&) = default;

 private:
  friend struct SlotAccess;
  Slots slots_;
};

static_assert(EncodableLattice<MultiMap<std::string, std::string>>);

}  // namespace rejoin
