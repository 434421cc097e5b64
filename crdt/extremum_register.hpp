#pragma once

// ExtremumRegister<T, Better>: the best value that anyone set. MaxRegister and MinRegister are its
// names.
//
// Concurrency  of values set at the same time the best stays.
// Lattice      state  = a T or nothing; bottom = nothing.
//              merge  = the better of both.
// Delta        same type: the value that was set.
// Delivery     deltas may be lost, repeated and reordered.
// Requires     T with a Codec and a total order (so no NaN: it is refused).
// Cost         O(1) comparisons.
// Memory       one T.
// In a store   as GCounter: a share that is concurrent with a removal survives whole.
// Source       chains as lattices: Baquero et al., "Composition in state-based replicated
//              data types", Bulletin of the EATCS 123, 2017.
// Not for      the latest value (lww_register.hpp).

#include <functional>
#include <optional>

#include "crdt/slots.hpp"
#include "crdt/type_tag.hpp"

namespace rejoin {

template <class T, class Better>
class Extremum {
 public:
  // Keeps the value if it is better, and returns it as a delta.
  Result<Extremum> set(T value) {
    if (!can_be_key(value)) {
      return Error{ErrorCode::not_a_number, "NaN has no place in an order: set a number"};
    }
    Extremum delta;
    delta.value_ = canonical(std::move(value));
    merge(delta);
    return delta;
  }
  bool merge(const Extremum& other) {
    if (!other.value_ || (value_ && !Better{}(*other.value_, *value_))) return false;
    value_ = other.value_;
    return true;
  }
  const std::optional<T>& value() const { return value_; }

  friend bool operator==(const Extremum&, const Extremum&) = default;

 private:
  friend struct Codec<Extremum>;
  std::optional<T> value_;
};

template <Encodable T, class Better>
struct Codec<Extremum<T, Better>> {
  static constexpr std::uint32_t tag = Codec<std::optional<T>>::tag;
  static void encode(std::string& out, const Extremum<T, Better>& extremum) {
    Codec<std::optional<T>>::encode(out, extremum.value_);
  }
  static bool decode(ByteReader& in, Extremum<T, Better>& extremum) {
    return Codec<std::optional<T>>::decode(in, extremum.value_) && can_be_key(extremum.value_);
  }
};

// An order that has a tag is part of the type.
template <class T, class Better>
constexpr std::uint32_t extremum_tag() {
  if constexpr (requires { Better::tag; }) {
    return Better::tag;
  } else {
    return Codec<T>::tag;
  }
}

template <class T, class Better, Family of_family, class In = Alone>
class ExtremumRegister {
  static_assert(check_encodable<T>());

 public:
  static constexpr Family family = of_family;
  static constexpr std::uint32_t value_tag = extremum_tag<T, Better>();
  using Shape = Leaf<Extremum<T, Better>>;
  using Value = std::optional<T>;
  using Slots = SlotsOf<In, ExtremumRegister, Shape>;
  template <class In2>
  using Rebind = ExtremumRegister<T, Better, of_family, In2>;

  ExtremumRegister() = default;
  explicit ExtremumRegister(Slots slots) : slots_(std::move(slots)) {}

  // Error: not_a_number.
  auto set(auto&& who, T value) {
    return slots_.amend(who,
                        [&](auto& mine, const ReplicaId&) { return mine.set(std::move(value)); });
  }

  std::optional<T> value() const { return slots_.joined().value(); }

  bool merge(const ExtremumRegister& other) { return slots_.merge(other.slots_); }
  friend bool operator==(const ExtremumRegister&, const ExtremumRegister&) = default;

 private:
  friend struct SlotAccess;
  Slots slots_;
};

}  // namespace rejoin
