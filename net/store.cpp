#include "net/store.hpp"

#include <algorithm>

#include "crdt/assert.hpp"

namespace rejoin {
namespace {

bool names(const std::vector<Fragment>& fragments, const Dot& dot) {
  return std::any_of(fragments.begin(), fragments.end(),
                     [&](const Fragment& fragment) { return fragment.dot == dot; });
}

void sort_by_dot(std::vector<Fragment>& fragments) {
  std::sort(fragments.begin(), fragments.end(),
            [](const Fragment& a, const Fragment& b) { return a.dot < b.dot; });
}

// Slots for a receiver, until there are enough.
struct Page {
  const CausalContext& receiver;
  std::uint64_t bytes_max;
  std::optional<SlotKey>& next;
  std::vector<SlotState> slots;
  std::uint64_t bytes = 0;

  bool full_before(const SlotKey& key) const {
    if (bytes > bytes_max) next = key;
    return bytes > bytes_max;
  }
  void add(SlotState state) {
    bytes += state.slot.object.name.size() + state.slot.path.size() + 16;
    for (Fragment& fragment : state.fragments) {
      if (receiver.contains(fragment.dot)) {
        fragment.has_value = false;
        fragment.value.clear();
      }
      bytes += fragment.value.size() + 16;
    }
    slots.push_back(std::move(state));
  }
};

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

bool Store::merge(const Entry& entry, std::set<ObjectKey>* changed) {
  if (clock_.covers(entry.dots)) return false;
  const CausalContext gone = entry.removed();
  for (const Put& put : entry.puts) {
    // Covered and not held here: it was removed.
    if (in_context(put.dot) || gone.contains(put.dot)) continue;
    const bool added = add_live(put.slot, put.dot, put.value);
    if (added && changed != nullptr) changed->insert(put.slot.object);
  }
  for (const Removal& removal : entry.removals) {
    const bool erased = erase_removed(removal);
    if (erased && changed != nullptr) changed->insert(removal.slot.object);
  }
  adopt(entry.dots, gone);
  return true;
}

void Store::adopt(const CausalContext& clock, const CausalContext& removed) {
  clock_.merge(clock);
  // Nothing of R was in D before.
  if (!removed_.empty()) removed_.subtract(clock);
  if (!clock_.covers(removed)) removed_.merge(removed - clock_);
}

void Store::begin_repair(const CausalContext& cut_clock, const CausalContext& cut_removed) {
  Repair repair{cut_clock, cut_removed, {}, false, {}};
  repair_ = std::move(repair);
}

Result<void> Store::keep_chunk(std::vector<SlotState> slots, const std::optional<SlotKey>& upto) {
  REJOIN_ASSERT(repair_ && !repair_->complete);
  const std::optional<SlotKey>& from = repair_->cursor;
  if (from && upto && !(*from < *upto)) {
    return Error{ErrorCode::malformed, "a repair chunk makes no progress"};
  }
  for (const SlotState& state : slots) {
    if ((from && state.slot < *from) || (upto && !(state.slot < *upto))) {
      return Error{ErrorCode::malformed, "a repair chunk holds a slot outside its range"};
    }
    for (const Fragment& theirs : state.fragments) {
      if (!theirs.has_value && !in_context(theirs.dot)) {
        return Error{ErrorCode::malformed, "a repair chunk lacks a value that is unknown here"};
      }
    }
  }
  for (SlotState& state : slots) repair_->theirs[state.slot] = std::move(state.fragments);
  repair_->cursor = upto;
  repair_->complete = !upto.has_value();
  return {};
}

Store::Repaired Store::finish_repair(std::set<ObjectKey>& changed) {
  REJOIN_ASSERT(repair_ && repair_->complete);
  Repair repair = std::move(*repair_);
  repair_.reset();
  CausalContext cut = repair.cut_clock;
  cut.merge(repair.cut_removed);
  // What the cut has seen and is not in the chunks is empty at the donor.
  for (const auto& [object, slots] : objects_) {
    for (const auto& [path, slot] : slots) {
      const bool seen = std::any_of(slot.begin(), slot.end(), [&](const Live& live) {
        return cut.contains(clock_.full(live.dot));
      });
      if (seen) repair.theirs.try_emplace({object, path});
    }
  }
  Repaired out;
  for (const auto& [key, theirs] : repair.theirs) {
    if (!settle(key, theirs, repair, cut)) continue;
    changed.insert(key.object);
    out.slots.push_back(state_of(key));
  }
  adopt(repair.cut_clock, repair.cut_removed);
  out.clock = std::move(repair.cut_clock);
  out.removed = std::move(repair.cut_removed);
  return out;
}

// Those for which gone(dot).
template <class F>
bool Store::erase_live(const SlotKey& key, F&& gone) {
  return erase_where(key, [&](const Live& live) { return gone(clock_.full(live.dot)); });
}

// The leaf rule for one slot, with the cut as the donor's context. What is newer comes as entries.
bool Store::settle(const SlotKey& key, const std::vector<Fragment>& theirs, const Repair& repair,
                   const CausalContext& cut) {
  bool changed =
      erase_live(key, [&](const Dot& dot) { return cut.contains(dot) && !names(theirs, dot); });
  for (const Fragment& fragment : theirs) {
    if (in_context(fragment.dot) || !repair.cut_clock.contains(fragment.dot)) continue;
    changed |= add_live(key, fragment.dot, fragment.value);
  }
  return changed;
}

std::shared_ptr<Store::Cut> Store::take_cut() {
  std::erase_if(cuts_, [](const std::weak_ptr<Cut>& one) { return one.expired(); });
  auto cut = std::make_shared<Cut>();
  cut->clock = clock_;
  cut->removed = removed_;
  cuts_.push_back(cut);
  return cut;
}

void Store::Cut::forget_before(const SlotKey& from) {
  left.erase(left.begin(), left.lower_bound(from));
  forgotten_before = from;
}

void Store::keep_for_cuts(const SlotKey& key, const Dot& dot, const std::string& value) {
  for (const std::weak_ptr<Cut>& one : cuts_) {
    const std::shared_ptr<Cut> cut = one.lock();
    if (!cut || !cut->clock.contains(dot)) continue;
    if (cut->forgotten_before && key < *cut->forgotten_before) continue;
    cut->left[key].push_back({dot, true, value});
  }
}

std::vector<SlotState> Store::slots_from(const std::optional<SlotKey>& from,
                                         std::uint64_t bytes_max, const CausalContext& receiver,
                                         std::optional<SlotKey>& next, const Cut* cut) const {
  static const std::map<SlotKey, std::vector<Fragment>> nothing;
  const auto& gone = cut != nullptr ? cut->left : nothing;
  auto left = from ? gone.lower_bound(*from) : gone.begin();
  next.reset();
  Page page{receiver, bytes_max, next, {}};
  // Slots of which nothing is live any more, up to the next that is. False: the page is full.
  const auto add_left = [&](const SlotKey* before) {
    for (; left != gone.end() && (before == nullptr || left->first < *before); ++left) {
      if (page.full_before(left->first)) return false;
      SlotState state{left->first, left->second};
      sort_by_dot(state.fragments);
      page.add(std::move(state));
    }
    return true;
  };
  auto object = from ? objects_.lower_bound(from->object) : objects_.begin();
  for (; object != objects_.end(); ++object) {
    const bool resumes = from && object->first == from->object;
    auto at = resumes ? object->second.lower_bound(from->path) : object->second.begin();
    for (; at != object->second.end(); ++at) {
      const SlotKey key{object->first, at->first};
      if (!add_left(&key) || page.full_before(key)) return std::move(page.slots);
      SlotState state = state_of(key);
      if (cut != nullptr) {
        std::erase_if(state.fragments,
                      [&](const Fragment& one) { return !cut->clock.contains(one.dot); });
      }
      if (left != gone.end() && left->first == key) {
        state.fragments.insert(state.fragments.end(), left->second.begin(), left->second.end());
        sort_by_dot(state.fragments);
        ++left;
      }
      if (!state.fragments.empty()) page.add(std::move(state));
    }
  }
  add_left(nullptr);
  return std::move(page.slots);
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

SlotState Store::state_of(const SlotKey& key) const {
  SlotState out{key, {}};
  if (const Slot* slot = find(key)) {
    for (const Live& live : *slot) {
      out.fragments.push_back({clock_.full(live.dot), true, live.value});
    }
  }
  sort_by_dot(out.fragments);
  return out;
}

const Store::Slot* Store::find(const SlotKey& key) const {
  const auto object = objects_.find(key.object);
  if (object == objects_.end()) return nullptr;
  const auto slot = object->second.find(key.path);
  return slot == object->second.end() ? nullptr : &slot->second;
}

bool Store::add_live(const SlotKey& key, const Dot& dot, const std::string& value) {
  const LocalDot local = clock_.local(dot);
  Slot& slot = objects_[key.object][key.path];
  const bool known =
      std::any_of(slot.begin(), slot.end(), [&](const Live& live) { return live.dot == local; });
  if (known) return false;
  slot.push_back({local, value});
  ++live_count_;
  value_bytes_ += value.size();
  return true;
}

bool Store::erase_removed(const Removal& removal) {
  const std::optional<CausalContext::Index> replica = clock_.find(removal.replica);
  if (!replica) return false;
  return erase_where(removal.slot, [&](const Live& live) {
    const std::uint64_t sequence = live.dot.sequence();
    return live.dot.replica() == *replica && sequence >= removal.dots.first &&
           sequence <= removal.dots.last;
  });
}

// Those for which gone(live).
template <class F>
bool Store::erase_where(const SlotKey& key, F&& gone) {
  const auto object = objects_.find(key.object);
  if (object == objects_.end()) return false;
  const auto slot = object->second.find(key.path);
  if (slot == object->second.end()) return false;
  const std::size_t erased = std::erase_if(slot->second, [&](const Live& live) {
    if (!gone(live)) return false;
    if (!cuts_.empty()) keep_for_cuts(key, clock_.full(live.dot), live.value);
    value_bytes_ -= live.value.size();
    return true;
  });
  live_count_ -= erased;
  if (slot->second.empty()) object->second.erase(slot);
  if (object->second.empty()) objects_.erase(object);
  return erased > 0;
}

}  // namespace rejoin
