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

// HandshakeMonitor: hears of a socket's handshakes. It must go before the socket does: an I/O
// thread of libzmq that has something to tell, and nobody to tell it to, waits for ever.
class HandshakeMonitor {
 public:
  // Before the socket is bound or connected. `name` is new in this context. Error:
  // transport_failed.
  static Result<HandshakeMonitor> open(void* context, void* watched, const std::string& name);
  ~HandshakeMonitor() { close(); }
  HandshakeMonitor(HandshakeMonitor&& other) noexcept;
  HandshakeMonitor& operator=(HandshakeMonitor&& other) noexcept;

  // Nothing: no more for now.
  std::optional<Handshake> next();
  // To be polled for input.
  void* socket() const { return socket_.get(); }

 private:
  HandshakeMonitor() = default;
  void close();

  void* watched_ = nullptr;
  Socket socket_;
};

}  // namespace rejoin
