#pragma once

// EntryLog: durable entries, kept for peers that lag, bounded by bytes; the oldest go first.
//
// L, dots(), are the dots whose entry is here: the log serves a peer exactly if what the peer lacks
// lies within L (rule 3); otherwise it must be repaired. An entry all of whose values were removed
// later is joined into the entry that removed the last of them, if the result stays small: all dots
// and removals remain, so nothing that a peer needs is lost. Only durable entries come in, so a
// joined one never shows a dot too early. Cost: append O(removals log n); collect O(found log n).

#include <cstdint>
#include <map>
#include <vector>

#include "net/entry.hpp"

namespace rejoin {

class EntryLog {
 public:
  EntryLog(std::uint64_t bytes_max, std::uint64_t entry_bytes_max)
      : bytes_max_(bytes_max), entry_bytes_max_(entry_bytes_max) {}

  void append(Entry entry);

  const CausalContext& dots() const { return dots_; }
  std::size_t size() const { return logged_.size(); }
  std::uint64_t bytes() const { return bytes_; }

  // Entries that hold any of these dots, oldest first, as many as take no more than bytes_max (but
  // at least one). Valid until the next append.
  std::vector<const Entry*> collect(const CausalContext& wanted, std::uint64_t bytes_max) const;

 private:
  using Id = std::uint64_t;
  struct Logged {
    Entry entry;
    std::uint64_t bytes = 0;
    std::vector<bool> gone;       // of each put: a later entry here removed it
    std::size_t values_left = 0;  // puts that none did
    std::vector<Dot> index_keys;
  };
  struct Run {  // dots of one replica, from the key's sequence on
    std::uint64_t last = 0;
    Id id = 0;
  };
  using Index = std::map<Dot, Run>;

  Index::const_iterator first_run(const ReplicaId& replica, std::uint64_t sequence) const;
  void insert(Id id, Entry entry);
  Logged take(Id id);
  std::vector<Id> emptied_by(const Entry& entry);
  void trim();

  std::uint64_t bytes_max_;
  std::uint64_t entry_bytes_max_;
  std::uint64_t bytes_ = 0;
  Id next_ = 1;
  std::map<Id, Logged> logged_;  // in the order of arrival
  Index index_;
  CausalContext dots_;
};

}  // namespace rejoin
