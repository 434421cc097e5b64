#pragma once

// Entries, slots and clocks made by hand, for tests of the store and the log.

#include <initializer_list>
#include <set>
#include <string>
#include <utility>
#include <vector>

#include "net/store.hpp"

namespace rejoin::testing {

constexpr ReplicaId a{1};
constexpr ReplicaId b{2};
constexpr ReplicaId c{3};

inline SlotKey slot(const std::string& path, const std::string& name = "cart") {
  return {{{7, 6}, name}, path};
}

inline CausalContext clock_of(std::initializer_list<Dot> dots) {
  CausalContext out;
  for (const Dot& dot : dots) out.add(dot);
  return out;
}

inline CausalContext upto(const ReplicaId& replica, std::uint64_t last) {
  CausalContext out;
  out.add(replica, {1, last});
  return out;
}

// Reads as what it did: made({a, 2}).puts(slot("milk"), "new").removes(slot("milk"), {a, 1}).
struct Making : Entry {
  Dot next;

  Making& puts(const SlotKey& where, const std::string& value = "v") {
    dots.add(next);
    Entry::puts.push_back({where, next, value});
    ++next.sequence;
    return *this;
  }
  Making& removes(const SlotKey& where, const Dot& dot) {
    removals.push_back({where, dot.replica, {dot.sequence, dot.sequence}});
    return *this;
  }
  // A dot that carries no value, for pure removals.
  Making& bare() {
    dots.add(next);
    ++next.sequence;
    return *this;
  }
};
inline Making made(const Dot& first) {
  Making out;
  out.next = first;
  return out;
}

inline bool merge(Store& store, const Entry& entry) {
  return store.merge(entry);
}

inline std::vector<Dot> live(const Store& store, const SlotKey& where) {
  std::set<Dot> out;
  store.each_fragment(where, [&](const Dot& dot, std::string_view) { out.insert(dot); });
  return {out.begin(), out.end()};
}

// A chunk of a repair. The last one ends it: the slots that changed.
inline Result<std::vector<SlotState>> apply(Store& store, const std::vector<SlotState>& slots,
                                            const std::optional<SlotKey>& upto = {}) {
  if (const Result<void> kept = store.keep_chunk(slots, upto); !kept) return kept.error();
  if (upto) return std::vector<SlotState>();
  std::set<ObjectKey> changed;
  return store.finish_repair(changed).slots;
}

inline std::vector<SlotState> all_slots(const Store& store) {
  std::optional<SlotKey> next;
  return store.slots_from({}, UINT64_MAX, {}, next);
}

using Dots = std::vector<Dot>;

}  // namespace rejoin::testing
