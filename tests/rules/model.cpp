#include "tests/rules/model.hpp"

#include <array>
#include <utility>

namespace rejoin::rules {
namespace {

// What `Variant::newest_only` keeps of a join: in each slot the one value with the greatest dot.
Values newest_of_each_slot(const Values& values) {
  std::map<std::string, Dot> newest;
  for (const auto& [slot, dot] : values) {
    auto [place, first] = newest.try_emplace(slot, dot);
    const Dot& best = place->second;
    if (!first && std::pair(best.sequence, best.replica) < std::pair(dot.sequence, dot.replica)) {
      place->second = dot;
    }
  }
  Values kept;
  for (const auto& [slot, dot] : newest) kept.insert({slot, dot});
  return kept;
}

}  // namespace

Entry join(const Entry& a, const Entry& b, Variant variant) {
  Entry joined = a;
  joined.dots.insert(b.dots.begin(), b.dots.end());
  joined.values.insert(b.values.begin(), b.values.end());
  joined.removed.insert(b.removed.begin(), b.removed.end());
  std::erase_if(joined.values, [&](const Value& value) { return joined.removed.contains(value); });
  if (variant == Variant::newest_only) joined.values = newest_of_each_slot(joined.values);
  return joined;
}

const Dots& Store::at(const std::string& slot) const {
  static const Dots nothing;
  const auto place = slots_.find(slot);
  return place == slots_.end() ? nothing : place->second;
}

Values Store::live() const {
  Values live;
  for (const auto& [slot, dots] : slots_) {
    for (const Dot& dot : dots) live.insert({slot, dot});
  }
  return live;
}

bool Store::merge(const Entry& entry) {
  // An entry whose dots are only in R is no duplicate: others removed its values, but it may itself
  // carry removals.
  const bool duplicate = std::ranges::all_of(entry.dots, [&](const Dot& dot) {
    return variant_ == Variant::skip_by_removals ? context_.knows(dot) : clock().contains(dot);
  });
  if (duplicate) return false;

  for (const Value& value : entry.values) {
    const auto& [slot, dot] = value;
    const bool seen_before =
        variant_ == Variant::only_removals ? removals().contains(dot) : context_.knows(dot);
    if (seen_before || entry.removed.contains(value)) continue;
    slots_[slot].insert(dot);
  }
  for (const auto& [slot, dot] : entry.removed) {
    const auto place = slots_.find(slot);
    if (place == slots_.end()) continue;
    place->second.erase(dot);
    if (place->second.empty()) slots_.erase(place);
  }

  context_.clock.insert(entry.dots.begin(), entry.dots.end());
  for (const Value& value : entry.removed) context_.removals.insert(value.dot);
  forget_covered_removals();
  return true;
}

Session Store::open_session(Cut cut) {
  const Session session{sessions_opened_++};
  sessions_.emplace(session, Receiving{std::move(cut), {}});
  return session;
}

void Store::keep_object(Session session, const std::string& slot, const Dots& theirs) {
  Receiving& receiving = sessions_.at(session);
  receiving.theirs[slot] = theirs;
  if (variant_ == Variant::one_by_one) apply(receiving.cut, slot, theirs);
}

void Store::finish(const std::vector<Session>& sessions, const Cut& claimed) {
  for (const Session session : sessions) {
    const Receiving& receiving = sessions_.at(session);
    for (const auto& [slot, theirs] : receiving.theirs) {
      if (variant_ != Variant::one_by_one) apply(receiving.cut, slot, theirs);
    }
  }
  adopt(claimed);
}

void Store::apply(const Cut& cut, const std::string& slot, const Dots& theirs) {
  const Dots mine = at(slot);
  Dots survivors;
  for (const Dot& dot : mine) {
    // Live here and not there: removed there if they knew it, otherwise they have never seen it.
    if (theirs.contains(dot) || !cut.knows(dot)) survivors.insert(dot);
  }
  for (const Dot& dot : theirs) {
    // Live there and not here: removed here if we know it.
    if (mine.contains(dot) || !context_.knows(dot)) survivors.insert(dot);
  }
  if (survivors.empty()) {
    slots_.erase(slot);
  } else {
    slots_[slot] = std::move(survivors);
  }
}

void Store::close_session(Session session) {
  sessions_.erase(session);
}

void Store::adopt(const Cut& claimed) {
  context_.clock.insert(claimed.clock.begin(), claimed.clock.end());
  context_.removals.insert(claimed.removals.begin(), claimed.removals.end());
  forget_covered_removals();
}

void Store::forget_covered_removals() {
  std::erase_if(context_.removals, [&](const Dot& dot) { return clock().contains(dot); });
}

void Ledger::record(const Entry& entry, const Values& seen) {
  entries_.push_back(entry);
  dots_.insert(entry.dots.begin(), entry.dots.end());
  values_.insert(entry.values.begin(), entry.values.end());
  removed_.insert(seen.begin(), seen.end());
}

Values Ledger::live() const {
  Values live = values_;
  std::erase_if(live, [&](const Value& value) { return removed_.contains(value); });
  return live;
}

std::optional<std::string> Ledger::violation(const Store& store, bool whole) const {
  const auto is_live = [&](const Value& value) { return store.at(value.slot).contains(value.dot); };
  for (const Entry& entry : entries_) {
    if (!contains_all(store.clock(), entry.dots)) continue;
    for (const Value& value : entry.removed) {
      if (is_live(value)) return to_string(value) + " is live, but an entry in D removed it";
    }
    for (const Value& value : entry.values) {
      if (is_live(value) || removed_.contains(value)) continue;
      return to_string(value) + " is not live: its entry is in D, and nobody removed it";
    }
  }
  for (const Dot& dot : store.removals()) {
    if (store.clock().contains(dot)) return to_string(dot) + " is in both D and R";
  }
  for (const auto& [slot, dots] : store.slots()) {
    if (dots.empty()) return slot + " is kept without a live dot";
    for (const Dot& dot : dots) {
      if (!whole || store.clock().contains(dot)) continue;
      return to_string(Value{slot, dot}) + " is live, but its entry is not in D";
    }
  }
  return std::nullopt;
}

std::string to_string(const Dot& dot) {
  return std::to_string(dot.replica) + ":" + std::to_string(dot.sequence);
}

std::string to_string(const Value& value) {
  return value.slot + "@" + to_string(value.dot);
}

std::string_view to_string(Variant variant) {
  static constexpr std::array<std::string_view, 13> names = {
      "rules",           "drop",        "newest_only", "skip_by_removals", "only_removals",
      "shared_dot",      "one_by_one",  "sent_as_now", "late_cut",         "early_claim",
      "forget_removals", "donor_union", "late_observe"};
  return names.at(static_cast<std::size_t>(variant));
}

}  // namespace rejoin::rules
