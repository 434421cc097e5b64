// Frames on their way, and what a node does with those that come.

#include <algorithm>

#include "sim/world.hpp"

namespace rejoin::sim {

void World::put_on_the_way(std::span<const Delivery> deliveries) {
  using Kind = Happening::Kind;
  for (const Delivery& one : deliveries) {
    const Kind kind = one.payload ? Kind::deliver : Kind::departs;
    schedule_.add(one.at, {kind, one.target, one.source, one.cause, false, one.payload});
    const bool straggles = one.payload && one.payload->sent < scenario_.until;
    if (straggles) stragglers_until_ = std::max(stragglers_until_, one.at);
  }
}

void World::deliver(const Happening& happening) {
  Node& node = nodes_[happening.node];
  const Payload& payload = *happening.payload;
  const auto cause = static_cast<std::uint32_t>(happening.number);
  Delivery delivery{now_, happening.source, node.number, cause, happening.payload};
  const bool up = node.runs();
  switch (network_.arrive(delivery, up, now_)) {
    case Network::Arrival::lost:
      return lost(happening, up ? Lost::on_arrival : Lost::node_down);
    case Network::Arrival::held:
      return put_on_the_way({&delivery, 1});
    case Network::Arrival::taken:
      break;
  }
  if (recorder_ != nullptr) recorder_->deliver(node.number, payload.message);
  if (payload.sound) return deliver_damaged(node, payload, cause);
  count_mixed(nodes_[happening.source], node);
  const auto taken = node.replica->handle_frame(payload.bytes, now_at(node));
  if (!taken && !may_be_rejected(payload)) {
    return violate("refused", node.number, "a sound frame was refused: " + taken.error().message);
  }
  drain(node);
}

// A peer may send us away, which comes as an error: where a node speaks another version, or is or
// was more than one process. (A hello of a start that ended may come late; the node is told then
// that a copy of it runs, and so is whoever is on a route that nobody is known to be on.)
bool World::may_be_rejected(const Payload& payload) const {
  const auto frame = decode_frame(payload.bytes, store_, plan_.config.frame_bytes_max);
  if (!frame || !std::holds_alternative<Reject>(frame->body)) return false;
  return std::any_of(nodes_.begin(), nodes_.end(), [&](const Node& node) {
    const bool came_later = node.number >= scenario_.nodes && node.starts > 0;
    return node.starts > 1 || came_later || node.speaks == Speaks::only_newer;
  });
}

void World::lost(const Happening& delivery, Lost how) {
  if (recorder_ != nullptr) recorder_->lost(delivery.node, delivery.payload->message, how);
}

// What damage did to a frame, its receiver must see, and refuse the frame whole. (A bit that is
// flipped twice is no damage.)
void World::deliver_damaged(Node& node, const Payload& payload, std::uint32_t cause) {
  const bool is_sound = payload.bytes == payload.sound->bytes;
  const CausalContext clock = node.replica->store().clock();
  const auto taken = node.replica->handle_frame(payload.bytes, now_at(node));
  const bool is_sent_away = is_sound && !taken && may_be_rejected(payload);
  if (taken.has_value() != is_sound && !is_sent_away) {
    return violate("damage", node.number, "a damaged frame was not refused");
  }
  if (!is_sound) {
    network_.bite(cause, payload.bytes.size());
    if (!(node.replica->store().clock() == clock)) {
      return violate("damage", node.number, "a frame that was refused changed the clock");
    }
  }
  drain(node);
}

}  // namespace rejoin::sim
