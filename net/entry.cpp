#include "net/entry.hpp"

#include <algorithm>
#include <tuple>
#include <utility>

#include "net/wire_entries.hpp"

namespace rejoin {
namespace {

constexpr std::size_t few_removals = 16;

// Sorts removals and joins those of one slot and replica that touch or overlap.
void coalesce(std::vector<Removal>& removals) {
  const auto order = [](const Removal& r) { return std::tie(r.slot, r.replica, r.dots.first); };
  std::sort(removals.begin(), removals.end(),
            [&](const Removal& a, const Removal& b) { return order(a) < order(b); });
  std::vector<Removal> out;
  out.reserve(removals.size());
  for (Removal& next : removals) {
    const bool touches = !out.empty() && out.back().replica == next.replica &&
                         next.dots.first <= out.back().dots.last + 1 &&
                         out.back().slot == next.slot;
    if (touches) {
      out.back().dots.last = std::max(out.back().dots.last, next.dots.last);
    } else {
      out.push_back(std::move(next));
    }
  }
  removals = std::move(out);
}

std::uint64_t bytes_of(const SequenceSet& seen) {
  return wire::replica_cost + seen.interval_count() * wire::interval_cost;
}

std::uint64_t bytes_of(const Put& put) {
  return wire::put_cost + put.slot.object.name.size() + put.slot.path.size() + put.value.size();
}

std::uint64_t bytes_of(const Removal& removal) {
  return wire::removal_cost + removal.slot.object.name.size() + removal.slot.path.size();
}

// What dots cost beyond those that are counted already.
std::uint64_t bytes_beyond(const CausalContext& counted, const CausalContext& dots) {
  std::uint64_t total = 0;
  CausalContext::Rising there(counted);
  dots.each_replica([&](const ReplicaId& replica, const SequenceSet& seen) {
    const SequenceSet* known = there.seen(replica);
    if (known == nullptr || known->empty()) {
      total += bytes_of(seen);
    } else {
      SequenceSet both = *known;
      both.merge(seen);
      total += bytes_of(both) - bytes_of(*known);  // modulo 2^64: a gap may close
    }
  });
  return total;
}

bool removes(const Entry& entry, const Dot& dot) {
  return std::any_of(entry.removals.begin(), entry.removals.end(), [&](const Removal& removal) {
    return removal.dots.first <= dot.sequence && dot.sequence <= removal.dots.last &&
           removal.replica == dot.replica;
  });
}

// Ranges that coalesce() would make one.
bool touch(const Removal& a, const Removal& b) {
  return a.dots.first <= b.dots.last + 1 && b.dots.first <= a.dots.last + 1 &&
         a.replica == b.replica && a.slot == b.slot;
}

}  // namespace

std::uint64_t Entry::bytes() const {
  std::uint64_t total = wire::entry_cost;
  dots.each_replica([&](const ReplicaId&, const SequenceSet& seen) { total += bytes_of(seen); });
  for (const Put& put : puts) total += bytes_of(put);
  for (const Removal& removal : removals) total += bytes_of(removal);
  return total;
}

CausalContext Entry::removed() const {
  CausalContext out;
  if (removals.size() <= few_removals) {
    for (const Removal& removal : removals) out.add(removal.replica, removal.dots);
    return out;
  }
  // Sorted and joined first: a context takes rising intervals at its end in O(1), others in O(n).
  std::vector<std::pair<ReplicaId, Interval>> ranges;
  ranges.reserve(removals.size());
  for (const Removal& removal : removals) ranges.push_back({removal.replica, removal.dots});
  std::sort(ranges.begin(), ranges.end(), [](const auto& a, const auto& b) {
    return std::tie(a.first, a.second.first) < std::tie(b.first, b.second.first);
  });
  for (std::size_t i = 0; i < ranges.size();) {
    auto [replica, range] = ranges[i];
    for (++i; i < ranges.size() && ranges[i].first == replica &&
              ranges[i].second.first <= range.last + 1;
         ++i) {
      range.last = std::max(range.last, ranges[i].second.last);
    }
    out.add(replica, range);
  }
  return out;
}

std::uint64_t joined_bytes(const Entry& older, const Entry& newer) {
  std::uint64_t total = older.bytes() + bytes_beyond(older.dots, newer.dots);
  for (const Removal& removal : newer.removals) {
    total += bytes_of(removal);
    // Each touch makes two ranges one: of two lists whose own ranges lie apart, none closes a ring.
    for (const Removal& other : older.removals) {
      if (touch(removal, other)) total -= bytes_of(removal);
    }
  }
  for (const Put& put : newer.puts) {
    const bool known = older.dots.contains(put.dot) &&
                       std::any_of(older.puts.begin(), older.puts.end(), [&](const Put& other) {
                         return other.dot == put.dot && other.slot == put.slot;
                       });
    if (!known && !removes(older, put.dot) && !removes(newer, put.dot)) total += bytes_of(put);
  }
  for (const Put& put : older.puts) {
    if (removes(newer, put.dot) || removes(older, put.dot)) total -= bytes_of(put);
  }
  return total;
}

Entry join(const Entry& older, const Entry& newer) {
  Entry out = older;
  out.dots.merge(newer.dots);
  out.removals.insert(out.removals.end(), newer.removals.begin(), newer.removals.end());
  coalesce(out.removals);
  out.puts.insert(out.puts.end(), newer.puts.begin(), newer.puts.end());

  const CausalContext removed = out.removed();
  std::erase_if(out.puts, [&](const Put& put) { return removed.contains(put.dot); });
  const auto order = [](const Put& put) { return std::tie(put.slot, put.dot); };
  std::sort(out.puts.begin(), out.puts.end(),
            [&](const Put& a, const Put& b) { return order(a) < order(b); });
  const auto same = [&](const Put& a, const Put& b) { return order(a) == order(b); };
  out.puts.erase(std::unique(out.puts.begin(), out.puts.end(), same), out.puts.end());
  return out;
}

}  // namespace rejoin
