#include "sim/budget.hpp"

#include <algorithm>

namespace rejoin::sim {

void Budget::take(const CausalContext& before, const CausalContext& after) {
  for (EntryNumber entry = 0; entry < taken_.size(); ++entry) {
    if (taken_[entry] || !ledger_.covered(entry, before)) continue;
    if (!ledger_.covered(entry, after)) taken_[entry] = any_taken_ = true;
  }
}

bool Budget::may_be_lost(EntryNumber entry, const std::vector<const CausalContext*>& left) const {
  const bool somewhere = std::any_of(left.begin(), left.end(), [&](const CausalContext* whole) {
    return ledger_.covered(entry, *whole);
  });
  return !somewhere && (taken_[entry] || !acknowledged_[entry]);
}

}  // namespace rejoin::sim
