#pragma once

// Specification: what every key must read in the end, folded over the operations and what each of
// them saw. It shares no code with the types: an operation is noted with the live dots that its
// node showed when it ran, and a value is computed from the operations that nobody who saw them
// replaced.
//
//     put     sets, registers: replaces all that was seen in the slot
//     amend   shares of a lattice: replaces what was seen of the own node; the new share is their
//             join and the change
//     clear   replaces all that was seen, and puts nothing
//
// It also knows what an entry must say once it is made (rule 6): its removals are exactly what its
// operations saw, its values exactly theirs.

#include <cstdint>
#include <deque>
#include <map>
#include <optional>
#include <set>
#include <string>
#include <vector>

#include "crdt/result.hpp"
#include "net/store.hpp"
#include "net/transaction.hpp"
#include "sim/ledger.hpp"
#include "sim/meant.hpp"

namespace rejoin::sim {

struct Step {
  // The last three amend, too.
  enum class Kind : std::uint8_t { put, clear, amend, reset, subtract, move };
  Kind kind{};
  SlotKey slot;
  std::string text;
  std::int64_t number = 0;
  std::string field;  // in a map, of the slot
  bool taken = false;
  ReplicaId to;                            // whom rights are moved to
  std::shared_ptr<const OwnAct> own = {};  // an amendment to a key of a type of the user's
  At at{ReplicaId(), HybridTime()};

  bool amends() const { return kind != Kind::put && kind != Kind::clear; }
};

class Specification {
 public:
  Specification(const Ledger& ledger, unsigned nodes) : ledger_(ledger), waiting_(nodes) {}

  // A transaction at a node, step by step, on the store as it is; then it happened, or it did not.
  void begin(unsigned node);
  void step(unsigned node, const ReplicaId& self, const Store& store, const Step& step);
  // The same for an operation on a key of a type of the user's.
  void step(const Transaction& tx, const Store& store, const std::string& key, const OwnType& type,
            std::shared_ptr<const OwnAct> act);
  // What a transaction did that said nothing of what it means: its entry must say the same, and
  // what stands must stand; nothing is known of values.
  void opaque_steps(const Overlay& changes);
  // Slots under the object that a reader in this transaction sees filled, rising.
  std::vector<std::string> filled(const Store& store, const ObjectKey& object) const;
  // All that it sees of a slot, joined; nothing if the slot is empty to it.
  std::optional<Meant> seen(const Store& store, const SlotKey& slot) const;
  // The transaction must be refused with this: its type has a rule that the operation breaks.
  void refuses(ErrorCode code) { refusal_ = refusal_.value_or(code); }
  std::optional<ErrorCode> refusal() const { return refusal_; }
  void commit(unsigned node);
  // A crash takes what was not flushed.
  void forget(unsigned node) { waiting_[node].clear(); }

  // An entry that the node made; the ledger knows it. A sentence if it is not what was meant.
  std::optional<std::string> made(unsigned node, const Entry& entry, EntryNumber number);

  // Transactions that wait for an entry at the node, in slots.
  std::size_t waiting(unsigned node) const { return waiting_[node].size(); }
  // Puts that were made without seeing a live rival in their slot.
  std::uint64_t conflicts() const { return conflicts_; }

  // What stands if these entries happened and no other: dots, rising.
  std::vector<DotNumber> standing(const std::vector<bool>& happened) const;
  // What each key of the catalogue's types reads if these dots stand, as read_value() prints it,
  // unless something opaque was written there.
  std::map<ObjectKey, std::string> values(const std::vector<DotNumber>& standing) const;
  // A sentence if a key of a user's type does not read as the operations say whose effects this
  // store has; at any node, at any moment.
  std::optional<std::string> misread(const Store& store) const;
  // A hash of all that decides what is said from now on, by the names of dots: the same whatever
  // the order in which entries were made. Requires that no type is the user's.
  std::uint64_t fingerprint() const;

 private:
  struct Waiting {
    std::set<DotNumber> seen;
    std::set<DotNumber> overwritten;  // of these, what was still there when the value was written
    std::optional<Meant> value;
  };
  using Pending = std::map<SlotKey, Waiting>;

  void see_live(const Store& store, const SlotKey& slot, const NodeId* only,
                std::vector<DotNumber>& seen) const;
  // Null: nothing was put under it.
  const Meant* meant_by(DotNumber dot) const {
    return dot < meant_.size() && meant_[dot] ? &*meant_[dot] : nullptr;
  }
  // What waits, and of the live dots those that no waiting change has seen.
  Meant joined(const Waiting* waiting, const std::vector<DotNumber>& live, Family family) const;

  const Ledger& ledger_;
  std::vector<Pending>
      waiting_;  // of each node: what runs in its transactions until an entry is made
  Pending draft_;
  std::optional<ErrorCode> refusal_;
  std::map<ObjectKey, const OwnType*> own_;
  std::uint64_t fresh_ = 0;
  std::deque<std::optional<Meant>> meant_;             // by dot number
  std::vector<std::vector<EntryNumber>> replaced_by_;  // by dot number
  std::uint64_t conflicts_ = 0;
};

}  // namespace rejoin::sim
