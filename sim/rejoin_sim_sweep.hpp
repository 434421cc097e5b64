#pragma once

// A sweep: many seeds of one scenario in worker processes. A worker that dies (a broken invariant
// of ours aborts) costs its seed, which counts as a violation; another worker goes on behind it.

#include <cstdint>
#include <functional>
#include <string>
#include <vector>

#include "crdt/result.hpp"
#include "sim/outcome.hpp"
#include "sim/scenario.hpp"
#include "sim/seed.hpp"

namespace rejoin::sim {

struct SweepSettings {
  std::uint64_t first = 1;
  std::uint64_t last = 100;
  unsigned jobs = 1;
  bool verify = false;         // each seed twice
  bool stop_at_first = false;  // at the first violation
};

// "A..B", both included, or one number. False: it is neither.
bool parse_seeds(const std::string& text, SweepSettings& settings);

// What a seed came to, if it is worth a line.
struct Finished {
  std::uint64_t seed = 0;
  Verdict verdict = Verdict::ok;
  std::string line;  // verdict_line
};

struct SweepResult {
  std::uint64_t done = 0;
  std::uint64_t events = 0;
  std::uint64_t trace_hash = 0;  // of all traces, in no order: their sum
  double virtual_seconds = 0;
  double wall_seconds = 0;
  std::vector<Finished> failed;  // by seed; everything but ok

  std::uint64_t count(Verdict verdict) const;
  // The gravest: violation, then nondeterministic, then vacuous.
  Verdict verdict() const;
};

// Calls `each` with every seed that failed, as it is known, and `progress` a few times a second.
SweepResult sweep(const Scenario& scenario, const SweepSettings& settings,
                  const std::function<void(const Finished&)>& each,
                  const std::function<void(const SweepResult&)>& progress);

// Runs the seed, twice if so asked.
Result<Outcome> run_seed(const Scenario& scenario, const Seed& seed, bool verify);

}  // namespace rejoin::sim
