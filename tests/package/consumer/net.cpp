// A project outside, on rejoin::net: it drives the core itself, one transaction to its record, and
// restores the node's next start from it.

#include <string>
#include <vector>

#include "crdt/aw_set.hpp"
#include "net/memory_storage.hpp"
#include "net/replica.hpp"
#include "net/stored.hpp"

using rejoin::AwSet, rejoin::Replica, rejoin::ReplicaId, rejoin::Result;

int main() {
  const rejoin::StoreId store = rejoin::StoreId::named("packages");
  const rejoin::Now now{1'000'000'000, 1'700'000'000'000};
  Replica first({{}, store, ReplicaId{1, 1}, "node"});
  first.start(now, true);
  const auto commit = first.transact(
      [](rejoin::Transaction& tx) -> Result<void> {
        rejoin::open<AwSet<std::string>>(tx, "cart").add(tx, "milk");
        return {};
      },
      now);
  if (!commit) return 1;

  rejoin::MemoryStorage storage;
  const std::vector<std::string> records = first.poll_persist();
  if (!storage.append(records)) return 2;
  first.handle_persisted(storage.last(), now);

  Replica second({{}, store, ReplicaId{1, 2}, "node"});
  const auto restored =
      storage.load([&](std::string_view record) { return second.restore(record); });
  if (!restored) return 3;
  second.start(now, false);
  const bool same = rejoin::open<AwSet<std::string>>(second.store(), "cart").contains("milk");
  return same && first.covers(*first.token_of(*commit)) ? 0 : 4;
}
