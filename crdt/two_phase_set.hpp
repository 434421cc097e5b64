#pragma once

// TwoPhaseSet<T>: a set whose elements, once removed, never come back.
//
// Concurrency  add(e) and remove(e) at the same time: e is out, for good.
// Lattice      state  = element -> dots, each marked given or taken; context. bottom = both empty.
//              merge  = the merge rule of slots.hpp, per element. e is in if no dot took it.
// Delta        same type: one marked dot, and in the context the dots that it replaces. Adding what
//              is in, or removing what was removed, changes and sends nothing.
// Delivery     deltas may be lost, repeated and reordered.
// Requires     one live writer per ReplicaId, for ever; T with a Codec and ==. NaN is refused.
// Cost         n elements and marks: add, remove, contains O(1); size O(n); merge O(n + m), of a
//              delta O(delta).
// Memory       one mark for each element ever removed, for ever.
// In a map     a removal of its key also forgets the marks that it saw: then elements may return.
// Source       2P-Set: Shapiro et al., INRIA RR-7506, 2011.
// Not for      elements that come back (rw_set.hpp, aw_set.hpp).

#include <vector>

#include "crdt/marks.hpp"
#include "crdt/refusal.hpp"
#include "crdt/type_tag.hpp"

namespace rejoin {

template <class T, class In = Alone>
class TwoPhaseSet {
  static_assert(check_encodable<T>());

 public:
  static constexpr Family family = Family::two_phase_set;
  static constexpr std::uint32_t value_tag = Codec<T>::tag;
  using Shape = Table<T, Cell<Mark>>;
  using Value = std::vector<T>;
  using Slots = SlotsOf<In, TwoPhaseSet, Shape>;
  template <class In2>
  using Rebind = TwoPhaseSet<T, In2>;

  TwoPhaseSet() = default;
  explicit TwoPhaseSet(Slots slots) : slots_(std::move(slots)) {}

  // Errors: removed_for_good, not_a_number.
  auto add(auto&& who, const T& element) {
    using Delta = decltype(slots_.nothing(who));
    if (!can_be_key(element)) {
      return refusal<Delta>(who, {ErrorCode::not_a_number,
                                  "NaN equals nothing, so it cannot be an element or a key"});
    }
    const Marks marks = marks_in(slots_.as_seen_by(who).at(element));
    if (marks.taken) {
      return refusal<Delta>(who, {ErrorCode::removed_for_good,
                                  "this element was removed from a two-phase set, where nothing "
                                  "comes back; use an AwSet or an RwSet"});
    }
    return accepted([&] {
      return marks.given ? slots_.nothing(who) : slots_[canonical(element)].put(who, Mark::given);
    });
  }
  // Also of an element that was never seen here: then it will not come. Where T has values that
  // cannot be elements, a Result (error: not_a_number).
  auto remove(auto&& who, const T& element) {
    return on_element(who, element, [&](const T& e) {
      return marks_in(slots_.as_seen_by(who).at(e)).taken ? slots_.nothing(who)
                                                          : slots_[e].put(who, Mark::taken);
    });
  }

  bool contains(const T& element) const { return marks_in(slots_.at(element)).holds(); }
  bool was_removed(const T& element) const { return marks_in(slots_.at(element)).taken; }
  std::size_t size() const { return elements().size(); }
  bool empty() const { return elements().empty(); }
  // In the order of their encodings, which is that of the values.
  std::vector<T> elements() const {
    return marked<T>(slots_, [](const Marks& marks) { return marks.holds(); });
  }
  std::vector<T> value() const { return elements(); }
  // The elements that are out although an add of them was concurrent with the removal.
  std::vector<T> discarded() const {
    return marked<T>(slots_, [](const Marks& marks) { return marks.contested(); });
  }

  bool merge(const TwoPhaseSet& other) { return slots_.merge(other.slots_); }
  friend bool operator==(const TwoPhaseSet&, const TwoPhaseSet&) = default;

 private:
  friend struct SlotAccess;
  Slots slots_;
};

static_assert(EncodableLattice<TwoPhaseSet<std::string>>);

}  // namespace rejoin
