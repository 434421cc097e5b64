#pragma once

// What a replica tells its caller, and what it knows of itself and of others. All are plain values.

#include <cstdint>
#include <optional>
#include <string>
#include <variant>

#include "crdt/result.hpp"
#include "net/frame.hpp"
#include "net/key.hpp"

namespace rejoin {

// The caller's clocks: one that only rises, in nanoseconds, for deadlines; and the wall clock, in
// milliseconds since 1970, for stamps.
struct Now {
  std::uint64_t mono_ns = 0;
  std::uint64_t wall_ms = 0;
};

struct Changed {  // a watched object changed, here or from a peer
  ObjectKey object;
};
struct PeerUp {
  NodeId node;
  std::string name;
};
struct PeerDown {  // silent, or said goodbye
  NodeId node;
  std::string name;
};
struct FrameRefused {
  Error error;
};
// Two live processes claim one node id: a copied directory. Both keep their own incarnation, so
// nothing is lost, but an operator should know.
struct NodeDuplicated {
  NodeId node;
};
// A peer knows dots of our node that our disk lacks: a restored backup or a lost disk. They come
// back.
struct OwnPastUnknown {
  std::uint64_t dots = 0;
};
struct StorageFailed {  // no more writes, no more frames, until the node is started again
  Error error;
};
struct RepairFinished {
  NodeId donor;
  std::uint64_t slots = 0;
};

// With keys: somebody was not let in, or let us not in, or may not do what they tried.
struct AccessRefused {
  std::string who;  // a key, or what an operator calls it
  Error error;      // what it was, and what allows it
};

using Event = std::variant<Changed, PeerUp, PeerDown, FrameRefused, NodeDuplicated, OwnPastUnknown,
                           StorageFailed, RepairFinished, AccessRefused>;

enum class PeerState {
  unknown,    // a route that nobody answered yet
  streaming,  // entries are pushed as they come
  repairing,  // as streaming, and the log does not reach it: objects are sent
  silent,     // nothing heard for peer_timeout_ms
};
const char* name_of(PeerState state);

struct PeerStatus {
  RouteId route = 0;
  std::optional<ReplicaId> replica;
  std::string name;
  PeerState state = PeerState::unknown;
  CausalContext acknowledged;  // its durable clock, as last heard
  std::uint64_t lag_dots = 0;  // shown here, not acknowledged there
  std::uint64_t lag_ms = 0;    // for how long it has lagged; 0 if it does not
  std::uint64_t frames_out = 0;
  std::uint64_t bytes_out = 0;
  std::uint64_t frames_in = 0;
  std::uint64_t bytes_in = 0;
};

// What waits to be done or heard of. In a network at rest all of it is 0.
struct Backlog {
  std::uint64_t transactions = 0;  // not flushed; 0 or 1, they are gathered
  std::uint64_t records = 0;       // not durable
  std::uint64_t frames = 0;        // not polled, or held until a record is durable
  std::uint64_t flights = 0;       // bytes on the way to peers, not acknowledged
  std::uint64_t repairs = 0;       // given and taken

  bool empty() const { return transactions + records + frames + flights + repairs == 0; }
};

struct Stats {
  std::uint64_t frames_in = 0;
  std::uint64_t frames_refused = 0;
  std::uint64_t bytes_in = 0;
  std::uint64_t frames_out = 0;
  std::uint64_t bytes_out = 0;
  std::uint64_t entries_made = 0;
  std::uint64_t entries_merged = 0;
  std::uint64_t entries_duplicate = 0;
  std::uint64_t repairs_given = 0;
  std::uint64_t repairs_taken = 0;
  std::uint64_t repairs_interrupted = 0;
  std::uint64_t resends = 0;
};

}  // namespace rejoin
