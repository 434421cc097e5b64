#pragma once

// Codec<T>: one canonical binary form per value, order-preserving and self-delimiting.
//
// encode(a) < encode(b) as bytes exactly if a < b, no encoding is a prefix of another, and every
// value has one encoding: so the same bytes serve as value, as key of a slot, and as what digests
// compare. decode takes only what encode writes. Costs O(size).
//
//   unsigned   0..239 in one byte; else 239 + n, then n bytes, big-endian
//   signed     0x80 + n, then n bytes; negative: 0x7f - n, then n bytes of the number below zero
//   float      the IEEE bits, ordered; one NaN (last), no -0.0. Not total: NaN cannot be a key
//   string     the bytes, 00 written as 00 FF, then 00 01
//   optional   00, or 01 and the value
//   vector, set, map   01 before each element, 00 at the end; of set and map rising
//   pair, tuple, array, plain aggregate: their parts in order      enum: its number
//
// A struct of yours that is a plain aggregate is encoded field by field, with nothing to write;
// its tag is that of the tuple of its fields. Any other type: specialise Codec with encode, decode
// and `tag` (see type_tag.hpp for the rule). check_encodable says at compile time what is missing.

#include <concepts>
#include <cstdint>
#include <limits>
#include <optional>
#include <string>
#include <string_view>
#include <type_traits>
#include <utility>
#include <vector>

#include "crdt/bytes.hpp"
#include "crdt/hash.hpp"

namespace rejoin {

template <class T>
struct Codec;

template <class T>
concept Encodable = requires(std::string& out, ByteReader& in, const T& value, T& target) {
  Codec<T>::encode(out, value);
  { Codec<T>::decode(in, target) } -> std::same_as<bool>;
  { Codec<T>::tag } -> std::convertible_to<std::uint32_t>;
};

template <Encodable T>
std::string encoded(const T& value) {
  std::string out;
  Codec<T>::encode(out, value);
  return out;
}

// Nothing unless the bytes are exactly one canonical encoding.
template <Encodable T>
std::optional<T> decoded(std::string_view bytes) {
  ByteReader in(bytes);
  std::optional<T> out(std::in_place);
  if (!Codec<T>::decode(in, *out) || !in.empty()) return std::nullopt;
  return out;
}

// Can the value be a key? False only for NaN, wherever it hides.
template <Encodable T>
bool can_be_key(const T& value) {
  if constexpr (requires { Codec<T>::can_be_key(value); }) return Codec<T>::can_be_key(value);
  return true;
}

// Whether some values of T cannot be keys, so that a mutator which takes one may refuse.
template <class T>
constexpr bool has_non_keys = requires(const T& value) {
  Codec<T>::can_be_key(value);
};

// The value as its encoding brings it back: of equal floating point numbers, the same everywhere.
// A type keeps this form, else one replica would show -0.0 where an equal one shows 0.0.
template <Encodable T>
T canonical(T value) {
  if constexpr (has_non_keys<T>) return *decoded<T>(encoded(value));
  return value;
}

// A table's hash: that of the encoding, so a type needs a codec and nothing else.
template <class T>
struct CodecHash {
  std::size_t operator()(const T& value) const {
    if constexpr (std::convertible_to<const T&, std::string_view>) {
      return hash64(std::string_view(value));
    } else if constexpr (std::integral<T> || std::is_enum_v<T>) {
      return mix64(static_cast<std::uint64_t>(value) + 0x9e3779b97f4a7c15ULL);
    } else {
      return hash64(encoded(value));
    }
  }
};

// A value of one meaning, for slots whose dots say everything.
struct Unit {
  friend auto operator<=>(const Unit&, const Unit&) = default;
};

template <>
struct Codec<Unit> {
  static constexpr std::uint32_t tag = 1;
  static void encode(std::string&, const Unit&) {}
  static bool decode(ByteReader&, Unit&) { return true; }
};

template <std::unsigned_integral T>
struct Codec<T> {
  static constexpr std::uint32_t tag = 2;
  static void encode(std::string& out, const T& value) { put_unsigned(out, value); }
  static bool decode(ByteReader& in, T& value) {
    std::uint64_t wide = 0;
    if (!get_unsigned(in, wide) ||
        !std::in_range<std::conditional_t<std::same_as<T, bool>, std::uint8_t, T>>(wide)) {
      return false;
    }
    if (std::same_as<T, bool> && wide > 1) return false;
    value = static_cast<T>(wide);
    return true;
  }
};

template <std::signed_integral T>
struct Codec<T> {
  static constexpr std::uint32_t tag = 3;
  static void encode(std::string& out, const T& value) { put_signed(out, value); }
  static bool decode(ByteReader& in, T& value) {
    std::int64_t wide = 0;
    if (!get_signed(in, wide) || wide < std::int64_t{std::numeric_limits<T>::min()} ||
        wide > std::int64_t{std::numeric_limits<T>::max()}) {
      return false;
    }
    value = static_cast<T>(wide);
    return true;
  }
};

template <class T>
requires std::is_enum_v<T>
struct Codec<T> {
  using Number = std::underlying_type_t<T>;
  static constexpr std::uint32_t tag = Codec<Number>::tag;
  static void encode(std::string& out, const T& value) {
    Codec<Number>::encode(out, static_cast<Number>(value));
  }
  static bool decode(ByteReader& in, T& value) {
    Number number{};
    if (!Codec<Number>::decode(in, number)) return false;
    value = static_cast<T>(number);
    return true;
  }
};

template <>
struct Codec<double> {
  static constexpr std::uint32_t tag = 4;
  static void encode(std::string& out, const double& value);
  static bool decode(ByteReader& in, double& value);
  static bool can_be_key(const double& value) { return value == value; }
};

template <>
struct Codec<float> {
  static constexpr std::uint32_t tag = 5;
  static void encode(std::string& out, const float& value) { Codec<double>::encode(out, value); }
  static bool decode(ByteReader& in, float& value) {
    double wide = 0;
    if (!Codec<double>::decode(in, wide)) return false;
    constexpr double greatest = std::numeric_limits<float>::max();
    const bool finite = wide >= -greatest && wide <= greatest;
    const bool infinite = wide - wide != 0;  // or not a number
    if (!finite && !infinite) return false;
    value = static_cast<float>(wide);
    return wide != wide || static_cast<double>(value) == wide;
  }
  static bool can_be_key(const float& value) { return value == value; }
};

template <>
struct Codec<std::string> {
  static constexpr std::uint32_t tag = 6;
  static void encode(std::string& out, const std::string& value) { put_string(out, value); }
  static bool decode(ByteReader& in, std::string& value) { return get_string(in, value); }
};

template <>
struct Codec<std::vector<std::uint8_t>> {
  static constexpr std::uint32_t tag = 7;
  static void encode(std::string& out, const std::vector<std::uint8_t>& value) {
    put_string(out, std::string_view(reinterpret_cast<const char*>(value.data()), value.size()));
  }
  static bool decode(ByteReader& in, std::vector<std::uint8_t>& value) {
    std::string text;
    if (!get_string(in, text)) return false;
    value.assign(text.begin(), text.end());
    return true;
  }
};

}  // namespace rejoin

#include "crdt/codec_composites.hpp"
