#pragma once

// LatticeValue<L>: a lattice of yours as a type of rejoin's: in maps, in a store, over the wire, on
// disk. One registration makes it so: a name, a merge, a codec.
//
//     struct HighScore {                                // a plain aggregate: so it has a codec
//       static constexpr std::string_view name = "acme.high_score";
//       std::string player;
//       std::int64_t points = 0;
//       bool merge(const HighScore& other) {
//         if (std::tie(other.points, other.player) <= std::tie(points, player)) return false;
//         *this = other;
//         return true;
//       }
//       friend bool operator==(const HighScore&, const HighScore&) = default;
//     };
//     auto best = open<LatticeValue<HighScore>>(tx, "best");
//     best.join(tx, {"anna", 120});
//
// Concurrency  as L's merge has it.
// Lattice      L. bottom = a default-constructed L.
// Delta        same type: what was joined.
// Delivery     deltas may be lost, repeated and reordered.
// Requires     merge is a join (check it: docs/laws.md); the name means this lattice for ever.
// Cost, memory L's. In slots, one L a node that wrote, joined on read.
// In a store   as GCounter: a share that is concurrent with a removal survives whole.
// Source       Shapiro et al., INRIA RR-7506, 2011, section 2.3.
// Not for      values whose merge is not a join: nothing here can notice that; the law kit does.

#include "crdt/slots.hpp"
#include "crdt/type_tag.hpp"

namespace rejoin {

template <class L, class In = Alone>
class LatticeValue {
  static_assert(check_encodable<L>());
  static_assert(Lattice<L>, "a lattice needs `bool merge(const L&)`, a default, copies and ==");
  static_assert(requires { std::string_view(L::name); },
                "a lattice in a store needs a name: static constexpr std::string_view name");
  static_assert(!std::string_view(L::name).empty(), "the name of a lattice cannot be empty");

 public:
  static constexpr Family family = Family::lattice_value;
  static constexpr std::uint32_t value_tag = name_tag(L::name);
  using Shape = Leaf<L>;
  using Value = L;
  using Slots = SlotsOf<In, LatticeValue, Shape>;
  template <class In2>
  using Rebind = LatticeValue<L, In2>;

  LatticeValue() = default;
  explicit LatticeValue(Slots slots) : slots_(std::move(slots)) {}

  // Raises the value to its join with another.
  auto join(auto&& who, const L& other) {
    return slots_.amend(who, [&](L& mine, const ReplicaId&) {
      mine.merge(other);
      return other;
    });
  }
  // For a lattice that keeps a share for each replica: change(mine, me) changes what this node
  // wrote and returns the delta, as L or as Result<L>.
  template <class F>
  auto amend(auto&& who, F&& change) {
    return slots_.amend(who, std::forward<F>(change));
  }

  L value() const { return slots_.joined(); }

  bool merge(const LatticeValue& other) { return slots_.merge(other.slots_); }
  friend bool operator==(const LatticeValue&, const LatticeValue&) = default;

 private:
  friend struct SlotAccess;
  Slots slots_;
};

}  // namespace rejoin
