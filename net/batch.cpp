#include "net/batch.hpp"

namespace rejoin {

// The groups that have a slot of these.
std::set<Batch::Group> Batch::sharing(const Overlay& changes) const {
  std::set<Group> out;
  for (const auto& [slot, change] : changes) {
    const auto group = group_of_.find(slot);
    if (group != group_of_.end()) out.insert(group->second);
  }
  return out;
}

void Batch::add(const Overlay& changes) {
  const std::set<Group> shared = sharing(changes);
  const Group into = shared.empty() ? next_++ : *shared.begin();
  Overlay& group = groups_[into];
  for (Group other : shared) {
    if (other == into) continue;
    for (const auto& [slot, change] : groups_.at(other)) group_of_[slot] = into;
    group.merge(groups_.at(other));
    groups_.erase(other);
  }
  for (const auto& [slot, change] : changes) {
    Change& waiting = group[slot];
    for (const Dot& dot : change.seen) waiting.see(dot);
    waiting.value = change.value;
    group_of_[slot] = into;
  }
}

std::uint64_t Batch::bytes_with(const Overlay& changes) const {
  std::uint64_t bytes = bytes_of(changes);
  for (Group group : sharing(changes)) bytes += bytes_of(groups_.at(group));
  return bytes;
}

std::vector<Entry> Batch::flush(std::uint64_t last, std::map<SlotKey, Dot>& minted) {
  std::vector<Entry> out;
  for (const auto& [id, group] : groups_) {
    Entry entry = entry_of(group, self_, last, minted);
    if (entry.dots.empty()) continue;
    last = entry.dots.last(self_);
    out.push_back(std::move(entry));
  }
  groups_.clear();
  group_of_.clear();
  return out;
}

void Batch::each_fragment(const SlotKey& slot, const FragmentVisitor& visit) const {
  const auto group = group_of_.find(slot);
  if (group == group_of_.end()) return below_.each_fragment(slot, visit);
  each_fragment_under(groups_.at(group->second), below_, self_, slot, visit);
}

void Batch::each_path(const ObjectKey& object, std::string_view prefix,
                      const PathVisitor& visit) const {
  Overlay waiting;
  for (auto at = group_of_.lower_bound({object, std::string(prefix)});
       at != group_of_.end() && at->first.object == object && at->first.path.starts_with(prefix);
       ++at) {
    waiting.emplace(at->first, groups_.at(at->second).at(at->first));
  }
  if (waiting.empty()) return below_.each_path(object, prefix, visit);
  each_path_under(waiting, below_, self_, object, prefix, visit);
}

}  // namespace rejoin
