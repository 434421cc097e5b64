#pragma once

// Dot: the name of one event, (replica, sequence), sequence from 1. It is minted once and never
// again. LocalDot: the same inside one value or store, where the replica is an index into its
// context's table. Source: Almeida, Shoker, Baquero, "Delta state replicated data types",
// arXiv:1603.01529.

#include <compare>
#include <cstdint>

#include "crdt/replica_id.hpp"

namespace rejoin {

struct Dot {
  ReplicaId replica;
  std::uint64_t sequence = 0;

  friend auto operator<=>(const Dot&, const Dot&) = default;
};

// Twelve bytes: the sequence is kept in two halves so that no padding is needed.
// Its order is the table's, so it may decide nothing that leaves the value: bytes use the full Dot.
class LocalDot {
 public:
  LocalDot() = default;
  LocalDot(std::uint32_t replica, std::uint64_t sequence)
      : replica_(replica),
        high_(static_cast<std::uint32_t>(sequence >> 32)),
        low_(static_cast<std::uint32_t>(sequence)) {}

  std::uint32_t replica() const { return replica_; }
  std::uint64_t sequence() const { return (std::uint64_t{high_} << 32) | low_; }

  friend auto operator<=>(const LocalDot&, const LocalDot&) = default;

 private:
  std::uint32_t replica_ = 0;
  std::uint32_t high_ = 0;
  std::uint32_t low_ = 0;
};
static_assert(sizeof(LocalDot) == 12);

}  // namespace rejoin
