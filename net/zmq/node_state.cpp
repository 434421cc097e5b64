#include "net/zmq/node_state.hpp"

#include "net/zmq/clock.hpp"

namespace rejoin {

std::optional<Error> NodeState::hopeless() const {
  if (failure) return failure;
  if (phase == NodePhase::stopped) return Error{ErrorCode::closed, "the node has stopped"};
  return std::nullopt;
}

std::optional<Error> NodeState::refuses_writes() const {
  if (failure) {
    return Error{failure->code, "writing has stopped, reading goes on: " + failure->message +
                                    "; mend that, then start the node again"};
  }
  if (phase != NodePhase::running)
    return Error{ErrorCode::closed,
                 "the node is stopping: ask another, or this one when it is back"};
  return std::nullopt;
}

std::optional<Token> NodeState::durable(const Commit& commit) const {
  auto token = replica.token_of(commit);
  if (token && !replica.covers(*token)) token.reset();
  return token;
}

Status NodeState::status() const {
  Status out;
  out.name = labels.name;
  out.cluster = labels.cluster;
  out.address = labels.address;
  out.replica = to_string(replica.self());
  out.storage = labels.storage;
  if (failure) out.failure = failure->message;
  for (const NodeId& node : replica.duplicated(clock_now())) {
    out.duplicated.push_back(to_string(node));
  }
  out.objects = replica.store().objects().size();
  out.slots_live = replica.store().live_count();
  out.value_bytes = replica.store().value_bytes();
  out.stored_bytes = stored_bytes;
  out.clock_dots = replica.shown().count();
  out.links_refused = links_refused;
  out.access_refused = access_refused;
  out.encrypted = labels.encrypted;
  out.events_dropped = events.dropped();
  for (const PeerStatus& peer : replica.peers(clock_now())) {
    std::string address;
    for (const auto& [route, to] : labels.routes) {
      if (route == peer.route) address = to;
    }
    out.peers.push_back({address, peer.name, peer.replica ? to_string(*peer.replica) : "",
                         name_of(peer.state), peer.lag_dots, peer.lag_ms, peer.frames_out,
                         peer.bytes_out, peer.frames_in, peer.bytes_in});
  }
  out.stats = replica.stats();
  return out;
}

}  // namespace rejoin
