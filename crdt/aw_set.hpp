#pragma once

// AwSet<T>: a set where elements are added and removed any number of times.
//
// Concurrency  add(e) and remove(e) at the same time: e stays (add wins).
//              remove(e) takes away only the adds its replica had seen.
// Lattice      state  = element -> non-empty set of dots; context. bottom = both empty.
//              merge  = the merge rule of slots.hpp, per element.
// Delta        same type. add: one new dot, and in the context the dots it replaces.
//              remove: no elements, and in the context the dots taken away.
// Delivery     deltas may be lost, repeated and reordered.
// Requires     one live writer per ReplicaId, for ever; T with a Codec and ==. NaN is refused.
// Cost         n elements: add, remove, contains O(1); merge O(n + m), of a delta O(delta).
// Memory       no tombstones; context O(replicas) once gaps close.
// Source       Bieniusa et al., arXiv:1210.3368; deltas: arXiv:1603.01529.
// Not for      ordered data; values that change in place.
//
// An element is here and not there: was it added here or removed there? The other context tells: if
// it has seen the dot and does not hold it, it was removed there; if it has not, it was added here.

#include <vector>

#include "crdt/order.hpp"
#include "crdt/refusal.hpp"
#include "crdt/slots.hpp"
#include "crdt/type_tag.hpp"

namespace rejoin {

template <class T, class In = Alone>
class AwSet {
  static_assert(check_encodable<T>());

 public:
  static constexpr Family family = Family::aw_set;
  static constexpr std::uint32_t value_tag = Codec<T>::tag;
  using Shape = Table<T, Cell<Unit>>;
  using Value = std::vector<T>;
  using Slots = SlotsOf<In, AwSet, Shape>;
  template <class In2>
  using Rebind = AwSet<T, In2>;

  AwSet() = default;
  explicit AwSet(Slots slots) : slots_(std::move(slots)) {}

  // The delta; where T has values that cannot be elements, a Result of it (error: not_a_number).
  auto add(auto&& who, const T& element) {
    return on_element(who, element, [&](const T& e) { return slots_[e].put(who, Unit{}); });
  }
  auto remove(auto&& who, const T& element) { return slots_[canonical(element)].clear(who); }
  auto clear(auto&& who) { return slots_.clear(who); }

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

  bool merge(const AwSet& other) { return slots_.merge(other.slots_); }
  friend bool operator==(const AwSet&, const AwSet&) = default;

 private:
  friend struct SlotAccess;
  Slots slots_;
};

static_assert(EncodableLattice<AwSet<std::string>>);

}  // namespace rejoin
