#pragma once

// The rows of `rejoin-bench sim`: how fast the simulator runs the whole core, and what the machine
// could do at most: the same schedule without anything in it, and the frames' bytes only hashed and
// only copied.
//
//     sim.floor.schedule       events a second that only come and go, as many waiting as in sim_5
//     sim.floor.hash, .copy    frames like those of sim_5
//     sim.events_per_second    sim_5, everything on
//     sim.events_per_second.sqlite   the same on the storage that ships, on files in memory
//     sim.realtime.N           virtual seconds of N nodes in one second of one core
//
// The workloads are tests/bench/sim_N.toml. A run that is not ok is an error: a fast wrong answer
// is no answer.

#include <cstdint>
#include <functional>
#include <string>
#include <vector>

#include "crdt/result.hpp"
#include "tests/bench/rejoin_bench_row.hpp"

namespace rejoin::bench {

struct Settings {
  std::string folder = "tests/bench";  // of the workloads
  std::vector<std::string> rows;       // these, and those below them; empty: all
  std::uint64_t seed = 1;
  unsigned runs = 3;  // of each, of which the fastest counts

  bool wants(const std::string& row) const;
};

// Calls `each` with every row as it is measured. Errors: a workload that cannot be read, a run that
// found a violation.
Result<void> measure_sim(const Settings& settings, const std::function<void(const Row&)>& each);

}  // namespace rejoin::bench
