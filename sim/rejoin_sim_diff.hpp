#pragma once

// Where two recorded runs part, for people.

#include <cstddef>
#include <string>

#include "sim/compare.hpp"

namespace rejoin::sim {

// The last lines that are the same, and the first of each that are not.
std::string text_of(const Difference& difference, const Recording& a, const Recording& b,
                    std::size_t context);

}  // namespace rejoin::sim
