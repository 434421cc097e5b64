#pragma once

// What entries and stores say, in the words of the ledger: for the World, and for all of a tiny
// case.

#include <algorithm>
#include <vector>

#include "net/store.hpp"
#include "sim/ledger.hpp"

namespace rejoin::sim {

// Was the entry made by this replica alone? One that also has dots of others was joined elsewhere.
inline bool made_by(const ReplicaId& self, const Entry& entry) {
  bool alone = true;
  entry.dots.each_replica(
      [&](const ReplicaId& replica, const SequenceSet&) { alone = alone && replica == self; });
  return alone;
}

// All that is live, rising.
inline std::vector<DotNumber> live_in(const Store& store, const Ledger& ledger) {
  std::vector<DotNumber> live;
  for (const auto& [object, slots] : store.objects()) {
    for (const auto& [path, fragments] : slots) {
      for (const Store::Live& fragment : fragments) {
        live.push_back(ledger.number(store.full(fragment.dot)));
      }
    }
  }
  std::sort(live.begin(), live.end());
  return live;
}

}  // namespace rejoin::sim
