#pragma once

// Replica: the core. A state machine without I/O that replicates one store.
//
//     getters     const, any time
//     handle_*    what happened outside: a frame, a route, the deadline, records that became
//     durable commands    what the application wants poll_*      what to do now; drain all four
//     after every handle and command
//
// The caller's whole loop:
//
//     wait for a frame, for poll_timeout(), or for records to become durable; handle it;
//     drain poll_persist, poll_transmit and poll_event; repeat
//
// Time and bytes go in; nothing here reads a clock, a socket, a thread or a file. One seed, one
// trace. handle_timeout early or repeated does nothing. Frames may be lost, repeated, reordered, or
// hostile. Nothing is shown that could be lost: no frame reveals a dot whose record is not durable
// here (rule 7), so records not reported durable hold frames back, and a storage that failed ends
// all sending. Not thread-safe: one caller at a time.

#include <cstdint>
#include <deque>
#include <functional>
#include <map>
#include <memory>
#include <optional>
#include <string>
#include <string_view>
#include <vector>

#include "net/config.hpp"
#include "net/event.hpp"
#include "net/frame.hpp"
#include "net/log.hpp"
#include "net/peer.hpp"
#include "net/repair.hpp"
#include "net/store.hpp"
#include "net/transaction.hpp"

namespace rejoin {

// A store's clock, handed to a session: "show me at least this".
using Token = CausalContext;

class Replica {
 public:
  struct Setup {
    Config config;
    StoreId store;
    ReplicaId self;    // the incarnation must be new: random, made at this start
    std::string name;  // a label for people
  };

  // Begins empty. Requires: setup.config.validate().
  explicit Replica(Setup setup);
  ~Replica();
  Replica(const Replica&) = delete;
  Replica& operator=(const Replica&) = delete;

  // Before start: replays one stored record. Errors as decode_record's.
  Result<void> restore(std::string_view record);
  // Makes the incarnation's record; from now on commands and frames are taken. A new directory's
  // caller says so, and the node's identity is recorded first.
  void start(Now now, bool new_directory);

  // ---- getters
  const ReplicaId& self() const { return setup_.self; }
  const Config& config() const { return setup_.config; }
  const Store& store() const { return store_; }
  // The clock as it may be shown: everything in it is durable here.
  const CausalContext& shown() const { return shown_; }
  Token token() const { return shown_; }
  bool covers(const Token& token) const { return shown_.covers(token); }
  // Peers whose durable clock covers the token, by node.
  std::vector<NodeId> holders(const Token& token) const;
  std::vector<PeerStatus> peers() const;
  const Stats& stats() const { return stats_; }
  // All records a new log would need, for Storage::checkpoint. Their number is `records()` now.
  std::vector<std::string> checkpoint() const;
  std::uint64_t records() const { return records_; }

  // ---- handle
  // A frame from anyone. Its error, if it was refused, is for a log: the core has dealt with it.
  Result<void> handle_frame(std::string_view bytes, Now now);
  void handle_timeout(Now now);
  // Records up to this number (counted from 1 in the order they were polled) are durable.
  void handle_persisted(std::uint64_t upto, Now now);
  // The storage refused: no more writes, no more frames. Reading goes on.
  void handle_storage_failed(const Error& error);

  // ---- commands
  // Runs f on a transaction and records what it did, as one entry. Returns the dots' clock: durable
  // once covers() it. If f returns an error, or an operation was refused, nothing happened. An
  // empty token: nothing changed.
  Result<Token> transact(const std::function<Result<void>(Transaction&)>& f, Now now);
  // Flushes what a batch window holds.
  void flush(Now now);
  RouteId add_route(Now now);
  void remove_route(RouteId route);
  // Says goodbye to every peer.
  void leave();
  // Ask for Changed events of objects whose name has this prefix.
  void watch(std::string prefix) { watched_.push_back(std::move(prefix)); }

  // ---- poll
  // Records to make durable, in order; empty if none.
  std::vector<std::string> poll_persist();
  struct Transmit {
    RouteId route;
    std::string bytes;
  };
  std::optional<Transmit> poll_transmit();
  std::optional<Event> poll_event();
  // The one next deadline, on Now::mono_ns's scale.
  std::optional<std::uint64_t> poll_timeout() const;
};

}  // namespace rejoin
