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
#include <string_view>

namespace rejoin {

enum class Family : std::uint16_t {
  g_counter = 1,
  pn_counter = 2,
  lww_register = 3,
  mv_register = 4,
  max_register = 5,
  min_register = 6,
  aw_set = 7,
  or_map = 8,
  g_map = 9,
  lww_map = 10,
  multi_map = 11,
  g_set = 12,
  two_phase_set = 13,
  rw_set = 14,
  lww_set = 15,
  ew_flag = 16,
  dw_flag = 17,
  ordered_register = 18,
  resettable_counter = 19,
  bounded_counter = 20,
  hyper_log_log = 21,
  lattice_value = 22,
};

// The value type of what a program names itself, such as an order or a lattice: a hash of the name,
// written to disk and wire. FNV-1a (Fowler, Noll, Vo), with the top bit set as for composites.
constexpr std::uint32_t name_tag(std::string_view name) {
  std::uint32_t hash = 0x811c9dc5U;
  for (const char c : name) hash = (hash ^ static_cast<unsigned char>(c)) * 0x01000193U;
  return hash | 0x80000000U;
}

struct TypeTag {
  std::uint16_t family = 0;
  std::uint32_t value = 0;

  friend auto operator<=>(const TypeTag&, const TypeTag&) = default;
};

template <class T>
constexpr TypeTag type_tag{static_cast<std::uint16_t>(T::family), T::value_tag};

// False for a type that would break if what a replica saw of it could be taken away: it cannot be
// in a map, and its key in a store cannot be removed.
template <class T>
constexpr bool removable = !requires { T::not_removable; };

}  // namespace rejoin
