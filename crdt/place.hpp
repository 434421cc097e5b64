#pragma once

// Place: one slot, leaf or table within a value that stands alone, found by a path of keys. It is
// what `slots_[key]` gives: cheap, short-lived, and the owner of its key. Mutating it changes the
// value and returns the delta, whose dot store names the same place. See slots.hpp.
//
// InPlace<P> puts a whole type there: AwSet<T, InPlace<P>> is what an OrMap of sets gives for a
// key.

#include <concepts>
#include <utility>

#include "crdt/dot_store.hpp"
#include "crdt/result.hpp"

namespace rejoin {

// Lets slots build a delta of the root's type. A type says `friend struct SlotAccess;`.
struct SlotAccess {
  template <class Root>
  static auto slots(Root& root) -> decltype((root.slots_)) {
    return root.slots_;
  }
};

// Where a place is within a root's dot store.
struct AtRoot {
  template <class Store>
  Store* find(Store& store) const {
    return &store;
  }
  template <class Store>
  Store& make(Store& store) const {
    return store;
  }
  template <class Store>
  void prune(Store&) const {}
};

template <class Parent, class K>
struct Under {
  Parent parent;
  K key;

  template <class Store>
  auto find(Store& store) const {
    auto* table = parent.find(store);
    return table == nullptr ? nullptr : table->find(key);
  }
  template <class Store>
  auto& make(Store& store) const {
    return parent.make(store).make(key);
  }
  // Takes the place away if it is empty, and then its parents.
  template <class Store>
  void prune(Store& store) const {
    auto* table = parent.find(store);
    if (table != nullptr && table->drop_if_empty(key)) parent.prune(store);
  }
};

// change(mine, who), or change(mine, who, birth) for a lattice whose shares must be told apart when
// one is removed and its writer starts again: births of one writer in one slot never repeat where
// shares can be removed, and rise.
template <class L, class F>
auto amended(F& change, L& mine, const ReplicaId& who, std::uint64_t birth) {
  if constexpr (std::invocable<F&, L&, const ReplicaId&, std::uint64_t>) {
    return change(mine, who, birth);
  } else {
    return change(mine, who);
  }
}

inline constexpr auto any_dot = [](LocalDot) { return true; };

template <class Slots, class Shape, class Path>
class Place;

template <class Slots, class V, class Path>
class Place<Slots, Cell<V>, Path> {
 public:
  using Root = typename Slots::Root;

  Place(Slots& slots, Path path) : slots_(&slots), path_(std::move(path)) {}

  const Place& as_seen_by(const ReplicaId&) const { return *this; }

  Root put(const ReplicaId& who, V value) {
    Root delta = slots_->delta_removing(path_, any_dot);
    const LocalDot dot = slots_->mint(who, path_, value, delta);
    path_.make(slots_->store_).assign(dot, std::move(value));
    return delta;
  }

  Root clear(const ReplicaId&) {
    Root delta = slots_->delta_removing(path_, any_dot);
    if (auto* cell = path_.find(slots_->store_)) cell->clear();
    path_.prune(slots_->store_);
    return delta;
  }

  bool empty() const {
    const auto* cell = path_.find(slots_->store_);
    return cell == nullptr || cell->dotless();
  }

  template <class F>
  void each(F&& f) const {
    const auto* cell = path_.find(slots_->store_);
    if (cell == nullptr) return;
    cell->each(
        [&](LocalDot dot, const V& value) { f(slots_->context_.replica(dot.replica()), value); });
  }

 private:
  Slots* slots_;
  Path path_;
};

template <class Slots, class L, class Path>
class Place<Slots, Leaf<L>, Path> {
 public:
  using Root = typename Slots::Root;

  Place(Slots& slots, Path path) : slots_(&slots), path_(std::move(path)) {}

  const Place& as_seen_by(const ReplicaId&) const { return *this; }

  // change(mine, who) changes the join of my node's fragments and returns its delta, as L or as
  // Result<L>; one new fragment, with all of mine, then replaces them. A delta that is bottom means
  // that nothing happened. One that only says again what mine says did happen: it keeps the share
  // against a concurrent removal.
  template <class F>
  auto amend(const ReplicaId& who, F&& change) {
    const auto own = [&](LocalDot dot) {
      return slots_->context_.replica(dot.replica()).node == who.node;
    };
    L mine;
    if (const auto* leaf = path_.find(slots_->store_)) {
      leaf->each([&](LocalDot dot, const L& fragment) {
        if (own(dot)) mine.merge(fragment);
      });
    }
    auto result = amended(change, mine, who, slots_->context_.last(who) + 1);
    const auto replace = [&](const L& changed) {
      if (changed == L()) return Root();
      Root delta = slots_->delta_removing(path_, own);
      const LocalDot dot = slots_->mint(who, path_, mine, delta);
      auto& leaf = path_.make(slots_->store_);
      leaf.drop(own);
      leaf.push(dot, std::move(mine));
      return delta;
    };
    if constexpr (std::same_as<decltype(result), L>) {
      return replace(result);
    } else {
      return result ? Result<Root>(replace(*result)) : Result<Root>(result.error());
    }
  }

  Root clear(const ReplicaId&) {
    Root delta = slots_->delta_removing(path_, any_dot);
    if (auto* leaf = path_.find(slots_->store_)) leaf->clear();
    path_.prune(slots_->store_);
    return delta;
  }

  L joined() const {
    L all;
    if (const auto* leaf = path_.find(slots_->store_)) {
      leaf->each([&](LocalDot, const L& fragment) { all.merge(fragment); });
    }
    return all;
  }
  bool empty() const {
    const auto* leaf = path_.find(slots_->store_);
    return leaf == nullptr || leaf->dotless();
  }

 private:
  Slots* slots_;
  Path path_;
};

template <class Slots, class K, class Shape, class Path>
class Place<Slots, Table<K, Shape>, Path> {
 public:
  using Root = typename Slots::Root;

  Place(Slots& slots, Path path) : slots_(&slots), path_(std::move(path)) {}

  const Place& as_seen_by(const ReplicaId&) const { return *this; }

  auto operator[](const K& key) {
    return Place<Slots, Shape, Under<Path, K>>(*slots_, {path_, key});
  }
  // For reading within one expression: does not copy the key.
  auto at(const K& key) const {
    return Place<Slots, Shape, Under<Path, const K&>>(*slots_, {path_, key});
  }
  // For reading at leisure: owns its key.
  auto view(const K& key) const {
    return Place<const Slots, Shape, Under<Path, K>>(*slots_, {path_, key});
  }

  Root nothing(const ReplicaId&) const { return {}; }
  // The delta of change(key) for each of the keys.
  template <class Keys, class F>
  Root each_change(const ReplicaId&, const Keys& keys, F&& change) {
    Root all;
    for (const auto& key : keys) {
      auto delta = change(key);
      if (SlotAccess::slots(all).context().empty()) {
        all = std::move(delta);
      } else {
        all.merge(delta);
      }
    }
    return all;
  }

  Root clear(const ReplicaId&) {
    Root delta = slots_->delta_removing(path_, any_dot);
    if (auto* table = path_.find(slots_->store_)) table->clear();
    path_.prune(slots_->store_);
    return delta;
  }

  template <class F>
  void each(F&& f) const {
    if (const auto* table = path_.find(slots_->store_)) table->each_key(std::forward<F>(f));
  }
  std::size_t size() const {
    const auto* table = path_.find(slots_->store_);
    return table == nullptr ? 0 : table->live_size();
  }
  bool empty() const {
    const auto* table = path_.find(slots_->store_);
    return table == nullptr || table->dotless();
  }

 private:
  Slots* slots_;
  Path path_;
};

template <class P>
struct InPlace {};

// The `In` of a type whose slots are a P.
template <class P>
struct InOf {
  using type = InPlace<P>;
};

}  // namespace rejoin
