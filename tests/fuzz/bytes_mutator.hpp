#pragma once

// Mutations of bytes and numbers that know what hostile ones look like: ends of ranges, canonical
// numbers and clocks in the wrong place, parts repeated or missing.

#include <cstdint>
#include <string>

#include "tests/fuzz/target.hpp"

namespace rejoin::fuzz {

// Near `number`, or where ranges end.
std::uint64_t mutated(std::uint64_t number, Random& random);
// One to three changes.
std::string mutated(std::string bytes, Random& random);

}  // namespace rejoin::fuzz
