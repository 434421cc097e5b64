#pragma once

// GSet<T>: a set that only grows.
//
// Concurrency  adds at the same time all stay.
// Lattice      state  = element -> non-empty set of dots; context. bottom = both empty.
//              merge  = the merge rule of slots.hpp, per element; without removals, union.
// Delta        same type: the new element's dot. Adding what is there changes and sends nothing.
// Delivery     deltas may be lost, repeated and reordered.
// Requires     one live writer per ReplicaId, for ever; T with a Codec and ==. NaN is refused.
// Cost         n elements: add, contains O(1); merge O(n + m), of a delta O(delta).
// Memory       a dot an element and first adder.
// In a map     a removal of its key takes what it saw. Adding an element again is no new add, so it
//              does not hold the element against a concurrent removal; an AwSet would.
// Source       G-Set: Shapiro et al., INRIA RR-7506, 2011.
// Not for      elements that go (aw_set.hpp, rw_set.hpp).

#include <vector>

#include "crdt/order.hpp"
#include "crdt/refusal.hpp"
#include "crdt/slots.hpp"
#include "crdt/type_tag.hpp"

namespace rejoin {

template <class T, class In = Alone>
class GSet {
  static_assert(check_encodable<T>());

 public:
  static constexpr Family family = Family::g_set;
  static constexpr std::uint32_t value_tag = Codec<T>::tag;
  using Shape = Table<T, Cell<Unit>>;
  using Value = std::vector<T>;
  using Slots = SlotsOf<In, GSet, Shape>;
  template <class In2>
  using Rebind = GSet<T, In2>;

  GSet() = default;
  explicit GSet(Slots slots) : slots_(std::move(slots)) {}

  // The delta; where T has values that cannot be elements, a Result of it (error: not_a_number).
  auto add(auto&& who, const T& element) {
    return on_element(who, element, [&](const T& e) {
      return slots_.as_seen_by(who).at(e).empty() ? slots_[e].put(who, Unit{})
                                                  : slots_.nothing(who);
    });
  }

  bool contains(const T& element) const { return !slots_.at(element).empty(); }
  std::size_t size() const { return slots_.size(); }
  bool empty() const { return slots_.empty(); }
  // In the order of their encodings, which is that of the values.
  std::vector<T> elements() const {
    std::vector<T> all;
    slots_.each([&](const T& element) { all.push_back(element); });
    return in_order(std::move(all));
  }
  std::vector<T> value() const { return elements(); }

  bool merge(const GSet& other) { return slots_.merge(other.slots_); }
  friend bool operator==(const GSet&, const GSet&) = default;

 private:
  friend struct SlotAccess;
  Slots slots_;
};

static_assert(EncodableLattice<GSet<std::string>>);

}  // namespace rejoin
