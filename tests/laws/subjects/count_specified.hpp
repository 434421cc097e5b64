#pragma once

// What a resettable counter in a map of maps counts, said of operations alone: of the shares that
// replicas write, which a removal takes away whole or leaves, and of resets, which are kept in the
// share of who reset.

#include <algorithm>
#include <array>
#include <cstdint>
#include <map>
#include <optional>
#include <ostream>
#include <utility>
#include <vector>

#include "crdt/laws/past.hpp"

namespace rejoin::laws {

// What to do at a key of a map: `amount` decides, so that one operation serves all maps.
struct MapOp {
  int key = 0;
  int inner = 0;   // a key within, or an element
  int amount = 0;  // 0: remove; 1: clear

  friend std::ostream& operator<<(std::ostream& out, const MapOp& op) {
    return out << "at " << op.key << '/' << op.inner << ": " << op.amount;
  }
};

// At one key within a key. Amounts: 0 removes the outer key, 1 clears, 2 removes the inner key,
// 3 resets; from 4 on 5 - amount is added.
class CountSpecified {
 public:
  CountSpecified(const Past<MapOp>& past, int key, int inner)
      : past_(past), key_(key), inner_(inner), shares_(past.size()) {
    for (std::size_t i = 0; i < past.size(); ++i) shares_[i] = share_after(i);
  }

  std::optional<std::int64_t> value() const {
    const auto all = [](std::size_t) { return true; };
    std::optional<std::int64_t> sum;
    for (std::size_t i = 0; i < past_.size(); ++i) {
      if (stands(i, all)) sum = 0;
    }
    for (const auto& [counted, numbers] : joined(all, std::nullopt)) {
      *sum += left(numbers, 0) - left(numbers, 1);
    }
    return sum;
  }

 private:
  // Added, subtracted; of both, how much was reset.
  using Numbers = std::array<std::int64_t, 4>;
  // What one operation left in its writer's share: of each count (who began it, by which
  // operation) what is known.
  using Share = std::map<std::pair<ReplicaId, std::size_t>, Numbers>;

  static std::int64_t left(const Numbers& numbers, std::size_t side) {
    return std::max<std::int64_t>(numbers[side] - numbers[side + 2], 0);
  }
  bool removes(const MapOp& op) const {
    return op.amount == 1 || (op.amount == 0 && op.key == key_) ||
           (op.amount == 2 && op.key == key_ && op.inner == inner_);
  }
  // Is the share that i left still there for one who saw these?
  template <class Seen>
  bool stands(std::size_t i, Seen&& seen) const {
    if (shares_[i].empty() || !seen(i)) return false;
    for (std::size_t k = i + 1; k < past_.size(); ++k) {
      const bool replaces = !shares_[k].empty() && past_.who(k) == past_.who(i);
      if (seen(k) && past_.saw(k, i) && (replaces || removes(past_.op(k)))) return false;
    }
    return true;
  }
  template <class Seen>
  Share joined(Seen&& seen, std::optional<ReplicaId> who) const {
    Share all;
    for (std::size_t i = 0; i < past_.size(); ++i) {
      if (!stands(i, seen) || who.value_or(past_.who(i)) != past_.who(i)) continue;
      for (const auto& [counted, numbers] : shares_[i]) raise(all[counted], numbers);
    }
    return all;
  }
  static void raise(Numbers& mine, const Numbers& theirs) {
    for (std::size_t n = 0; n < mine.size(); ++n) mine[n] = std::max(mine[n], theirs[n]);
  }

  // Nothing if the operation is not here, or changes nothing.
  Share share_after(std::size_t i) const {
    const MapOp& op = past_.op(i);
    if (op.amount < 3 || op.amount == 5 || op.key != key_ || op.inner != inner_) return {};
    const auto seen = [&](std::size_t j) { return past_.saw(i, j); };
    Share all = joined(seen, std::nullopt);
    Share mine = joined(seen, past_.who(i));
    if (op.amount > 3) {
      std::pair<ReplicaId, std::size_t> counted(past_.who(i), i);
      for (const auto& [other, numbers] : mine) {
        if (other.first == counted.first) counted = other;
      }
      Numbers numbers = all[counted];
      (op.amount < 5 ? numbers[0] : numbers[1]) += std::abs(5 - op.amount);
      raise(mine[counted], numbers);
      return mine;
    }
    bool took = false;
    for (const auto& [counted, numbers] : all) {
      if (left(numbers, 0) == 0 && left(numbers, 1) == 0) continue;
      raise(mine[counted], {0, 0, numbers[0], numbers[1]});
      took = true;
    }
    return took ? mine : Share();
  }

  const Past<MapOp>& past_;
  int key_;
  int inner_;
  std::vector<Share> shares_;
};

}  // namespace rejoin::laws
