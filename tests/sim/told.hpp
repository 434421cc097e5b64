#pragma once

// What a test says of a run that did not come to what it should.

#include <string>

#include "sim/world.hpp"

namespace rejoin::sim {

inline std::string story(const Outcome& outcome) {
  if (outcome.violation) return outcome.violation->oracle + ": " + outcome.violation->detail;
  return std::string(name_of(outcome.verdict)) + " " + outcome.vacuous;
}

}  // namespace rejoin::sim
