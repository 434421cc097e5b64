#include "crdt/codec.hpp"

#include <bit>
#include <limits>

namespace rejoin {
namespace {

// The number's last bytes, in the first of eight.
void store_front(char* to, std::uint64_t value, unsigned bytes) {
  store_big_endian(to, bytes == 0 ? 0 : value << (64 - 8 * bytes));
}

void put_big_endian(std::string& out, std::uint64_t value, unsigned bytes) {
  char text[8];
  store_front(text, value, bytes);
  out.append(text, bytes);
}

std::uint64_t big_endian_of(std::string_view text) {
  std::uint64_t value = 0;
  for (char c : text) value = (value << 8) | static_cast<std::uint8_t>(c);
  return value;
}

constexpr std::uint64_t sign_bit = std::uint64_t{1} << 63;

}  // namespace

// Refuses a leading zero byte: the same number has a shorter form.
bool ByteReader::long_number(std::uint64_t& out) {
  const unsigned size = static_cast<unsigned>(out - single_byte_max);
  std::string_view text;
  if (size > 8 || !bytes(size, text)) return false;
  out = big_endian_of(text);
  return significant_bytes(out) == size && out > single_byte_max;
}

void ByteWriter::long_number(std::uint64_t value) {
  const unsigned size = significant_bytes(value);
  char text[8];
  store_front(text, value, size);
  byte(static_cast<std::uint8_t>(single_byte_max + size));
  bytes({text, size});
}

void put_fixed64(std::string& out, std::uint64_t value) {
  put_big_endian(out, value, 8);
}

void put_unsigned(std::string& out, std::uint64_t value) {
  if (value <= single_byte_max) return put_byte(out, static_cast<std::uint8_t>(value));
  ByteWriter(out, number_bytes_max).number(value);
}

void put_signed(std::string& out, std::int64_t value) {
  if (value >= 0) {
    const std::uint64_t size = static_cast<std::uint64_t>(value);
    put_byte(out, static_cast<std::uint8_t>(0x80 + significant_bytes(size)));
    return put_big_endian(out, size, significant_bytes(size));
  }
  const std::uint64_t below = ~static_cast<std::uint64_t>(value);
  put_byte(out, static_cast<std::uint8_t>(0x7f - significant_bytes(below)));
  put_big_endian(out, ~below, significant_bytes(below));
}

bool get_signed(ByteReader& in, std::int64_t& value) {
  std::uint8_t first = 0;
  if (!in.byte(first)) return false;
  const bool negative = first < 0x80;
  const unsigned bytes = negative ? 0x7fU - first : first - 0x80U;
  std::string_view text;
  if (bytes > 8 || !in.bytes(bytes, text)) return false;
  std::uint64_t size = 0;
  for (char c : text) {
    const std::uint8_t digit = static_cast<std::uint8_t>(c);
    size = (size << 8) | (negative ? static_cast<std::uint8_t>(~digit) : digit);
  }
  if (significant_bytes(size) != bytes || size >= sign_bit) return false;
  value = static_cast<std::int64_t>(negative ? ~size : size);
  return true;
}

void put_string(std::string& out, std::string_view value) {
  for (std::size_t zero = 0; (zero = value.find('\0')) != std::string_view::npos;) {
    out.append(value.substr(0, zero + 1));
    put_byte(out, 0xff);
    value.remove_prefix(zero + 1);
  }
  out.append(value);
  out.append(std::string_view("\x00\x01", 2));
}

bool get_string(ByteReader& in, std::string& value) {
  value.clear();
  while (true) {
    const std::size_t zero = in.rest().find('\0');
    std::string_view part;
    std::uint8_t mark = 0;
    if (zero == std::string_view::npos || !in.bytes(zero + 1, part) || !in.byte(mark)) return false;
    value.append(part.substr(0, zero));
    if (mark == 0x01) return true;
    if (mark != 0xff) return false;
    value.push_back('\0');
  }
}

void Codec<double>::encode(std::string& out, const double& value) {
  const double canonical = value == 0       ? 0.0
                           : value != value ? std::numeric_limits<double>::quiet_NaN()
                                            : value;
  const std::uint64_t bits = std::bit_cast<std::uint64_t>(canonical);
  put_fixed64(out, bits & sign_bit ? ~bits : bits | sign_bit);
}

bool Codec<double>::decode(ByteReader& in, double& value) {
  std::uint64_t ordered = 0;
  if (!get_fixed64(in, ordered)) return false;
  value = std::bit_cast<double>(ordered & sign_bit ? ordered & ~sign_bit : ~ordered);
  std::string again;
  encode(again, value);
  std::string given;
  put_fixed64(given, ordered);
  return again == given;
}

}  // namespace rejoin
