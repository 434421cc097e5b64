#pragma once

// EwFlag, DwFlag: a flag that replicas enable and disable; when they do both at the same time,
// EwFlag is enabled and DwFlag is disabled. Both start disabled.
//
// Concurrency  enable and disable at the same time: enabled (EwFlag), disabled (DwFlag).
//              disable takes back only the enables its replica had seen (EwFlag); enable only the
//              disables its replica had seen (DwFlag).
// Lattice      state  = live dots, for DwFlag each marked given or taken; context. bottom = empty.
//              merge  = the merge rule of slots.hpp.
// Delta        same type: at most one new dot, and in the context the dots it replaces.
// Delivery     deltas may be lost, repeated and reordered.
// Requires     one live writer per ReplicaId, for ever.
// Cost         w concurrent changes not yet seen by a later one: all O(w).
// Memory       w dots; no tombstones.
// Source       Enable- and disable-wins flags: Riak 2.0's flag; as dots: arXiv:1603.01529.
// Not for      mutual exclusion: two replicas may both see it enabled.

#include "crdt/marks.hpp"
#include "crdt/type_tag.hpp"

namespace rejoin {

template <class In = Alone>
class EwFlagIn {
 public:
  static constexpr Family family = Family::ew_flag;
  static constexpr std::uint32_t value_tag = 0;
  using Shape = Cell<Unit>;
  using Value = bool;
  using Slots = SlotsOf<In, EwFlagIn, Shape>;
  template <class In2>
  using Rebind = EwFlagIn<In2>;

  EwFlagIn() = default;
  explicit EwFlagIn(Slots slots) : slots_(std::move(slots)) {}

  auto enable(auto&& who) { return slots_.put(who, Unit{}); }
  auto disable(auto&& who) { return slots_.clear(who); }

  bool value() const { return !slots_.empty(); }

  bool merge(const EwFlagIn& other) { return slots_.merge(other.slots_); }
  friend bool operator==(const EwFlagIn&, const EwFlagIn&) = default;

 private:
  friend struct SlotAccess;
  Slots slots_;
};

template <class In = Alone>
class DwFlagIn {
 public:
  static constexpr Family family = Family::dw_flag;
  static constexpr std::uint32_t value_tag = 0;
  using Shape = Cell<Mark>;
  using Value = bool;
  using Slots = SlotsOf<In, DwFlagIn, Shape>;
  template <class In2>
  using Rebind = DwFlagIn<In2>;

  DwFlagIn() = default;
  explicit DwFlagIn(Slots slots) : slots_(std::move(slots)) {}

  auto enable(auto&& who) { return slots_.put(who, Mark::given); }
  auto disable(auto&& who) { return slots_.put(who, Mark::taken); }

  bool value() const { return marks_in(slots_).holds(); }

  bool merge(const DwFlagIn& other) { return slots_.merge(other.slots_); }
  friend bool operator==(const DwFlagIn&, const DwFlagIn&) = default;

 private:
  friend struct SlotAccess;
  Slots slots_;
};

using EwFlag = EwFlagIn<>;
using DwFlag = DwFlagIn<>;
static_assert(EncodableLattice<EwFlag> && EncodableLattice<DwFlag>);

}  // namespace rejoin
