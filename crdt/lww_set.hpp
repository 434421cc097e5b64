#pragma once

// LwwSet<T>: a set where, of adds and removals of an element at the same time, the last one counts,
// by stamp.
//
// Concurrency  the greatest (stamp, replica, add above remove) of an element decides: a strictly
//              total order. A change beats every change it saw, whatever the clocks say.
// Lattice      state  = element -> dots, each with a stamped yes or no; context.
//              bottom = both empty. merge = the merge rule of slots.hpp, per element.
// Delta        same type: one new dot, and in the context the dots that it replaces.
// Delivery     deltas may be lost, repeated and reordered.
// Requires     one live writer per ReplicaId, for ever; a wall clock that is roughly right; T with
//              a Codec and ==. NaN is refused.
// Cost         n elements ever added: add, remove, contains O(1); size O(n); merge O(n + m), of a
//              delta O(delta).
// Memory       a removed element keeps one stamp until it is added again.
// Source       LWW-element-set: Shapiro et al., INRIA RR-7506, 2011; stamps: hybrid_time.hpp.
// Not for      outcomes that must not hang on clocks (aw_set.hpp, rw_set.hpp).

#include <vector>

#include "crdt/last_write.hpp"
#include "crdt/refusal.hpp"
#include "crdt/slots.hpp"
#include "crdt/type_tag.hpp"

namespace rejoin {

template <class T, class In = Alone>
class LwwSet {
  static_assert(check_encodable<T>());

 public:
  static constexpr Family family = Family::lww_set;
  static constexpr std::uint32_t value_tag = Codec<T>::tag;
  using Shape = Table<T, Cell<Stamped<bool>>>;
  using Value = std::vector<T>;
  using Slots = SlotsOf<In, LwwSet, Shape>;
  template <class In2>
  using Rebind = LwwSet<T, In2>;

  LwwSet() = default;
  explicit LwwSet(Slots slots) : slots_(std::move(slots)) {}

  // The delta; where T has values that cannot be elements, a Result of it (error: not_a_number).
  auto add(TimedWriter auto&& who, const T& element) { return write(who, element, true); }
  auto remove(TimedWriter auto&& who, const T& element) { return write(who, element, false); }
  // Removes each element that is in.
  auto clear(TimedWriter auto&& who) {
    return slots_.each_change(who, elements_in(slots_.as_seen_by(who)),
                              [&](const T& e) { return stamp(who, e, false); });
  }

  bool contains(const T& element) const {
    return last_write<bool>(slots_.at(element)).value_or(false);
  }
  std::size_t size() const { return elements().size(); }
  bool empty() const { return elements().empty(); }
  // In the order of their encodings, which is that of the values.
  std::vector<T> elements() const { return elements_in(slots_); }
  std::vector<T> value() const { return elements(); }
  // The elements that are out only because a removal was later than a concurrent add.
  std::vector<T> discarded() const {
    std::vector<T> out;
    slots_.each([&](const T& element) {
      if (!contains(element) && !lost_writes<bool>(slots_.at(element)).empty()) {
        out.push_back(element);
      }
    });
    return in_order(std::move(out));
  }

  bool merge(const LwwSet& other) { return slots_.merge(other.slots_); }
  friend bool operator==(const LwwSet&, const LwwSet&) = default;

 private:
  friend struct SlotAccess;

  static std::vector<T> elements_in(const auto& slots) {
    std::vector<T> all;
    slots.each([&](const T& element) {
      if (last_write<bool>(slots.at(element)).value_or(false)) all.push_back(element);
    });
    return in_order(std::move(all));
  }
  auto stamp(auto& who, const T& element, bool in) {
    const HybridTime time = stamp_above<bool>(slots_.as_seen_by(who).at(element), who);
    return slots_[element].put(who, Stamped<bool>{time, in});
  }
  auto write(auto& who, const T& element, bool in) {
    return on_element(who, element, [&](const T& e) { return stamp(who, e, in); });
  }

  Slots slots_;
};

static_assert(EncodableLattice<LwwSet<std::string>>);

}  // namespace rejoin
