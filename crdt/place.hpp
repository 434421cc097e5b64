#pragma once

// Place: one slot or table of slots within a value that stands alone, found by a path of keys. It
// is what `slots_[key]` gives: cheap, short-lived, and the owner of its key. Mutating it changes
// the value and returns the delta, whose dot store names the same place. See slots.hpp.

#include <utility>

#include "crdt/dot_store.hpp"

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

template <class Slots, class Shape, class Path>
class Place;

template <class Slots, class V, class Path>
class Place<Slots, Cell<V>, Path> {
 public:
  using Root = typename Slots::Root;

  Place(Slots& slots, Path path) : slots_(&slots), path_(std::move(path)) {}

  Root put(const ReplicaId& who, V value) {
    Root delta = slots_->delta_removing(path_);
    slots_->forget_names();
    auto& there = SlotAccess::slots(delta);
    const LocalDot dot = slots_->context_.mint(who);
    const Dot full = slots_->context_.full(dot);
    there.context_.add(full);
    path_.make(there.store_).assign(there.context_.local(full), value);
    path_.make(slots_->store_).assign(dot, std::move(value));
    return delta;
  }

  Root clear(const ReplicaId&) {
    Root delta = slots_->delta_removing(path_);
    slots_->forget_names();
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

template <class Slots, class K, class Shape, class Path>
class Place<Slots, Table<K, Shape>, Path> {
 public:
  using Root = typename Slots::Root;

  Place(Slots& slots, Path path) : slots_(&slots), path_(std::move(path)) {}

  auto operator[](const K& key) {
    return Place<Slots, Shape, Under<Path, K>>(*slots_, {path_, key});
  }
  auto at(const K& key) const {
    return Place<Slots, Shape, Under<Path, const K&>>(*slots_, {path_, key});
  }

  Root clear(const ReplicaId&) {
    Root delta = slots_->delta_removing(path_);
    slots_->forget_names();
    if (auto* table = path_.find(slots_->store_)) table->clear();
    path_.prune(slots_->store_);
    return delta;
  }

  template <class F>
  void each(F&& f) const {
    if (const auto* table = path_.find(slots_->store_)) table->each_key(std::forward<F>(f));
  }

 private:
  Slots* slots_;
  Path path_;
};

}  // namespace rejoin
