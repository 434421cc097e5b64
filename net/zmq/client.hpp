#pragma once

// Client: asks a node, from another process. One question at a time, one thread.

#include <chrono>
#include <cstdint>
#include <memory>
#include <string>

#include "net/client_message.hpp"
#include "net/zmq/watch.hpp"

namespace rejoin {

class Client {
 public:
  // Does not wait for anybody. Error: transport_failed for an address that can never be one.
  static Result<std::unique_ptr<Client>> open(const std::string& address);
  ~Client();
  Client(const Client&) = delete;
  Client& operator=(const Client&) = delete;

  // Sends the request, whose id and timeout it sets, and waits for its reply. An Error that the
  // node answers is in the reply. Errors: transport_failed (nobody is there), timed_out (no answer:
  // a write may have happened), and those of decode_reply.
  Result<ClientReply> ask(ClientRequest request, std::chrono::milliseconds timeout);

  // Objects with a prefix, now and as they change. This must outlive it.
  Watch watch(WatchOptions what);

  // From now on ask() returns, with aborted, once this descriptor is readable: a signalfd, a pipe.
  void interrupt_on(int descriptor) { interrupt_ = descriptor; }
  bool interrupted() const;

 private:
  using Clock = std::chrono::steady_clock;

  Client() = default;
  // Until the socket is ready for `events`. False: the deadline passed, or it was interrupted.
  bool wait_for(short events, Clock::time_point deadline) const;

  struct CloseSocket {
    void operator()(void* socket) const;
  };
  struct CloseContext {
    void operator()(void* context) const;
  };
  std::string address_;
  std::unique_ptr<void, CloseContext> context_;
  std::unique_ptr<void, CloseSocket> socket_;
  std::uint64_t last_id_ = 0;
  int interrupt_ = -1;
};

}  // namespace rejoin
