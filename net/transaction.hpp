#pragma once

// Transaction: what an application does to a store in one go, before any dot is minted.
//
// It reads the store through its own writes (and through earlier transactions that wait to be
// flushed). Each operation notes the live dots that it saw when it ran (rule 6); dots are minted at
// the flush, one per slot that got a value, and one for all pure removals. An operation that is
// refused (a limit, a bad value) fails the transaction: nothing of it happens, and transact returns
// the first error.
//
//     store.transact([&](Transaction& tx) -> Result<void> {
//       open<AwSet<std::string>>(tx, "cart").add(tx, "milk");
//       open<GCounter>(tx, "sold").add(tx, 1);
//       return {};
//     }, now);

#include <functional>
#include <map>
#include <optional>
#include <string>
#include <vector>

#include "crdt/hybrid_time.hpp"
#include "net/config.hpp"
#include "net/entry.hpp"
#include "net/slot_reader.hpp"

namespace rejoin {

// What waits to happen to one slot: the dots seen there are removed; a value, if any, gets a dot.
struct Change {
  std::vector<Dot> seen;  // sorted, each once
  std::optional<std::string> value;

  bool sees(const Dot& dot) const;
  void see(const Dot& dot);
};

// Changes outside the store that only local reads see.
using Overlay = std::map<SlotKey, Change>;

// What the overlay will cost as an entry, about.
std::uint64_t bytes_of(const Overlay& overlay);

// Mints dots above the replica's last, and makes the entry. A change without effect leaves no
// trace; if none is left the entry has no dots. `minted` gets the dot of each slot that got a
// value.
Entry entry_of(const Overlay& overlay, const ReplicaId& self, std::uint64_t last,
               std::map<SlotKey, Dot>& minted);

class Transaction : public SlotReader {
 public:
  // A slot as it is under these overlays, later ones above.
  Transaction(const SlotReader& below, const Config& config, const ReplicaId& self, HybridTime now)
      : below_(below), config_(config), self_(self), now_(now) {}

  const ReplicaId& self() const { return self_; }
  // This transaction's stamp: above every stamp that this replica made before.
  HybridTime now() const { return now_; }
  // A stamp that was seen: this replica's clock follows it, within the drift bound.
  void observe(HybridTime stamp) { observed_ = std::max(observed_, stamp); }
  HybridTime observed() const { return observed_; }

  // ---- what types are written with (see stored.hpp)
  void put(const SlotKey& slot, std::string value);
  void clear(const SlotKey& slot);
  // Every slot of the object whose path has the prefix.
  void clear_all(const ObjectKey& object, std::string_view prefix = {});
  // Replaces my node's fragments by one: change(their values) gives it, or nothing to leave them as
  // they are, or an error.
  using Amendment =
      std::function<Result<std::optional<std::string>>(const std::vector<std::string>&)>;
  void amend(const SlotKey& slot, const Amendment& change);

  // Removes the key: all that was seen of it.
  template <class T>
  void remove(const Key<T>& key) {
    static_assert(removable<T>, "a key of this type cannot be removed: that breaks its promise");
    clear_all(key.object());
  }

  // Only the first is kept.
  void fail(Error error);
  const std::optional<Error>& error() const { return error_; }

  void each_fragment(const SlotKey& slot, const FragmentVisitor& visit) const override;
  void each_path(const ObjectKey& object, std::string_view prefix,
                 const PathVisitor& visit) const override;

  const Overlay& changes() const { return changes_; }

 private:
  bool within_limits(const SlotKey& slot, std::size_t value_bytes);

  const SlotReader& below_;
  const Config& config_;
  const ReplicaId& self_;
  HybridTime now_;
  HybridTime observed_;
  Overlay changes_;
  std::optional<Error> error_;
};

// Reads a slot of `below` under one overlay. The overlay's value counts as written by self, dot 0.
void each_fragment_under(const Overlay& overlay, const SlotReader& below, const ReplicaId& self,
                         const SlotKey& slot, const SlotReader::FragmentVisitor& visit);
void each_path_under(const Overlay& overlay, const SlotReader& below, const ReplicaId& self,
                     const ObjectKey& object, std::string_view prefix,
                     const SlotReader::PathVisitor& visit);

}  // namespace rejoin
