#include "crdt/bounded_counter.hpp"

#include <algorithm>
#include <limits>

#include "crdt/causal_context.hpp"  // Codec<ReplicaId>

namespace rejoin {
namespace {

// Sums of numbers that may come from anybody.
__extension__ using Wide = __int128;

std::int64_t held(Wide sum, std::int64_t least = 0) {
  constexpr Wide most = std::numeric_limits<std::int64_t>::max();
  return static_cast<std::int64_t>(std::clamp<Wide>(sum, least, most));
}

template <class K>
std::int64_t at(const std::map<K, std::int64_t>& numbers, const K& key) {
  const auto found = numbers.find(key);
  return found == numbers.end() ? 0 : found->second;
}

template <class K>
bool raise_all(std::map<K, std::int64_t>& mine, const std::map<K, std::int64_t>& theirs) {
  bool changed = false;
  for (const auto& [key, number] : theirs) {
    std::int64_t& here = mine[key];
    if (number <= here) continue;
    here = number;
    changed = true;
  }
  return changed;
}

Error negative(std::int64_t n) {
  return {ErrorCode::negative_step, "a step of " + std::to_string(n) + " turns round: the bounded "
                                    "counter has add, subtract and move_rights, each of 0 or more"};
}

Error past_ceiling(std::int64_t stands, std::int64_t n) {
  return {ErrorCode::overflow, "a counter's share holds at most 2^62 - 1: it stands at " +
                                   std::to_string(stands) + ", cannot add " + std::to_string(n)};
}

Error too_few(std::int64_t asked, const Escrow& all, const ReplicaId& who) {
  return {ErrorCode::insufficient_rights,
          "this replica may take at most " + std::to_string(all.rights(who)) + " of the " +
              std::to_string(all.value()) + " that are left, not " + std::to_string(asked) +
              ": let another replica move rights to it"};
}

// Numbers of one column: 01, key, number for each, rising; 00 at the end.
template <class K, class Put>
void encode_numbers(std::string& out, const std::map<K, std::int64_t>& numbers, Put&& put_key) {
  for (const auto& [key, number] : numbers) {
    put_byte(out, 1);
    put_key(key);
    put_unsigned(out, static_cast<std::uint64_t>(number));
  }
  put_byte(out, 0);
}

template <class K, class Get>
bool decode_numbers(ByteReader& in, std::map<K, std::int64_t>& numbers, Get&& get_key) {
  numbers.clear();
  for (std::uint8_t more = 0; in.byte(more) && more <= 1;) {
    if (more == 0) return true;
    K key;
    std::uint64_t number = 0;
    if (!get_key(key) || !get_unsigned(in, number) || number == 0) return false;
    if (number > static_cast<std::uint64_t>(Totals::share_max)) return false;
    if (!numbers.empty() && key <= numbers.rbegin()->first) return false;
    numbers.emplace(key, static_cast<std::int64_t>(number));
  }
  return false;
}

}  // namespace

Result<Escrow> Escrow::add(const ReplicaId& who, std::int64_t n, const Escrow& all) {
  if (n < 0) return negative(n);
  return raise({who, who}, n, all);
}

Result<Escrow> Escrow::subtract(const ReplicaId& who, std::int64_t n, const Escrow& all) {
  if (n < 0) return negative(n);
  if (n > all.rights(who)) return too_few(n, all, who);
  const std::int64_t taken = at(all.taken_, who);
  if (n > Totals::share_max - taken) return past_ceiling(taken, n);
  Escrow delta;
  if (n > 0) delta.taken_[who] = taken + n;
  merge(delta);
  return delta;
}

Result<Escrow> Escrow::move(const ReplicaId& from, const ReplicaId& to, std::int64_t n,
                            const Escrow& all) {
  if (n < 0) return negative(n);
  if (n > all.rights(from)) return too_few(n, all, from);
  return from == to ? Escrow() : raise({from, to}, n, all);
}

Result<Escrow> Escrow::raise(const Way& way, std::int64_t n, const Escrow& all) {
  const std::int64_t moved = at(all.moved_, way);
  if (n > Totals::share_max - moved) return past_ceiling(moved, n);
  Escrow delta;
  if (n > 0) delta.moved_[way] = moved + n;
  merge(delta);
  return delta;
}

std::int64_t Escrow::value(std::int64_t bound) const {
  Wide sum = bound;
  for (const auto& [way, n] : moved_) sum += way.first == way.second ? n : 0;
  for (const auto& [who, n] : taken_) sum -= n;
  return held(sum, bound);
}

std::int64_t Escrow::rights(const ReplicaId& who) const {
  Wide sum = -Wide{at(taken_, who)};
  for (const auto& [way, n] : moved_) {
    if (way.second == who) sum += n;
    if (way.first == who && way.second != who) sum -= n;
  }
  return held(sum);
}

bool Escrow::merge(const Escrow& other) {
  if (this == &other) return false;
  const bool moved = raise_all(moved_, other.moved_);
  const bool taken = raise_all(taken_, other.taken_);
  return moved || taken;
}

void Codec<Escrow>::encode(std::string& out, const Escrow& value) {
  encode_numbers(out, value.moved_, [&](const Escrow::Way& way) {
    Codec<ReplicaId>::encode(out, way.first);
    Codec<ReplicaId>::encode(out, way.second);
  });
  encode_numbers(out, value.taken_,
                 [&](const ReplicaId& who) { Codec<ReplicaId>::encode(out, who); });
}

bool Codec<Escrow>::decode(ByteReader& in, Escrow& value) {
  return decode_numbers(in, value.moved_,
                        [&](Escrow::Way& way) {
                          return Codec<ReplicaId>::decode(in, way.first) &&
                                 Codec<ReplicaId>::decode(in, way.second);
                        }) &&
         decode_numbers(in, value.taken_,
                        [&](ReplicaId& who) { return Codec<ReplicaId>::decode(in, who); });
}

}  // namespace rejoin
