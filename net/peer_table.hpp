#pragma once

// PeerTable: the peers of one replica, in the order of their nodes, and what is asked of all of
// them after every event: the first deadline, who waits for something, how many have a route. That
// stands in a row for each peer, side by side, and a row is written anew only once its peer may
// have changed: who takes a peer to change it is done with it before the next such question.
//
// Cost: find O(log peers); a question about all, a walk over rows: 16 of them in four cache lines.

#include <cstddef>
#include <cstdint>
#include <limits>
#include <memory>
#include <optional>
#include <utility>
#include <vector>

#include "net/peer.hpp"

namespace rejoin {

class PeerTable {
 public:
  // It must outlive them.
  explicit PeerTable(const Config& config) : config_(config) {}

  std::size_t size() const { return rows_.size(); }
  // Null: unknown.
  Peer* find(const NodeId& node);
  const Peer* find(const NodeId& node) const;
  // Looked for at that place first, which is set to where it was found.
  Peer* find(const NodeId& node, std::size_t& place) {
    return look(node, place) ? &take(place) : nullptr;
  }
  const Peer* find(const NodeId& node, std::size_t& place) const {
    return look(node, place) ? peers_[place].get() : nullptr;
  }
  // Requires: known.
  Peer& at(const NodeId& node) { return *find(node); }
  const Peer& at(const NodeId& node) const { return *find(node); }
  // Known from now on. Pointers to others stay valid.
  Peer& add(const NodeId& node);
  // The first that is neither live nor has a route goes. False: there is none.
  bool remove_idle();

  template <class F>
  void each(F&& f) {
    for (std::size_t i = 0; i < rows_.size(); ++i) f(take(i));
  }
  template <class F>
  void each(F&& f) const {
    for (const std::unique_ptr<Peer>& peer : peers_) f(std::as_const(*peer));
  }
  // Live ones whose deadline has come.
  template <class F>
  void each_due(std::uint64_t now_ns, F&& f) {
    refresh();
    for (std::size_t i = 0; i < rows_.size(); ++i) {
      if (rows_[i].due_ns <= now_ns) f(take(i));
    }
  }
  // Those that are live and for whom something may be due, if this is the version of the clock that
  // they are shown.
  template <class F>
  void each_restless(std::uint64_t version, F&& f) {
    refresh();
    for (std::size_t i = 0; i < rows_.size(); ++i) {
      if (rows_[i].live && rows_[i].at_rest_until < version) f(take(i));
    }
  }

  // The first of all deadlines of live ones; the greatest number: there is none.
  std::uint64_t due_ns() const;
  // Live ones with a route of ours.
  std::size_t reached() const;
  // Somebody is heard and no route of ours is known to lead there.
  bool misses_a_way() const;
  // Rises whenever another peer is live or reached than before.
  std::uint64_t ways_version() const;

 private:
  static constexpr std::uint64_t never = std::numeric_limits<std::uint64_t>::max();

  struct Row {
    std::uint64_t due_ns = never;
    std::uint64_t at_rest_until = 0;  // the last version of the clock at which nothing is due
    bool live = false;
    bool reached = false;
    bool stale = false;
    friend bool operator==(const Row&, const Row&) = default;
  };

  std::size_t place_of(const NodeId& node) const;
  bool look(const NodeId& node, std::size_t& place) const {
    if (place < nodes_.size() && nodes_[place] == node) return true;
    place = place_of(node);
    return place < nodes_.size() && nodes_[place] == node;
  }
  Row row_of(const Peer& peer) const;
  Peer& take(std::size_t place);
  void refresh() const;
  void replace(Row& row, const Row& now) const;

  const Config& config_;
  std::vector<NodeId> nodes_;  // rising; the peers and the rows stand in the same order
  std::vector<std::unique_ptr<Peer>> peers_;
  mutable std::vector<Row> rows_;
  mutable std::vector<std::size_t> stale_;  // places of rows to be written anew
  mutable std::size_t live_ = 0;
  mutable std::size_t reached_ = 0;
  mutable std::uint64_t ways_version_ = 1;
  mutable std::optional<std::uint64_t> due_ns_;  // the first of all; nothing: to be looked for
};

}  // namespace rejoin
