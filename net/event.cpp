#include "net/event.hpp"

#include "crdt/assert.hpp"

namespace rejoin {

const char* name_of(PeerState state) {
  switch (state) {
    case PeerState::unknown:
      return "unknown";
    case PeerState::streaming:
      return "streaming";
    case PeerState::repairing:
      return "repairing";
    case PeerState::silent:
      return "silent";
  }
  REJOIN_ASSERT(false);
  return "";
}

}  // namespace rejoin
