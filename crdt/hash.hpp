#pragma once

// A 64-bit hash of bytes that is the same on every compiler and machine, for tables inside values
// and for traces. Not for untrusted digests: it is not cryptographic. A seed guards tables against
// floods. Mixing after Steele, Lea, Flood, "Fast splittable pseudorandom number generators", OOPSLA
// 2014.

#include <cstddef>
#include <cstdint>
#include <cstring>
#include <string_view>

namespace rejoin {

// A bijection of 64 bits whose every output bit depends on every input bit.
constexpr std::uint64_t mix64(std::uint64_t x) {
  x ^= x >> 30;
  x *= 0xbf58476d1ce4e5b9ULL;
  x ^= x >> 27;
  x *= 0x94d049bb133111ebULL;
  x ^= x >> 31;
  return x;
}

// Order matters: combine(a, b) != combine(b, a) but by accident.
constexpr std::uint64_t combine64(std::uint64_t a, std::uint64_t b) {
  return mix64(a * 0x9e3779b97f4a7c15ULL + mix64(b + 0x632be59bd9b4e019ULL));
}

// O(n), eight bytes a step; little-endian whatever the machine.
inline std::uint64_t hash64(std::string_view bytes, std::uint64_t seed = 0) {
  std::uint64_t state = mix64(seed ^ (bytes.size() * 0x9e3779b97f4a7c15ULL));
  std::size_t at = 0;
  for (; at + 8 <= bytes.size(); at += 8) {
    std::uint64_t word = 0;
    std::memcpy(&word, bytes.data() + at, 8);
    if constexpr (__BYTE_ORDER__ == __ORDER_BIG_ENDIAN__) word = __builtin_bswap64(word);
    state = (state ^ mix64(word)) * 0x9e3779b97f4a7c15ULL;
    state ^= state >> 29;
  }
  std::uint64_t tail = 0;
  for (std::size_t i = 0; at + i < bytes.size(); ++i) {
    tail |= std::uint64_t{static_cast<unsigned char>(bytes[at + i])} << (8 * i);
  }
  return mix64(state ^ mix64(tail + 0x632be59bd9b4e019ULL));
}

}  // namespace rejoin
