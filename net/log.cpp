#include "net/log.hpp"

#include <algorithm>

namespace rejoin {
namespace {

// What another origin's dots may add to an entry that is joined.
constexpr std::uint64_t joined_slack = 64;

}  // namespace

void EntryLog::append(Entry entry) {
  const std::vector<Id> emptied = emptied_by(entry);
  std::uint64_t bytes = entry.bytes();
  for (Id id : emptied) {
    const auto old = logged_.find(id);
    // Only where it pays: dots that do not touch would make the joined entry longer with every
    // write.
    const std::uint64_t longer = std::max(bytes, old->second.bytes);
    if (longer > joined_bytes_max) continue;
    if (joined_bytes(old->second.entry, entry) > longer + joined_slack) continue;
    Entry joined = join(old->second.entry, entry);
    take(old);
    entry = std::move(joined);
    bytes = entry.bytes();
  }
  insert(std::move(entry), bytes);
  trim();
}

// Counts down the values that this entry removed; names the entries that have none left.
std::vector<EntryLog::Id> EntryLog::emptied_by(const Entry& entry) {
  std::vector<Id> emptied;
  for (const Removal& removal : entry.removals) {
    each_run(removal.replica, removal.dots, [&](std::uint64_t from, const Run& run) {
      Logged& old = *run.logged;
      const Dot first{removal.replica, std::max(removal.dots.first, from)};
      const Dot last{removal.replica, std::min(removal.dots.last, run.last)};
      // Two entries may remove the same value, each without having seen the other.
      const auto begin = std::lower_bound(old.values_left.begin(), old.values_left.end(), first);
      const auto end = std::upper_bound(begin, old.values_left.end(), last);
      if (begin == end) return true;
      old.values_left.erase(begin, end);
      if (old.values_left.empty()) emptied.push_back(old.id);
      return true;
    });
  }
  // Each once: a list that is empty has nothing to erase.
  std::sort(emptied.begin(), emptied.end());
  return emptied;
}

void EntryLog::insert(Entry entry, std::uint64_t bytes) {
  Logged& logged = logged_.try_emplace(logged_.end(), next_)->second;
  logged.id = next_++;
  logged.bytes = bytes;
  logged.values_left.reserve(entry.puts.size());
  for (const Put& put : entry.puts) logged.values_left.push_back(put.dot);
  std::sort(logged.values_left.begin(), logged.values_left.end());
  // Dots that another entry here already serves stay with it.
  (entry.dots - dots_).each_interval([&](const ReplicaId& replica, Interval interval) {
    Runs& runs = index_[replica];  // the last of them, mostly
    runs.insert_or_assign(runs.end(), interval.first, Run{interval.last, &logged});
  });
  dots_.merge(entry.dots);
  bytes_ += bytes;
  logged.entry = std::move(entry);
}

void EntryLog::take(Logs::iterator at) {
  CausalContext served;
  each_run_of(at->second, [&](const ReplicaId& replica, std::uint64_t first, const Run& run) {
    served.add(replica, {first, run.last});
  });
  served.each_replica([&](const ReplicaId& replica, const SequenceSet& runs) {
    const auto of_replica = index_.find(replica);
    runs.each_interval([&](Interval run) { of_replica->second.erase(run.first); });
    if (of_replica->second.empty()) index_.erase(of_replica);
  });
  dots_.subtract(served);
  bytes_ -= at->second.bytes;
  logged_.erase(at);
}

void EntryLog::trim() {
  while (bytes_ > bytes_max_ && !logged_.empty()) take(logged_.begin());
}

std::vector<const Entry*> EntryLog::collect(const CausalContext& wanted,
                                            std::uint64_t bytes_max) const {
  std::vector<const Logged*> found;  // rising, which is how they mostly come
  const auto before = [](const Logged* logged, Id id) { return logged->id < id; };
  std::uint64_t bytes = 0;
  bool full = false;
  wanted.each_interval([&](const ReplicaId& replica, Interval interval) {
    if (full) return;
    each_run(replica, interval, [&](std::uint64_t, const Run& run) {
      const Logged& logged = *run.logged;
      const auto at = std::lower_bound(found.begin(), found.end(), logged.id, before);
      if (at != found.end() && *at == &logged) return true;
      full = !found.empty() && bytes + logged.bytes > bytes_max;
      if (full) return false;
      found.insert(at, &logged);
      bytes += logged.bytes;
      return true;
    });
  });
  std::vector<const Entry*> out;
  out.reserve(found.size());
  for (const Logged* logged : found) out.push_back(&logged->entry);
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
