#pragma once

// CausalContext: a set of dots, kept per replica as a version vector plus the intervals beyond it.
//
//     a: 1 2 3 4 . . 7      a -> upto 4, beyond [7,7]
//     b: 1 2                b -> upto 2
//
// It answers "was this dot seen?", it is the clock that replicas compare, and it is where a value's
// own dots are minted. It also names replicas: inside one value a dot is (index here, sequence); an
// index, once given, stays. Which replica has which index is an accident that equality and bytes do
// not see.
//
// Lattice   a set under union; bottom = empty.
// Cost      r replicas: look-up O(log r); merge, covers, difference O(r + intervals).
// Source    version vectors with exceptions: Malkhi, Terry, DISC 2005; as context of delta CRDTs:
//           Almeida, Shoker, Baquero, arXiv:1603.01529.

#include <cstdint>
#include <optional>
#include <string>
#include <vector>

#include "crdt/codec.hpp"
#include "crdt/dot.hpp"
#include "crdt/sequence_set.hpp"
#include "crdt/short_vector.hpp"

namespace rejoin {

class CausalContext {
 public:
  using Index = std::uint32_t;

  // Sequences stay below this, so that no bound of an interval overflows.
  static constexpr std::uint64_t sequence_max = (std::uint64_t{1} << 62) - 1;

  // Each returns whether anything changed.
  bool add(const Dot& dot) { return add(dot.replica, {dot.sequence, dot.sequence}); }
  bool add(const ReplicaId& replica, Interval interval);
  bool merge(const CausalContext& other);
  bool subtract(const CausalContext& other);
  bool intersect(const CausalContext& other);

  // A new dot of this replica, above all of its dots here. If none is left, since a forged value
  // claimed them all, of an incarnation of the same node that is derived from it.
  LocalDot mint(const ReplicaId& replica);

  bool empty() const;
  bool contains(const Dot& dot) const;
  bool contains(LocalDot dot) const {
    return entries_[dot.replica()].seen.contains(dot.sequence());
  }
  bool covers(const CausalContext& other) const;
  bool intersects(const CausalContext& other) const;
  std::uint64_t count() const;
  // The replica's greatest sequence here; 0 if none.
  std::uint64_t last(const ReplicaId& replica) const;
  // What was seen of one replica; null if it has no index.
  const SequenceSet* seen(const ReplicaId& replica) const;

  // seen() for many replicas, each above the one before. Clocks of one cluster name the same
  // replicas: each then lies right behind the last, and is found by one comparison.
  class Rising {
   public:
    explicit Rising(const CausalContext& context) : context_(context) {}
    const SequenceSet* seen(const ReplicaId& replica) {
      if (context_.is_at(place_, replica)) return &context_.entry_at(place_++).seen;
      return search(replica);
    }

   private:
    const SequenceSet* search(const ReplicaId& replica);

    const CausalContext& context_;
    std::size_t place_ = 0;
  };

  // As add, of what is above all that is here: for decoders, whose bytes are in that order. Rising
  // intervals of one replica must not touch.
  void append(const ReplicaId& replica, Interval interval);
  // Room for so many replicas.
  void reserve(std::size_t replicas) { entries_.reserve(replicas); }

  // Names of replicas. replica(), full(): the index must come from this context.
  Index intern(const ReplicaId& replica);
  std::optional<Index> find(const ReplicaId& replica) const;
  const ReplicaId& replica(Index index) const { return entries_[index].replica; }
  Index replica_count() const { return static_cast<Index>(entries_.size()); }
  Dot full(LocalDot dot) const { return {replica(dot.replica()), dot.sequence()}; }
  LocalDot local(const Dot& dot) { return {intern(dot.replica), dot.sequence}; }

  // Replicas that have dots here, in the order of their ids.
  template <class F>
  void each_replica(F&& f) const {
    for (std::size_t place = 0; place < entries_.size(); ++place) {
      const Entry& entry = entries_[index_at(place)];
      if (!entry.seen.empty()) f(entry.replica, entry.seen);
    }
  }
  // Intervals of dots in the order of ids and sequences: f(replica, interval).
  template <class F>
  void each_interval(F&& f) const {
    each_replica([&](const ReplicaId& replica, const SequenceSet& seen) {
      seen.each_interval([&](Interval interval) { f(replica, interval); });
    });
  }

  friend bool operator==(const CausalContext& a, const CausalContext& b);
  friend CausalContext operator-(const CausalContext& a, const CausalContext& b);
  friend struct Codec<CausalContext>;

 private:
  static constexpr std::size_t few = 8;  // are looked through faster than searched

  struct Entry {
    explicit Entry(const ReplicaId& of) : replica(of) {}
    ReplicaId replica;
    SequenceSet seen;
  };

  Index index_at(std::size_t place) const {
    return order_.empty() ? static_cast<Index>(place) : order_[place];
  }
  const Entry& entry_at(std::size_t place) const { return entries_[index_at(place)]; }
  bool is_at(std::size_t place, const ReplicaId& replica) const {
    return place < entries_.size() && entry_at(place).replica == replica;
  }
  // The first place in the order of ids that is not before the replica's; `from` is not after it.
  std::size_t place_of(const ReplicaId& replica, std::size_t from = 0) const;
  std::size_t place_of_seen(std::size_t from) const;
  Index intern_at(std::size_t place, const ReplicaId& replica);
  // Requires that it belongs at the end.
  SequenceSet& append(const ReplicaId& replica) {
    if (!order_.empty()) order_.push_back(replica_count());
    return entries_.emplace_back(replica).seen;
  }
  // Behind all of them in the order of ids.
  bool belongs_at_end(const ReplicaId& replica) const {
    return entries_.empty() || entry_at(entries_.size() - 1).replica < replica;
  }

  // By index, in the order of naming. What one entry has, or lacks, is of one replica, mostly.
  ShortVector<Entry, 1> entries_;
  std::vector<Index> order_;  // the same, in the order of ids; empty while that is the same order
};

// The dots of a that are not in b.
CausalContext operator-(const CausalContext& a, const CausalContext& b);

template <>
struct Codec<ReplicaId> {
  static constexpr std::uint32_t tag = 11;
  static void encode(std::string& out, const ReplicaId& id);
  static bool decode(ByteReader& in, ReplicaId& id);
};

template <>
struct Codec<CausalContext> {
  static constexpr std::uint32_t tag = 12;
  static void encode(std::string& out, const CausalContext& context);
  static bool decode(ByteReader& in, CausalContext& context);
};

}  // namespace rejoin
