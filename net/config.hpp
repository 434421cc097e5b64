#pragma once

// Config: every limit and interval of a replica, in one place. Times are milliseconds, sizes bytes.
// Limits on what is made here (key, value, entry) are checked where an operation is made; a merge
// never refuses for them. Ceilings of the protocol (frame) are exchanged in the hello.

#include <cstdint>

#include "crdt/result.hpp"

namespace rejoin {

struct Config {
  // What an operation may make. Above them: limit_exceeded, and the transaction leaves no trace.
  std::uint64_t key_bytes_max = 1024;
  std::uint64_t value_bytes_max = 256 * 1024;
  std::uint64_t entry_bytes_max = 1024 * 1024;  // a transaction, encoded; below frame_bytes_max

  // What a frame may be. A larger one ends the session with its sender.
  std::uint64_t frame_bytes_max = 4 * 1024 * 1024;
  std::uint64_t repair_chunk_bytes = 256 * 1024;  // a chunk ends after the slot that passes this

  // Entries kept for peers that lag. Beyond it the oldest go, and such a peer is repaired instead.
  std::uint64_t log_bytes_max = 64 * 1024 * 1024;

  // How long transactions are gathered before they are flushed. 0: each at once.
  std::uint64_t batch_window_ms = 0;

  // Entries on the way to one peer and not yet acknowledged: what a slow peer can cost.
  std::uint64_t flight_bytes_max = 1024 * 1024;

  std::uint64_t digest_interval_ms = 1000;  // each live peer is shown our clock this often
  std::uint64_t relay_after_ms = 500;  // a peer that made no progress with another origin is helped
  std::uint64_t hello_interval_ms = 500;  // a route whose peer is not known, or is silent
  std::uint64_t resend_after_ms = 300;    // first wait for an acknowledgement; doubles to 16 times
  std::uint64_t peer_timeout_ms = 5000;   // no frame for this long: the peer is silent
  std::uint64_t repair_timeout_ms = 10000;  // no progress for this long: the repair is given up

  // A stamp further ahead of the wall clock than this is not followed by our own clock.
  std::uint64_t drift_ms_max = 60'000;

  // What the repair of one slot may take when two replicas wrote to it that did not know of each
  // other: both values, and three names and paths, its own and those where the chunk begins and
  // ends. It goes whole in a frame.
  std::uint64_t slot_bytes_max() const { return 3 * key_bytes_max + 5 * value_bytes_max; }

  // Names the first field that cannot be: invalid_argument.
  Result<void> validate() const;

  friend bool operator==(const Config&, const Config&) = default;
};

}  // namespace rejoin
