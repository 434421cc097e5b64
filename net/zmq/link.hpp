#pragma once

// Link: our way out to one peer: a DEALER on which nothing comes in.
//
//     trying ---handshake done---> up
//       |  ^                        | lost
//       |  +--- pause is over: a new socket, with the peer's key as its file is then
//       v                           v
//     resting <---------------------+
//
// Trying ends when it is not let in, when whoever is there does not have the peer's key, or when
// nothing comes of it for long. After a denial libzmq never tries again, and after some other ends
// of a link neither, so with keys we do it all. In plaintext libzmq connects again by itself, and a
// link is trying for ever. Not thread-safe.

#include <chrono>
#include <cstdint>
#include <functional>
#include <optional>
#include <string>

#include "net/zmq/access.hpp"
#include "net/zmq/socket.hpp"

namespace rejoin {

class Link {
 public:
  using Time = Access::Time;
  // A DEALER with all its options but those of CURVE, connected to nobody.
  using MakeSocket = std::function<Result<Socket>()>;

  // In plaintext.
  Link(std::string address, MakeSocket make);
  // With keys. `id` is this link's alone in the context.
  Link(Acquaintance peer, MakeSocket make, void* context, Access& access, std::uint64_t id);

  // Once. Error: transport_failed for an address that can never be one.
  Result<void> connect();
  // Looks what became of it. With keys, at due() or later; early is harmless.
  void tend(Time now);
  Time due() const;

  // Null while it rests.
  void* socket() const { return dealer_.get(); }
  const std::string& address() const { return peer_.address; }

 private:
  enum class State { trying, up, resting };

  Result<void> open();
  void follow(Handshake event, Time now);
  void follow_key(Time now);
  void rest(Time now, std::uint64_t told_at, const std::string& why);

  Acquaintance peer_;
  MakeSocket make_;
  void* context_ = nullptr;
  Access* access_ = nullptr;  // null: plaintext
  std::uint64_t id_ = 0;
  std::uint64_t tries_ = 0;

  Socket dealer_;
  std::optional<HandshakeMonitor> monitor_;  // of the dealer
  State state_ = State::trying;
  std::uint64_t failures_ = 0;  // in a row
  bool told_ = false;           // why, since it was up
  std::uint64_t version_ = 0;   // of the access, when the key was read
  Time tried_at_;
  Time due_;
};

}  // namespace rejoin
