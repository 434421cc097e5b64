#include "net/log.hpp"

#include <algorithm>
#include <set>

namespace rejoin {
namespace {

// What another origin's dots may add to an entry that is joined.
constexpr std::uint64_t joined_slack = 64;

}  // namespace

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
    // Only where it pays: dots that do not touch would make the joined entry longer with every
    // write.
    if (std::max(bytes, old->second.bytes) > joined_bytes_max) continue;
    Entry joined = join(old->second.entry, entry);
    const std::uint64_t joined_bytes = joined.bytes();
    if (joined_bytes > std::max(bytes, old->second.bytes) + joined_slack) continue;
    take(id);
    entry = std::move(joined);
    bytes = joined_bytes;
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
      const Dot first{removal.replica, std::max(removal.dots.first, at->first.sequence)};
      const Dot last{removal.replica, std::min(removal.dots.last, at->second.last)};
      // Two entries may remove the same value, each without having seen the other.
      const auto begin = std::lower_bound(old.values_left.begin(), old.values_left.end(), first);
      const auto end = std::upper_bound(begin, old.values_left.end(), last);
      if (begin == end) continue;
      old.values_left.erase(begin, end);
      if (old.values_left.empty()) emptied.insert(at->second.id);
    }
  }
  return {emptied.begin(), emptied.end()};
}

void EntryLog::insert(Id id, Entry entry) {
  Logged logged;
  logged.bytes = entry.bytes();
  for (const Put& put : entry.puts) logged.values_left.push_back(put.dot);
  std::sort(logged.values_left.begin(), logged.values_left.end());
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
  CausalContext gone;
  for (const Dot& first : out.index_keys) {
    const auto run = index_.find(first);
    gone.add(first.replica, {first.sequence, run->second.last});
    index_.erase(run);
  }
  dots_.subtract(gone);
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
      const std::uint64_t more = logged_.at(at->second.id).bytes;
      full = !found.empty() && bytes + more > bytes_max;
      if (full) break;
      found.insert(at->second.id);
      bytes += more;
    }
  });
  std::vector<const Entry*> out;
  for (Id id : found) out.push_back(&logged_.at(id).entry);
  return out;
}

std::vector<const Entry*> EntryLog::newest(std::uint64_t bytes_max) const {
  std::vector<const Entry*> out;
  std::uint64_t bytes = 0;
  for (auto at = logged_.rbegin(); at != logged_.rend(); ++at) {
    bytes += at->second.bytes;
    if (bytes > bytes_max) break;
    out.push_back(&at->second.entry);
  }
  std::reverse(out.begin(), out.end());
  return out;
}

}  // namespace rejoin
