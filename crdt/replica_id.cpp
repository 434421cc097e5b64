#include "crdt/replica_id.hpp"

namespace rejoin {
namespace {

void put_hex(std::string& out, std::uint8_t byte) {
  constexpr char digits[] = "0123456789abcdef";
  out.push_back(digits[byte >> 4]);
  out.push_back(digits[byte & 15]);
}

// Of a lower-case digit; 16 for all else.
std::uint8_t hex_value(char digit) {
  if (digit >= '0' && digit <= '9') return static_cast<std::uint8_t>(digit - '0');
  if (digit >= 'a' && digit <= 'f') return static_cast<std::uint8_t>(digit - 'a' + 10);
  return 16;
}

}  // namespace

std::string to_string(const NodeId& id) {
  std::string out;
  for (std::uint8_t byte : id.bytes) put_hex(out, byte);
  return out;
}

std::string to_string(const ReplicaId& id) {
  std::string out = to_string(id.node) + '.';
  for (int shift = 56; shift >= 0; shift -= 8) {
    put_hex(out, static_cast<std::uint8_t>(id.incarnation >> shift));
  }
  return out;
}

std::optional<ReplicaId> replica_from(std::string_view text) {
  constexpr std::size_t node_digits = 32;
  if (text.size() != node_digits + 17 || text[node_digits] != '.') return std::nullopt;
  ReplicaId id;
  for (std::size_t i = 0; i < text.size(); ++i) {
    if (i == node_digits) continue;
    const std::uint8_t digit = hex_value(text[i]);
    if (digit > 15) return std::nullopt;
    if (i < node_digits) {
      std::uint8_t& byte = id.node.bytes[i / 2];
      byte = static_cast<std::uint8_t>(byte << 4 | digit);
    } else {
      id.incarnation = id.incarnation << 4 | digit;
    }
  }
  return id;
}

}  // namespace rejoin
