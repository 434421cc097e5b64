#pragma once

// perform: an act told to the specification and done through the public handle of its type. What
// its type must refuse, the specification knows to be refused.

#include <functional>

#include "net/transaction.hpp"
#include "sim/act.hpp"
#include "sim/specification.hpp"

namespace rejoin::sim {

// What an act is performed on: one transaction of one node.
struct Stage {
  unsigned node = 0;
  const Store& store;
  Transaction& tx;
  Specification& specification;
  std::function<ReplicaId(unsigned)> replica_of;  // what a node is now
  bool refused = false;                           // set by an operation of the user's
};

// Requires: a type of all_families(), so none of the user's.
void perform(const Act& act, Stage& stage);
// All of them in order. An error if the transaction refuses.
Result<void> perform(const Deed& deed, Stage& stage);

}  // namespace rejoin::sim
