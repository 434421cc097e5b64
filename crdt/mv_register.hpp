#pragma once

// MvRegister<T>: one value; of writes at the same time all are read.
//
// Concurrency  concurrent writes stand side by side until a write that saw them replaces them.
//              remove takes away the writes it saw; a concurrent write stays.
// Lattice      state  = live dots, each with a value; context. bottom = both empty.
//              merge  = the merge rule of slots.hpp.
// Delta        same type: one new dot, and in the context the dots it replaces.
// Delivery     deltas may be lost, repeated and reordered.
// Requires     one live writer per ReplicaId, for ever.
// Cost         w concurrent writes not yet overwritten: O(w); values O(w log w).
// Memory       w values; no tombstones.
// Source       DeCandia et al., "Dynamo", SOSP 2007; as dots: arXiv:1603.01529.
// Not for      callers who want one answer (lww_register.hpp).

#include <vector>

#include "crdt/order.hpp"
#include "crdt/slots.hpp"
#include "crdt/type_tag.hpp"

namespace rejoin {

template <class T, class In = Alone>
class MvRegister {
  static_assert(check_encodable<T>());

 public:
  static constexpr Family family = Family::mv_register;
  static constexpr std::uint32_t value_tag = Codec<T>::tag;
  using Shape = Cell<T>;
  using Value = std::vector<T>;
  using Slots = SlotsOf<In, MvRegister, Shape>;
  template <class In2>
  using Rebind = MvRegister<T, In2>;

  MvRegister() = default;
  explicit MvRegister(Slots slots) : slots_(std::move(slots)) {}

  auto set(auto&& who, T value) { return slots_.put(who, canonical(std::move(value))); }
  auto remove(auto&& who) { return slots_.clear(who); }

  // Each value that stands, once, in the order of their encodings.
  std::vector<T> value() const {
    std::vector<T> all;
    slots_.each([&](const ReplicaId&, const T& live) { all.push_back(live); });
    return in_order(std::move(all));
  }

  bool merge(const MvRegister& other) { return slots_.merge(other.slots_); }
  friend bool operator==(const MvRegister&, const MvRegister&) = default;

 private:
  friend struct SlotAccess;
  Slots slots_;
};

static_assert(EncodableLattice<MvRegister<std::string>>);

}  // namespace rejoin
