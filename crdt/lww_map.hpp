#pragma once

// LwwMap<K, V>: a map of plain values where, of writes and removals of a key at the same time, the
// last one counts, by stamp.
//
// Concurrency  the greatest (stamp, replica, canonical bytes) of a key decides, be it a value or a
//              removal: a strictly total order. A change beats every change it saw, whatever the
//              clocks say. A value is written whole: no tie tears a record.
// Lattice      state  = key -> dots, each with a stamped value or "removed"; context.
//              bottom = both empty. merge = the merge rule of slots.hpp, per key.
// Delta        same type: one new dot, and in the context the dots that it replaces.
// Delivery     deltas may be lost, repeated and reordered.
// Requires     one live writer per ReplicaId, for ever; a wall clock that is roughly right; K and V
//              with a Codec and ==.
// Cost         n keys ever written: set, remove, get O(1); size, keys O(n); merge O(n + m), of a
//              delta O(delta).
// Memory       a removed key keeps one stamp until it is written again.
// Source       LWW-element-set: Shapiro et al., INRIA RR-7506, 2011; stamps: hybrid_time.hpp.
// Not for      removals that must win or lose whatever the clocks say: OrMap<K, LwwRegister<V>>
//              keeps a write that is concurrent with a removal.

#include <optional>

#include "crdt/keyed.hpp"
#include "crdt/last_write.hpp"

namespace rejoin {

template <class K, class V, class In = Alone>
class LwwMap {
  static_assert(check_key<K>());
  static_assert(check_encodable<V>());

 public:
  static constexpr Family family = Family::lww_map;
  static constexpr std::uint32_t value_tag = Codec<std::pair<K, V>>::tag;
  using Written = std::optional<V>;  // nothing: removed
  using Shape = Table<K, Cell<Stamped<Written>>>;
  using Value = std::vector<std::pair<K, V>>;
  using Slots = SlotsOf<In, LwwMap, Shape>;
  template <class In2>
  using Rebind = LwwMap<K, V, In2>;

  LwwMap() = default;
  explicit LwwMap(Slots slots) : slots_(std::move(slots)) {}

  auto set(TimedWriter auto&& who, const K& key, V value) {
    return write(who, key, canonical(std::move(value)));
  }
  auto remove(TimedWriter auto&& who, const K& key) { return write(who, key, std::nullopt); }
  // Removes each key that is there.
  auto clear(TimedWriter auto&& who) {
    return slots_.each_change(who, keys_in(slots_.as_seen_by(who)),
                              [&](const K& key) { return write(who, key, {}); });
  }

  // Nothing if the key was never written, or removed.
  std::optional<V> get(const K& key) const {
    return value_in(slots_, key);
  }
  bool contains(const K& key) const { return get(key).has_value(); }
  std::size_t size() const { return keys().size(); }
  bool empty() const { return keys().empty(); }
  // In the order of their encodings, which is that of the keys.
  std::vector<K> keys() const { return keys_in(slots_); }
  // The keys from `first` to before `last`. O(n).
  std::vector<K> keys(const K& first, const K& last) const {
    return present(slots_, keys_between(slots_, first, last));
  }
  Value value() const {
    Value all;
    for (const K& key : keys()) all.emplace_back(key, *get(key));
    return all;
  }
  // The values that lost to a concurrent write or removal of the key, as long as no later one has
  // seen them.
  std::vector<V> discarded(const K& key) const {
    std::vector<V> values;
    for (Written& lost : lost_writes<Written>(slots_.at(key))) {
      if (lost) values.push_back(*std::move(lost));
    }
    return values;
  }

  bool merge(const LwwMap& other) { return slots_.merge(other.slots_); }
  friend bool operator==(const LwwMap&, const LwwMap&) = default;

 private:
  friend struct SlotAccess;

  auto write(auto& who, const K& key, Written value) {
    const HybridTime time = stamp_above<Written>(slots_.as_seen_by(who).at(key), who);
    return slots_[key].put(who, Stamped<Written>{time, std::move(value)});
  }
  static std::optional<V> value_in(const auto& slots, const K& key) {
    return last_write<Written>(slots.at(key)).value_or(std::nullopt);
  }
  static std::vector<K> present(const auto& slots, std::vector<K> keys) {
    std::erase_if(keys, [&](const K& key) { return !value_in(slots, key); });
    return keys;
  }
  static std::vector<K> keys_in(const auto& slots) { return present(slots, keys_of<K>(slots)); }

  Slots slots_;
};

static_assert(EncodableLattice<LwwMap<std::string, std::string>>);

}  // namespace rejoin
