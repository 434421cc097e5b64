#pragma once

// changes(before, after): what is different between two values of one type, as a list.
//
//     for (const auto& change : changes(yesterday, today)) ...
//
//     type                               an item of the list
//     counters, HyperLogLog              Counted: from, to, by(); at most one
//     LwwRegister, max, min, ordered     Changed<std::optional<T>>: from, to; at most one
//     flags, LatticeValue                Changed<bool>, Changed<L>; at most one
//     MvRegister, all sets               ElementChange<T>: element, and was it added or removed?
//     OrMap, GMap                        KeyChange: key, was it added, removed or changed, and the
//                                        changes of its value; those of one added or removed are
//                                        from or to bottom
//     LwwMap, MultiMap                   KeyChange, with one Changed or with ElementChanges
//
// Order        of elements and keys that of their encodings, which is the values' own.
// What         it compares what can be read, not states: the two need not descend from each other,
//              and states that differ only in what cannot be read give an empty list.
// In a store   keep the value that was read: changes_of<T>(before, open<T>(store, key).value()).
// Requires     both of one type; they may stand alone, in a map, or in a store.
// Cost         O(n + m) elements, keys and values, and their encoding.
// Not for      replication: deltas are exact, merge, and cost what changed.

#include <concepts>
#include <cstddef>
#include <limits>
#include <optional>
#include <string>
#include <utility>
#include <vector>

#include "crdt/codec.hpp"
#include "crdt/g_map.hpp"
#include "crdt/lww_map.hpp"
#include "crdt/multi_map.hpp"
#include "crdt/or_map.hpp"

namespace rejoin {

template <std::integral N>
struct Counted {
  N from{};
  N to{};

  // Held at the ends of 64 bits.
  std::int64_t by() const {
    if (to >= from) return held(static_cast<std::uint64_t>(to) - static_cast<std::uint64_t>(from));
    const std::int64_t down =
        held(static_cast<std::uint64_t>(from) - static_cast<std::uint64_t>(to));
    return -down;
  }
  friend bool operator==(const Counted&, const Counted&) = default;

 private:
  static std::int64_t held(std::uint64_t size) {
    constexpr auto most = std::numeric_limits<std::int64_t>::max();
    return size > static_cast<std::uint64_t>(most) ? most : static_cast<std::int64_t>(size);
  }
};

template <class V>
struct Changed {
  V from{};
  V to{};

  friend bool operator==(const Changed&, const Changed&) = default;
};

enum class ChangeKind { added, removed, changed };

template <class T>
struct ElementChange {
  T element{};
  ChangeKind kind{};  // added or removed

  friend bool operator==(const ElementChange&, const ElementChange&) = default;
};

template <class K, class Change>
struct KeyChange {
  K key{};
  ChangeKind kind{};
  std::vector<Change> changes;  // of the value

  friend bool operator==(const KeyChange&, const KeyChange&) = default;
};

// How a plain value differs. What is encoded alike is the same: a NaN equals itself here.
template <class V>
struct ValueDifference {
  using Change = Changed<V>;
  static std::vector<Change> between(const V& before, const V& after) {
    if (encoded(before) == encoded(after)) return {};
    return {{before, after}};
  }
};
template <std::integral N>
requires(!std::same_as<N, bool>) struct ValueDifference<N> {
  using Change = Counted<N>;
  static std::vector<Change> between(N before, N after) {
    if (before == after) return {};
    return {{before, after}};
  }
};

// on_both(a, b), on_left(a) and on_right(b), in order, of two lists that rise by name(item).
template <class List, class Name, class Both, class Left, class Right>
void walk_both(const List& before, const List& after, Name&& name, Both&& on_both, Left&& on_left,
               Right&& on_right) {
  const auto encoding_at = [&](auto at, const List& list) {
    return at == list.end() ? std::string() : encoded(name(*at));
  };
  auto a = before.begin();
  auto b = after.begin();
  std::string left = encoding_at(a, before);
  std::string right = encoding_at(b, after);
  while (a != before.end() || b != after.end()) {
    if (b == after.end() || (a != before.end() && left < right)) {
      on_left(*a++);
      left = encoding_at(a, before);
    } else if (a == before.end() || right < left) {
      on_right(*b++);
      right = encoding_at(b, after);
    } else {
      on_both(*a++, *b++);
      left = encoding_at(a, before);
      right = encoding_at(b, after);
    }
  }
}

// Elements, in the order of their encodings.
template <class T>
struct ValueDifference<std::vector<T>> {
  using Change = ElementChange<T>;
  static std::vector<Change> between(const std::vector<T>& before, const std::vector<T>& after) {
    std::vector<Change> out;
    walk_both(
        before, after, [](const T& element) -> const T& { return element; },
        [](const T&, const T&) {},
        [&](const T& gone) {
          out.push_back({gone, ChangeKind::removed});
        },
        [&](const T& came) {
          out.push_back({came, ChangeKind::added});
        });
    return out;
  }
};

// Keys, in the order of their encodings; Of says how their values differ.
template <class K, class V, class Of>
struct MapDifference {
  using Change = KeyChange<K, typename Of::Change>;
  using Entry = std::pair<K, V>;
  static std::vector<Change> between(const std::vector<Entry>& before,
                                     const std::vector<Entry>& after) {
    std::vector<Change> out;
    walk_both(
        before, after, [](const Entry& entry) -> const K& { return entry.first; },
        [&](const Entry& a, const Entry& b) {
          auto changes = Of::between(a.second, b.second);
          if (changes.empty()) return;
          out.push_back({a.first, ChangeKind::changed, std::move(changes)});
        },
        [&](const Entry& gone) {
          out.push_back({gone.first, ChangeKind::removed, Of::between(gone.second, V())});
        },
        [&](const Entry& came) {
          out.push_back({came.first, ChangeKind::added, Of::between(V(), came.second)});
        });
    return out;
  }
};

// A value of a LwwMap: there, or not.
template <class V>
struct WholeDifference {
  using Change = Changed<std::optional<V>>;
  static std::vector<Change> between(const std::optional<V>& before,
                                     const std::optional<V>& after) {
    return ValueDifference<std::optional<V>>::between(before, after);
  }
};

// How values of a type of the catalogue differ. A set of pairs is no map: the type decides.
template <class T>
struct Difference : ValueDifference<typename T::Value> {};
template <class K, class V, class In>
struct Difference<OrMap<K, V, In>> : MapDifference<K, typename V::Value, Difference<V>> {};
template <class K, class V, class In>
struct Difference<GMap<K, V, In>> : MapDifference<K, typename V::Value, Difference<V>> {};
template <class K, class V, class In>
struct Difference<MultiMap<K, V, In>>
    : MapDifference<K, std::vector<V>, ValueDifference<std::vector<V>>> {};
template <class K, class V, class In>
struct Difference<LwwMap<K, V, In>> {
  using Change = KeyChange<K, Changed<std::optional<V>>>;
  using Whole = std::vector<std::pair<K, std::optional<V>>>;
  static std::vector<Change> between(const std::vector<std::pair<K, V>>& before,
                                     const std::vector<std::pair<K, V>>& after) {
    return MapDifference<K, std::optional<V>, WholeDifference<V>>::between(
        Whole(before.begin(), before.end()), Whole(after.begin(), after.end()));
  }
};

template <class T>
using ChangesOf = std::vector<typename Difference<T>::Change>;

// Of two values that were read.
template <class T>
ChangesOf<T> changes_of(const typename T::Value& before, const typename T::Value& after) {
  return Difference<T>::between(before, after);
}
template <class T>
ChangesOf<T> changes(const T& before, const T& after) {
  return changes_of<T>(before.value(), after.value());
}

}  // namespace rejoin
