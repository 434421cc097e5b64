#pragma once

// History: what three replicas did, as plain data that prints and shrinks. Numbers in a step are
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

#include "crdt/laws/type.hpp"
#include "crdt/replica_id.hpp"

namespace rejoin::laws {

inline constexpr std::size_t replicas = 3;

inline ReplicaId replica_id(std::size_t replica) {
  return ReplicaId(replica + 1);
}

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

struct Step {
  Move move;
  Operation op;  // perform
};

using History = std::vector<Step>;

// The numbers that a history is drawn by. A function of its seed, the same everywhere.
class Draws {
 public:
  explicit Draws(std::uint64_t seed) : state_(seed) {}

  std::uint64_t next();
  // 0 .. count - 1.
  std::size_t below(std::size_t count) { return static_cast<std::size_t>(next() % count); }

 private:
  std::uint64_t state_;
};

// steps_min to steps_max steps. Of wall clocks there are four values, so that stamps at different
// replicas often tie; now and then an absurd one.
History draw_history(const Type& type, std::uint64_t seed, std::size_t steps_min,
                     std::size_t steps_max);

std::string name_of_replica(std::size_t replica);
std::string to_string(const Move& move, const std::string& operation);
// A numbered line each.
std::string to_string(const History& history);

}  // namespace rejoin::laws
