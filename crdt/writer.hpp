#pragma once

// Who writes to a value that stands alone: a ReplicaId, or At, a ReplicaId and the wall clock's
// time, for types that stamp. In a store the transaction is both.

#include <concepts>

#include "crdt/hybrid_time.hpp"
#include "crdt/replica_id.hpp"

namespace rejoin {

class At {
 public:
  At(const ReplicaId& who, HybridTime now) : who_(who), now_(now) {}
  // Milliseconds since 1970.
  At(const ReplicaId& who, std::uint64_t unix_ms) : At(who, HybridTime::from_unix_ms(unix_ms)) {}

  operator const ReplicaId&() const { return who_; }
  HybridTime now() const { return now_; }

 private:
  ReplicaId who_;
  HybridTime now_;
};

template <class W>
concept TimedWriter = requires(W& who) {
  { who.now() } -> std::convertible_to<HybridTime>;
};

}  // namespace rejoin
