#include "crdt/causal_context.hpp"

#include <algorithm>
#include <cstring>
#include <numeric>

#include "crdt/assert.hpp"
#include "crdt/hash.hpp"

namespace rejoin {
namespace {

constexpr std::size_t id_bytes = 24;     // of a replica
constexpr std::size_t usual_bytes = 32;  // encoded, of a replica whose dots have no gap
constexpr std::size_t reserved_max = 16;

// Who mints for a replica that has no sequence left: as unlikely to be anyone's as a new start's.
ReplicaId heir(ReplicaId replica) {
  replica.incarnation = combine64(replica.incarnation, CausalContext::sequence_max);
  return replica;
}

}  // namespace

std::size_t CausalContext::place_of(const ReplicaId& replica, std::size_t from) const {
  std::size_t low = from;
  for (std::size_t count = entries_.size() - from; count > 0;) {
    const std::size_t half = count / 2;
    if (entry_at(low + half).replica < replica) {
      low += half + 1;
      count -= half + 1;
    } else {
      count = half;
    }
  }
  return low;
}

const SequenceSet* CausalContext::Rising::search(const ReplicaId& replica) {
  place_ = context_.place_of(replica, place_);
  return context_.is_at(place_, replica) ? &context_.entry_at(place_++).seen : nullptr;
}

std::optional<CausalContext::Index> CausalContext::find(const ReplicaId& replica) const {
  if (entries_.size() <= few) {
    for (Index index = 0; index < entries_.size(); ++index) {
      if (entries_[index].replica == replica) return index;
    }
    return std::nullopt;
  }
  const std::size_t place = place_of(replica);
  if (!is_at(place, replica)) return std::nullopt;
  return index_at(place);
}

CausalContext::Index CausalContext::intern(const ReplicaId& replica) {
  if (belongs_at_end(replica)) {
    append(replica);
    return replica_count() - 1;
  }
  if (const std::optional<Index> known = find(replica)) return *known;
  return intern_at(place_of(replica), replica);
}

// The first place from there on of a replica that has dots here.
std::size_t CausalContext::place_of_seen(std::size_t from) const {
  while (from < entries_.size() && entry_at(from).seen.empty()) ++from;
  return from;
}

// At its place: there it is, or there it belongs.
CausalContext::Index CausalContext::intern_at(std::size_t place, const ReplicaId& replica) {
  if (is_at(place, replica)) return index_at(place);
  const Index index = replica_count();
  if (place == index) {
    append(replica);
    return index;
  }
  if (order_.empty()) {
    order_.resize(entries_.size());
    std::iota(order_.begin(), order_.end(), Index{0});
  }
  order_.insert(order_.begin() + static_cast<std::ptrdiff_t>(place), index);
  entries_.emplace_back(replica);
  return index;
}

bool CausalContext::add(const ReplicaId& replica, Interval interval) {
  REJOIN_ASSERT(interval.last <= sequence_max);
  return entries_[intern(replica)].seen.add(interval);
}

bool CausalContext::merge(const CausalContext& other) {
  if (other.entries_.size() == 1) {
    const Entry& theirs = other.entries_[0];
    return !theirs.seen.empty() && entries_[intern(theirs.replica)].seen.merge(theirs.seen);
  }
  bool changed = false;
  if (entries_.empty()) entries_.reserve(other.entries_.size());
  std::size_t place = 0;
  other.each_replica([&](const ReplicaId& replica, const SequenceSet& theirs) {
    if (!is_at(place, replica)) place = place_of(replica, place);
    changed |= entries_[intern_at(place, replica)].seen.merge(theirs);
    ++place;
  });
  return changed;
}

bool CausalContext::subtract(const CausalContext& other) {
  if (other.entries_.size() == 1) {
    const std::optional<Index> mine = find(other.entries_[0].replica);
    return mine && entries_[*mine].seen.subtract(other.entries_[0].seen);
  }
  bool changed = false;
  Rising there(other);
  for (std::size_t place = 0; place < entries_.size(); ++place) {
    Entry& mine = entries_[index_at(place)];
    const SequenceSet* theirs = mine.seen.empty() ? nullptr : there.seen(mine.replica);
    if (theirs != nullptr) changed |= mine.seen.subtract(*theirs);
  }
  return changed;
}

bool CausalContext::intersect(const CausalContext& other) {
  bool changed = false;
  for (Entry& mine : entries_) {
    if (mine.seen.empty()) continue;
    const SequenceSet* theirs = other.seen(mine.replica);
    changed |= mine.seen.intersect(theirs == nullptr ? SequenceSet{} : *theirs);
  }
  return changed;
}

LocalDot CausalContext::mint(const ReplicaId& replica) {
  Index index = intern(replica);
  // No honest history comes this far: a forged one claimed it. Each claim cost its forger bytes, so
  // there is an incarnation left soon.
  while (entries_[index].seen.last() == sequence_max) index = intern(heir(entries_[index].replica));
  const std::uint64_t sequence = entries_[index].seen.last() + 1;
  entries_[index].seen.add({sequence, sequence});
  return {index, sequence};
}

bool CausalContext::empty() const {
  return std::all_of(entries_.begin(), entries_.end(),
                     [](const Entry& entry) { return entry.seen.empty(); });
}

const SequenceSet* CausalContext::seen(const ReplicaId& replica) const {
  const std::optional<Index> index = find(replica);
  return index ? &entries_[*index].seen : nullptr;
}

bool CausalContext::contains(const Dot& dot) const {
  const SequenceSet* set = seen(dot.replica);
  return set != nullptr && set->contains(dot.sequence);
}

bool CausalContext::covers(const CausalContext& other) const {
  if (other.entries_.size() == 1) {
    const Entry& theirs = other.entries_[0];
    const SequenceSet* mine = theirs.seen.empty() ? nullptr : seen(theirs.replica);
    return theirs.seen.empty() || (mine != nullptr && mine->covers(theirs.seen));
  }
  Rising here(*this);
  for (std::size_t place = 0; place < other.entries_.size(); ++place) {
    const Entry& theirs = other.entry_at(place);
    if (theirs.seen.empty()) continue;
    const SequenceSet* mine = here.seen(theirs.replica);
    if (mine == nullptr || !mine->covers(theirs.seen)) return false;
  }
  return true;
}

bool CausalContext::intersects(const CausalContext& other) const {
  return std::any_of(other.entries_.begin(), other.entries_.end(), [&](const Entry& theirs) {
    const SequenceSet* mine = theirs.seen.empty() ? nullptr : seen(theirs.replica);
    if (mine == nullptr) return false;
    SequenceSet both = *mine;
    both.intersect(theirs.seen);
    return !both.empty();
  });
}

std::uint64_t CausalContext::count() const {
  std::uint64_t total = 0;
  for (const Entry& entry : entries_) total += entry.seen.count();
  return total;
}

std::uint64_t CausalContext::last(const ReplicaId& replica) const {
  const SequenceSet* set = seen(replica);
  return set == nullptr ? 0 : set->last();
}

bool operator==(const CausalContext& a, const CausalContext& b) {
  std::size_t i = a.place_of_seen(0);
  std::size_t j = b.place_of_seen(0);
  while (i < a.entries_.size() && j < b.entries_.size()) {
    const CausalContext::Entry& x = a.entry_at(i);
    const CausalContext::Entry& y = b.entry_at(j);
    if (!(x.seen == y.seen && x.replica == y.replica)) return false;
    i = a.place_of_seen(i + 1);
    j = b.place_of_seen(j + 1);
  }
  return i == a.entries_.size() && j == b.entries_.size();
}

CausalContext operator-(const CausalContext& a, const CausalContext& b) {
  CausalContext out;
  CausalContext::Rising there(b);
  a.each_replica([&](const ReplicaId& replica, const SequenceSet& seen) {
    const SequenceSet* theirs = there.seen(replica);
    if (theirs != nullptr && theirs->covers(seen)) return;
    SequenceSet& left = out.append(replica) = seen;
    if (theirs != nullptr) left.subtract(*theirs);
  });
  return out;
}

void CausalContext::append(const ReplicaId& replica, Interval interval) {
  const bool is_last = !entries_.empty() && entries_[entries_.size() - 1].replica == replica;
  (is_last ? entries_[entries_.size() - 1].seen : append(replica)).add(interval);
}

namespace {

inline void put_replica(ByteWriter& out, const ReplicaId& id) {
  out.fixed64(id.node.half(0));
  out.fixed64(id.node.half(8));
  out.fixed64(id.incarnation);
}

inline bool get_replica(ByteReader& in, ReplicaId& id) {
  std::string_view node;
  if (!in.bytes(id.node.bytes.size(), node)) return false;
  std::memcpy(id.node.bytes.data(), node.data(), id.node.bytes.size());
  return in.fixed64(id.incarnation);
}

}  // namespace

void Codec<ReplicaId>::encode(std::string& out, const ReplicaId& id) {
  ByteWriter writer(out, id_bytes);
  put_replica(writer, id);
}

bool Codec<ReplicaId>::decode(ByteReader& in, ReplicaId& id) {
  return get_replica(in, id);
}

// Per replica, rising by id: 01, id, number of intervals, then of each the gap before it and its
// length less one. The end is 00.
void Codec<CausalContext>::encode(std::string& out, const CausalContext& context) {
  std::size_t numbers = 0;
  context.each_replica(
      [&](const ReplicaId&, const SequenceSet& seen) { numbers += 1 + 2 * seen.interval_count(); });
  ByteWriter writer(out, context.replica_count() * (1 + id_bytes) + numbers * number_bytes_max + 1);
  context.each_replica([&](const ReplicaId& replica, const SequenceSet& seen) {
    writer.byte(1);
    put_replica(writer, replica);
    writer.number(seen.interval_count());
    std::uint64_t from = 1;
    seen.each_interval([&](Interval interval) {
      writer.number(interval.first - from);
      writer.number(interval.last - interval.first);
      from = interval.last + 2;
    });
  });
  writer.byte(0);
}

bool Codec<CausalContext>::decode(ByteReader& in, CausalContext& context) {
  context = {};
  // What follows may be more than this context, and hostile.
  context.reserve(std::min(in.size() / usual_bytes + 1, reserved_max));
  ReplicaId replica;
  for (std::uint8_t more = 0; in.byte(more) && more <= 1;) {
    if (more == 0) return true;
    std::uint64_t intervals = 0;
    if (!get_replica(in, replica) || !in.number(intervals)) return false;
    if (intervals == 0 || !context.belongs_at_end(replica)) return false;
    SequenceSet& seen = context.append(replica);
    std::uint64_t from = 1;
    for (std::uint64_t i = 0; i < intervals; ++i) {
      std::uint64_t gap = 0;
      std::uint64_t length = 0;
      if (!in.number(gap) || !in.number(length)) return false;
      if (gap > CausalContext::sequence_max || length > CausalContext::sequence_max) return false;
      const Interval interval{from + gap, from + gap + length};
      if (interval.last > CausalContext::sequence_max) return false;
      seen.add(interval);
      from = interval.last + 2;
    }
  }
  return false;
}

}  // namespace rejoin
