#include "crdt/resettable_counter.hpp"

#include <algorithm>
#include <limits>

#include "crdt/causal_context.hpp"  // Codec<ReplicaId>

namespace rejoin {
namespace {

bool raise(std::int64_t& mine, std::int64_t theirs) {
  if (theirs <= mine) return false;
  mine = theirs;
  return true;
}

// A reset may be known before all of what it took away.
std::int64_t left(std::int64_t counted, std::int64_t reset) {
  return std::max<std::int64_t>(counted - reset, 0);
}

std::int64_t held_sum(std::int64_t a, std::int64_t b) {
  std::int64_t sum = 0;
  if (!__builtin_add_overflow(a, b, &sum)) return sum;
  return a < 0 ? std::numeric_limits<std::int64_t>::min()
               : std::numeric_limits<std::int64_t>::max();
}

}  // namespace

bool ResettableShares::Share::merge(const Share& other) {
  bool changed = raise(added, other.added);
  changed |= raise(subtracted, other.subtracted);
  changed |= raise(added_reset, other.added_reset);
  changed |= raise(subtracted_reset, other.subtracted_reset);
  return changed;
}

Result<ResettableShares> ResettableShares::add(const ReplicaId& who, std::uint64_t birth,
                                               std::int64_t n, const ResettableShares& all) {
  // My share here is the last that I began; a new one begins where none is left.
  Name name{who, birth};
  const auto after = shares_.upper_bound({who, std::numeric_limits<std::uint64_t>::max()});
  if (after != shares_.begin() && std::prev(after)->first.first == who) {
    name = std::prev(after)->first;
  }
  const auto known = all.shares_.find(name);
  Share share = known == all.shares_.end() ? Share() : known->second;
  std::int64_t& side = n < 0 ? share.subtracted : share.added;
  // The most negative number has no positive twin; it is past the ceiling anyway.
  const std::uint64_t size =
      n < 0 ? 0 - static_cast<std::uint64_t>(n) : static_cast<std::uint64_t>(n);
  if (size > static_cast<std::uint64_t>(Totals::share_max - side)) {
    return Error{ErrorCode::overflow, "a counter's share holds at most 2^62 - 1: it stands at " +
                                          std::to_string(side) + ", cannot move by " +
                                          std::to_string(n)};
  }
  ResettableShares delta;
  if (n == 0) return delta;
  side += static_cast<std::int64_t>(size);
  delta.shares_[name] = share;
  merge(delta);
  return delta;
}

ResettableShares ResettableShares::reset(const ResettableShares& all) {
  ResettableShares delta;
  for (const auto& [name, share] : all.shares_) {
    const bool up = left(share.added, share.added_reset) > 0;
    if (!up && left(share.subtracted, share.subtracted_reset) == 0) continue;
    Share& taken = delta.shares_[name];
    taken.added_reset = share.added;
    taken.subtracted_reset = share.subtracted;
  }
  merge(delta);
  return delta;
}

std::int64_t ResettableShares::value() const {
  std::int64_t sum = 0;
  for (const auto& [name, share] : shares_) {
    sum = held_sum(sum, left(share.added, share.added_reset) -
                            left(share.subtracted, share.subtracted_reset));
  }
  return sum;
}

std::int64_t ResettableShares::discarded() const {
  std::int64_t sum = 0;
  for (const auto& [name, share] : shares_) {
    sum = held_sum(sum, std::min(share.added, share.added_reset) -
                            std::min(share.subtracted, share.subtracted_reset));
  }
  return sum;
}

bool ResettableShares::merge(const ResettableShares& other) {
  if (this == &other) return false;
  bool changed = false;
  for (const auto& [name, share] : other.shares_) changed |= shares_[name].merge(share);
  return changed;
}

// 01, id, birth and four numbers for each share, rising by name; 00 at the end.
void Codec<ResettableShares>::encode(std::string& out, const ResettableShares& value) {
  for (const auto& [name, share] : value.shares_) {
    put_byte(out, 1);
    Codec<ReplicaId>::encode(out, name.first);
    put_unsigned(out, name.second);
    for (const std::int64_t number :
         {share.added, share.subtracted, share.added_reset, share.subtracted_reset}) {
      put_unsigned(out, static_cast<std::uint64_t>(number));
    }
  }
  put_byte(out, 0);
}

bool Codec<ResettableShares>::decode(ByteReader& in, ResettableShares& value) {
  value = {};
  for (std::uint8_t more = 0; in.byte(more) && more <= 1;) {
    if (more == 0) return true;
    ResettableShares::Name name;
    ResettableShares::Share share;
    if (!Codec<ReplicaId>::decode(in, name.first) || !get_unsigned(in, name.second)) return false;
    for (std::int64_t* number :
         {&share.added, &share.subtracted, &share.added_reset, &share.subtracted_reset}) {
      std::uint64_t read = 0;
      if (!get_unsigned(in, read) || read > static_cast<std::uint64_t>(Totals::share_max)) {
        return false;
      }
      *number = static_cast<std::int64_t>(read);
    }
    if (share == ResettableShares::Share()) return false;
    if (!value.shares_.empty() && name <= value.shares_.rbegin()->first) return false;
    value.shares_.emplace(name, share);
  }
  return false;
}

}  // namespace rejoin
