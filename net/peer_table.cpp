#include "net/peer_table.hpp"

#include <algorithm>
#include <utility>

#include "crdt/assert.hpp"

namespace rejoin {

std::size_t PeerTable::place_of(const NodeId& node) const {
  return static_cast<std::size_t>(std::lower_bound(nodes_.begin(), nodes_.end(), node) -
                                  nodes_.begin());
}

Peer* PeerTable::find(const NodeId& node) {
  const std::size_t place = place_of(node);
  return place < nodes_.size() && nodes_[place] == node ? &take(place) : nullptr;
}

const Peer* PeerTable::find(const NodeId& node) const {
  const std::size_t place = place_of(node);
  return place < nodes_.size() && nodes_[place] == node ? peers_[place].get() : nullptr;
}

Peer& PeerTable::add(const NodeId& node) {
  refresh();  // places move
  const std::size_t place = place_of(node);
  const auto at = static_cast<std::ptrdiff_t>(place);
  nodes_.insert(nodes_.begin() + at, node);
  peers_.insert(peers_.begin() + at, std::make_unique<Peer>(node));
  rows_.insert(rows_.begin() + at, Row());
  return take(place);
}

bool PeerTable::remove_idle() {
  refresh();
  const auto idle =
      std::find_if(peers_.begin(), peers_.end(),
                   [](const std::unique_ptr<Peer>& peer) { return !peer->live() && !peer->route; });
  if (idle == peers_.end()) return false;
  const auto at = idle - peers_.begin();
  peers_.erase(idle);
  nodes_.erase(nodes_.begin() + at);
  rows_.erase(rows_.begin() + at);  // one of no live peer counts nowhere
  return true;
}

std::uint64_t PeerTable::due_ns() const {
  refresh();
  if (!due_ns_) {
    due_ns_ = never;
    for (const Row& row : rows_) due_ns_ = std::min(*due_ns_, row.due_ns);
  }
  return *due_ns_;
}

std::size_t PeerTable::reached() const {
  refresh();
  return reached_;
}

bool PeerTable::misses_a_way() const {
  refresh();
  return reached_ < live_;
}

std::uint64_t PeerTable::ways_version() const {
  refresh();
  return ways_version_;
}

Peer& PeerTable::take(std::size_t place) {
  if (!std::exchange(rows_[place].stale, true)) stale_.push_back(place);
  return *peers_[place];
}

PeerTable::Row PeerTable::row_of(const Peer& peer) const {
  Row row;
  if (!peer.live()) return row;
  row.live = true;
  row.reached = peer.route.has_value();
  row.due_ns = peer.due_ns(config_);
  row.at_rest_until = peer.at_rest_until();
  return row;
}

void PeerTable::replace(Row& row, const Row& now) const {
  if (row.live != now.live || row.reached != now.reached) {
    live_ = live_ - (row.live ? 1 : 0) + (now.live ? 1 : 0);
    reached_ = reached_ - (row.reached ? 1 : 0) + (now.reached ? 1 : 0);
    ++ways_version_;
  }
  if (due_ns_ && now.due_ns <= *due_ns_) {
    due_ns_ = now.due_ns;
  } else if (due_ns_ == row.due_ns) {
    due_ns_.reset();  // it may have been the only one
  }
  row = now;
}

void PeerTable::refresh() const {
  for (std::size_t place : stale_) {
    replace(rows_[place], row_of(*peers_[place]));
  }
  stale_.clear();
#ifdef _GLIBCXX_ASSERTIONS  // where the standard library looks whether it is used as it must be
  for (std::size_t i = 0; i < rows_.size(); ++i) {
    REJOIN_ASSERT(rows_[i] == row_of(*peers_[i]));  // nobody was changed but by who took it
  }
#endif
}

}  // namespace rejoin
