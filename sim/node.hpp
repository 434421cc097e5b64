#pragma once

// Node: a replica and what surrounds it in a run: its disk, its wall clock, and whether it is up.
//
//              joins, is copied            pause
//     absent -----------------> up ------------------> paused
//                               ^ <---- resumes ------+
//                               |
//              starts, with a   |       its storage refuses
//              new incarnation  |   (up) -----------------> mute: reads, says nothing
//                               |
//                              down <---- crash, wipe, ... (up, paused, mute)
//
//     up -- is asked to leave --> leaving      takes no writes any more
//     (any) -- leaves, or is lost for good --> gone
//
// A start that its storage refuses leaves it down, and somebody repairs it after a while.

#include <cstdint>
#include <memory>
#include <optional>
#include <vector>

#include "net/replica.hpp"
#include "sim/disk.hpp"
#include "sim/ledger.hpp"
#include "sim/newer_version.hpp"
#include "sim/wall_clock.hpp"

namespace rejoin::sim {

enum class NodeState : std::uint8_t { absent, up, leaving, paused, mute, down, gone };

constexpr std::size_t no_fault = ~std::size_t{0};

// What faults do to a node just now, and whose receipt says so: numbers of the scenario's faults.
struct Afflictions {
  Time event_cost = 0;  // each of its events takes so long
  Time busy_until = 0;
  Time slow_until = 0;
  std::size_t slow = no_fault;
  std::optional<std::uint64_t> effects_left;  // it dies before its next effect but so many
  std::size_t dies = no_fault;                // of this fault; a number in the plan
  bool torn_armed = false;                    // it dies in the middle of its next sync
  std::size_t torn = no_fault;                // a number in the plan
  Time sync_extra = 0;
  std::size_t stalled = no_fault;
  bool lies = false;               // its disk does
  bool harmed = false;             // its disk had a fault after which it may not open
  std::size_t doubted = no_fault;  // who counts what did not come back
  std::size_t refused = no_fault;  // who counts that its storage did not open
  std::size_t muted = no_fault;    // who counts that its storage took no more
  double checkpoint = 0;           // chance of a checkpoint beyond the scenario's
  std::size_t compacted = no_fault;
  std::size_t upgraded = no_fault;
};

struct Node {
  unsigned number = 0;
  NodeId id;
  NodeState state = NodeState::down;
  std::unique_ptr<Replica> replica;  // null exactly while absent, down or gone
  std::uint64_t starts = 0;          // events of an earlier start are stale
  std::optional<Time> deadline;      // as scheduled
  Time resumes_at = 0;               // while paused
  std::size_t down_by = no_fault;    // while down: which fault of the plan starts it again
  std::optional<ErrorCode> refusal;  // while down: why its storage did not open
  std::vector<unsigned> route_to;    // route id -> node
  bool listed = true;                // others have its address
  Speaks speaks = Speaks::ours;
  Disk disk;
  WallClock wall;
  MonoClock mono;
  CausalContext promised;  // shown before a crash: must come back from the disk
  std::vector<EntryNumber> unacknowledged;
  std::vector<EntryNumber> made_now;  // since it was last drained
  std::uint64_t drains = 0;
  Afflictions ails;

  bool runs() const { return replica != nullptr; }
  // Somebody who may be missing for a while, but comes back.
  bool belongs() const { return state != NodeState::absent && state != NodeState::gone; }
};

}  // namespace rejoin::sim
