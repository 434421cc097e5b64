#pragma once

// Entry: one transaction, or several joined, as it is logged, sent and merged.
//
// It has its dots; values under some of them, each in a slot; and the dots it removed, each with
// the slot where it lay, so a store needs no index from dots to slots. Every value has a dot of its
// own; the pure removals of a transaction share one dot that carries no value.

#include <string>
#include <vector>

#include "crdt/causal_context.hpp"
#include "net/key.hpp"

namespace rejoin {

struct Put {
  SlotKey slot;
  Dot dot;
  std::string value;

  friend bool operator==(const Put&, const Put&) = default;
};

// Dots of one replica that lay in one slot.
struct Removal {
  SlotKey slot;
  ReplicaId replica;
  Interval dots;

  friend bool operator==(const Removal&, const Removal&) = default;
};

struct Entry {
  CausalContext dots;
  std::vector<Put> puts;
  std::vector<Removal> removals;

  // About what it takes encoded.
  std::uint64_t bytes() const;
  CausalContext removed() const;

  friend bool operator==(const Entry&, const Entry&) = default;
};

// The only compaction: all dots, all removals, every value that neither removed (rule 3).
Entry join(const Entry& older, const Entry& newer);
// join(older, newer).bytes(), without the joining: most that could be joined would be longer than
// both. A little more, if one of them removes dots of one slot that touch in two ranges.
// Cost: O(removals of the one * (removals + puts) of the other).
std::uint64_t joined_bytes(const Entry& older, const Entry& newer);

// A slot's live dots with their values, as a repair or a checkpoint carries them. A fragment
// without a value says only that its dot lives: the receiver holds the value.
struct Fragment {
  Dot dot;
  bool has_value = true;
  std::string value;

  friend bool operator==(const Fragment&, const Fragment&) = default;
};

struct SlotState {
  SlotKey slot;
  std::vector<Fragment> fragments;  // rising by dot

  friend bool operator==(const SlotState&, const SlotState&) = default;
};

}  // namespace rejoin
