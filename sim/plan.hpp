#pragma once

// Plan: everything that one seed draws from a scenario before the run begins: which faults, when,
// whom; the Config; and when the transactions are. Each draw is keyed by the name of what it is
// for, so taking one fault out of a scenario leaves all others as they were.

#include <optional>
#include <string>
#include <vector>

#include "crdt/result.hpp"
#include "net/config.hpp"
#include "sim/act.hpp"
#include "sim/fault.hpp"
#include "sim/random.hpp"
#include "sim/scenario.hpp"

namespace rejoin::sim {

struct PlannedTransaction {
  Time at = 0;
  unsigned node = 0;                // the next one that is up takes its place
  std::optional<Deed> deed = {};    // nothing: drawn when it runs
  std::optional<unsigned> on = {};  // where it ran
};

struct Plan {
  Config config;
  std::vector<Fault> faults;      // in the scenario's order
  std::vector<Receipt> receipts;  // one for each fault of the scenario
  std::vector<PlannedTransaction> transactions;
};

// Requires: scenario.validate(). Error: a drawn Config that Config::validate refuses.
Result<Plan> draw_plan(const Scenario& scenario, const Draws& draws);

// "split#2" draws as the repetition 2 (the third) of "split", so that one repetition can be written
// down as a fault of its own. This is its name.
std::string name_of_repetition(const std::string& name, unsigned repetition);

}  // namespace rejoin::sim
