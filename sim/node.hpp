#pragma once

// Node: a replica and what surrounds it in a run: its disk, its wall clock, and whether it is up.
//
//            pause                    crash, wipe
//     (up) ---------> paused    (up, paused) ------> down
//       ^   resumes      |                            |
//       +----------------+<---------- starts ---------+   with a new incarnation

#include <cstdint>
#include <memory>
#include <optional>
#include <vector>

#include "net/replica.hpp"
#include "sim/disk.hpp"
#include "sim/ledger.hpp"
#include "sim/wall_clock.hpp"

namespace rejoin::sim {

enum class NodeState : std::uint8_t { up, paused, down };

struct Node {
  unsigned number = 0;
  NodeId id;
  NodeState state = NodeState::down;
  std::unique_ptr<Replica> replica;  // null exactly while down
  std::uint64_t starts = 0;          // events of an earlier start are stale
  std::optional<Time> deadline;      // as scheduled
  Time resumes_at = 0;               // while paused
  std::size_t down_by = 0;           // while down: which fault starts it again
  std::vector<unsigned> route_to;    // route id -> node
  Disk disk;
  WallClock wall;
  MonoClock mono;
  CausalContext promised;  // shown before a crash: must come back from the disk
  std::vector<EntryNumber> unacknowledged;
  std::vector<EntryNumber> made_now;  // since it was last drained
  std::uint64_t drains = 0;
};

}  // namespace rejoin::sim
