#include "crdt/replica_id.hpp"

namespace rejoin {
namespace {

void put_hex(std::string& out, std::uint8_t byte) {
  constexpr char digits[] = "0123456789abcdef";
  out.push_back(digits[byte >> 4]);
  out.push_back(digits[byte & 15]);
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

}  // namespace rejoin
