#pragma once

// Requests: what clients asked and what waits. Each request walks one way, and may rest at each
// step:
//
//     covering    the node's clock does not cover the request's token yet
//     persisting  what it wrote or read is not durable yet
//     holding     it waits for peers
//     watching    nothing changed yet that it watches, or what did is not durable yet
//     backing     its backup is not durable yet
//
// and leaves with an answer, with timed_out, or with access_denied once its key may not ask any
// more. Nothing blocks: take() and advance() go as far as a request can go now. Both, and
// everything else here, with the node's mutex held.

#include <cstdint>
#include <functional>
#include <map>
#include <optional>
#include <string>
#include <vector>

#include "net/client_message.hpp"
#include "net/event.hpp"
#include "net/zmq/backups.hpp"
#include "net/zmq/node_state.hpp"

namespace rejoin {

class Requests {
 public:
  struct Answer {
    std::string link;
    std::string bytes;
  };

  explicit Requests(NodeState& state) : state_(state) {}

  // `allowed`: whether whoever asks may.
  void take(const Asker& asker, std::string_view bytes, Now now, const Result<void>& allowed);
  // Who may ask has changed: what waits for others leaves with the error that says so. Before
  // advance(), which would answer it.
  using MayAsk = std::function<Result<void>(const std::string& key)>;
  void revoke(const MayAsk& may_ask);
  // Whatever can move does; what is late leaves.
  void advance(Now now);
  // Everything that waits leaves with this.
  void refuse_all(const Error& error);
  // The next deadline, on Now::mono_ns's scale.
  std::optional<std::uint64_t> timeout() const;
  std::vector<Answer> answers();

 private:
  enum class Step { covering, persisting, holding, watching, backing };
  struct Pending {
    Asker asker;
    ClientRequest request;
    std::uint64_t deadline_ns = 0;
    Step step = Step::covering;
    Commit commit;  // of what it wrote
    Token token;    // what it waits for, once that is known
    std::size_t needed = 0;
    std::optional<std::vector<Item>> values;  // read, and to be told
    std::optional<WatchPage> page;             // likewise
  };
  using Body = decltype(ClientReply::body);

  // The answer, or nothing if it rests.
  std::optional<Body> go_on(Pending& pending, Now now);
  std::optional<Body> act(Pending& pending, Now now);
  std::optional<Body> write(Pending& pending, const Operation& operation, Now now);
  std::optional<Body> persisted(Pending& pending) const;
  std::optional<Body> begin_wait(Pending& pending, const Quorum& peers);
  std::optional<Body> watch(Pending& pending);
  WatchView view() const;
  std::optional<Body> backup(Pending& pending, Now now);
  // Its time is over; nothing if it has another way to go.
  std::optional<Body> late(Pending& pending, Now now);
  void answer(const std::string& link, std::uint64_t id, Body body);

  NodeState& state_;
  Backups backups_;
  std::vector<Pending> pending_;
  std::vector<Answer> answers_;
};

}  // namespace rejoin
