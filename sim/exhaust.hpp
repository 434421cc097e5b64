#pragma once

// Exhaust: every way in which a tiny case of the real Replica can go. A few replicas that know each
// other, a few operations; then each next step is a choice:
//
//     an operation of the menu, at any node        while operations are left
//     any frame in flight arrives                  in any order, links are no queues
//     a frame is lost, or arrives and stays        while losses, duplicates are left
//     a node crashes, with a part of what waited   while crashes are left; then a sync is a step
//     the next deadline passes                     while ticks are left; else time stands still
//
// Oracles look after every step. Where nothing is in flight and no operation is left, the case may
// also end: what is left of it goes on by itself, without faults, and all must become equal, with
// what the operations say. A state that was there before is not gone on from: two states are the
// same if all that decides what may happen next, and what is said of it, is (exhaust_state.cpp).
//
// Nodes are alike: an operation of the menu is at a node that has had one, or at the first of those
// that have not. That leaves out who wins by its number where stamps are equal: types with stamps
// are tried at all nodes.
//
// Cost: a step is a few microseconds; each branch begins at the beginning.

#include <cstdint>
#include <functional>
#include <optional>
#include <string>
#include <utility>
#include <vector>

#include "sim/act.hpp"
#include "sim/choices.hpp"
#include "sim/outcome.hpp"

namespace rejoin::sim {

struct ExhaustSettings {
  unsigned replicas = 3;
  unsigned operations = 4;
  unsigned drops = 0;
  unsigned duplicates = 0;
  unsigned crashes = 0;
  unsigned ticks = 0;
  bool repair = false;  // no log: whatever was not pushed in time is repaired, slot by slot
  // States are the same only if each node has taken the same steps in the same order. There are
  // more of them, and they show no more: tests/sim/exhaust_state_test.cpp.
  bool by_history = false;
  std::vector<Act> menu;  // one of which each operation is, at any node
  // Instead: exactly these, each once; those of one node in this order.
  std::vector<std::pair<unsigned, Act>> program;

  // Names what cannot be: invalid_argument.
  Result<void> validate() const;
};

struct ExhaustResult {
  std::uint64_t states = 0;       // different ones
  std::uint64_t transitions = 0;  // steps from one to another, taken once each
  std::uint64_t repeated = 0;     // of these, to a state that was there before
  std::uint64_t ends = 0;         // that were exchanged to the end and judged
  std::uint64_t depth = 0;        // steps of the longest way
  bool complete = false;          // all of them
  std::optional<Violation> violation;
  std::vector<unsigned> choices;   // that led to it
  std::vector<std::string> story;  // the same in words
};

// Until all is tried, something is violated, or `go_on` says no; it is asked now and then.
ExhaustResult exhaust(const ExhaustSettings& settings,
                      const std::function<bool(const ExhaustResult&)>& go_on);
// Just these choices, in words.
ExhaustResult replay_choices(const ExhaustSettings& settings, const std::vector<unsigned>& choices);

}  // namespace rejoin::sim
