#pragma once

// LwwRegister<T>: one value; of writes at the same time the last one, by stamp, is read.
//
// Concurrency  the greatest (stamp, replica, canonical bytes) is read: a strictly total order.
//              A write beats every write it saw, whatever the clocks say.
//              remove takes away the writes it saw; a concurrent write stays.
// Lattice      state  = live dots, each with a stamped value; context. bottom = both empty.
//              merge  = the merge rule of slots.hpp.
// Delta        same type: one new dot, and in the context the dots it replaces.
// Delivery     deltas may be lost, repeated and reordered.
// Requires     one live writer per ReplicaId, for ever; a wall clock that is roughly right.
// Cost         w concurrent writes not yet overwritten: all O(w).
// Memory       w values; no tombstones.
// Source       Johnson, Thomas, RFC 677, 1975; stamps: hybrid_time.hpp.
// Not for      values that must not be lost (mv_register.hpp), counts (pn_counter.hpp).
//
// Why does a losing value stay until a write or removal has seen it? Because a replica that dropped
// it on merge would differ from one that had not merged yet and received a removal of the winner.

#include <optional>
#include <vector>

#include "crdt/last_write.hpp"
#include "crdt/slots.hpp"
#include "crdt/type_tag.hpp"
#include "crdt/writer.hpp"

namespace rejoin {

template <class T, class In = Alone>
class LwwRegister {
  static_assert(check_encodable<T>());

 public:
  static constexpr Family family = Family::lww_register;
  static constexpr std::uint32_t value_tag = Codec<T>::tag;
  using Shape = Cell<Stamped<T>>;
  using Value = std::optional<T>;
  using Slots = SlotsOf<In, LwwRegister, Shape>;
  template <class In2>
  using Rebind = LwwRegister<T, In2>;

  LwwRegister() = default;
  explicit LwwRegister(Slots slots) : slots_(std::move(slots)) {}

  auto set(TimedWriter auto&& who, T value) {
    const HybridTime stamp = stamp_above<T>(slots_.as_seen_by(who), who);
    return slots_.put(who, Stamped<T>{stamp, canonical(std::move(value))});
  }
  auto remove(auto&& who) { return slots_.clear(who); }

  // Nothing if it was never written, or removed.
  std::optional<T> value() const { return last_write<T>(slots_); }
  // What concurrent writes lost to the value, as long as no later write has seen them.
  std::vector<T> discarded() const { return lost_writes<T>(slots_); }

  bool merge(const LwwRegister& other) { return slots_.merge(other.slots_); }
  friend bool operator==(const LwwRegister&, const LwwRegister&) = default;

 private:
  friend struct SlotAccess;
  Slots slots_;
};

static_assert(EncodableLattice<LwwRegister<std::string>>);

}  // namespace rejoin
