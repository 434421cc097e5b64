#pragma once

// BoundedCounter<Min>: a counter that never falls below Min, without asking anybody: each replica
// may take only what it has rights to, and rights move between replicas.
//
//     stock.add(a, 10);               // a puts in 10 and may take them
//     stock.move_rights(a, b, 4);     // now b may take 4
//     stock.subtract(b, 5);           // refused: insufficient_rights, b may take 4 of the 10
//
// Concurrency  additions, subtractions and moves at the same time all count; the bound holds at
//              every replica and in every merge.
// Lattice      state  = (from, to) -> rights moved, with (r, r) what r added; r -> what r took;
//              bottom = none. merge = the greater of each number.
// Delta        same type: the one number that rose.
// Delivery     deltas may be lost, repeated and reordered. What is late is shown late: a replica
//              that misses additions may show less than there is, never less than Min.
// Requires     one live writer per ReplicaId, for ever.
// Incarnation  a new incarnation of a node starts without rights; those of the old one stay unused
//              (move them on before a planned stop). Else a copied disk would spend them twice.
// Cost         r replicas, m pairs that moved rights: all O(r + m).
// Memory       60 bytes a pair.
// In a store   a key of this type cannot be removed, and no map can hold it: what takes away shares
//              that were seen would take away what they spent too.
// Source       Balegas et al., "Extending eventually consistent cloud databases for enforcing
//              numeric invariants", SRDS 2015.
// Not for      counters without a floor (pn_counter.hpp); resets.

#include <map>

#include "crdt/g_counter.hpp"
#include "crdt/refusal.hpp"

namespace rejoin {

class Escrow {
 public:
  // Each returns the delta. Errors: negative_step, overflow; insufficient_rights where `all`, the
  // whole counter of which this may be one node's part, does not give `who` as much.
  Result<Escrow> add(const ReplicaId& who, std::int64_t n, const Escrow& all);
  Result<Escrow> subtract(const ReplicaId& who, std::int64_t n, const Escrow& all);
  Result<Escrow> move(const ReplicaId& from, const ReplicaId& to, std::int64_t n,
                      const Escrow& all);

  // What was added less what was taken, above a bound. Held at the bound and at INT64_MAX.
  std::int64_t value(std::int64_t bound = 0) const;
  // How much of that `who` may take.
  std::int64_t rights(const ReplicaId& who) const;
  bool merge(const Escrow& other);

  friend bool operator==(const Escrow&, const Escrow&) = default;

 private:
  friend struct Codec<Escrow>;
  using Way = std::pair<ReplicaId, ReplicaId>;

  Result<Escrow> raise(const Way& way, std::int64_t n, const Escrow& all);

  std::map<Way, std::int64_t> moved_;
  std::map<ReplicaId, std::int64_t> taken_;
};

template <>
struct Codec<Escrow> {
  static constexpr std::uint32_t tag = 22;
  static void encode(std::string& out, const Escrow& value);
  static bool decode(ByteReader& in, Escrow& value);
};

template <std::int64_t Min = 0, class In = Alone>
class BoundedCounter {
 public:
  static constexpr Family family = Family::bounded_counter;
  static constexpr std::uint32_t value_tag =
      static_cast<std::uint32_t>(mix64(static_cast<std::uint64_t>(Min))) | 0x80000000U;
  static constexpr bool not_removable = true;
  using Shape = Leaf<Escrow>;
  using Value = std::int64_t;
  using Slots = SlotsOf<In, BoundedCounter, Shape>;
  template <class In2>
  using Rebind = BoundedCounter<Min, In2>;

  BoundedCounter() = default;
  explicit BoundedCounter(Slots slots) : slots_(std::move(slots)) {}

  // n >= 0, and as many rights for the one who adds. Errors: negative_step, overflow.
  auto add(auto&& who, std::int64_t n) { return act(who, &Escrow::add, n); }
  // n >= 0. Errors: negative_step; insufficient_rights, which says how much may be taken.
  auto subtract(auto&& who, std::int64_t n) { return act(who, &Escrow::subtract, n); }
  // n >= 0. Errors: as subtract.
  auto move_rights(auto&& who, const ReplicaId& to, std::int64_t n) {
    const Escrow all = slots_.as_seen_by(who).joined();
    return slots_.amend(
        who, [&](Escrow& mine, const ReplicaId& me) { return mine.move(me, to, n, all); });
  }

  // Held at INT64_MAX.
  std::int64_t value() const { return slots_.joined().value(Min); }
  // How much this replica may take now.
  std::int64_t rights(const ReplicaId& who) const { return slots_.joined().rights(who); }

  bool merge(const BoundedCounter& other) { return slots_.merge(other.slots_); }
  friend bool operator==(const BoundedCounter&, const BoundedCounter&) = default;

 private:
  friend struct SlotAccess;

  auto act(auto& who, auto change, std::int64_t n) {
    const Escrow all = slots_.as_seen_by(who).joined();
    return slots_.amend(
        who, [&](Escrow& mine, const ReplicaId& me) { return (mine.*change)(me, n, all); });
  }

  Slots slots_;
};

static_assert(EncodableLattice<BoundedCounter<>>);

}  // namespace rejoin
