#pragma once

// RwSet<T>: a set where elements are added and removed any number of times, and a removal wins.
//
// Concurrency  add(e) and remove(e) at the same time: e is out (remove wins), even if the remover
//              had never seen e. An add that has seen the removal brings e back.
// Lattice      state  = element -> dots, each marked given or taken; context. bottom = both empty.
//              merge  = the merge rule of slots.hpp, per element. e is in if no live dot took it.
// Delta        same type: one marked dot, and in the context the dots that it replaces.
// Delivery     deltas may be lost, repeated and reordered.
// Requires     one live writer per ReplicaId, for ever; T with a Codec and ==. NaN is refused.
// Cost         n elements and marks: add, remove, contains O(1); clear, size O(n); merge O(n + m),
//              of a delta O(delta).
// Memory       a removed element keeps one mark until it is added again.
// Source       remove-wins OR-set: Bieniusa et al., arXiv:1210.3368, section 3.
// Not for      sets where removals are many and elements never come back (aw_set.hpp).

#include <vector>

#include "crdt/marks.hpp"
#include "crdt/refusal.hpp"
#include "crdt/type_tag.hpp"

namespace rejoin {

template <class T, class In = Alone>
class RwSet {
  static_assert(check_encodable<T>());

 public:
  static constexpr Family family = Family::rw_set;
  static constexpr std::uint32_t value_tag = Codec<T>::tag;
  using Shape = Table<T, Cell<Mark>>;
  using Value = std::vector<T>;
  using Slots = SlotsOf<In, RwSet, Shape>;
  template <class In2>
  using Rebind = RwSet<T, In2>;

  RwSet() = default;
  explicit RwSet(Slots slots) : slots_(std::move(slots)) {}

  // The delta; where T has values that cannot be elements, a Result of it (error: not_a_number).
  auto add(auto&& who, const T& element) {
    return on_element(who, element, [&](const T& e) { return slots_[e].put(who, Mark::given); });
  }
  auto remove(auto&& who, const T& element) {
    return on_element(who, element, [&](const T& e) { return slots_[e].put(who, Mark::taken); });
  }
  // Removes each element that is in.
  auto clear(auto&& who) {
    const auto in = [](const Marks& marks) { return marks.holds(); };
    return slots_.each_change(who, marked<T>(slots_.as_seen_by(who), in),
                              [&](const T& e) { return slots_[e].put(who, Mark::taken); });
  }

  bool contains(const T& element) const { return marks_in(slots_.at(element)).holds(); }
  std::size_t size() const { return elements().size(); }
  bool empty() const { return elements().empty(); }
  // In the order of their encodings, which is that of the values.
  std::vector<T> elements() const {
    return marked<T>(slots_, [](const Marks& marks) { return marks.holds(); });
  }
  std::vector<T> value() const { return elements(); }
  // The elements that are out only because a removal was concurrent with their add.
  std::vector<T> discarded() const {
    return marked<T>(slots_, [](const Marks& marks) { return marks.contested(); });
  }

  bool merge(const RwSet& other) { return slots_.merge(other.slots_); }
  friend bool operator==(const RwSet&, const RwSet&) = default;

 private:
  friend struct SlotAccess;
  Slots slots_;
};

static_assert(EncodableLattice<RwSet<std::string>>);

}  // namespace rejoin
