#pragma once

// History: what three replicas did, as plain data that shrinks and prints. Numbers in a step are
// taken modulo what exists when it is played, so every part of a history is a history.
//
//     perform   a replica performs an operation; its delta is sent, which may never arrive
//     merge     a replica merges another's full state
//     receive   a replica receives one delta: an old one, a second time, or before an earlier one
//     regroup   a replica receives several deltas that were merged with each other on the way

#include <cstddef>
#include <cstdint>
#include <string>
#include <vector>

#include <rapidcheck.h>

#include "crdt/replica_id.hpp"

namespace rejoin::laws {

inline constexpr std::size_t replicas = 3;

inline ReplicaId replica_id(std::size_t replica) { return ReplicaId(replica + 1); }

enum class Kind { perform, merge, receive, regroup };

// A step without its operation.
struct Move {
  Kind kind = Kind::perform;
  std::size_t at = 0;         // who acts
  std::size_t from = 0;       // merge: whose state; counted from `at`, so never its own
  std::size_t delta = 0;      // receive, regroup: the first delta, as numbered when sent
  std::size_t count = 2;      // regroup: how many deltas from there on
  std::uint64_t unix_ms = 1;  // perform: the wall clock of `at`

  std::size_t source() const { return (at + 1 + from) % replicas; }
};

template <class Op>
struct Step {
  Move move;
  Op op{};  // perform
};

template <class Op>
using History = std::vector<Step<Op>>;

// Of wall clocks there are four values, so that stamps at different replicas often tie; now and
// then an absurd one.
rc::Gen<Move> moves();

// As many steps as the size it is drawn at, at most.
template <class Op>
rc::Gen<History<Op>> histories(const rc::Gen<Op>& operations) {
  auto step = rc::gen::map(rc::gen::pair(moves(), operations), [](const auto& drawn) {
    return Step<Op>{drawn.first, drawn.second};
  });
  return rc::gen::container<History<Op>>(rc::gen::resize(rc::kNominalSize, std::move(step)));
}

std::string to_string(const Move& move, const std::string& operation);

template <class Op>
std::string to_string(const History<Op>& history) {
  std::string out;
  for (std::size_t i = 0; i < history.size(); ++i) {
    out += "    " + std::to_string(i + 1) + ". " +
           to_string(history[i].move, rc::toString(history[i].op)) + '\n';
  }
  return out;
}

}  // namespace rejoin::laws
