#include "net/capnp_message.hpp"

namespace rejoin::wire {

CausalContext get_clock(std::string_view bytes, const char* name) {
  CausalContext out;
  ByteReader in(bytes);
  if (!Codec<CausalContext>::decode(in, out) || !in.empty()) {
    refuse_malformed(name, "is not a clock");
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
