#pragma once

// Status: what a node says of itself, to its own process and to a client that asks.

#include <cstdint>
#include <string>
#include <vector>

#include "net/event.hpp"

namespace rejoin {

struct Status {
  std::string name;
  std::string cluster;
  std::string address;  // where it listens, with the port that it was given
  std::string replica;  // node id, a dot, incarnation
  std::string storage;  // a directory, or "volatile"
  std::string failure;  // why writing has stopped; empty: it has not

  std::vector<std::string> duplicated;  // node ids that two live processes claim

  std::uint64_t objects = 0;
  std::uint64_t slots_live = 0;      // live dots
  std::uint64_t value_bytes = 0;     // of values, in memory
  std::uint64_t stored_bytes = 0;    // log and checkpoint
  std::uint64_t clock_dots = 0;      // dots ever merged whole
  std::uint64_t links_refused = 0;   // messages of a wrong form, replies that nobody took
  std::uint64_t events_dropped = 0;  // that nobody took in time
  std::uint64_t access_refused = 0;  // keys, and what keys tried that they may not
  bool encrypted = false;            // links need keys

  struct Peer {
    std::string address;
    std::string name;     // empty: not heard of yet
    std::string replica;  // likewise
    std::string state;
    std::uint64_t lag_dots = 0;
    std::uint64_t lag_ms = 0;
    std::uint64_t frames_out = 0;
    std::uint64_t bytes_out = 0;
    std::uint64_t frames_in = 0;
    std::uint64_t bytes_in = 0;

    friend bool operator==(const Peer&, const Peer&) = default;
  };
  std::vector<Peer> peers;
  Stats stats;
};

}  // namespace rejoin
