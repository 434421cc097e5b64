#include "net/transaction.hpp"

#include <algorithm>
#include <set>

#include "net/wire_entries.hpp"

namespace rejoin {
namespace {

constexpr std::uint64_t unminted = 0;  // the sequence of a value that waits for its dot

void add_removals(Entry& entry, const SlotKey& slot, const std::vector<Dot>& seen) {
  for (const Dot& dot : seen) {
    if (!entry.removals.empty()) {
      Removal& last = entry.removals.back();
      if (last.slot == slot && last.replica == dot.replica && last.dots.last + 1 == dot.sequence) {
        last.dots.last = dot.sequence;
        continue;
      }
    }
    entry.removals.push_back({slot, dot.replica, {dot.sequence, dot.sequence}});
  }
}

}  // namespace

bool Change::sees(const Dot& dot) const {
  return std::binary_search(seen.begin(), seen.end(), dot);
}

void Change::see(const Dot& dot) {
  const auto at = std::lower_bound(seen.begin(), seen.end(), dot);
  if (at == seen.end() || *at != dot) seen.insert(at, dot);
}

std::uint64_t bytes_of(const Overlay& overlay) {
  // As the entry counts itself; every removal as if it touched no other.
  std::uint64_t bytes = wire::entry_cost + wire::replica_cost + wire::interval_cost;
  for (const auto& [slot, change] : overlay) {
    const std::uint64_t name = slot.object.name.size() + slot.path.size();
    bytes += change.seen.size() * (wire::removal_cost + name);
    if (change.value) bytes += wire::put_cost + name + change.value->size();
  }
  return bytes;
}

Entry entry_of(const Overlay& overlay, const ReplicaId& self, std::uint64_t last,
               std::map<SlotKey, Dot>& minted) {
  Entry entry;
  bool pure_removal = false;
  for (const auto& [slot, change] : overlay) {
    add_removals(entry, slot, change.seen);
    if (change.value) {
      const Dot dot{self, ++last};
      entry.dots.add(dot);
      entry.puts.push_back({slot, dot, *change.value});
      minted[slot] = dot;
    } else if (!change.seen.empty()) {
      pure_removal = true;
    }
  }
  if (pure_removal) entry.dots.add({self, last + 1});
  return entry;
}

void Transaction::put(const SlotKey& slot, std::string value) {
  if (!within_limits(slot, value.size())) return;
  Change next;
  each_fragment(slot, [&](const Dot& dot, std::string_view) {
    if (dot.sequence != unminted) next.see(dot);
  });
  Change& change = changes_[slot];
  for (const Dot& dot : next.seen) change.see(dot);
  change.value = std::move(value);
}

void Transaction::clear(const SlotKey& slot) {
  Change next;
  bool any = false;
  each_fragment(slot, [&](const Dot& dot, std::string_view) {
    any = true;
    if (dot.sequence != unminted) next.see(dot);
  });
  if (!any) return;
  Change& change = changes_[slot];
  for (const Dot& dot : next.seen) change.see(dot);
  change.value.reset();
}

void Transaction::clear_all(const ObjectKey& object, std::string_view prefix) {
  std::vector<std::string> paths;
  each_path(object, prefix, [&](std::string_view path) { paths.emplace_back(path); });
  for (std::string& path : paths) clear({object, std::move(path)});
}

void Transaction::amend(const SlotKey& slot, const Amendment& change) {
  std::vector<Dot> own;
  std::vector<std::string> values;
  each_fragment(slot, [&](const Dot& dot, std::string_view value) {
    if (dot.replica.node != self_.node) return;
    values.emplace_back(value);
    if (dot.sequence != unminted) own.push_back(dot);
  });
  Result<std::optional<std::string>> changed = change(values);
  if (!changed) return fail(changed.error());
  std::optional<std::string> next = *std::move(changed);
  if (!next || !within_limits(slot, next->size())) return;
  Change& waiting = changes_[slot];
  for (const Dot& dot : own) waiting.see(dot);
  waiting.value = *std::move(next);
}

void Transaction::fail(Error error) {
  if (!error_) error_ = std::move(error);
}

bool Transaction::within_limits(const SlotKey& slot, std::size_t value_bytes) {
  const auto check = [&](const char* what, std::size_t size, std::uint64_t max, const char* field) {
    if (size <= max) return true;
    fail({ErrorCode::limit_exceeded, std::string(what) + " of '" + slot.object.name.substr(0, 64) +
                                         "' takes " + std::to_string(size) +
                                         " bytes, the limit is " + std::to_string(max) +
                                         ": take less, or raise " + field + " of the node"});
    return false;
  };
  return check("the name", slot.object.name.size(), config_.key_bytes_max, "key_bytes_max") &&
         check("an element", slot.path.size(), config_.value_bytes_max, "value_bytes_max") &&
         check("a value", value_bytes, config_.value_bytes_max, "value_bytes_max");
}

void Transaction::each_fragment(const SlotKey& slot, const FragmentVisitor& visit) const {
  each_fragment_under(changes_, below_, self_, slot, visit);
}

void Transaction::each_path(const ObjectKey& object, std::string_view prefix,
                            const PathVisitor& visit) const {
  each_path_under(changes_, below_, self_, object, prefix, visit);
}

void each_fragment_under(const Overlay& overlay, const SlotReader& below, const ReplicaId& self,
                         const SlotKey& slot, const SlotReader::FragmentVisitor& visit) {
  const auto at = overlay.find(slot);
  if (at == overlay.end()) return below.each_fragment(slot, visit);
  const Change& change = at->second;
  below.each_fragment(slot, [&](const Dot& dot, std::string_view value) {
    // A value that waits below was seen by whatever waits above: each change saw all that was
    // there, or, if it amended, replaced its own node's share.
    if (dot.sequence != unminted && !change.sees(dot)) visit(dot, value);
  });
  if (change.value) visit({self, unminted}, *change.value);
}

void each_path_under(const Overlay& overlay, const SlotReader& below, const ReplicaId& self,
                     const ObjectKey& object, std::string_view prefix,
                     const SlotReader::PathVisitor& visit) {
  std::set<std::string> paths;
  below.each_path(object, prefix, [&](std::string_view path) { paths.emplace(path); });
  for (auto at = overlay.lower_bound({object, std::string(prefix)});
       at != overlay.end() && at->first.object == object && at->first.path.starts_with(prefix);
       ++at) {
    paths.insert(at->first.path);
  }
  for (const std::string& path : paths) {
    bool live = false;
    each_fragment_under(overlay, below, self, {object, path},
                        [&](const Dot&, std::string_view) { live = true; });
    if (live) visit(path);
  }
}

}  // namespace rejoin
