#pragma once

// rejoin-sim with types of one's own: link rejoin::sim_tool, and this is all of the program.
//
//     int main(int argc, char** argv) {
//       return rejoin::sim::tool_main(argc, argv, {rejoin::sim::subject_type<Podium>("podium")});
//     }
//
// It has every subcommand. Scenarios name the types in workload.families and in [[do]]; `history`
// plays counterexamples of the law kit.

#include "sim/own.hpp"

namespace rejoin::sim {

// The exit code.
int tool_main(int argc, char** argv, OwnTypes types = {});

}  // namespace rejoin::sim
