#include "tests/fuzz/entry_mutator.hpp"

#include <algorithm>

#include "tests/fuzz/bytes_mutator.hpp"

namespace rejoin::fuzz {
namespace {

constexpr std::size_t items_max = 64;  // enough to vary counts; inputs stay small

bool removes(const Entry& entry, const Dot& dot) {
  return entry.removed().contains(dot);
}

void add_put(Entry& entry, Random& random) {
  const ReplicaId replica = test::random_replica(random);
  const Dot dot{replica, test::random_sequence(random)};
  const bool taken = std::any_of(entry.puts.begin(), entry.puts.end(),
                                 [&](const Put& put) { return put.dot == dot; });
  if (taken || removes(entry, dot) || entry.puts.size() >= items_max) return;
  entry.dots.add(dot);
  SlotKey slot = test::random_slot(random);
  entry.puts.push_back({std::move(slot), dot, random.bytes(30)});
}

void add_removal(Entry& entry, Random& random) {
  SlotKey slot = test::random_slot(random);
  const ReplicaId replica = test::random_replica(random);
  const Interval dots = test::random_interval(random);
  CausalContext gone;
  gone.add(replica, dots);
  const bool hits = std::any_of(entry.puts.begin(), entry.puts.end(),
                                [&](const Put& put) { return gone.contains(put.dot); });
  if (hits || entry.removals.size() >= items_max) return;
  entry.removals.push_back({std::move(slot), replica, dots});
}

void change_entry(Entry& entry, Random& random) {
  switch (random.below(6)) {
    case 0:
      return add_put(entry, random);
    case 1:
      return add_removal(entry, random);
    case 2:
      return entry.dots.merge(test::random_context(random)), void();
    case 3:
      if (!entry.puts.empty()) entry.puts.erase(entry.puts.begin());
      return;
    case 4:
      if (!entry.puts.empty()) {
        Put& put = entry.puts[random.below(entry.puts.size())];
        if (random.one_in(2)) {
          put.slot = test::random_slot(random);
        } else {
          put.value = mutated(put.value, random);
        }
      }
      return;
    default:
      if (!entry.removals.empty()) entry.removals.pop_back();
  }
}

void change_fragments(std::vector<Fragment>& fragments, Random& random) {
  if (random.one_in(2) && !fragments.empty()) {
    Fragment& fragment = fragments[random.below(fragments.size())];
    fragment.has_value = random.one_in(2);
    fragment.value = fragment.has_value ? mutated(fragment.value, random) : std::string();
    return;
  }
  const ReplicaId replica = test::random_replica(random);
  const Dot dot{replica, test::random_sequence(random)};
  const auto at = std::lower_bound(fragments.begin(), fragments.end(), dot,
                                   [](const Fragment& a, const Dot& b) { return a.dot < b; });
  if (at != fragments.end() && at->dot == dot) {
    fragments.erase(at);
  } else if (fragments.size() < items_max) {
    fragments.insert(at, {dot, true, random.bytes(30)});
  }
}

}  // namespace

void change(std::vector<Entry>& entries, Random& random) {
  if (entries.empty() || (random.one_in(8) && entries.size() < items_max)) {
    entries.push_back(test::random_entry(random));
  } else if (random.one_in(8) && entries.size() < items_max) {
    entries.push_back(entries[random.below(entries.size())]);
  } else if (random.one_in(8)) {
    entries.pop_back();
  } else {
    change_entry(entries[random.below(entries.size())], random);
  }
}

void change(std::vector<SlotState>& slots, Random& random) {
  if (slots.empty() || (random.one_in(4) && slots.size() < items_max)) {
    SlotState fresh{test::random_slot(random), {}};
    change_fragments(fresh.fragments, random);
    const auto at = std::lower_bound(slots.begin(), slots.end(), fresh,
                                     [](const auto& a, const auto& b) { return a.slot < b.slot; });
    if (at == slots.end() || at->slot != fresh.slot) slots.insert(at, std::move(fresh));
  } else if (random.one_in(4)) {
    slots.pop_back();
  } else {
    change_fragments(slots[random.below(slots.size())].fragments, random);
  }
}

void change(CausalContext& clock, Random& random) {
  const CausalContext other = test::random_context(random);
  if (random.one_in(3)) {
    clock.subtract(other);
  } else {
    clock.merge(other);
  }
}

void change(std::optional<SlotKey>& slot, Random& random) {
  if (random.one_in(3)) {
    slot.reset();
  } else if (!slot || random.one_in(2)) {
    slot = test::random_slot(random);
  } else {
    slot->path = mutated(slot->path, random);
  }
}

}  // namespace rejoin::fuzz
