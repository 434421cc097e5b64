#pragma once

// Batch: transactions that wait for their flush (rule 6).
//
// They are an overlay outside the store that only local reads see. Transactions that share a slot
// become one entry: the dots that any of them saw are removed, the last value gets the one dot.
// Those that share none stay entries of their own.

#include <cstdint>
#include <map>
#include <set>
#include <vector>

#include "net/transaction.hpp"

namespace rejoin {

class Fingerprint;

class Batch : public SlotReader {
 public:
  Batch(const SlotReader& below, const ReplicaId& self) : below_(below), self_(self) {}

  bool empty() const { return groups_.empty(); }
  void add(const Overlay& changes);
  // What the group of these changes would cost as an entry, about, were they added.
  std::uint64_t bytes_with(const Overlay& changes) const;
  // The entries, with dots above `last`, in the order in which their first transactions came.
  // Nothing waits afterwards. `minted` names the dot of each slot that got a value.
  std::vector<Entry> flush(std::uint64_t last, std::map<SlotKey, Dot>& minted);
  // See Replica::fingerprint.
  void hash_into(Fingerprint& out) const;

  void each_fragment(const SlotKey& slot, const FragmentVisitor& visit) const override;
  void each_path(const ObjectKey& object, std::string_view prefix,
                 const PathVisitor& visit) const override;

 private:
  const SlotReader& below_;
  const ReplicaId& self_;
  using Group = std::uint64_t;
  std::set<Group> sharing(const Overlay& changes) const;

  std::map<Group, Overlay> groups_;  // in the order of their first transactions
  std::map<SlotKey, Group> group_of_;
  Group next_ = 0;
};

}  // namespace rejoin
