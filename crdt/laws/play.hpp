#pragma once

// play: carries out a history on real values and keeps what the laws look at. Deterministic.

#include <optional>
#include <set>
#include <vector>

#include "crdt/laws/history.hpp"

namespace rejoin::laws {

// One operation that was performed.
struct Performed {
  Operation op;
  At at;
  State before;
  State after;
  std::optional<State> delta;  // nothing: refused
  std::vector<bool> known;     // by number: does its replica have that operation's effects?
  std::size_t replica = 0;
  bool effective = false;  // it was not refused, and changed the state

  bool knows(std::size_t number) const { return number < known.size() && known[number]; }
};

// What a history was good for. A law that held where nothing happened at the same time has not
// held.
struct Coverage {
  bool concurrent = false;  // two operations that changed something, made unknown to each other
  bool tie = false;         // two such operations with one stamp
  bool gap = false;         // a replica had a later delta of a replica before an earlier one
  bool refused = false;     // an operation was refused
};

// What need not be tried twice in one check: bytes, by their hash.
struct Memo {
  std::size_t picks_max = 8;       // states of one history that are held against each other
  std::size_t attacks_left = 100;  // states whose bytes are all attacked; of later ones a part is
  std::uint64_t seed = 0;          // which part
  std::set<std::uint64_t> hostile;
};

struct Played {
  const Type* type = nullptr;
  Memo* memo = nullptr;             // none: try everything
  std::vector<State> final_states;  // of the replicas
  // Of each replica, by number: does it have that operation's effects?
  std::vector<std::vector<bool>> final_known;
  std::vector<State> states;  // distinct, final ones first, then from the last
  std::vector<Performed> performed;
  std::vector<State> deltas;  // of operations that were not refused, in order
  Coverage coverage;

  State bottom() const { return State(*type); }
  // What all replicas know together: the states alone, for the deltas must lead to the same.
  State full() const;
  // The join of everything.
  State whole() const;
};

Played play(const Type& type, const History& history, Memo* memo = nullptr);

}  // namespace rejoin::laws
