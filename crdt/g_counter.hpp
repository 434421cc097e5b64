#pragma once

// GCounter: a counter that only grows.
//
// Concurrency  increments at the same time all count.
// Lattice      state  = replica -> its total; bottom = none.
//              merge  = the greater total of each replica.
// Delta        same type: the writer's new total.
// Delivery     deltas may be lost, repeated and reordered.
// Requires     one live writer per ReplicaId, for ever.
// Cost         r replicas that ever added: add, merge, value O(r).
// Memory       32 bytes a replica.
// In a store   a node writes one share, the totals of its incarnations; a removal takes away
//              the shares it saw, and a share that is concurrent with it survives whole.
// Source       Shapiro et al., INRIA RR-7506, 2011; deltas: arXiv:1603.01529.
// Not for      counts that go down (pn_counter.hpp).
//
// Two replicas show 3 and 5: is the answer 8? Only if they counted different things. So each
// replica's total is kept apart and only ever grows: the greater of two totals of one replica is
// the later one.

#include <cstdint>

#include "crdt/slots.hpp"
#include "crdt/type_tag.hpp"
#include "crdt/version_vector.hpp"

namespace rejoin {

// The lattice: replica -> total, with the one rule of how a total moves.
class Totals {
 public:
  // A share's ceiling: sums of shares and stamps stay far from overflow.
  static constexpr std::int64_t share_max = (std::int64_t{1} << 62) - 1;

  // Adds to who's total and returns it as a delta. Refuses n < 0 and a total above share_max.
  Result<Totals> add(const ReplicaId& who, std::int64_t n);
  // The sum, held at INT64_MAX.
  std::int64_t value() const;
  bool merge(const Totals& other) { return totals_.merge(other.totals_); }
  const VersionVector& totals() const { return totals_; }

  friend bool operator==(const Totals&, const Totals&) = default;

 private:
  friend struct Codec<Totals>;
  VersionVector totals_;
};

template <>
struct Codec<Totals> {
  static constexpr std::uint32_t tag = 15;
  static void encode(std::string& out, const Totals& totals);
  static bool decode(ByteReader& in, Totals& totals);  // refuses a total above share_max
};

template <class In = Alone>
class GCounterIn {
 public:
  static constexpr Family family = Family::g_counter;
  static constexpr std::uint32_t value_tag = 0;
  using Shape = Leaf<Totals>;
  using Value = std::int64_t;
  using Slots = SlotsOf<In, GCounterIn, Shape>;
  template <class In2>
  using Rebind = GCounterIn<In2>;

  GCounterIn() = default;
  explicit GCounterIn(Slots slots) : slots_(std::move(slots)) {}

  // n >= 0. Errors: negative_step, overflow.
  auto add(auto&& who, std::int64_t n = 1) {
    return slots_.amend(who, [n](Totals& mine, const ReplicaId& me) { return mine.add(me, n); });
  }

  std::int64_t value() const { return slots_.joined().value(); }

  bool merge(const GCounterIn& other) { return slots_.merge(other.slots_); }
  friend bool operator==(const GCounterIn&, const GCounterIn&) = default;

 private:
  friend struct SlotAccess;
  Slots slots_;
};

using GCounter = GCounterIn<>;
static_assert(EncodableLattice<GCounter>);

}  // namespace rejoin
