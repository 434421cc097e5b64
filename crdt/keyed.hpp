#pragma once

// What maps have in common: how a key leads to a whole type, how keys are read, which types a map
// can hold.

#include <string>
#include <utility>
#include <vector>

#include "crdt/order.hpp"
#include "crdt/slots.hpp"
#include "crdt/type_tag.hpp"

namespace rejoin {

template <class K>
constexpr bool check_key() {
  static_assert(check_encodable<K>());
  static_assert(!has_non_keys<K>,
                "a floating point number cannot be a map's key, for NaN equals nothing");
  return true;
}

template <class K, class V>
constexpr bool check_map() {
  static_assert(check_key<K>());
  static_assert(removable<V>, "this type cannot be in a map: taking it away breaks its promise");
  return true;
}

template <class K, class V>
constexpr std::uint32_t map_tag =
    static_cast<std::uint32_t>(combine64(
        combine64(Codec<K>::tag, static_cast<std::uint64_t>(V::family)), V::value_tag)) |
    0x80000000U;

// A V whose slots are that place.
template <class V, class P>
auto value_at(P place) {
  return typename V::template Rebind<typename InOf<P>::type>(std::move(place));
}

// In the order of their encodings, which is that of the keys.
template <class K>
std::vector<K> keys_of(const auto& table) {
  std::vector<K> all;
  table.each([&](const K& key) { all.push_back(key); });
  return in_order(std::move(all));
}

// The keys from `first` to before `last`.
template <class K>
std::vector<K> keys_between(const auto& table, const K& first, const K& last) {
  const std::string from = encoded(first);
  const std::string to = encoded(last);
  std::vector<K> within;
  table.each([&](const K& key) {
    const std::string bytes = encoded(key);
    if (from <= bytes && bytes < to) within.push_back(key);
  });
  return in_order(std::move(within));
}

// Each key with the value of what it leads to.
template <class K, class Map>
auto values_of(const Map& map) {
  typename Map::Value all;
  for (const K& key : map.keys()) all.emplace_back(key, map.at(key).value());
  return all;
}

}  // namespace rejoin
