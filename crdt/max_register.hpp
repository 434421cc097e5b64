#pragma once

// MaxRegister<T>: the greatest value that anyone set.
// What else holds of it stands in extremum_register.hpp.

#include "crdt/extremum_register.hpp"

namespace rejoin {

template <class T, class In = Alone>
using MaxRegister = ExtremumRegister<T, std::greater<>, Family::max_register, In>;

static_assert(EncodableLattice<MaxRegister<std::int64_t>>);

}  // namespace rejoin
