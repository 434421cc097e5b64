#pragma once

// EntryLog: durable entries, kept for peers that lag, bounded by bytes; the oldest go first.
//
// L, dots(), are the dots whose entry is here: the log serves a peer exactly if what the peer lacks
// lies within L (rule 3); otherwise it must be repaired. An entry all of whose values were removed
// later is joined into the entry that removed the last of them, where that makes it no longer: all
// dots and removals remain, so nothing that a peer needs is lost, and a counter that is hit a
// million times is one entry. Only durable entries come in, so a joined one never shows a dot too
// early. Cost: append O((puts + removals) log n), and a join of at most joined_bytes_max; collect
// O(found log n).

#include <cstdint>
#include <iterator>
#include <map>
#include <vector>

#include "net/entry.hpp"

namespace rejoin {

class Fingerprint;

class EntryLog {
 public:
  // A longer entry is not joined: each joining costs its length.
  static constexpr std::uint64_t joined_bytes_max = 16 * 1024;

  explicit EntryLog(std::uint64_t bytes_max) : bytes_max_(bytes_max) {}
  EntryLog(const EntryLog&) = delete;
  EntryLog& operator=(const EntryLog&) = delete;

  void append(Entry entry);

  const CausalContext& dots() const { return dots_; }
  std::size_t size() const { return logged_.size(); }
  std::uint64_t bytes() const { return bytes_; }

  // Entries that hold any of these dots, oldest first, as many as bytes_max holds (but at least
  // one). Valid until the next append.
  std::vector<const Entry*> collect(const CausalContext& wanted, std::uint64_t bytes_max) const;
  // The newest entries, oldest first, as many as bytes_max holds.
  std::vector<const Entry*> newest(std::uint64_t bytes_max) const;
  // See Replica::fingerprint.
  void hash_into(Fingerprint& out) const;

 private:
  using Id = std::uint64_t;
  struct Logged {
    Id id = 0;
    Entry entry;
    std::uint64_t bytes = 0;
    std::vector<Dot> values_left;  // its puts that no later entry here removed; rising
  };
  struct Run {  // dots of one replica, from the key on
    std::uint64_t last = 0;
    Logged* logged = nullptr;  // in logged_, where it stays until it is taken
  };
  using Runs = std::map<std::uint64_t, Run>;
  using Logs = std::map<Id, Logged>;  // in the order of arrival

  // The runs that hold any of these dots, rising, until f returns false: f(first, run).
  template <class F>
  void each_run(const ReplicaId& replica, Interval dots, F&& f) const {
    const auto of_replica = index_.find(replica);
    if (of_replica == index_.end()) return;
    const Runs& runs = of_replica->second;
    auto at = runs.upper_bound(dots.first);
    if (at != runs.begin() && std::prev(at)->second.last >= dots.first) --at;
    for (; at != runs.end() && at->first <= dots.last; ++at) {
      if (!f(at->first, at->second)) return;
    }
  }
  // The runs that lead to it, rising and apart: f(replica, first, run).
  template <class F>
  void each_run_of(const Logged& logged, F&& f) const {
    logged.entry.dots.each_interval([&](const ReplicaId& replica, Interval dots) {
      each_run(replica, dots, [&](std::uint64_t first, const Run& run) {
        if (run.logged == &logged) f(replica, first, run);
        return true;
      });
    });
  }
  void insert(Entry entry, std::uint64_t bytes);
  void take(Logs::iterator at);
  std::vector<Id> emptied_by(const Entry& entry);
  void trim();

  std::uint64_t bytes_max_;
  std::uint64_t bytes_ = 0;
  Id next_ = 1;
  Logs logged_;
  std::map<ReplicaId, Runs> index_;
  CausalContext dots_;
};

}  // namespace rejoin
