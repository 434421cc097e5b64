#pragma once

// OrderedRegister<T, Less>: the greatest value that anyone set, in an order of the user's:
//
//     struct ByPriority {
//       static constexpr std::string_view name = "acme.by_priority";    // part of the key's type
//       bool operator()(const Job& a, const Job& b) const { return a.priority < b.priority; }
//     };
//     OrderedRegister<Job, ByPriority> most_urgent;
//
// Less must be a strict weak order that never changes under one name; of values that it holds equal
// the one with the greater canonical bytes is kept, so the order of the register is total. What
// else holds of it stands in extremum_register.hpp.

#include "crdt/extremum_register.hpp"

namespace rejoin {

template <class T, class Less>
struct GreaterBy {
  static_assert(!std::string_view(Less::name).empty(), "the name of an order cannot be empty");

  static constexpr std::uint32_t tag =
      static_cast<std::uint32_t>(combine64(name_tag(Less::name), Codec<T>::tag)) | 0x80000000U;

  bool operator()(const T& a, const T& b) const {
    if (Less{}(b, a)) return true;
    return !Less{}(a, b) && encoded(a) > encoded(b);
  }
};

template <class T, class Less, class In = Alone>
using OrderedRegister = ExtremumRegister<T, GreaterBy<T, Less>, Family::ordered_register, In>;

}  // namespace rejoin
