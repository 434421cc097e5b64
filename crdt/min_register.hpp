#pragma once

// MinRegister<T>: the least value that anyone set.
// What else holds of it stands in extremum_register.hpp.

#include "crdt/extremum_register.hpp"

namespace rejoin {

template <class T, class In = Alone>
using MinRegister = ExtremumRegister<T, std::less<>, Family::min_register, In>;

static_assert(EncodableLattice<MinRegister<std::int64_t>>);

}  // namespace rejoin
