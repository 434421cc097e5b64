#pragma once

// Slots: what causal types are written over, and the form they have in a value that stands alone.
//
// A type declares a Shape and mutates by put, amend and clear; it sees neither dot nor context.
//
//     Cell<V>          one slot: live dots, each with a V           registers
//     Table<K, Shape>  a shape per key, empty ones are not there    sets (Cell<Unit>), maps
//     Leaf<L>          fragments of a lattice, read as their join   counters, max, min
//
//     put    removes the live dots seen here and adds one with a value
//     clear  removes the live dots seen here
//     amend  changes my node's share of a leaf; a change that is bottom did not happen
//     nothing      the delta of no change;      each_change  of a change for each of some keys
//     as_seen_by   the slots as the writer sees them, for a mutator that reads before it writes: in
//                  a transaction that is with what it wrote, whatever the handle was opened on
//
// `In` says where the slots are. Alone: here, in the value's own context and dot store; a mutator
// takes the writer's ReplicaId and returns the delta, a value of the root's type. InPlace: in
// another value, a map that stands alone, and the delta is the map's. Elsewhere (a store): the
// mutator takes a transaction and records the change. SlotsOf<In, Root, Shape> picks the form.
//
// Merge rule   a live dot stays if both sides hold it, or if one holds it and the other's
//              context has never seen it; contexts unite. So removal needs no tombstone.
// Named slots  a delta also names the slots it emptied, so that its receiver need not search all of
//              them; equality and bytes ignore this, and correctness does not depend on it.
// Source       dot stores: Almeida, Shoker, Baquero, arXiv:1603.01529.

#include <utility>

#include "crdt/lattice.hpp"
#include "crdt/place.hpp"
#include "crdt/result.hpp"

namespace rejoin {

struct Alone {};

template <class In, class Root, class Shape>
struct SlotsIn;
template <class In, class Root, class Shape>
using SlotsOf = typename SlotsIn<In, Root, Shape>::type;

// A root's own slots: its context, its dot store.
template <class RootType, class RootShape>
class Own {
 public:
  using Root = RootType;
  using Shape = RootShape;

  template <class V>
  Root put(const ReplicaId& who, V value) {
    return root().put(who, std::move(value));
  }
  Root clear(const ReplicaId& who) { return root().clear(who); }
  Root nothing(const ReplicaId&) const { return {}; }
  const Own& as_seen_by(const ReplicaId&) const { return *this; }
  template <class Keys, class F>
  auto each_change(const ReplicaId& who, const Keys& keys, F&& change) {
    return root().each_change(who, keys, change);
  }
  template <class K>
  auto operator[](const K& key) {
    return root()[key];
  }
  // For reading within one expression: does not copy the key.
  template <class K>
  auto at(const K& key) const {
    return Place<const Own, Shape, AtRoot>(*this, {}).at(key);
  }
  // For reading at leisure: owns its key.
  template <class K>
  auto view(const K& key) const {
    return Place<const Own, Shape, AtRoot>(*this, {}).view(key);
  }
  // Cell: f(writer, value) of each live dot. Table: f(key) of each key that has live dots.
  template <class F>
  void each(F&& f) const {
    Place<const Own, Shape, AtRoot>(*this, {}).each(std::forward<F>(f));
  }
  // Cell: live dots. Table: keys that have live dots.
  std::size_t size() const { return names_all_ ? store_.live_size() : store_.size(); }
  bool empty() const { return store_.dotless(); }

  const CausalContext& context() const { return context_; }
  bool merge(const Own& other);

  friend bool operator==(const Own& a, const Own& b) { return encoded(a) == encoded(b); }

 private:
  template <class, class, class>
  friend class Place;
  friend struct Codec<Own>;

  Place<Own, Shape, AtRoot> root() { return {*this, {}}; }

  // The delta of an operation here: what it removed (dots of the place for which which(dot)), under
  // a place that it names.
  template <class Path, class Which>
  Root delta_removing(const Path& path, Which&& which);
  // A new dot for the place, which the delta gets with its value.
  template <class Path, class V>
  LocalDot mint(const ReplicaId& who, const Path& path, const V& value, Root& delta);
  // A value that is not a delta keeps no empty slots.
  void forget_names() {
    if (names_all_) store_.drop_empty();
    names_all_ = false;
  }

  CausalContext context_;
  DotStore<Shape> store_;
  bool names_all_ = false;  // every dot that the context removes lay in a slot that the store names
};

template <class Root, class Shape>
template <class Path, class Which>
Root Own<Root, Shape>::delta_removing(const Path& path, Which&& which) {
  Root delta;
  Own& there = SlotAccess::slots(delta);
  there.names_all_ = true;
  if (const auto* here = path.find(store_)) {
    here->each_dot([&](LocalDot dot) {
      if (which(dot)) there.context_.add(context_.full(dot));
    });
    if (!here->dotless()) path.make(there.store_).name_all(*here);
  }
  forget_names();
  return delta;
}

template <class Root, class Shape>
template <class Path, class V>
LocalDot Own<Root, Shape>::mint(const ReplicaId& who, const Path& path, const V& value,
                                Root& delta) {
  const LocalDot dot = context_.mint(who);
  const Dot full = context_.full(dot);
  Own& there = SlotAccess::slots(delta);
  there.context_.add(full);
  path.make(there.store_).assign(there.context_.local(full), value);
  return dot;
}

template <class Root, class Shape>
bool Own<Root, Shape>::merge(const Own& other) {
  if (this == &other) return false;
  Joining joining{context_, other.context_, {}, other.names_all_, names_all_ && other.names_all_};
  for (CausalContext::Index i = 0; i < other.context_.replica_count(); ++i) {
    joining.names.push_back(context_.intern(other.context_.replica(i)));
  }
  if (!joining.keep_empty) forget_names();
  const bool changed = store_.merge(other.store_, joining);
  return context_.merge(other.context_) || changed;
}

// A lattice that stands alone holds no dots: it is the lattice, and a mutator's change is its
// delta.
template <class Root, class L>
class OwnLattice {
 public:
  // change(mine, who) changes mine and returns its delta, as L or as Result<L>. If it takes a third
  // argument, it gets the share's birth: see amended().
  template <class F>
  auto amend(const ReplicaId& who, F&& change) {
    auto result = amended(change, lattice_, who, 0);
    if constexpr (std::same_as<decltype(result), L>) {
      return wrapped(std::move(result));
    } else {
      return result ? Result<Root>(wrapped(*std::move(result))) : Result<Root>(result.error());
    }
  }
  const OwnLattice& as_seen_by(const ReplicaId&) const { return *this; }
  const L& joined() const { return lattice_; }
  bool merge(const OwnLattice& other) { return lattice_.merge(other.lattice_); }

  friend bool operator==(const OwnLattice&, const OwnLattice&) = default;

 private:
  friend struct Codec<OwnLattice>;

  static Root wrapped(L lattice) {
    Root root;
    SlotAccess::slots(root).lattice_ = std::move(lattice);
    return root;
  }

  L lattice_;
};

template <class Root, class Shape>
struct SlotsIn<Alone, Root, Shape> {
  using type = Own<Root, Shape>;
};
template <class Root, class L>
struct SlotsIn<Alone, Root, Leaf<L>> {
  using type = OwnLattice<Root, L>;
};
template <class P, class Root, class Shape>
struct SlotsIn<InPlace<P>, Root, Shape> {
  using type = P;
};

template <class Root, class L>
struct Codec<OwnLattice<Root, L>> {
  static constexpr std::uint32_t tag = Codec<L>::tag;
  static void encode(std::string& out, const OwnLattice<Root, L>& slots) {
    Codec<L>::encode(out, slots.lattice_);
  }
  static bool decode(ByteReader& in, OwnLattice<Root, L>& slots) {
    return Codec<L>::decode(in, slots.lattice_);
  }
};

// The context, then the store with replicas named by their rank in it.
template <class Root, class Shape>
struct Codec<Own<Root, Shape>> {
  static constexpr std::uint32_t tag = 14;

  static void encode(std::string& out, const Own<Root, Shape>& slots) {
    Codec<CausalContext>::encode(out, slots.context_);
    ReplicaRanks ranks(slots.context_);
    slots.store_.encode(out, ranks);
  }

  // Refuses a live dot outside the context, one dot in two slots, and whatever encode would not
  // write.
  static bool decode(ByteReader& in, Own<Root, Shape>& slots) {
    const std::string_view before = in.rest();
    slots = {};
    if (!Codec<CausalContext>::decode(in, slots.context_)) return false;
    if (!slots.store_.decode(in, slots.context_.replica_count())) return false;
    if (!live_dots_are_distinct(slots.store_, slots.context_)) return false;
    const std::string again = encoded(slots);
    return before.substr(0, before.size() - in.rest().size()) == again;
  }
};

// Every type over slots is encoded as its slots are.
template <class T>
concept OverSlots = requires(T value) {
  SlotAccess::slots(value);
};

template <OverSlots T>
struct Codec<T> {
  static constexpr std::uint32_t tag =
      static_cast<std::uint32_t>(combine64(static_cast<std::uint64_t>(T::family), T::value_tag)) |
      0x80000000U;
  static void encode(std::string& out, const T& value) {
    using Slots = std::remove_cvref_t<decltype(SlotAccess::slots(value))>;
    Codec<Slots>::encode(out, SlotAccess::slots(value));
  }
  static bool decode(ByteReader& in, T& value) {
    using Slots = std::remove_cvref_t<decltype(SlotAccess::slots(value))>;
    return Codec<Slots>::decode(in, SlotAccess::slots(value));
  }
};

}  // namespace rejoin
