#include "net/entry.hpp"

#include <algorithm>
#include <tuple>
#include <utility>

#include "net/wire_entries.hpp"

namespace rejoin {
namespace {

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

}  // namespace

std::uint64_t Entry::bytes() const {
  std::uint64_t total = wire::entry_cost;
  dots.each_replica([&](const ReplicaId&, const SequenceSet& seen) {
    total += wire::replica_cost;
    seen.each_interval([&](Interval) { total += wire::interval_cost; });
  });
  for (const Put& put : puts) {
    total += wire::put_cost + put.slot.object.name.size() + put.slot.path.size() + put.value.size();
  }
  for (const Removal& removal : removals) {
    total += wire::removal_cost + removal.slot.object.name.size() + removal.slot.path.size();
  }
  return total;
}

CausalContext Entry::removed() const {
  if (removals.empty()) return {};
  // Sorted and joined first: a context takes rising intervals at its end in O(1), others in O(n).
  std::vector<std::pair<ReplicaId, Interval>> ranges;
  ranges.reserve(removals.size());
  for (const Removal& removal : removals) ranges.push_back({removal.replica, removal.dots});
  std::sort(ranges.begin(), ranges.end(), [](const auto& a, const auto& b) {
    return std::tie(a.first, a.second.first) < std::tie(b.first, b.second.first);
  });
  CausalContext out;
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
