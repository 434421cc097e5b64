#pragma once

// Sockets of libzmq with an owner, and what libzmq tells of their handshakes.

#include <cstdint>
#include <memory>
#include <optional>
#include <string>

#include "crdt/result.hpp"

namespace rejoin {

struct CloseSocket {
  void operator()(void* socket) const;
};
using Socket = std::unique_ptr<void, CloseSocket>;

// Waits for all its sockets to be closed: an owner declares it before them.
struct CloseContext {
  void operator()(void* context) const;
};
using Context = std::unique_ptr<void, CloseContext>;

enum class Handshake {
  done,
  denied,      // the other end does not let our key in; libzmq will not try again
  failed,      // it does not have the key that it should, speaks no CURVE, or broke off
  link_ended,  // a link that was up is not any more
};

// Before the socket is bound or connected. `name` is new in this context. Error: transport_failed.
Result<Socket> watch_handshakes(void* context, void* socket, const std::string& name);
// Of a socket that watch_handshakes returned; nothing: no more for now.
std::optional<Handshake> next_handshake(void* monitor);

}  // namespace rejoin
