#pragma once

// The building blocks of every canonical form: numbers and strings, order-preserving,
// self-delimiting, one encoding per value. The forms are listed in codec.hpp.
//
// Nearly every number has one byte, and a frame is little but numbers: so what reads and writes
// one is inline, and ByteWriter makes room once for many.

#include <bit>
#include <cstddef>
#include <cstdint>
#include <cstring>
#include <string>
#include <string_view>

namespace rejoin {

// Eight bytes as a number, big-endian, at any address.
inline std::uint64_t load_big_endian(const char* from) {
  std::uint64_t value = 0;
  std::memcpy(&value, from, sizeof value);
  return std::endian::native == std::endian::little ? __builtin_bswap64(value) : value;
}
inline void store_big_endian(char* to, std::uint64_t value) {
  if (std::endian::native == std::endian::little) value = __builtin_bswap64(value);
  std::memcpy(to, &value, sizeof value);
}

// The same, little-endian.
inline std::uint64_t load_little_endian(const char* from) {
  return __builtin_bswap64(load_big_endian(from));
}
inline void store_little_endian(char* to, std::uint64_t value) {
  store_big_endian(to, __builtin_bswap64(value));
}

// Numbers up to here take one byte; others that byte plus their length, and their bytes.
constexpr std::uint8_t single_byte_max = 239;
// What no number's encoding is longer than.
constexpr std::size_t number_bytes_max = 9;

constexpr unsigned significant_bytes(std::uint64_t value) {
  return static_cast<unsigned>((std::bit_width(value) + 7) / 8);
}

// Reads from the front of bytes that must outlive it. A failed read returns false and may have
// moved.
class ByteReader {
 public:
  explicit ByteReader(std::string_view bytes) : at_(bytes.data()), end_(at_ + bytes.size()) {}

  bool empty() const { return at_ == end_; }
  std::size_t size() const { return static_cast<std::size_t>(end_ - at_); }
  std::string_view rest() const { return {at_, size()}; }
  bool byte(std::uint8_t& out) {
    if (empty()) return false;
    out = static_cast<std::uint8_t>(*at_++);
    return true;
  }
  bool bytes(std::uint64_t size, std::string_view& out) {
    if (size > this->size()) return false;
    out = {at_, static_cast<std::size_t>(size)};
    at_ += size;
    return true;
  }
  bool fixed64(std::uint64_t& out) {
    if (size() < sizeof out) return false;
    out = load_big_endian(at_);
    at_ += sizeof out;
    return true;
  }
  // Little-endian, as messages have them.
  bool word(std::uint64_t& out) {
    if (!fixed64(out)) return false;
    out = __builtin_bswap64(out);
    return true;
  }
  bool number(std::uint64_t& out) {
    if (empty()) return false;
    out = static_cast<std::uint8_t>(*at_++);
    return out <= single_byte_max || long_number(out);
  }

 private:
  // The bytes that `out`, a number's first byte, announces.
  bool long_number(std::uint64_t& out);

  const char* at_;
  const char* end_;
};

// Writes behind what a string has, at most as many bytes as were said: there is room for them from
// the start, and what was not needed is gone once the writer is.
class ByteWriter {
 public:
  ByteWriter(std::string& out, std::size_t bytes_max) : out_(out) {
    const std::size_t before = out.size();
    out.resize(before + bytes_max);
    at_ = out.data() + before;
  }
  ByteWriter(const ByteWriter&) = delete;
  ByteWriter& operator=(const ByteWriter&) = delete;
  ~ByteWriter() { out_.resize(size()); }

  // Of the string, with what was there before.
  std::size_t size() const { return static_cast<std::size_t>(at_ - out_.data()); }
  void byte(std::uint8_t value) { *at_++ = static_cast<char>(value); }
  void bytes(std::string_view value) { at_ += value.copy(at_, value.size()); }
  void fixed64(std::uint64_t value) {
    store_big_endian(at_, value);
    at_ += sizeof value;
  }
  // Little-endian, as messages have them.
  void word(std::uint64_t value) {
    store_little_endian(at_, value);
    at_ += sizeof value;
  }
  // Zeroes up to a whole word.
  void pad() {
    while (size() % sizeof(std::uint64_t) != 0) byte(0);
  }
  void number(std::uint64_t value) {
    if (value <= single_byte_max) return byte(static_cast<std::uint8_t>(value));
    long_number(value);
  }

 private:
  void long_number(std::uint64_t value);

  std::string& out_;
  char* at_;
};

// The building blocks, also for formats beside values.
inline void put_byte(std::string& out, std::uint8_t value) {
  out.push_back(static_cast<char>(value));
}
void put_fixed64(std::string& out, std::uint64_t value);  // eight bytes, big-endian
inline bool get_fixed64(ByteReader& in, std::uint64_t& value) {
  return in.fixed64(value);
}
void put_unsigned(std::string& out, std::uint64_t value);
inline bool get_unsigned(ByteReader& in, std::uint64_t& value) {
  return in.number(value);
}
void put_signed(std::string& out, std::int64_t value);
bool get_signed(ByteReader& in, std::int64_t& value);
void put_string(std::string& out, std::string_view value);
bool get_string(ByteReader& in, std::string& value);

}  // namespace rejoin
