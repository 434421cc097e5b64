#pragma once

// ReplicaId: who made an event, for ever.
//
// A node is 16 random bytes made once per data directory; an incarnation is 8 random bytes made at
// every start of its process and persisted before the first dot. Only the pair mints dots, so
// nothing is ever reused: a restart, a restored backup or a cloned disk is a new incarnation, hence
// a new replica. Two live writers under one id lose data without a sign; so a replica that lost its
// memory must take a new id.

#include <array>
#include <compare>
#include <cstdint>
#include <cstring>
#include <optional>
#include <string>
#include <string_view>
#include <type_traits>

#include "crdt/bytes.hpp"

namespace rejoin {

struct NodeId {
  std::array<std::uint8_t, 16> bytes{};

  NodeId() = default;
  explicit constexpr NodeId(const std::array<std::uint8_t, 16>& value) : bytes(value) {}
  // A readable id for tests, examples and simulations: the number in the last eight bytes.
  explicit constexpr NodeId(std::uint64_t number) {
    for (std::size_t i = 0; i < 8; ++i) {
      bytes[15 - i] = static_cast<std::uint8_t>(number >> (8 * i));
    }
  }

  // Eight bytes from there on as a number, big-endian: ids are looked up for every dot, and two
  // numbers compare faster than sixteen bytes, in the same order.
  constexpr std::uint64_t half(std::size_t from) const {
    std::uint64_t out = 0;
    if (std::is_constant_evaluated() || __BYTE_ORDER__ == __ORDER_BIG_ENDIAN__) {
      for (std::size_t i = from; i < from + 8; ++i) out = (out << 8) | bytes[i];
    } else {
      std::memcpy(&out, bytes.data() + from, sizeof out);
      out = __builtin_bswap64(out);
    }
    return out;
  }

  // Back from its two halves.
  static NodeId of_halves(std::uint64_t high, std::uint64_t low) {
    char text[16];
    store_big_endian(text, high);
    store_big_endian(text + 8, low);
    NodeId out;
    std::memcpy(out.bytes.data(), text, sizeof text);
    return out;
  }

  friend constexpr std::strong_ordering operator<=>(const NodeId& a, const NodeId& b) {
    const auto high = a.half(0) <=> b.half(0);
    return high != 0 ? high : a.half(8) <=> b.half(8);
  }
  friend constexpr bool operator==(const NodeId& a, const NodeId& b) {
    return a.half(8) == b.half(8) && a.half(0) == b.half(0);
  }
};

struct ReplicaId {
  NodeId node;
  std::uint64_t incarnation = 0;

  ReplicaId() = default;
  constexpr ReplicaId(const NodeId& of_node, std::uint64_t of_incarnation)
      : node(of_node), incarnation(of_incarnation) {}
  explicit constexpr ReplicaId(std::uint64_t node_number, std::uint64_t of_incarnation = 1)
      : node(node_number), incarnation(of_incarnation) {}

  friend constexpr auto operator<=>(const ReplicaId&, const ReplicaId&) = default;
  // The incarnation first: it tells most apart.
  friend constexpr bool operator==(const ReplicaId& a, const ReplicaId& b) {
    return a.incarnation == b.incarnation && a.node == b.node;
  }
};

// Lower-case hexadecimal: 32 digits; and 32, a dot, 16.
std::string to_string(const NodeId& id);
std::string to_string(const ReplicaId& id);
// Back from that, and from nothing else.
std::optional<ReplicaId> replica_from(std::string_view text);

}  // namespace rejoin
