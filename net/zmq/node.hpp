#pragma once

// Node: a replica that replicates: ZeroMQ sockets, a thread, a clock and storage around the core.
//
//     NodeOptions options;
//     options.name = "a";
//     options.keys = "keys-a";                               // made by rejoin keygen
//     options.peers = {"b@tcp://127.0.0.1:7402"};            // with the key keys-a/peers/b.pub
//     options.directory = "data-a";                          // nothing: volatile
//     auto node = Node::start(std::move(options));
//     if (!node) return complain(node.error().message);
//     auto token = (*node)->transact([](Transaction& tx) -> Result<void> {
//       open<GCounter>(tx, "hits").add(tx);
//       return {};
//     });
//     (*node)->wait_for(Peers::majority(), *token, std::chrono::seconds(5));
//     auto hits = (*node)->read(Key<GCounter>{"hits"});
//
// Threads   Any thread may call anything. One thread of the node's own does all I/O. What is
//           handed to transact and read runs in the caller's thread while the replica is locked: it
//           must be short and must not call the node. No other callbacks: events are pulled with
//           next().
// Promise   transact returns once its changes are durable here, and no peer hears of them earlier.
//           Acknowledged by peers is what wait_for(Peers, ...) adds.
// Failure   A storage error ends writing (storage_failed) and sending; reads go on. After stop():
//           closed; reads go on.
// Cost      transact: its operations, one wake-up, one append, which callers at the same time
// share.

#include <chrono>
#include <cstdint>
#include <functional>
#include <memory>
#include <optional>
#include <string>
#include <type_traits>
#include <utility>
#include <vector>

#include "net/replica.hpp"
#include "net/status.hpp"
#include "net/stored.hpp"

namespace rejoin {

struct NodeOptions {
  std::string name;                          // a label for people
  std::string listen = "tcp://127.0.0.1:*";  // *: any free port, see Node::address()
  // NAME@ADDRESS, where the key is KEYS/peers/NAME.pub, or NAME where that file has the address; in
  // plaintext ADDRESS. A host name may resolve later.
  std::vector<std::string> peers;
  std::optional<std::string> keys;       // the directory that make_keys made
  std::optional<std::string> directory;  // where it is durable; nothing: volatile
  std::string cluster = "default";       // nodes of other clusters are refused
  Config config;
  bool insecure = false;  // no keys: plaintext, anyone who reaches the port may read and write
  std::uint32_t events_max = 4096;  // waiting for next()
};

// How many of the configured peers must hold something, this node not counted.
class Peers {
 public:
  static Peers all() { return Peers(Kind::all, 0); }
  // This node and they are more than half of the cluster, which is this node and its peers.
  static Peers majority() { return Peers(Kind::majority, 0); }
  static Peers at_least(std::size_t number) { return Peers(Kind::number, number); }

  std::size_t needed(std::size_t configured) const {
    if (kind_ == Kind::all) return configured;
    return kind_ == Kind::majority ? (configured + 1) / 2 : number_;
  }

 private:
  enum class Kind { all, majority, number };
  Peers(Kind kind, std::size_t number) : kind_(kind), number_(number) {}

  Kind kind_;
  std::size_t number_;
};

// Who holds a token's dots durably, besides this node.
struct WriteConcern {
  Token token;
  std::vector<NodeId> holders;
  std::size_t needed = 0;
};

class Node {
 public:
  using Duration = std::chrono::milliseconds;

  // Opens the storage, binds, checks that strangers stay out, connects, starts the thread. Errors:
  // invalid_argument, transport_failed, storage_failed, storage_corrupt, storage_locked,
  // foreign_store, access_denied.
  static Result<std::unique_ptr<Node>> start(NodeOptions options);
  ~Node();  // stop()
  Node(const Node&) = delete;
  Node& operator=(const Node&) = delete;

  const std::string& address() const;
  const ReplicaId& self() const;
  Status status() const;

  // Runs f once on a transaction; what it did is one entry. Returns when it is durable here. If f
  // returns an error or an operation is refused, nothing happened. An empty token: nothing changed.
  // Errors: f's, the operations', aborted (f threw), limit_exceeded, storage_failed, closed. After
  // storage_failed or closed the change may or may not be on disk.
  Result<Token> transact(const std::function<Result<void>(Transaction&)>& f);

  template <class T>
  typename T::Value read(const Key<T>& key) const {
    return read([&](const Store& store) { return open<T>(store, key.name).value(); });
  }
  // One consistent view for several reads: f(const Store&). The result is a copy.
  template <class F>
  requires std::is_invocable_v<F&, const Store&>
  auto read(F&& f) const {
    using Value = std::decay_t<std::invoke_result_t<F&, const Store&>>;
    std::optional<Value> out;
    with_store([&](const Store& store) { out.emplace(f(store)); });
    return std::move(*out);
  }

  // All that is durable here.
  Token token() const;
  // Until this node's clock covers the token: then a read here sees it. Errors: timed_out, closed.
  Result<void> wait_for(const Token& token, Duration timeout) const;
  // Until enough peers hold it durably. Errors: timed_out (the message counts them), closed,
  // invalid_argument (more than there are peers).
  Result<WriteConcern> wait_for(Peers peers, const Token& token, Duration timeout) const;

  // From now on next() also gives Changed for objects whose name has the prefix. An object that
  // waits already is not added twice. Where events_max would be passed, the Changed events of a
  // prefix collapse to one, whose key is the prefix with type {}: any may have changed, read again.
  void watch(std::string prefix);
  // The next event; nothing when the timeout ended or the node stopped.
  std::optional<Event> next(Duration timeout);

  // Reads the key files again, soon: a key that is gone may do nothing from then on, on links that
  // it has too. A new one is also found without this, when it knocks.
  void reload_keys();

  // Makes durable what was accepted, says goodbye, closes; in bounded time, whoever is dead.
  void stop();
  bool stopped() const;

 private:
  class Impl;
  explicit Node(std::unique_ptr<Impl> impl);
  void with_store(const std::function<void(const Store&)>& f) const;

  std::unique_ptr<Impl> impl_;
};

}  // namespace rejoin
