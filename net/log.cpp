#include "net/log.hpp"

#include <algorithm>
#include <set>

namespace rejoin {

EntryLog::Index::const_iterator EntryLog::first_run(const ReplicaId& replica,
                                                    std::uint64_t sequence) const {
  auto at = index_.upper_bound({replica, sequence});
  if (at != index_.begin()) {
    const auto before = std::prev(at);
    if (before->first.replica == replica && before->second.last >= sequence) return before;
  }
  return at;
}

void EntryLog::append(Entry entry) {
  const std::vector<Id> emptied = emptied_by(entry);
  std::uint64_t bytes = entry.bytes();
  for (Id id : emptied) {
    const auto old = logged_.find(id);
    if (bytes + old->second.bytes > entry_bytes_max_) continue;
    entry = join(take(id).entry, entry);
    bytes = entry.bytes();
  }
  insert(next_++, std::move(entry));
  trim();
}

// Counts down the values that this entry removed; names the entries that have none left.
std::vector<EntryLog::Id> EntryLog::emptied_by(const Entry& entry) {
  std::set<Id> emptied;
  for (const Removal& removal : entry.removals) {
    auto at = first_run(removal.replica, removal.dots.first);
    for (; at != index_.end() && at->first.replica == removal.replica &&
           at->first.sequence <= removal.dots.last;
         ++at) {
      Logged& old = logged_.at(at->second.id);
      for (std::size_t i = 0; i < old.entry.puts.size(); ++i) {
        const Put& put = old.entry.puts[i];
        const bool removed = put.dot.replica == removal.replica &&
                             put.dot.sequence >= std::max(removal.dots.first, at->first.sequence) &&
                             put.dot.sequence <= std::min(removal.dots.last, at->second.last) &&
                             put.slot == removal.slot;
        // Two entries may remove the same value, each without having seen the other.
        if (!removed || old.gone[i]) continue;
        old.gone[i] = true;
        if (--old.values_left == 0) emptied.insert(at->second.id);
      }
    }
  }
  return {emptied.begin(), emptied.end()};
}

void EntryLog::insert(Id id, Entry entry) {
  Logged logged;
  logged.bytes = entry.bytes();
  logged.gone.assign(entry.puts.size(), false);
  logged.values_left = entry.puts.size();
  // Dots that another entry here already serves stay with it.
  (entry.dots - dots_).each_interval([&](const ReplicaId& replica, Interval interval) {
    const Dot first{replica, interval.first};
    index_[first] = {interval.last, id};
    logged.index_keys.push_back(first);
  });
  dots_.merge(entry.dots);
  bytes_ += logged.bytes;
  logged.entry = std::move(entry);
  logged_.emplace(id, std::move(logged));
}

EntryLog::Logged EntryLog::take(Id id) {
  Logged out = std::move(logged_.at(id));
  logged_.erase(id);
  bytes_ -= out.bytes;
  for (const Dot& first : out.index_keys) {
    CausalContext gone;
    gone.add(first.replica, {first.sequence, index_.at(first).last});
    dots_.subtract(gone);
    index_.erase(first);
  }
  return out;
}

void EntryLog::trim() {
  while (bytes_ > bytes_max_ && !logged_.empty()) take(logged_.begin()->first);
}

std::vector<const Entry*> EntryLog::collect(const CausalContext& wanted,
                                            std::uint64_t bytes_max) const {
  std::set<Id> found;
  std::uint64_t bytes = 0;
  bool full = false;
  wanted.each_interval([&](const ReplicaId& replica, Interval interval) {
    for (auto at = first_run(replica, interval.first);
         at != index_.end() && at->first.replica == replica &&
         at->first.sequence <= interval.last && !full;
         ++at) {
      if (found.contains(at->second.id)) continue;
      bytes += logged_.at(at->second.id).bytes;
      full = bytes > bytes_max && !found.empty();
      if (!full) found.insert(at->second.id);
    }
  });
  std::vector<const Entry*> out;
  for (Id id : found) out.push_back(&logged_.at(id).entry);
  return out;
}

}  // namespace rejoin
