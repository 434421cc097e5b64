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

constexpr std::size_t no_spec = ~std::size_t{0};

struct PlannedTransaction {
  Time at = 0;
  unsigned node = 0;                // the next one that is up takes its place
  std::optional<Deed> deed = {};    // nothing: drawn when it runs
  std::optional<unsigned> on = {};  // where it ran
  std::uint64_t key = 0;            // of its draws
  std::size_t by = no_spec;         // the fault that adds it, a number of the scenario's
};

struct Plan {
  Config config;
  std::vector<Fault> faults;                     // in the scenario's order
  std::vector<Receipt> receipts;                 // one for each fault of the scenario
  std::vector<PlannedTransaction> transactions;  // the workload's, then those that faults add
  unsigned nodes = 0;                            // with those that come later: they are the last
  StorageKind storage = StorageKind::memory;     // or sqlite
};

// Requires: scenario.validate(). Error: a drawn Config that Config::validate refuses.
Result<Plan> draw_plan(const Scenario& scenario, const Draws& draws);

// "split#2" draws as the repetition 2 (the third) of "split", so that one repetition can be written
// down as a fault of its own. This is its name.
std::string name_of_repetition(const std::string& name, unsigned repetition);

}  // namespace rejoin::sim
