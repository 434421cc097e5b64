#pragma once

// Scenario files: TOML, read strictly. A key that is not known, a value of the wrong kind and a
// number out of range are errors that say where, and what would be right.
//
// Durations are text with a unit ("200us", "5ms", "2s", "1m"). Where a range is taken, one value
// stands for a range of one.

#include <string>

#include "crdt/result.hpp"
#include "sim/scenario.hpp"

namespace rejoin::sim {

// Types of the user's that scenarios read from now on may name, beside ours.
void know_types(OwnTypes types);
const OwnTypes& own_types();

// `file` names the text in errors. Errors: malformed (no TOML), invalid_argument.
Result<Scenario> parse_scenario(const std::string& text, const std::string& file);
// Also: storage_failed if the file cannot be read.
Result<Scenario> load_scenario(const std::string& file);

// A run as a command line names it: a scenario, and what --seed says, or else the scenario.
struct NamedRun {
  Scenario scenario;
  Seed seed;
};
Result<NamedRun> load_run(const std::string& file, const std::string& seed_text);
// The same in one word, SCENARIO.toml:SEED; of one without a seed, `seed_text` may be it.
bool names_scenario(const std::string& word);
Result<NamedRun> load_run_called(const std::string& word, const std::string& seed_text = {});

}  // namespace rejoin::sim
