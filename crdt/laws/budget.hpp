#pragma once

// Budget: how much a check tries. Three levels, for a type of a handful of slots, release build:
//
//     quick    all histories of 3 replicas and 3 operations, 100 random, 4 long      about a second
//     normal   all of 4 operations, 2000 random, 40 long                             half a minute
//     deep     all of 4 operations of 4 kinds, 50000 random, 1000 long               many minutes
//
// Budget() is the level that the environment's REJOIN_LAWS names ("quick", "normal", "deep"; quick
// without it), so that one build serves every run and a campaign. Its seed is that of rapidcheck's
// RC_PARAMS ("seed=7 max_success=1000"), or a new one each time; max_success scales the random
// histories, 100 being one.

#include <cstdint>
#include <optional>
#include <string>
#include <string_view>

#include "crdt/laws/scope.hpp"

namespace rejoin::laws {

enum class Level { quick, normal, deep };

const char* name_of(Level level);
std::optional<Level> level_named(std::string_view name);

struct Budget {
  Budget();
  explicit Budget(Level level);

  static Budget quick() { return Budget(Level::quick); }
  static Budget normal() { return Budget(Level::normal); }
  static Budget deep() { return Budget(Level::deep); }

  std::size_t histories = 0;       // random ones, of 4 to 14 steps, every eighth to 40
  std::size_t long_histories = 0;  // of 60 to 160 steps
  std::uint64_t seed = 0;
  Scope scope;
  // Of one random history: states that are held against each other, at most.
  std::size_t picks_max = 8;

  // Also run the laws on wrong types made of this one, and say how many they catch: mutants.hpp.
  // For a right type it takes about as long again.
  bool power = false;

  // A folder that what breaks a law is kept in, and tried first next time; empty: none.
  std::string counterexamples = {};

  // Check in a process of its own: see isolated.hpp. A looping, huge or aborting type is then a
  // verdict; without it only a throwing one is.
  bool isolated = false;
  std::uint64_t cpu_ms_max = 10'000;   // for one law of one history
  std::uint64_t memory_mb_max = 2048;  // beyond what the caller has
};

}  // namespace rejoin::laws
