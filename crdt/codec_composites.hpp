#pragma once

// Codecs of what is made of parts: optional, vector, tuple, pair, array, map, set, and plain
// aggregates. The layout stands in codec.hpp, which includes this file.

#include <array>
#include <map>
#include <optional>
#include <set>
#include <tuple>
#include <utility>
#include <vector>

#include "crdt/aggregate.hpp"
#include "crdt/codec.hpp"

namespace rejoin {

template <Encodable T>
struct Codec<std::optional<T>> {
  static constexpr std::uint32_t tag =
      static_cast<std::uint32_t>(combine64(8, Codec<T>::tag)) | 0x80000000U;
  static void encode(std::string& out, const std::optional<T>& value) {
    put_byte(out, value.has_value());
    if (value) Codec<T>::encode(out, *value);
  }
  static bool decode(ByteReader& in, std::optional<T>& value) {
    std::uint8_t present = 0;
    if (!in.byte(present) || present > 1) return false;
    value.reset();
    if (present == 0) return true;
    T inside{};  // decoded in place, g++ 12 would warn of what it cannot follow
    if (!Codec<T>::decode(in, inside)) return false;
    value = std::move(inside);
    return true;
  }
  static bool can_be_key(const std::optional<T>& value) requires has_non_keys<T> {
    return !value || Codec<T>::can_be_key(*value);
  }
};

template <Encodable T>
struct Codec<std::vector<T>> {
  static constexpr std::uint32_t tag =
      static_cast<std::uint32_t>(combine64(9, Codec<T>::tag)) | 0x80000000U;
  static void encode(std::string& out, const std::vector<T>& value) {
    for (const T& element : value) {
      put_byte(out, 1);
      Codec<T>::encode(out, element);
    }
    put_byte(out, 0);
  }
  static bool decode(ByteReader& in, std::vector<T>& value) {
    value.clear();
    for (std::uint8_t more = 0; in.byte(more) && more <= 1;) {
      if (more == 0) return true;
      T element{};
      if (!Codec<T>::decode(in, element)) return false;
      value.push_back(std::move(element));
    }
    return false;
  }
  static bool can_be_key(const std::vector<T>& value) requires has_non_keys<T> {
    for (const T& element : value) {
      if (!Codec<T>::can_be_key(element)) return false;
    }
    return true;
  }
};

template <Encodable... Ts>
struct Codec<std::tuple<Ts...>> {
  static constexpr std::uint32_t tag = [] {
    std::uint64_t mixed = 10;
    ((mixed = combine64(mixed, Codec<Ts>::tag)), ...);
    return static_cast<std::uint32_t>(mixed) | 0x80000000U;
  }();
  static void encode(std::string& out, const std::tuple<Ts...>& value) {
    std::apply([&](const Ts&... parts) { (Codec<Ts>::encode(out, parts), ...); }, value);
  }
  static bool decode(ByteReader& in, std::tuple<Ts...>& value) {
    return std::apply([&](Ts&... parts) { return (Codec<Ts>::decode(in, parts) && ...); }, value);
  }
  static bool can_be_key(const std::tuple<Ts...>& value) requires(has_non_keys<Ts> || ...) {
    return std::apply([](const Ts&... parts) { return (rejoin::can_be_key(parts) && ...); }, value);
  }
};

template <Encodable A, Encodable B>
struct Codec<std::pair<A, B>> {
  static constexpr std::uint32_t tag = Codec<std::tuple<A, B>>::tag;
  static void encode(std::string& out, const std::pair<A, B>& value) {
    Codec<A>::encode(out, value.first);
    Codec<B>::encode(out, value.second);
  }
  static bool decode(ByteReader& in, std::pair<A, B>& value) {
    return Codec<A>::decode(in, value.first) && Codec<B>::decode(in, value.second);
  }
  static bool can_be_key(const std::pair<A, B>& value) requires(has_non_keys<A> ||
                                                                has_non_keys<B>) {
    return rejoin::can_be_key(value.first) && rejoin::can_be_key(value.second);
  }
};

template <Encodable T, std::size_t N>
struct Codec<std::array<T, N>> {
  static constexpr std::uint32_t tag =
      static_cast<std::uint32_t>(combine64(combine64(19, N), Codec<T>::tag)) | 0x80000000U;
  static void encode(std::string& out, const std::array<T, N>& value) {
    for (const T& part : value) Codec<T>::encode(out, part);
  }
  static bool decode(ByteReader& in, std::array<T, N>& value) {
    for (T& part : value) {
      if (!Codec<T>::decode(in, part)) return false;
    }
    return true;
  }
  static bool can_be_key(const std::array<T, N>& value) requires has_non_keys<T> {
    for (const T& part : value) {
      if (!Codec<T>::can_be_key(part)) return false;
    }
    return true;
  }
};

// In the order of the keys, as a vector of pairs. No floating point keys: a NaN would break the
// table itself.
template <Encodable K, Encodable V>
requires(!has_non_keys<K>)
struct Codec<std::map<K, V>> {
  static constexpr std::uint32_t tag = Codec<std::vector<std::pair<K, V>>>::tag;
  static void encode(std::string& out, const std::map<K, V>& table) {
    for (const auto& [key, value] : table) {
      put_byte(out, 1);
      Codec<K>::encode(out, key);
      Codec<V>::encode(out, value);
    }
    put_byte(out, 0);
  }
  static bool decode(ByteReader& in, std::map<K, V>& table) {
    table.clear();
    for (std::uint8_t more = 0; in.byte(more) && more <= 1;) {
      if (more == 0) return true;
      K key{};
      V value{};
      if (!Codec<K>::decode(in, key) || !Codec<V>::decode(in, value)) break;
      if (!table.empty() && !(table.rbegin()->first < key)) break;
      table.emplace_hint(table.end(), std::move(key), std::move(value));
    }
    return false;
  }
  static bool can_be_key(const std::map<K, V>& table) requires has_non_keys<V> {
    for (const auto& [key, value] : table) {
      if (!Codec<V>::can_be_key(value)) return false;
    }
    return true;
  }
};

template <Encodable K>
requires(!has_non_keys<K>)
struct Codec<std::set<K>> {
  static constexpr std::uint32_t tag = Codec<std::vector<K>>::tag;
  static void encode(std::string& out, const std::set<K>& table) {
    for (const K& key : table) {
      put_byte(out, 1);
      Codec<K>::encode(out, key);
    }
    put_byte(out, 0);
  }
  static bool decode(ByteReader& in, std::set<K>& table) {
    table.clear();
    for (std::uint8_t more = 0; in.byte(more) && more <= 1;) {
      if (more == 0) return true;
      K key{};
      if (!Codec<K>::decode(in, key)) break;
      if (!table.empty() && !(*table.rbegin() < key)) break;
      table.insert(table.end(), std::move(key));
    }
    return false;
  }
};

// The fields of an aggregate as a tuple of values; Encodable if all of them are.
template <class Tied>
struct Untied;
template <class... Fields>
struct Untied<std::tuple<Fields&...>> {
  using type = std::tuple<Fields...>;
};
template <aggregate::Plain T>
using FieldsOf = typename Untied<decltype(aggregate::fields(std::declval<T&>()))>::type;

template <class T>
concept EncodableAggregate = aggregate::Plain<T> && Encodable<FieldsOf<T>>;

template <EncodableAggregate T>
struct Codec<T> {
  static constexpr std::uint32_t tag = Codec<FieldsOf<T>>::tag;
  static void encode(std::string& out, const T& value) {
    std::apply([&](const auto&... parts) { (put_part(out, parts), ...); },
               aggregate::fields(value));
  }
  static bool decode(ByteReader& in, T& value) {
    return std::apply([&](auto&... parts) { return (get_part(in, parts) && ...); },
                      aggregate::fields(value));
  }
  static bool can_be_key(const T& value) requires has_non_keys<FieldsOf<T>> {
    return std::apply([](const auto&... parts) { return (rejoin::can_be_key(parts) && ...); },
                      aggregate::fields(value));
  }

 private:
  template <class Part>
  static void put_part(std::string& out, const Part& part) {
    Codec<Part>::encode(out, part);
  }
  template <class Part>
  static bool get_part(ByteReader& in, Part& part) {
    return Codec<Part>::decode(in, part);
  }
};

// What a type of rejoin's asks of T, said in words where it is not so.
template <class T>
constexpr bool check_encodable() {
  if constexpr (!Encodable<T> && aggregate::Candidate<T>) {
    static_assert(!aggregate::has_base<T>,
                  "a struct with a base class has no codec: make the base a member, or specialise "
                  "rejoin::Codec for it");
    static_assert(!aggregate::has_array<T>(),
                  "a struct with an array member has no codec: use std::array or std::vector, or "
                  "specialise rejoin::Codec for it");
    static_assert(aggregate::initialisers<T>() <= aggregate::fields_max,
                  "a struct with more than 16 fields has no codec: group some of them in a struct, "
                  "or specialise rejoin::Codec for it");
  }
  static_assert(Encodable<T>,
                "this type has no codec: make it a plain aggregate of types that have one, or "
                "specialise rejoin::Codec for it");
  static_assert(std::equality_comparable<T>,
                "this type has no ==: add `friend bool operator==(const T&, const T&) = default;`");
  return true;
}

}  // namespace rejoin
