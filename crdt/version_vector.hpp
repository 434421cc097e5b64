#pragma once

// VersionVector: replica -> greatest number known of it, joined by the greater.
//
// Lattice  bottom = empty; merge = the greater of each. No zero entries, so equal meaning is equal
// bytes. Cost     r replicas: look-up O(log r); merge O(r + s). Source   Parker et al., "Detection
// of mutual inconsistency in distributed systems", 1983.

#include <cstdint>
#include <utility>
#include <vector>

#include "crdt/codec.hpp"
#include "crdt/replica_id.hpp"

namespace rejoin {

class VersionVector {
 public:
  using Entry = std::pair<ReplicaId, std::uint64_t>;

  // 0 for a replica that is not in it.
  std::uint64_t operator[](const ReplicaId& replica) const;
  // Raises one entry; returns whether it rose.
  bool raise(const ReplicaId& replica, std::uint64_t value);
  bool merge(const VersionVector& other);
  bool covers(const VersionVector& other) const;
  bool empty() const { return entries_.empty(); }
  // In the order of ids.
  const std::vector<Entry>& entries() const { return entries_; }

  friend bool operator==(const VersionVector&, const VersionVector&) = default;

 private:
  std::vector<Entry> entries_;
};

template <>
struct Codec<VersionVector> {
  static constexpr std::uint32_t tag = 13;
  static void encode(std::string& out, const VersionVector& vector);
  static bool decode(ByteReader& in, VersionVector& vector);
};

}  // namespace rejoin
