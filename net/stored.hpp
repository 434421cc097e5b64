#pragma once

// Stored: a type's slots inside a store, so that the class template which stands alone in crdt/ is
// also the handle to a key.
//
//     auto cart = open<AwSet<std::string>>(replica.store(), "cart");    // reads the store
//     cart.contains("milk");
//     replica.transact([&](Transaction& tx) -> Result<void> {
//       open<AwSet<std::string>>(tx, "cart").add(tx, "milk");           // reads its own writes
//       return {};
//     }, now);
//
// A handle reads from what it was opened on and must not outlive it; its mutators take the
// transaction, record there, and where they must read first, read there. A fragment whose bytes the
// type cannot decode is not read, and goes with the next write of its slot. A path is the
// concatenation of the encoded keys that lead to the slot.

#include <optional>
#include <string>
#include <utility>

#include "crdt/slots.hpp"
#include "net/key.hpp"
#include "net/transaction.hpp"

namespace rejoin {

struct InStore {};

template <class Shape>
class Stored;

// Where a place is: who reads it, and its name.
struct StoredAt {
  const SlotReader* reader = nullptr;
  SlotKey slot;
};

template <class V>
class Stored<Cell<V>> {
 public:
  explicit Stored(StoredAt at) : at_(std::move(at)) {}
  Stored as_seen_by(const Transaction& tx) const { return Stored(StoredAt{&tx, at_.slot}); }

  void put(Transaction& tx, const V& value) { tx.put(at_.slot, encoded(value)); }
  void clear(Transaction& tx) { tx.clear(at_.slot); }

  bool empty() const {
    bool any = false;
    each([&](const ReplicaId&, const V&) { any = true; });
    return !any;
  }
  std::size_t size() const {
    std::size_t live = 0;
    each([&](const ReplicaId&, const V&) { ++live; });
    return live;
  }
  template <class F>
  void each(F&& f) const {
    at_.reader->each_fragment(at_.slot, [&](const Dot& dot, std::string_view bytes) {
      if (const std::optional<V> value = decoded<V>(bytes)) f(dot.replica, *value);
    });
  }

 private:
  StoredAt at_;
};

template <class K, class Shape>
class Stored<Table<K, Shape>> {
 public:
  explicit Stored(StoredAt at) : at_(std::move(at)) {}
  Stored as_seen_by(const Transaction& tx) const { return Stored(StoredAt{&tx, at_.slot}); }

  Stored<Shape> operator[](const K& key) const { return at(key); }
  Stored<Shape> view(const K& key) const { return at(key); }
  Stored<Shape> at(const K& key) const {
    StoredAt below = at_;
    Codec<K>::encode(below.slot.path, key);
    return Stored<Shape>(std::move(below));
  }
  void clear(Transaction& tx) { tx.clear_all(at_.slot.object, at_.slot.path); }
  void nothing(Transaction&) const {}
  template <class Keys, class F>
  void each_change(Transaction&, const Keys& keys, F&& change) {
    for (const auto& key : keys) change(key);
  }

  // f(key) of each key that has live dots, rising.
  template <class F>
  void each(F&& f) const {
    std::optional<K> previous;
    at_.reader->each_path(at_.slot.object, at_.slot.path, [&](std::string_view path) {
      ByteReader in(path.substr(at_.slot.path.size()));
      K key{};
      if (!Codec<K>::decode(in, key) || !can_be_key(key) || (previous && *previous == key)) return;
      if (at(key).empty()) return;  // no slot of ours, or nothing in it that the type can read
      f(key);
      previous = std::move(key);
    });
  }
  std::size_t size() const {
    std::size_t keys = 0;
    each([&](const K&) { ++keys; });
    return keys;
  }
  bool empty() const { return size() == 0; }

 private:
  StoredAt at_;
};

template <class L>
class Stored<Leaf<L>> {
 public:
  explicit Stored(StoredAt at) : at_(std::move(at)) {}
  Stored as_seen_by(const Transaction& tx) const { return Stored(StoredAt{&tx, at_.slot}); }

  // change(mine, who) as for a lattice that stands alone; mine is the join of my node's fragments.
  // A birth is the transaction's stamp, which rises.
  template <class F>
  void amend(Transaction& tx, F&& change) {
    using Next = Result<std::optional<std::string>>;
    tx.amend(at_.slot, [&](const std::vector<std::string>& fragments) -> Next {
      L mine;
      for (const std::string& bytes : fragments) {
        if (const std::optional<L> fragment = decoded<L>(bytes)) mine.merge(*fragment);
      }
      auto delta = amended(change, mine, tx.self(), tx.now().value);
      const auto next = [&](const L& changed) -> Next {
        if (changed == L()) return Next(std::nullopt);
        return Next(encoded(mine));
      };
      if constexpr (std::same_as<decltype(delta), L>) {
        return next(delta);
      } else {
        return delta ? next(*delta) : Next(delta.error());
      }
    });
  }
  void clear(Transaction& tx) { tx.clear(at_.slot); }

  bool empty() const {
    bool any = false;
    at_.reader->each_fragment(at_.slot, [&](const Dot&, std::string_view) { any = true; });
    return !any;
  }
  L joined() const {
    L all;
    at_.reader->each_fragment(at_.slot, [&](const Dot&, std::string_view bytes) {
      if (const std::optional<L> fragment = decoded<L>(bytes)) all.merge(*fragment);
    });
    return all;
  }

 private:
  StoredAt at_;
};

template <class Root, class Shape>
struct SlotsIn<InStore, Root, Shape> {
  using type = Stored<Shape>;
};
template <class Root, class L>
struct SlotsIn<InStore, Root, Leaf<L>> {
  using type = Stored<Leaf<L>>;
};

template <class Shape>
struct InOf<Stored<Shape>> {
  using type = InStore;
};

template <class T>
using Handle = typename T::template Rebind<InStore>;

// T is the type that stands alone, such as AwSet<std::string>.
template <class T>
Handle<T> open(const SlotReader& reader, std::string name) {
  return Handle<T>(Stored<typename T::Shape>({&reader, {{type_tag<T>, std::move(name)}, {}}}));
}
template <class T>
Handle<T> open(const SlotReader& reader, const Key<T>& key) {
  return open<T>(reader, key.name);
}

}  // namespace rejoin
