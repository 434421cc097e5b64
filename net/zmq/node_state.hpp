#pragma once

// NodeState: what the threads of a node share, under one mutex: the replica, the events, and how
// far the node is. Sockets and storage are not here: they are the I/O thread's alone.
//
//     running --stop()--> stopping --the I/O thread closed--> stopped
//
// A storage error leaves a node running, with `failure` set: it answers, and takes no writes.

#include <condition_variable>
#include <mutex>
#include <optional>
#include <string>
#include <utility>
#include <vector>

#include "net/replica.hpp"
#include "net/status.hpp"
#include "net/zmq/event_queue.hpp"
#include "net/zmq/wakeup.hpp"

namespace rejoin {

enum class NodePhase { running, stopping, stopped };

struct NodeState {
  // Labels, set before the I/O thread starts and only read afterwards.
  struct Labels {
    std::string name;
    std::string cluster;
    std::string address;
    std::string storage;
    StoreId store;
    bool encrypted = false;
    std::vector<std::pair<RouteId, std::string>> routes;  // to the configured peers
  };

  NodeState(Replica::Setup setup, std::size_t events_max)
      : replica(std::move(setup)), events(events_max) {}

  // All below, with the mutex held.
  std::size_t peers() const { return labels.routes.size(); }
  // Why a change that is not durable yet will not be known to be; nothing: it still may.
  std::optional<Error> hopeless() const;
  std::optional<Error> refuses_writes() const;
  // The commit's token if it is durable here.
  std::optional<Token> durable(const Commit& commit) const;
  Status status() const;

  Labels labels;
  Wakeup wakeup;

  mutable std::mutex mutex;
  mutable std::condition_variable progress;  // a clock rose, here or at a peer; or the end is near
  mutable std::condition_variable event_ready;  // or the end is near
  Replica replica;
  EventQueue events;
  NodePhase phase = NodePhase::running;
  std::optional<Error> failure;      // of the storage
  std::uint64_t stored_bytes = 0;    // as the I/O thread last saw it
  std::uint64_t links_refused = 0;   // likewise
  std::uint64_t access_refused = 0;  // likewise
  bool keys_changed = false;         // the key files are to be read again
};

}  // namespace rejoin
