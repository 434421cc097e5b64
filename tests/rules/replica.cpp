#include "tests/rules/replica.hpp"

#include <algorithm>
#include <iterator>

namespace rejoin::rules {

std::optional<Entry> Replica::commit(const std::vector<Write>& writes) {
  Entry entry;
  std::optional<Dot> dot_of_removals;
  std::optional<Dot> dot_of_all;
  for (const Write& write : writes) {
    const Dots taken = variant_ == Variant::late_observe ? store_.at(write.slot) : write.seen;
    const bool puts = write.kind == Write::Kind::put;
    if (!puts && taken.empty()) continue;

    // Values take a dot each, pure removals of a transaction share one.
    Dot dot;
    if (variant_ == Variant::shared_dot) {
      if (!dot_of_all) dot_of_all = mint();
      dot = *dot_of_all;
    } else if (puts) {
      dot = mint();
    } else {
      if (!dot_of_removals) dot_of_removals = mint();
      dot = *dot_of_removals;
    }
    entry.dots.insert(dot);
    if (puts) entry.values.insert({write.slot, dot});
    for (const Dot& old : taken) entry.removed.insert({write.slot, old});
  }
  if (entry.dots.empty()) return std::nullopt;
  store_.merge(entry);
  log_.emplace(entry.dots, entry);
  return entry;
}

void Replica::receive(const std::vector<Entry>& together) {
  Entry joined;
  for (const Entry& entry : together) {
    joined = join(joined, entry, variant_);
    log_.insert_or_assign(entry.dots, entry);
  }
  store_.merge(joined);
}

bool Replica::log_serves(const Store& peer) const {
  Dots logged;
  for (const auto& [dots, entry] : log_) logged.insert(dots.begin(), dots.end());
  return std::ranges::all_of(store_.clock(), [&](const Dot& dot) {
    return peer.clock().contains(dot) || logged.contains(dot);
  });
}

bool Replica::compact_log() {
  for (const auto& [newer_dots, newer] : log_) {
    for (const auto& [older_dots, older] : log_) {
      if (older.values.empty() || !contains_all(newer.removed, older.values)) continue;

      Entry joined = join(newer, older, variant_);
      if (variant_ == Variant::drop) joined = {joined.dots, newer.values, newer.removed};
      const Dots newer_key = newer_dots;
      const Dots older_key = older_dots;
      log_.erase(newer_key);
      log_.erase(older_key);
      log_.insert_or_assign(joined.dots, joined);
      return true;
    }
  }
  return false;
}

void Replica::forget_log_entry(std::size_t index) {
  log_.erase(std::next(log_.begin(), static_cast<std::ptrdiff_t>(index)));
}

}  // namespace rejoin::rules
