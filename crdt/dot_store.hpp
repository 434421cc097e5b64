#pragma once

// DotStore<Shape>: the live dots of a value that stands alone, typed by its shape (see slots.hpp).
//
// In memory a table is hashed; bytes are sorted by encoded key and full dot, so equal meaning has
// equal bytes. Replicas are indices into the value's context; `Joining` carries what a merge must
// know of both. Cost: merge of a state O(n + m), of a delta O(delta); encode O(n log n).

#include <algorithm>
#include <string>
#include <unordered_map>
#include <vector>

#include "crdt/causal_context.hpp"

namespace rejoin {

template <class V>
struct Cell {};
template <class K, class Shape>
struct Table {};
template <class L>
struct Leaf {};

// What a merge knows beside the two stores. `mine` already names the replicas of `theirs`.
struct Joining {
  const CausalContext& mine;
  const CausalContext& theirs;
  std::vector<CausalContext::Index> names;  // their index -> mine
  bool theirs_names_all;                    // only slots that theirs names can lose dots
  bool keep_empty;                          // mine is a delta too: keep what it names
};

// Where each of a context's replicas stands in the order of ids, among those that have dots.
class ReplicaRanks {
 public:
  explicit ReplicaRanks(const CausalContext& context) : rank_(context.replica_count()) {
    std::uint32_t next = 0;
    context.each_replica([&](const ReplicaId& replica, const SequenceSet&) {
      rank_[*context.find(replica)] = next++;
    });
  }
  std::pair<std::uint32_t, std::uint64_t> operator()(LocalDot dot) const {
    return {rank_[dot.replica()], dot.sequence()};
  }

 private:
  std::vector<std::uint32_t> rank_;
};

template <class Shape>
class DotStore;

// Dots and values in two columns: a struct of both would pad.
template <class V>
class DotStore<Cell<V>> {
 public:
  bool dotless() const { return dots_.empty(); }
  std::size_t size() const { return dots_.size(); }
  std::size_t live_size() const { return dots_.size(); }
  void clear() {
    dots_.clear();
    values_.clear();
  }
  void drop_empty() {}
  void name_all(const DotStore&) {}
  void assign(LocalDot dot, V value) {
    clear();
    push(dot, std::move(value));
  }
  void push(LocalDot dot, V value) {
    dots_.push_back(dot);
    if constexpr (valued) values_.push_back(std::move(value));
  }
  // Takes away the dots for which which(dot).
  template <class F>
  void drop(F&& which) {
    for (std::size_t i = dots_.size(); i-- > 0;) {
      if (which(dots_[i])) drop_at(i);
    }
  }
  template <class F>
  void each(F&& f) const {
    for (std::size_t i = 0; i < dots_.size(); ++i) f(dots_[i], value(i));
  }
  template <class F>
  void each_dot(F&& f) const {
    for (LocalDot dot : dots_) f(dot);
  }

  bool merge(const DotStore& theirs, const Joining& joining);
  void encode(std::string& out, const ReplicaRanks& ranks) const;
  bool decode(ByteReader& in, std::uint32_t replicas);

 private:
  static constexpr bool valued = !std::same_as<V, Unit>;

  bool holds(LocalDot dot) const {
    return std::find(dots_.begin(), dots_.end(), dot) != dots_.end();
  }
  const V& value(std::size_t i) const {
    if constexpr (valued) {
      return values_[i];
    } else {
      static constexpr Unit unit{};
      return unit;
    }
  }
  void drop_at(std::size_t i) {
    dots_.erase(dots_.begin() + static_cast<std::ptrdiff_t>(i));
    if constexpr (valued) values_.erase(values_.begin() + static_cast<std::ptrdiff_t>(i));
  }

  std::vector<LocalDot> dots_;
  std::vector<V> values_;  // as long as dots_; stays empty for units
};

template <class V>
bool DotStore<Cell<V>>::merge(const DotStore& theirs, const Joining& joining) {
  bool changed = false;
  std::vector<LocalDot> common;  // theirs, under my names
  for (LocalDot dot : theirs.dots_) {
    common.emplace_back(joining.names[dot.replica()], dot.sequence());
  }
  for (std::size_t i = dots_.size(); i-- > 0;) {
    const bool both = std::find(common.begin(), common.end(), dots_[i]) != common.end();
    if (both || !joining.theirs.contains(joining.mine.full(dots_[i]))) continue;
    drop_at(i);
    changed = true;
  }
  for (std::size_t i = 0; i < common.size(); ++i) {
    // Covered here and not held: it was removed.
    if (holds(common[i]) || joining.mine.contains(common[i])) continue;
    push(common[i], theirs.value(i));
    changed = true;
  }
  return changed;
}

// Their number, then of each, rising by full dot: rank, sequence, value.
template <class V>
void DotStore<Cell<V>>::encode(std::string& out, const ReplicaRanks& ranks) const {
  std::vector<std::size_t> order(dots_.size());
  for (std::size_t i = 0; i < order.size(); ++i) order[i] = i;
  std::sort(order.begin(), order.end(),
            [&](std::size_t a, std::size_t b) { return ranks(dots_[a]) < ranks(dots_[b]); });
  put_unsigned(out, dots_.size());
  for (std::size_t i : order) {
    const auto [rank, sequence] = ranks(dots_[i]);
    put_unsigned(out, rank);
    put_unsigned(out, sequence);
    Codec<V>::encode(out, value(i));
  }
}

template <class V>
bool DotStore<Cell<V>>::decode(ByteReader& in, std::uint32_t replicas) {
  clear();
  std::uint64_t count = 0;
  if (!get_unsigned(in, count)) return false;
  for (std::uint64_t i = 0; i < count; ++i) {
    std::uint64_t rank = 0;
    std::uint64_t sequence = 0;
    V value{};
    if (!get_unsigned(in, rank) || rank >= replicas || !get_unsigned(in, sequence)) return false;
    if (sequence == 0 || !Codec<V>::decode(in, value)) return false;
    push({static_cast<std::uint32_t>(rank), sequence}, std::move(value));
  }
  return true;
}

// Fragments of a lattice, each under its dot: a cell of lattices, of which a node replaces its own.
template <class L>
class DotStore<Leaf<L>> : public DotStore<Cell<L>> {};

template <class K, class Shape>
class DotStore<Table<K, Shape>> {
 public:
  using Inner = DotStore<Shape>;

  bool dotless() const {
    return std::all_of(entries_.begin(), entries_.end(),
                       [](const auto& entry) { return entry.second.dotless(); });
  }
  // All keys; and those with live dots, which are all unless this is a delta's store.
  std::size_t size() const { return entries_.size(); }
  std::size_t live_size() const {
    return static_cast<std::size_t>(
        std::count_if(entries_.begin(), entries_.end(),
                      [](const auto& entry) { return !entry.second.dotless(); }));
  }
  void clear() { entries_.clear(); }
  void drop_empty() {
    for (auto at = entries_.begin(); at != entries_.end();) {
      at->second.drop_empty();
      at = at->second.dotless() ? entries_.erase(at) : std::next(at);
    }
  }
  void name_all(const DotStore& other) {
    for (const auto& [key, inner] : other.entries_) entries_[key].name_all(inner);
  }
  Inner* find(const K& key) {
    const auto at = entries_.find(key);
    return at == entries_.end() ? nullptr : &at->second;
  }
  const Inner* find(const K& key) const {
    const auto at = entries_.find(key);
    return at == entries_.end() ? nullptr : &at->second;
  }
  Inner& make(const K& key) { return entries_[key]; }
  bool drop_if_empty(const K& key) {
    const auto at = entries_.find(key);
    if (at == entries_.end() || !at->second.dotless()) return false;
    entries_.erase(at);
    return true;
  }
  // In no order: what leaves the value must be sorted.
  template <class F>
  void each_key(F&& f) const {
    for (const auto& [key, inner] : entries_) {
      if (!inner.dotless()) f(key);
    }
  }
  template <class F>
  void each_dot(F&& f) const {
    for (const auto& [key, inner] : entries_) inner.each_dot(f);
  }

  bool merge(const DotStore& theirs, const Joining& joining);
  void encode(std::string& out, const ReplicaRanks& ranks) const;
  bool decode(ByteReader& in, std::uint32_t replicas);

 private:
  std::unordered_map<K, Inner, CodecHash<K>> entries_;
};

template <class K, class Shape>
bool DotStore<Table<K, Shape>>::merge(const DotStore& theirs, const Joining& joining) {
  bool changed = false;
  for (const auto& [key, inner] : theirs.entries_) {
    const auto [at, fresh] = entries_.try_emplace(key);
    changed |= at->second.merge(inner, joining);
    if (!joining.keep_empty && at->second.dotless()) entries_.erase(at);
  }
  if (joining.theirs_names_all) return changed;
  for (auto at = entries_.begin(); at != entries_.end();) {
    if (theirs.find(at->first) == nullptr) changed |= at->second.merge(Inner{}, joining);
    at = !joining.keep_empty && at->second.dotless() ? entries_.erase(at) : std::next(at);
  }
  return changed;
}

// The number of keys, then each key, rising by its encoding, and what it holds.
template <class K, class Shape>
void DotStore<Table<K, Shape>>::encode(std::string& out, const ReplicaRanks& ranks) const {
  std::vector<std::pair<std::string, const Inner*>> sorted;
  for (const auto& [key, inner] : entries_) {
    if (!inner.dotless()) sorted.emplace_back(encoded(key), &inner);
  }
  std::sort(sorted.begin(), sorted.end());
  put_unsigned(out, sorted.size());
  for (const auto& [key, inner] : sorted) {
    out += key;
    inner->encode(out, ranks);
  }
}

template <class K, class Shape>
bool DotStore<Table<K, Shape>>::decode(ByteReader& in, std::uint32_t replicas) {
  clear();
  std::uint64_t count = 0;
  if (!get_unsigned(in, count)) return false;
  for (std::uint64_t i = 0; i < count; ++i) {
    K key{};
    if (!Codec<K>::decode(in, key) || !can_be_key(key)) return false;
    const auto [at, fresh] = entries_.try_emplace(std::move(key));
    if (!fresh || !at->second.decode(in, replicas) || at->second.dotless()) return false;
  }
  return true;
}

// Each live dot lies in the context, and in one slot only.
template <class Shape>
bool live_dots_are_distinct(const DotStore<Shape>& store, const CausalContext& context) {
  std::vector<LocalDot> dots;
  bool covered = true;
  store.each_dot([&](LocalDot dot) {
    covered = covered && context.contains(dot);
    dots.push_back(dot);
  });
  std::sort(dots.begin(), dots.end());
  return covered && std::adjacent_find(dots.begin(), dots.end()) == dots.end();
}

}  // namespace rejoin
