#pragma once

// The JSON form of a recording: docs/simulation.md describes it. Written as a stream, so a long run
// does not lie in memory twice.

#include <iosfwd>
#include <string>

#include "crdt/result.hpp"
#include "sim/recording.hpp"
#include "sim/scenario.hpp"
#include "sim/seed.hpp"

namespace rejoin::sim {

void write_recording(std::ostream& out, const Recording& recording);
// To a file, or to standard output for "-". Error: it cannot be written.
Result<void> write_recording(const std::string& where, const Recording& recording);

// Errors: invalid_argument, with the file and what is wrong in it. What a recording says of the
// outcome is read back as far as the outcome has it.
Result<Recording> read_recording(const std::string& file);

// Runs the seed and records it.
Result<Recording> record(const Scenario& scenario, const Seed& seed);

// What subcommands that read recordings take: a recording's file (*.json), or a scenario and a
// seed, with a colon between them where one word must do ("split.toml:7").
Result<Recording> recording_called(const std::string& word);
constexpr const char* recording_help = "A recording (FILE.json), or SCENARIO.toml:SEED";

}  // namespace rejoin::sim
