#pragma once

// An explicit scenario told to people: what happens, in order, and what is wrong in the end; and
// the same as a test in C++, ready to paste.

#include <string>

#include "sim/outcome.hpp"
#include "sim/scenario.hpp"

namespace rejoin::sim {

// One line each, "at 100 ms n0 adds e1 to awset key0", ended by a newline.
std::string story_of(const Scenario& scenario, const Outcome& outcome);
// "n0 adds e1 to awset key0".
std::string told(const Act& act, unsigned node);

// A GoogleTest that runs the scenario and expects nothing wrong: it fails as long as the mistake is
// there. `from` says in a comment where it came from.
std::string cpp_test_of(const Scenario& scenario, const Outcome& outcome, const std::string& from);

}  // namespace rejoin::sim
