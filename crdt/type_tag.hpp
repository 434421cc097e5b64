#pragma once

// TypeTag: what a key holds, as (family, value type). It is part of the key: one name with two
// types is two keys, so no peer can turn a counter into a set.
//
// The numbers of families are written to disk and wire: add at the end, never change or reuse one.
// Value types are Codec<T>::tag: numbers below 2^31 are ours (codec.hpp, causal_context.hpp,
// version_vector.hpp); composites mix those of their parts with the top bit set. For a type of
// yours choose any number from 1000 to 2^31 - 1 that your program uses once.

#include <compare>
#include <cstdint>

namespace rejoin {

enum class Family : std::uint16_t {
  g_counter = 1,
  pn_counter = 2,
  lww_register = 3,
  mv_register = 4,
  max_register = 5,
  min_register = 6,
  aw_set = 7,
};

struct TypeTag {
  std::uint16_t family = 0;
  std::uint32_t value = 0;

  friend auto operator<=>(const TypeTag&, const TypeTag&) = default;
};

template <class T>
constexpr TypeTag type_tag{static_cast<std::uint16_t>(T::family), T::value_tag};

}  // namespace rejoin
