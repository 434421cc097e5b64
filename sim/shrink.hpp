#pragma once

// shrink: a failing scenario, made as small as it can be made while it still fails in the same way:
// the same check, and the same type if it names one. Randomness is keyed, so what is left behaves
// as it did when something else is taken away. In this order, again and again until nothing helps:
//
//     cut        what comes after the failure
//     slice      what is not in its causal past; other keys than one
//     faults     and then operations, by halves, quarters, ... (Zeller, Hildebrandt: ddmin, 2002)
//     fates      loss, duplicates and order as fates of the few frames that matter
//     nodes      those that nothing needs
//     defaults   links, disks, clocks and Config as a scenario has them if it says nothing
//     rounding   times, durations and values; names from 0 on
//     seeds      one thing less, with other seeds
//
// It asks somebody else to run what it thinks of (Trials), who may do that where a crash or a hang
// harms nobody, and who says when it is enough.

#include <cstddef>
#include <optional>
#include <string>
#include <vector>

#include "sim/network.hpp"
#include "sim/outcome.hpp"
#include "sim/scenario.hpp"

namespace rejoin::sim {

// Names of failures that are no check's: the run ended its process, or did not end.
inline constexpr std::string_view aborted_oracle = "aborted";
inline constexpr std::string_view hung_oracle = "hung";
// Whether its run came to an end that its process lived to tell.
inline bool came_back(const Violation& violation) {
  return violation.oracle != aborted_oracle && violation.oracle != hung_oracle;
}
inline constexpr std::string_view nondeterminism_oracle = "nondeterminism";

// In which way a scenario fails.
struct Failing {
  std::string oracle;
  std::string type;  // empty: whichever

  bool is(const Violation& violation) const {
    return violation.oracle == oracle && (type.empty() || violation.type == type);
  }
};

// What a run showed beside its failure.
struct Clues {
  std::vector<CarriedFrame> odd_frames;    // lost, doubled or late, but for cuts
  std::vector<std::uint64_t> causal_past;  // transactions before the failure, by number
  std::vector<std::pair<std::uint64_t, unsigned>> moved;  // transactions that another node took
};

class Trials {
 public:
  Trials() = default;
  Trials(const Trials&) = delete;
  Trials& operator=(const Trials&) = delete;
  virtual ~Trials() = default;

  // Runs the scenario with its own seed.
  virtual std::optional<Violation> run(const Scenario& scenario) = 0;
  virtual Clues clues(const Scenario& scenario) = 0;
  // No more runs.
  virtual bool enough() = 0;
  // The smallest so far.
  virtual void found(const Scenario&, const char* step) = 0;
};

// Operations, faults and fates.
std::size_t size_of(const Scenario& scenario);

// Requires: an explicit scenario (pinned.hpp) that fails so, with a seed. Stops early at a scenario
// of at most `small_enough`, unless that is 0.
Scenario shrink(const Scenario& scenario, const Failing& failing, Trials& trials,
                std::size_t small_enough = 0);

}  // namespace rejoin::sim
