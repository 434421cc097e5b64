#pragma once

// A frame as a newer program would send it. There is one version of the protocol, so this is what
// docs/protocol.md promises of the next ones: fields are added at the end of what there is. Every
// struct of the message has one number and one pointer more than this version knows, with something
// in them, and a hello names version 2 and features nobody here has.

#include <cstdint>
#include <string>
#include <string_view>

#include "net/frame.hpp"

namespace rejoin::sim {

// Which protocol a node says it speaks.
enum class Speaks : std::uint8_t {
  ours,
  newer,      // and ours
  only_newer  // and is refused
};

// Requires: a frame that encode_frame made.
std::string as_newer(std::string_view frame, Speaks speaks, const StoreId& store);

}  // namespace rejoin::sim
