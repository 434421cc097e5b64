#pragma once

// Client: asks a node, from another process. One question at a time, one thread.

#include <chrono>
#include <cstdint>
#include <memory>
#include <optional>
#include <string>

#include "net/client_message.hpp"
#include "net/zmq/watch.hpp"

namespace rejoin {

class HandshakeMonitor;

struct ClientOptions {
  // NAME@ADDRESS, where the node's key is KEYS/peers/NAME.pub, or NAME where that file has the
  // address; in plaintext ADDRESS.
  std::string server;
  std::optional<std::string> keys;  // the directory that make_keys made
  bool insecure = false;            // no keys: plaintext
};

class Client {
 public:
  // Does not wait for anybody. Errors: invalid_argument for an address that can never be one, keys
  // that are none, and where neither keys nor insecure is said; access_denied for key files that
  // others could change.
  static Result<std::unique_ptr<Client>> open(const ClientOptions& options);
  ~Client();
  Client(const Client&) = delete;
  Client& operator=(const Client&) = delete;

  // Sends the request, whose id and timeout it sets, and waits for its reply. An Error that the
  // node answers is in the reply. Errors: transport_failed (nobody is there), access_denied (the
  // node does not let this key in), timed_out (no answer: a write may have happened), and those of
  // decode_reply.
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
  enum class Met { nobody, unsure, refused, node };
  Met meet(std::chrono::steady_clock::time_point deadline);
  Error nobody(Met met) const;

  std::string address_;
  std::unique_ptr<void, CloseContext> context_;
  std::unique_ptr<void, CloseSocket> socket_;  // outlives its monitor
  std::unique_ptr<HandshakeMonitor> monitor_;  // with keys
  Met met_ = Met::nobody;
  std::uint64_t last_id_ = 0;
  int interrupt_ = -1;
};

}  // namespace rejoin
