#pragma once

// The building blocks of every canonical form: numbers and strings, order-preserving,
// self-delimiting, one encoding per value. The forms are listed in codec.hpp.

#include <cstdint>
#include <string>
#include <string_view>

namespace rejoin {

// Reads from the front of bytes that must outlive it. A failed read returns false and may have
// moved.
class ByteReader {
 public:
  explicit ByteReader(std::string_view bytes) : rest_(bytes) {}

  bool empty() const { return rest_.empty(); }
  std::string_view rest() const { return rest_; }
  bool byte(std::uint8_t& out) {
    if (rest_.empty()) return false;
    out = static_cast<std::uint8_t>(rest_.front());
    rest_.remove_prefix(1);
    return true;
  }
  bool bytes(std::uint64_t size, std::string_view& out) {
    if (size > rest_.size()) return false;
    out = rest_.substr(0, size);
    rest_.remove_prefix(size);
    return true;
  }

 private:
  std::string_view rest_;
};

// The building blocks, also for formats beside values.
inline void put_byte(std::string& out, std::uint8_t value) {
  out.push_back(static_cast<char>(value));
}
void put_fixed64(std::string& out, std::uint64_t value);  // eight bytes, big-endian
bool get_fixed64(ByteReader& in, std::uint64_t& value);
void put_unsigned(std::string& out, std::uint64_t value);
bool get_unsigned(ByteReader& in, std::uint64_t& value);
void put_signed(std::string& out, std::int64_t value);
bool get_signed(ByteReader& in, std::int64_t& value);
void put_string(std::string& out, std::string_view value);
bool get_string(ByteReader& in, std::string& value);

}  // namespace rejoin
