#pragma once

// The concepts of crdt/. They check words, not laws: a type counts as finished when it is in the
// law suite (crdt/laws/), which checks that merge is a join and that deltas do what mutations did.

#include <concepts>

#include "crdt/codec.hpp"

namespace rejoin {

// A value with a join: merge takes the least state above both and returns whether anything changed.
// Default-constructed is bottom; a copy is independent.
template <class T>
concept Lattice = std::regular<T> && requires(T mine, const T& theirs) {
  { mine.merge(theirs) } -> std::same_as<bool>;
};

// What stores, frames and disks can carry.
template <class T>
concept EncodableLattice = Lattice<T> && Encodable<T>;

}  // namespace rejoin
