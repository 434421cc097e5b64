#pragma once

// shrunk: a shorter and simpler history that breaks the same. Greedy: the first that still breaks,
// again and again; deterministic.

#include <functional>

#include "crdt/laws/history.hpp"

namespace rejoin::laws {

// Requires: breaks(history). Calls breaks at most tries_max times.
History shrunk(History history, const std::function<bool(const History&)>& breaks,
               std::size_t tries_max = 2000);

}  // namespace rejoin::laws
