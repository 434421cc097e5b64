#pragma once

// Budget: which entries a run may lose. Not by which faults there were, but by what they took, of
// what was where:
//
//     acknowledged      its node showed it: by rule 7 it was on that node's disk
//     taken             a fault took it from a disk that had it: a wipe, a lie, an older copy, a
//                       node or a copy of one that never comes back
//
// In the end an entry that is whole on any disk that is left must be there; an acknowledged one
// that is on none must have been taken. Cost: take O(entries) a fault.

#include <cstddef>
#include <string>
#include <vector>

#include "crdt/causal_context.hpp"
#include "sim/ledger.hpp"

namespace rejoin::sim {

class Budget {
 public:
  explicit Budget(const Ledger& ledger) : ledger_(ledger) {}

  // The ledger has one more.
  void made() {
    acknowledged_.push_back(false);
    taken_.push_back(false);
  }
  void acknowledge(EntryNumber entry) { acknowledged_[entry] = true; }
  // A disk had this whole, and has that now.
  void take(const CausalContext& before, const CausalContext& after);

  bool acknowledged(EntryNumber entry) const { return acknowledged_[entry]; }
  bool taken(EntryNumber entry) const { return taken_[entry]; }
  bool any_taken() const { return any_taken_; }
  // Whether it may be missing, if these are the disks that are left.
  bool may_be_lost(EntryNumber entry, const std::vector<const CausalContext*>& left) const;

 private:
  const Ledger& ledger_;
  std::vector<bool> acknowledged_;  // by entry number
  std::vector<bool> taken_;
  bool any_taken_ = false;
};

}  // namespace rejoin::sim
