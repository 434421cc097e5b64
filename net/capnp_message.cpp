#include "net/capnp_message.hpp"

#include <optional>

namespace rejoin::wire {

CausalContext get_clock(capnp::Data::Reader data, const char* name) {
  std::optional<CausalContext> clock = decoded<CausalContext>(view_of(data));
  if (!clock) refuse_malformed(std::string(name) + " is not a clock");
  return std::move(*clock);
}

std::uint64_t node_half(const NodeId& node, std::size_t from) {
  return node.half(from);
}

NodeId node_of(std::uint64_t high, std::uint64_t low) {
  NodeId out;
  for (std::size_t i = 0; i < 8; ++i) {
    out.bytes[i] = static_cast<std::uint8_t>(high >> (56 - 8 * i));
    out.bytes[i + 8] = static_cast<std::uint8_t>(low >> (56 - 8 * i));
  }
  return out;
}

void check_head(const char* what, std::uint16_t version, std::uint16_t least,
                std::uint16_t greatest, const StoreId& theirs, const StoreId& ours) {
  if (version < least || version > greatest) {
    throw Refused(ErrorCode::version_unsupported,
                  "its version is " + std::to_string(version) + ", this program speaks " +
                      std::to_string(least) + " to " + std::to_string(greatest));
  }
  if (theirs != ours) {
    throw Refused(ErrorCode::foreign_store,
                  std::string("it belongs to another store: check that both ends of this ") + what +
                      " name the same cluster");
  }
}

void check_shape(std::string_view bytes) {
  if (bytes.size() < sizeof(capnp::word) || bytes.size() % sizeof(capnp::word) != 0) {
    refuse_malformed("its size is not that of a message");
  }
  std::uint32_t segments = 0;  // less one, little-endian
  for (std::size_t i = 4; i > 0; --i) {
    segments = (segments << 8) | static_cast<std::uint8_t>(bytes[i - 1]);
  }
  if (segments >= segments_max) refuse_malformed("it has too many segments");
}

}  // namespace rejoin::wire
