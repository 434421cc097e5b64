#include "net/batch.hpp"

#include <algorithm>

namespace rejoin {
namespace {

bool share_a_slot(const Overlay& a, const Overlay& b) {
  return std::any_of(a.begin(), a.end(),
                     [&](const auto& change) { return b.contains(change.first); });
}

void lay_over(Overlay& group, const Overlay& changes) {
  for (const auto& [slot, change] : changes) {
    Change& waiting = group[slot];
    for (const Dot& dot : change.seen) waiting.see(dot);
    waiting.value = change.value;
  }
}

}  // namespace

void Batch::add(const Overlay& changes) {
  Overlay merged;
  std::size_t place = groups_.size();
  for (std::size_t i = groups_.size(); i-- > 0;) {
    if (!share_a_slot(groups_[i], changes)) continue;
    merged.merge(groups_[i]);
    groups_.erase(groups_.begin() + static_cast<std::ptrdiff_t>(i));
    place = i;
  }
  lay_over(merged, changes);
  const auto at = std::min(place, groups_.size());
  groups_.insert(groups_.begin() + static_cast<std::ptrdiff_t>(at), std::move(merged));
}

std::uint64_t Batch::bytes_with(const Overlay& changes) const {
  std::uint64_t bytes = bytes_of(changes);
  for (const Overlay& group : groups_) {
    if (share_a_slot(group, changes)) bytes += bytes_of(group);
  }
  return bytes;
}

std::vector<Entry> Batch::flush(std::uint64_t last, std::map<SlotKey, Dot>& minted) {
  std::vector<Entry> out;
  for (const Overlay& group : groups_) {
    Entry entry = entry_of(group, self_, last, minted);
    if (entry.dots.empty()) continue;
    last = entry.dots.last(self_);
    out.push_back(std::move(entry));
  }
  groups_.clear();
  return out;
}

void Batch::each_fragment(const SlotKey& slot, const FragmentVisitor& visit) const {
  for (const Overlay& group : groups_) {
    if (group.contains(slot)) return each_fragment_under(group, below_, self_, slot, visit);
  }
  below_.each_fragment(slot, visit);
}

void Batch::each_path(const ObjectKey& object, std::string_view prefix,
                      const PathVisitor& visit) const {
  if (groups_.empty()) return below_.each_path(object, prefix, visit);
  Overlay all;
  for (const Overlay& group : groups_) all.insert(group.begin(), group.end());
  each_path_under(all, below_, self_, object, prefix, visit);
}

}  // namespace rejoin
