#pragma once

// Host: one live replica with data, a route and a peer, for inputs that come from outside. It takes
// frames, makes its records durable at once, lets time pass, and is then asked whether it is still
// sound.

#include <cstdint>
#include <optional>
#include <string>
#include <vector>

#include "net/operation.hpp"
#include "net/replica.hpp"

namespace rejoin::fuzz {

StoreId store_id();
// Of this many bytes or fewer: a frame.
constexpr std::uint64_t frame_bytes_max = 1024 * 1024;

class Host {
 public:
  Host();
  // Replays a record instead of beginning empty. False if it was refused, or if it holds dots of
  // the incarnation that starts now, which cannot be: that is drawn from 64 bits.
  bool restore(std::string_view record);
  void start();

  // A peer under this id greets, shows a clock that is ahead of ours, and offers a repair, so that
  // each kind of frame from it finds the state in which it counts.
  void befriend(const ReplicaId& peer);
  void take(std::string_view frame);
  // Does it, or is refused.
  void apply(const Operation& operation);
  // The next deadlines fire.
  void pass_time();
  // Nothing, or which of these does not hold: it writes; clocks are consistent; what it sent can be
  // decoded and is not without bounds; its records give the same store again.
  std::optional<std::string> complaint();

 private:
  void drain();
  bool write();

  Now now_{1'000'000'000, 1'700'000'000'000};
  Replica replica_;
  std::uint64_t records_ = 0;
  std::uint64_t frames_sent_ = 0;
  std::uint64_t bytes_sent_ = 0;
  std::optional<std::string> complaint_;
};

}  // namespace rejoin::fuzz
