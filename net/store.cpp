#include "net/store.hpp"

#include <algorithm>

#include "crdt/assert.hpp"

namespace rejoin {
namespace {

bool names(const std::vector<Fragment>& fragments, const Dot& dot) {
  return std::any_of(fragments.begin(), fragments.end(),
                     [&](const Fragment& fragment) { return fragment.dot == dot; });
}

}  // namespace

void Store::each_fragment(const SlotKey& slot, const FragmentVisitor& visit) const {
  const Slot* live = find(slot);
  if (live == nullptr) return;
  for (const Live& fragment : *live) {
    visit(clock_.full(fragment.dot), fragment.value);
  }
}

void Store::each_path(const ObjectKey& object, std::string_view prefix,
                      const PathVisitor& visit) const {
  const auto slots = objects_.find(object);
  if (slots == objects_.end()) return;
  for (auto at = slots->second.lower_bound(std::string(prefix));
       at != slots->second.end() && std::string_view(at->first).starts_with(prefix); ++at) {
    visit(at->first);
  }
}

bool Store::merge(const Entry& entry, std::set<ObjectKey>& changed) {
  if (clock_.covers(entry.dots)) return false;
  const CausalContext gone = entry.removed();
  for (const Put& put : entry.puts) {
    // Covered and not held here: it was removed, by an entry or as a settled slot of a repair
    // tells.
    if (in_context(put.dot) || gone.contains(put.dot) || held_against_cut(put)) continue;
    if (add_live(put.slot, put.dot, put.value)) changed.insert(put.slot.object);
  }
  for (const Removal& removal : entry.removals) {
    const bool erased = erase_live(removal.slot, [&](const Dot& dot) {
      return dot.replica == removal.replica && dot.sequence >= removal.dots.first &&
             dot.sequence <= removal.dots.last;
    });
    if (erased) changed.insert(removal.slot.object);
  }
  adopt(entry.dots, gone);
  return true;
}

CausalContext Store::suppressed(const Entry& entry) const {
  CausalContext out;
  for (const Put& put : entry.puts) {
    if (in_context(put.dot) || !held_against_cut(put)) continue;
    // Live in a settled slot: the repair itself brought it.
    if (!is_live(put.slot, put.dot)) out.add(put.dot);
  }
  return out;
}

void Store::adopt(const CausalContext& clock, const CausalContext& removed) {
  clock_.merge(clock);
  removed_.merge(removed);
  if (!removed_.empty()) removed_.subtract(clock_);
}

void Store::begin_repair(const CausalContext& cut_clock, const CausalContext& cut_removed) {
  Repair repair{cut_clock, cut_removed, cut_clock, {}, false};
  repair.cut.merge(cut_removed);
  repair_ = std::move(repair);
}

Result<std::vector<SlotState>> Store::apply_chunk(const std::vector<SlotState>& slots,
                                                  const std::optional<SlotKey>& upto,
                                                  std::set<ObjectKey>& changed) {
  REJOIN_ASSERT(repair_ && !repair_->settled_all);
  const std::optional<SlotKey> from = repair_->cursor;
  if (from && upto && !(*from < *upto)) {
    return Error{ErrorCode::malformed, "a repair chunk makes no progress"};
  }
  std::map<SlotKey, const std::vector<Fragment>*> range;
  for (const SlotState& state : slots) {
    if ((from && state.slot < *from) || (upto && !(state.slot < *upto))) {
      return Error{ErrorCode::malformed, "a repair chunk holds a slot outside its range"};
    }
    for (const Fragment& theirs : state.fragments) {
      if (!theirs.has_value && !in_context(theirs.dot) && !is_live(state.slot, theirs.dot)) {
        return Error{ErrorCode::malformed, "a repair chunk lacks a value that is unknown here"};
      }
    }
    range[state.slot] = &state.fragments;
  }
  // What is here and not in the chunk is empty at the donor.
  static const std::vector<Fragment> none;
  auto object = from ? objects_.lower_bound(from->object) : objects_.begin();
  for (; object != objects_.end() && (!upto || object->first <= upto->object); ++object) {
    const bool resumes = from && object->first == from->object;
    auto at = resumes ? object->second.lower_bound(from->path) : object->second.begin();
    for (; at != object->second.end(); ++at) {
      SlotKey key{object->first, at->first};
      if (upto && !(key < *upto)) break;
      range.try_emplace(range.end(), std::move(key), &none);
    }
  }
  std::vector<SlotState> out;
  for (const auto& [key, theirs] : range) {
    if (!settle(key, *theirs)) continue;
    changed.insert(key.object);
    out.push_back(state_of(key));
  }
  repair_->cursor = upto;
  repair_->settled_all = !upto.has_value();
  return out;
}

// The leaf rule for one slot, with the cut as the donor's context.
bool Store::settle(const SlotKey& key, const std::vector<Fragment>& theirs) {
  bool changed = erase_live(
      key, [&](const Dot& dot) { return repair_->cut.contains(dot) && !names(theirs, dot); });
  for (const Fragment& fragment : theirs) {
    if (in_context(fragment.dot)) continue;
    if (fragment.has_value) changed |= add_live(key, fragment.dot, fragment.value);
  }
  return changed;
}

std::pair<CausalContext, CausalContext> Store::finish_repair() {
  REJOIN_ASSERT(repair_ && repair_->settled_all);
  std::pair cut(std::move(repair_->cut_clock), std::move(repair_->cut_removed));
  repair_.reset();
  adopt(cut.first, cut.second);
  return cut;
}

std::vector<SlotState> Store::slots_from(const std::optional<SlotKey>& from,
                                         std::uint64_t bytes_max, const CausalContext& receiver,
                                         std::optional<SlotKey>& next) const {
  std::vector<SlotState> out;
  std::uint64_t bytes = 0;
  next.reset();
  auto object = from ? objects_.lower_bound(from->object) : objects_.begin();
  for (; object != objects_.end(); ++object) {
    const bool resumes = from && object->first == from->object;
    auto at = resumes ? object->second.lower_bound(from->path) : object->second.begin();
    for (; at != object->second.end(); ++at) {
      if (bytes > bytes_max) {
        next = SlotKey{object->first, at->first};
        return out;
      }
      out.push_back(state_of({object->first, at->first}));
      bytes += object->first.name.size() + at->first.size() + 16;
      for (Fragment& fragment : out.back().fragments) {
        if (receiver.contains(fragment.dot)) {
          fragment.has_value = false;
          fragment.value.clear();
        }
        bytes += fragment.value.size() + 16;
      }
    }
  }
  return out;
}

void Store::replace(const SlotState& state, std::set<ObjectKey>& changed) {
  erase_live(state.slot, [](const Dot&) { return true; });
  for (const Fragment& fragment : state.fragments) {
    add_live(state.slot, fragment.dot, fragment.value);
  }
  changed.insert(state.slot.object);
}

bool Store::same_slots(const Store& other) const {
  std::optional<SlotKey> end;
  const CausalContext nothing;
  return live_count_ == other.live_count_ &&
         slots_from({}, UINT64_MAX, nothing, end) == other.slots_from({}, UINT64_MAX, nothing, end);
}

std::string Store::canonical() const {
  std::string out;
  Codec<CausalContext>::encode(out, clock_);
  Codec<CausalContext>::encode(out, removed_);
  std::optional<SlotKey> end;
  for (const SlotState& state : slots_from({}, UINT64_MAX, {}, end)) {
    put_unsigned(out, state.slot.object.type.family);
    put_unsigned(out, state.slot.object.type.value);
    put_string(out, state.slot.object.name);
    put_string(out, state.slot.path);
    put_unsigned(out, state.fragments.size());
    for (const Fragment& fragment : state.fragments) {
      Codec<ReplicaId>::encode(out, fragment.dot.replica);
      put_unsigned(out, fragment.dot.sequence);
      put_string(out, fragment.value);
    }
  }
  return out;
}

bool Store::held_against_cut(const Put& put) const {
  return repair_ && repair_->settled(put.slot) && repair_->cut.contains(put.dot);
}

bool Store::is_live(const SlotKey& key, const Dot& dot) const {
  const Slot* slot = find(key);
  return slot != nullptr && std::any_of(slot->begin(), slot->end(), [&](const Live& live) {
           return clock_.full(live.dot) == dot;
         });
}

SlotState Store::state_of(const SlotKey& key) const {
  SlotState out{key, {}};
  if (const Slot* slot = find(key)) {
    for (const Live& live : *slot) {
      out.fragments.push_back({clock_.full(live.dot), true, live.value});
    }
  }
  std::sort(out.fragments.begin(), out.fragments.end(),
            [](const Fragment& a, const Fragment& b) { return a.dot < b.dot; });
  return out;
}

const Store::Slot* Store::find(const SlotKey& key) const {
  const auto object = objects_.find(key.object);
  if (object == objects_.end()) return nullptr;
  const auto slot = object->second.find(key.path);
  return slot == object->second.end() ? nullptr : &slot->second;
}

bool Store::add_live(const SlotKey& key, const Dot& dot, const std::string& value) {
  if (is_live(key, dot)) return false;
  objects_[key.object][key.path].push_back({clock_.local(dot), value});
  ++live_count_;
  value_bytes_ += value.size();
  return true;
}

bool Store::erase_live(const SlotKey& key, const std::function<bool(const Dot&)>& gone) {
  const auto object = objects_.find(key.object);
  if (object == objects_.end()) return false;
  const auto slot = object->second.find(key.path);
  if (slot == object->second.end()) return false;
  const std::size_t erased = std::erase_if(slot->second, [&](const Live& live) {
    if (!gone(clock_.full(live.dot))) return false;
    value_bytes_ -= live.value.size();
    return true;
  });
  live_count_ -= erased;
  if (slot->second.empty()) object->second.erase(slot);
  if (object->second.empty()) objects_.erase(object);
  return erased > 0;
}

}  // namespace rejoin
