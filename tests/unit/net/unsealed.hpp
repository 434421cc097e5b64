#pragma once

// A frame's message without its seal, for tests that spoil it and seal it again.

#include <string>

#include "net/frame.hpp"

namespace rejoin::test {

inline std::string unsealed(std::string frame) {
  frame.resize(frame.size() - frame_seal_bytes);
  return frame;
}

}  // namespace rejoin::test
