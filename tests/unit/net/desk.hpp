#pragma once

// A store that one replica writes to, without the core: transactions become entries at once and are
// merged here; what others made is merged by hand.

#include <map>

#include "net/stored.hpp"
#include "tests/unit/net/made.hpp"

namespace rejoin::testing {

class Desk {
 public:
  explicit Desk(const ReplicaId& id) : self(id) {}

  // Requires, for types that tell shares by their births: a stamp above those before.
  Transaction begin(HybridTime now) const { return Transaction(store, config, self, now); }
  Transaction begin(std::uint64_t wall_ms = 1'000) const {
    return begin(HybridTime::from_unix_ms(wall_ms));
  }
  // The entry that the transaction makes now; merged here.
  Entry commit(const Transaction& tx) {
    std::map<SlotKey, Dot> minted;
    Entry entry = entry_of(tx.changes(), self, store.clock().last(self), minted);
    if (!entry.dots.empty()) merge(store, entry);
    return entry;
  }
  template <class F>
  Entry transact(F&& f, HybridTime now) {
    Transaction tx = begin(now);
    f(tx);
    return commit(tx);
  }
  template <class F>
  Entry transact(F&& f, std::uint64_t wall_ms = 1'000) {
    return transact(std::forward<F>(f), HybridTime::from_unix_ms(wall_ms));
  }

  ReplicaId self;
  Config config;
  Store store;
};

}  // namespace rejoin::testing
