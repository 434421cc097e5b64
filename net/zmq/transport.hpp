#pragma once

// Transport: the sockets of a node.
//
//     one ROUTER, bound     frames of peers and requests of clients come in,
//                           replies to clients go out
//     one Link per peer     frames to that peer go out; nothing comes in
//     one ZapHandler        with keys: says who may connect
//
// A node's frames to a peer travel only on its own link, so a link that is cut in one direction
// is cut in one direction. A message is two parts: one byte that says who speaks, and the bytes.
// Nothing waits here but wait(): a link that is full or down refuses, and the caller's protocol
// sends again. libzmq's defaults are made for trusted networks and endless queues; every option
// that matters is set in transport.cpp, with why. Not thread-safe: one thread owns it, from the
// first use to close().

#include <chrono>
#include <cstdint>
#include <map>
#include <memory>
#include <optional>
#include <string>
#include <string_view>

#include "crdt/result.hpp"
#include "net/frame.hpp"
#include "net/zmq/access.hpp"
#include "net/zmq/link.hpp"
#include "net/zmq/wakeup.hpp"
#include "net/zmq/zap.hpp"

namespace rejoin {

class Transport {
 public:
  enum class Speaker : char { peer = 'p', client = 'c' };

  struct Received {
    Speaker speaker = Speaker::peer;
    std::string link;      // where a reply goes; chosen by libzmq, means nothing else
    std::string identity;  // the key of whoever sent it, as ZAP gave it; empty in plaintext
    std::string bytes;
  };

  struct Limits {
    std::uint64_t message_bytes_max = 0;
    std::size_t peers_max = 0;
  };

  // Binds; with keys (`access`, else null), and then checks that strangers stay out. Errors:
  // transport_failed, with the address and what to do; access_denied, if one came in.
  static Result<std::unique_ptr<Transport>> open(const std::string& listen, const Limits& limits,
                                                 std::unique_ptr<Access> access);
  ~Transport();
  Transport(const Transport&) = delete;
  Transport& operator=(const Transport&) = delete;

  // As bound: a wildcard port is a number here.
  const std::string& address() const { return address_; }
  // Null in plaintext.
  Access* access() { return access_.get(); }
  // `peer` is an address; with keys NAME@ADDRESS, or NAME where its key file has the address. The
  // address. Errors: transport_failed for one that can never be one, and KeyDirectory's. That
  // nobody is there is no error.
  Result<std::string> connect(RouteId route, const std::string& peer);

  // Until something can be received, `wakeup` was woken, or the time is over; or earlier. Says who
  // may connect, and looks after the links.
  void wait(std::chrono::nanoseconds at_most, const Wakeup& wakeup);
  // The next message; nothing: all were taken. Those of a wrong form are counted and skipped.
  std::optional<Received> receive();
  // False: the link is full or down, and the frame is dropped.
  bool send(RouteId route, std::string_view frame);
  // False: the client left or does not read, and the reply is dropped.
  bool reply(const std::string& link, std::string_view bytes);
  // Messages of a wrong form, and replies that were dropped.
  std::uint64_t refused() const { return refused_; }

  // What was sent has this long to leave; then all is gone, whoever is dead.
  void close(std::chrono::milliseconds linger);

 private:
  Transport() = default;
  Result<Socket> make(int type) const;
  Result<Socket> make_dealer() const;
  Result<void> bind(const std::string& listen);

  Context context_;  // outlives the sockets: it waits for them
  std::unique_ptr<Access> access_;
  std::optional<ZapHandler> zap_;
  Socket router_;
  std::map<RouteId, Link> links_;
  std::string address_;
  Limits limits_;
  std::uint64_t refused_ = 0;
};

}  // namespace rejoin
