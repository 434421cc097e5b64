#pragma once

// ZapHandler: libzmq asks it about every key that knocks at a CURVE socket of its context (ZeroMQ
// RFC 27). It answers with the key itself as User-Id, which libzmq then puts on every message of
// that link: nothing that a sender writes can change it.
//
// It is a socket of the thread that owns the others, so it cannot die alone; and a ROUTER, which no
// asker that leaves half-way can bring out of step. While nobody answers,
// and when it is gone, nobody is let in.

#include <functional>
#include <string>

#include "crdt/result.hpp"
#include "net/zmq/socket.hpp"

namespace rejoin {

class ZapHandler {
 public:
  // Is this key, in Z85, let in?
  using Admit = std::function<bool(const std::string& key)>;

  // Before any socket of the context is bound. Error: transport_failed.
  static Result<ZapHandler> open(void* context);

  // To be polled for input.
  void* socket() const { return socket_.get(); }
  // Answers all that wait, up to a bound that keeps a flood from starving others.
  void answer(const Admit& admit);

 private:
  ZapHandler() = default;

  Socket socket_;
};

}  // namespace rejoin
