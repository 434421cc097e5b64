#pragma once

// A scenario as the text of its file: what parse_scenario() reads back as an equal one. What is as
// it would be if the file did not say it is left out.

#include <string>

#include "sim/scenario.hpp"

namespace rejoin::sim {

std::string text_of(const Scenario& scenario);

}  // namespace rejoin::sim
