#pragma once

// Mutates what frames and records carry as values: one entry, slot, clock, dot, key or count. The
// result is well-formed, so it is encoded as a real sender would and gets past every decoder: what
// is left to find is what a replica makes of it.

#include <vector>

#include "net/frame.hpp"
#include "tests/fuzz/target.hpp"

namespace rejoin::fuzz {

void change(std::vector<Entry>& entries, Random& random);
void change(std::vector<SlotState>& slots, Random& random);
void change(CausalContext& clock, Random& random);
void change(std::optional<SlotKey>& slot, Random& random);

}  // namespace rejoin::fuzz
