#pragma once

// Fuzz targets: one for each decoder. Each knows real inputs to begin with, how to spoil one in a
// way that its grammar understands, and what must hold of whatever is decoded. The same three serve
// libFuzzer (libfuzzer.cpp) and, on a machine without it, a plain test (replay_test.cpp).

#include <cstddef>
#include <optional>
#include <ostream>
#include <string>
#include <string_view>
#include <vector>

#include "tests/unit/net/random_entries.hpp"

namespace rejoin::fuzz {

using test::Random;

struct Target {
  std::string_view name;
  std::vector<std::string> (*seeds)();
  // What is wrong; nothing if all is well. What a decoder refuses is well.
  std::optional<std::string> (*check)(std::string_view bytes);
  // Another input near this one. Nothing if these bytes give it no hold: mutate bytes then.
  std::optional<std::string> (*mutate)(const std::string& bytes, Random& random);
};

// How GoogleTest shows one.
inline void PrintTo(const Target* target, std::ostream* out) {
  *out << target->name;
}

extern const Target frame_target;
extern const Target record_target;
extern const Target client_target;
extern const Target scenario_target;
extern const Target value_target;

const std::vector<const Target*>& targets();

}  // namespace rejoin::fuzz
