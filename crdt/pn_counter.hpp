#pragma once

// PnCounter: a counter that goes up and down.
//
// Concurrency  additions and subtractions at the same time all count.
// Lattice      state  = two GCounters, what was added and what was subtracted; bottom = none.
//              merge  = of each.
// Delta        same type: the writer's new total on the side that moved.
// Delivery     deltas may be lost, repeated and reordered.
// Requires     one live writer per ReplicaId, for ever.
// Cost         r replicas that ever wrote: add, merge, value O(r).
// Memory       32 bytes a replica and side.
// In a store   as GCounter: a share that is concurrent with a removal survives whole.
// Source       Shapiro et al., INRIA RR-7506, 2011.
// Not for      a value with a floor, such as stock: two replicas may both take the last one.

#include "crdt/g_counter.hpp"

namespace rejoin {

class UpsAndDowns {
 public:
  // n of either sign. Refuses to pass Totals::share_max on either side.
  Result<UpsAndDowns> add(const ReplicaId& who, std::int64_t n);
  std::int64_t value() const { return ups_.value() - downs_.value(); }
  bool merge(const UpsAndDowns& other);

  friend bool operator==(const UpsAndDowns&, const UpsAndDowns&) = default;

 private:
  friend struct Codec<UpsAndDowns>;
  Totals ups_;
  Totals downs_;
};

template <>
struct Codec<UpsAndDowns> {
  static constexpr std::uint32_t tag = 16;
  static void encode(std::string& out, const UpsAndDowns& value);
  static bool decode(ByteReader& in, UpsAndDowns& value);
};

template <class In = Alone>
class PnCounterIn {
 public:
  static constexpr Family family = Family::pn_counter;
  static constexpr std::uint32_t value_tag = 0;
  using Shape = Leaf<UpsAndDowns>;
  using Value = std::int64_t;
  using Slots = SlotsOf<In, PnCounterIn, Shape>;
  template <class In2>
  using Rebind = PnCounterIn<In2>;

  PnCounterIn() = default;
  explicit PnCounterIn(Slots slots) : slots_(std::move(slots)) {}

  // n of either sign. Error: overflow.
  auto add(auto&& who, std::int64_t n = 1) {
    return slots_.amend(who,
                        [n](UpsAndDowns& mine, const ReplicaId& me) { return mine.add(me, n); });
  }

  std::int64_t value() const { return slots_.joined().value(); }

  bool merge(const PnCounterIn& other) { return slots_.merge(other.slots_); }
  friend bool operator==(const PnCounterIn&, const PnCounterIn&) = default;

 private:
  friend struct SlotAccess;
  Slots slots_;
};

using PnCounter = PnCounterIn<>;
static_assert(EncodableLattice<PnCounter>);

}  // namespace rejoin
