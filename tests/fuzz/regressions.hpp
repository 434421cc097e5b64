#pragma once

// Inputs that a decoder, or what it feeds, once handled wrongly: found by fuzzing, made small, kept
// for good. Built as values where they can be, so that they stay readable when a format grows.

#include <string>
#include <string_view>
#include <vector>

namespace rejoin::fuzz {

struct Regression {
  std::string_view target;
  std::string input;
};

std::vector<Regression> regressions();

}  // namespace rejoin::fuzz
