#pragma once

// What last-write-wins means, said of operations alone.

#include <algorithm>
#include <cstdint>
#include <optional>
#include <vector>

#include "crdt/laws/past.hpp"

namespace rejoin::laws {

// Of the operations that write to a slot and stand there, the one with the greatest stamp, and of
// equal stamps that of the greater replica. A stamp is not below its writer's clock, and above
// those of the writes that it replaces. takes_away(i): the i-th removes what it saw in the slot.
template <class Op, class Writes, class TakesAway>
std::optional<std::size_t> last_of(const Past<Op>& past, Writes&& writes, TakesAway&& takes_away) {
  constexpr std::uint64_t ceiling = ~std::uint64_t{0} >> 1;
  std::vector<std::uint64_t> stamps(past.size());
  // Does j stand among what `seen` tells of?
  const auto stands = [&](std::size_t j, auto&& seen) {
    for (std::size_t k = j + 1; k < past.size(); ++k) {
      if (seen(k) && past.saw(k, j) && (writes(k) || takes_away(k))) return false;
    }
    return true;
  };
  for (std::size_t i = 0; i < past.size(); ++i) {
    std::uint64_t above = 0;
    const auto seen = [&](std::size_t k) { return past.saw(i, k); };
    for (std::size_t j = 0; j < i; ++j) {
      if (writes(j) && seen(j) && stands(j, seen)) above = std::max(above, stamps[j]);
    }
    stamps[i] = std::min(std::max(above + 1, past.at(i).now().value), ceiling);
  }
  std::optional<std::size_t> last;
  for (std::size_t i = 0; i < past.size(); ++i) {
    if (!writes(i) || !stands(i, [](std::size_t) { return true; })) continue;
    const bool later = !last || stamps[i] > stamps[*last] ||
                       (stamps[i] == stamps[*last] && past.who(i) > past.who(*last));
    if (later) last = i;
  }
  return last;
}

}  // namespace rejoin::laws
