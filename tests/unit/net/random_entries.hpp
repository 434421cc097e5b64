#pragma once

// Well-formed entries, slots, frames and records drawn from a seed. Two runs of one seed are equal
// on every machine: no distribution of the standard library, one draw a statement.

#include <algorithm>
#include <cstdint>
#include <set>
#include <string>
#include <utility>
#include <variant>
#include <vector>

#include "crdt/hash.hpp"
#include "net/frame.hpp"

namespace rejoin::test {

class Random {
 public:
  explicit Random(std::uint64_t seed) : state_(seed) {}

  std::uint64_t next() {
    state_ += 0x9e3779b97f4a7c15ULL;
    return mix64(state_);
  }
  // From 0 to limit - 1.
  std::uint64_t below(std::uint64_t limit) { return next() % limit; }
  bool one_in(std::uint64_t n) { return below(n) == 0; }
  std::string bytes(std::uint64_t size_limit) {
    std::string out(below(size_limit), '\0');
    for (char& c : out) c = static_cast<char>(below(256));
    return out;
  }

 private:
  std::uint64_t state_;
};

inline ReplicaId random_replica(Random& random) {
  const std::uint64_t node = 1 + random.below(4);
  const std::uint64_t incarnation = 1 + random.below(2);
  return ReplicaId(node, incarnation);
}

// Mostly small and dense, now and then at the far end.
inline std::uint64_t random_sequence(Random& random) {
  if (random.one_in(20)) return CausalContext::sequence_max - random.below(5);
  return 1 + random.below(random.one_in(4) ? 1'000'000 : 30);
}

inline Interval random_interval(Random& random) {
  const std::uint64_t first = random_sequence(random);
  const std::uint64_t extra = random.one_in(2) ? 0 : random.below(8);
  return {first, std::min(first + extra, CausalContext::sequence_max)};
}

inline CausalContext random_context(Random& random, std::uint64_t intervals_limit = 6) {
  CausalContext out;
  for (std::uint64_t n = random.below(intervals_limit); n > 0; --n) {
    const ReplicaId replica = random_replica(random);
    out.add(replica, random_interval(random));
  }
  return out;
}

inline SlotKey random_slot(Random& random) {
  static const char* const names[] = {"", "cart", "cart/of/anna", "hits"};
  SlotKey out;
  out.object.type.family = static_cast<std::uint16_t>(1 + random.below(7));
  out.object.type.value =
      random.one_in(2) ? 6 : static_cast<std::uint32_t>(random.next() | 0x80000000U);
  out.object.name = names[random.below(4)];
  out.path = random.one_in(3) ? random.bytes(20) : "element" + std::to_string(random.below(50));
  return out;
}

// At least one dot; values under some of its dots; removals of none of those.
inline Entry random_entry(Random& random) {
  Entry out;
  const ReplicaId writer = random_replica(random);
  out.dots.add(writer, random_interval(random));
  if (random.one_in(3)) out.dots.merge(random_context(random));
  out.dots.each_interval([&](const ReplicaId& replica, Interval interval) {
    for (std::uint64_t s = interval.first; s <= interval.last && s < interval.first + 10; ++s) {
      if (random.one_in(5)) continue;
      Put put;
      put.slot = random_slot(random);
      put.dot = {replica, s};
      put.value = random.bytes(30);
      out.puts.push_back(std::move(put));
    }
  });
  if (random.one_in(3)) std::reverse(out.puts.begin(), out.puts.end());
  for (std::uint64_t n = random.below(4); n > 0; --n) {
    Removal removal;
    removal.slot = random_slot(random);
    removal.replica = random_replica(random);
    removal.dots = random_interval(random);
    const bool hits = std::any_of(out.puts.begin(), out.puts.end(), [&](const Put& put) {
      return put.dot.replica == removal.replica && put.dot.sequence >= removal.dots.first &&
             put.dot.sequence <= removal.dots.last;
    });
    if (!hits) out.removals.push_back(std::move(removal));
  }
  return out;
}

inline std::vector<Entry> random_entries(Random& random, std::uint64_t limit = 8) {
  std::vector<Entry> out;
  for (std::uint64_t n = random.below(limit); n > 0; --n) out.push_back(random_entry(random));
  return out;
}

inline std::vector<SlotState> random_slots(Random& random, std::uint64_t limit = 8) {
  std::set<SlotKey> keys;
  for (std::uint64_t n = random.below(limit); n > 0; --n) keys.insert(random_slot(random));
  std::vector<SlotState> out;
  for (const SlotKey& key : keys) {
    std::set<Dot> dots;
    for (std::uint64_t n = random.below(4); n > 0; --n) {
      const ReplicaId replica = random_replica(random);
      dots.insert({replica, random_sequence(random)});
    }
    SlotState state{key, {}};
    for (const Dot& dot : dots) {
      Fragment fragment{dot, !random.one_in(3), {}};
      if (fragment.has_value) fragment.value = random.bytes(30);
      state.fragments.push_back(std::move(fragment));
    }
    out.push_back(std::move(state));
  }
  return out;
}

template <class Body>
Body random_body(Random& random);

template <>
inline Hello random_body(Random& random) {
  Hello out;
  out.version_min = static_cast<std::uint16_t>(random.below(3));
  out.version_max = static_cast<std::uint16_t>(out.version_min + random.below(3));
  out.features = random.next();
  out.name = random.bytes(20);
  out.route = static_cast<RouteId>(random.next());
  if (random.one_in(2)) {
    const ReplicaId replica = random_replica(random);
    out.heard = Hello::Heard{replica, static_cast<RouteId>(random.next())};
  }
  out.clock = random_context(random);
  out.frame_bytes_max = random.next();
  return out;
}
template <>
inline Reject random_body(Random& random) {
  Reject out;
  out.version_min = static_cast<std::uint16_t>(random.next());
  out.version_max = static_cast<std::uint16_t>(random.next());
  out.reason = random.bytes(40);
  return out;
}
template <>
inline Entries random_body(Random& random) {
  Entries out;
  out.sequence = random.next();
  out.entries = random_entries(random);
  return out;
}
template <>
inline ClockShown random_body(Random& random) {
  ClockShown out;
  out.clock = random_context(random);
  out.seen = random.next();
  out.asks = random.one_in(2) ? random.below(1000) : 0;
  return out;
}
template <>
inline RepairOffer random_body(Random&) {
  return {};
}
template <>
inline RepairRequest random_body(Random& random) {
  RepairRequest out;
  out.session = random.next();
  out.context = random_context(random);
  if (random.one_in(2)) out.from = random_slot(random);
  return out;
}
template <>
inline RepairChunk random_body(Random& random) {
  RepairChunk out;
  out.session = random.next();
  out.slots = random_slots(random);
  if (random.one_in(2)) out.from = out.slots.empty() ? SlotKey{} : out.slots.front().slot;
  if (random.one_in(2)) {
    out.upto = out.slots.empty() ? random_slot(random) : out.slots.back().slot;
    out.upto->path.push_back('z');
    if (out.slots.empty()) out.from.reset();
  }
  out.cut_clock = random_context(random);
  out.cut_removed = random_context(random);
  return out;
}
template <>
inline RepairGone random_body(Random& random) {
  return {random.next()};
}
template <>
inline Goodbye random_body(Random&) {
  return {};
}
template <>
inline IdentityRecord random_body(Random& random) {
  return {NodeId(random.next())};
}
template <>
inline IncarnationRecord random_body(Random& random) {
  return {random.next()};
}
template <>
inline EntriesRecord random_body(Random& random) {
  return {random_entries(random)};
}
template <>
inline SlotsRecord random_body(Random& random) {
  SlotsRecord out{random_slots(random)};
  out.until_clock = random.one_in(2);
  return out;
}
template <>
inline ClockRecord random_body(Random& random) {
  ClockRecord out;
  out.clock = random_context(random);
  out.removed = random_context(random);
  return out;
}

// One of each alternative, in order.
template <class Variant, std::size_t... at>
std::vector<Variant> one_of_each(Random& random, std::index_sequence<at...>) {
  return {Variant(random_body<std::variant_alternative_t<at, Variant>>(random))...};
}
inline std::vector<Frame> random_frames(Random& random) {
  using Body = decltype(Frame::body);
  std::vector<Frame> out;
  for (Body& body :
       one_of_each<Body>(random, std::make_index_sequence<std::variant_size_v<Body>>())) {
    out.push_back({random_replica(random), std::move(body)});
  }
  return out;
}
inline std::vector<Record> random_records(Random& random) {
  return one_of_each<Record>(random, std::make_index_sequence<std::variant_size_v<Record>>());
}

}  // namespace rejoin::test
