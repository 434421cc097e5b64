#pragma once

// Frames and entries in a few words, for logs and messages.

#include <string>

#include "net/event.hpp"
#include "net/frame.hpp"

namespace rejoin::sim {

std::string described(const CausalContext& dots);
std::string described(const Entry& entry);
std::string described(const Frame& frame);
std::string described(const Event& event);

}  // namespace rejoin::sim
