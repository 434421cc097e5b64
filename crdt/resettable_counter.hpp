#pragma once

// ResettableCounter: a counter that goes up and down and can be set back to zero.
//
// Concurrency  additions and subtractions at the same time all count. A reset takes away exactly
//              what its replica had seen: a change that is concurrent with it counts, alone. Resets
//              at the same time take away what either had seen.
// Lattice      state  = share -> what it added, subtracted, and how much of both resets have seen;
//              bottom = none. merge = the greater of each number.
// Delta        same type: the shares that changed; of a reset all that it took away.
// Delivery     deltas may be lost, repeated and reordered.
// Requires     one live writer per ReplicaId, for ever.
// Cost         r shares: add, reset, merge, value O(r).
// Memory       60 bytes a share; a share for each replica that ever wrote.
// In a map     a removal of its key takes away the shares it saw; a share that is concurrent with
//              it survives, from its last reset on. A writer whose share was removed starts a new
//              one, so no reset of the old one touches it. A reset is kept in its writer's share:
//              a removal that saw the reset, but not yet all that it took, brings that back.
// Source       grow-only pairs: Shapiro et al., INRIA RR-7506, 2011; observed resets: Weidner,
//              Almeida, "An oblivious observed-reset embeddable replicated counter", PaPoC 2022.
// Not for      a value with a floor (bounded_counter.hpp).
//
// Why not take away the dots that were seen, as a set does? A node keeps one fragment, which an
// addition replaces: then a reset that is concurrent with the addition would take away nothing of
// what the node had counted before. Here a reset says how far it has seen instead.

#include <map>

#include "crdt/g_counter.hpp"

namespace rejoin {

class ResettableShares {
 public:
  struct Share {
    std::int64_t added = 0;
    std::int64_t subtracted = 0;
    std::int64_t added_reset = 0;       // of what was added, this much is taken away
    std::int64_t subtracted_reset = 0;  // of what was subtracted

    bool merge(const Share& other);
    friend bool operator==(const Share&, const Share&) = default;
  };
  using Name = std::pair<ReplicaId, std::uint64_t>;  // who writes it, and its birth

  // n of either sign. `all` is the whole counter, of which this may be one node's part. Returns the
  // delta. Refuses to pass Totals::share_max on either side.
  Result<ResettableShares> add(const ReplicaId& who, std::uint64_t birth, std::int64_t n,
                               const ResettableShares& all);
  // Takes away all of `all`.
  ResettableShares reset(const ResettableShares& all);

  // Held at the ends of 64 bits.
  std::int64_t value() const;
  // What resets have taken away.
  std::int64_t discarded() const;
  bool merge(const ResettableShares& other);

  friend bool operator==(const ResettableShares&, const ResettableShares&) = default;

 private:
  friend struct Codec<ResettableShares>;
  std::map<Name, Share> shares_;
};

template <>
struct Codec<ResettableShares> {
  static constexpr std::uint32_t tag = 21;
  static void encode(std::string& out, const ResettableShares& value);
  static bool decode(ByteReader& in, ResettableShares& value);
};

template <class In = Alone>
class ResettableCounterIn {
 public:
  static constexpr Family family = Family::resettable_counter;
  static constexpr std::uint32_t value_tag = 0;
  using Shape = Leaf<ResettableShares>;
  using Value = std::int64_t;
  using Slots = SlotsOf<In, ResettableCounterIn, Shape>;
  template <class In2>
  using Rebind = ResettableCounterIn<In2>;

  ResettableCounterIn() = default;
  explicit ResettableCounterIn(Slots slots) : slots_(std::move(slots)) {}

  // n of either sign. Error: overflow.
  auto add(auto&& who, std::int64_t n = 1) {
    const ResettableShares all = slots_.as_seen_by(who).joined();
    return slots_.amend(who, [&](ResettableShares& mine, const ReplicaId& me, std::uint64_t birth) {
      return mine.add(me, birth, n, all);
    });
  }
  auto reset(auto&& who) {
    const ResettableShares all = slots_.as_seen_by(who).joined();
    return slots_.amend(
        who, [&](ResettableShares& mine, const ReplicaId&) { return mine.reset(all); });
  }

  std::int64_t value() const { return slots_.joined().value(); }
  // What resets have taken away.
  std::int64_t discarded() const { return slots_.joined().discarded(); }

  bool merge(const ResettableCounterIn& other) { return slots_.merge(other.slots_); }
  friend bool operator==(const ResettableCounterIn&, const ResettableCounterIn&) = default;

 private:
  friend struct SlotAccess;
  Slots slots_;
};

using ResettableCounter = ResettableCounterIn<>;
static_assert(EncodableLattice<ResettableCounter>);

}  // namespace rejoin
