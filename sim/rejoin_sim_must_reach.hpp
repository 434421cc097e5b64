#pragma once

// The flag --must-reach of sweep and merge: points (points.hpp) that some run must have reached, or
// the whole campaign is vacuous.

#include <CLI/CLI.hpp>
#include <string>
#include <vector>

#include "sim/rejoin_sim_tally.hpp"

namespace rejoin::sim {

class MustReach {
 public:
  void add(CLI::App& command);
  // What is wrong with what was given; empty if nothing.
  std::string read();
  // The tally's verdict, or vacuous if it is ok and a point was never reached; says which.
  Verdict verdict(const Tally& tally) const;

 private:
  std::string given_;
  std::vector<Point> points_;
};

}  // namespace rejoin::sim
