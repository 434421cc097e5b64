#pragma once

// A sweep: many seeds of some scenarios in worker processes. A seed whose worker dies or hangs is a
// violation, and the sweep goes on. It may end early: at the first violation, after a time, or by
// a signal; what was done until then is its result.

#include <cstdint>
#include <functional>
#include <string>
#include <vector>

#include "crdt/result.hpp"
#include "sim/outcome.hpp"
#include "sim/rejoin_sim_tally.hpp"
#include "sim/scenario.hpp"
#include "sim/seed.hpp"

namespace rejoin::sim {

struct SweepSettings {
  std::uint64_t first = 1;
  std::uint64_t last = 100;
  unsigned shard = 1;  // of `shards`: an even part of the seeds, all parts together all of them
  unsigned shards = 1;
  unsigned jobs = 1;
  bool verify = false;          // each seed twice
  bool stop_at_first = false;   // at the first violation
  double seconds_max = 0;       // wall time; 0: no limit
  double seed_seconds_max = 0;  // the same for one seed

  // The seeds of the shard; none if first > last.
  Interval seeds() const;
};

struct SweptScenario {
  std::string file;
  std::uint64_t text = 0;  // its hash
  Scenario scenario;
};

// Calls `each` with every seed that failed, as it is known, and `progress` a few times a second.
SweepFile sweep(const std::vector<SweptScenario>& scenarios, const SweepSettings& settings,
                const std::function<void(const std::string& file, const Finished&)>& each,
                const std::function<void(const SweepFile&)>& progress);

// SIGINT and SIGTERM set a flag while it lives; the second one ends the process.
class Interruptible {
 public:
  Interruptible();
  Interruptible(const Interruptible&) = delete;
  Interruptible& operator=(const Interruptible&) = delete;
  ~Interruptible();
  static int signal();  // that came; 0: none
};

// Runs the seed, twice if so asked.
Result<Outcome> run_seed(const Scenario& scenario, const Seed& seed, bool verify);

// "A..B", both included, or one number; a number may be written as 1e6. False: anything else.
bool parse_seeds(const std::string& text, SweepSettings& settings);

}  // namespace rejoin::sim
