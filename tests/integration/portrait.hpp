// Portraits: what a store holds, in words that two runs of one plan must agree on to the byte. What
// a run draws for itself is replaced by what the plan says: replicas by their number in the order
// of their ids, stamps and births by their rank among all that are there.
#pragma once

#include <map>
#include <string>

#include "net/store.hpp"

namespace rejoin::integration {

// The clock, and a line for each slot: its key, its path, each live dot with the bytes of its
// value. Requires: one incarnation of each node.
std::string portrait(const Store& store);

// What each key reads, by family and name.
std::map<std::string, std::string> readings(const Store& store);

}  // namespace rejoin::integration
