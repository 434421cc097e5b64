#pragma once

// The single edits that make a scenario smaller or plainer. None knows whether it still fails
// after: the shrinker (shrink.cpp) asks.

#include <cstddef>
#include <functional>
#include <string>
#include <utility>
#include <vector>

#include "sim/network.hpp"
#include "sim/scenario.hpp"

namespace rejoin::sim {

using Edit = std::function<void(Scenario&)>;

// ---- what comes after the failure
void drop_after(Scenario& scenario, Time failure);
// The faults and operations end soon after the last of them, or after the failure.
void end_early(Scenario& scenario, Time failure);

// ---- keys
std::vector<std::pair<Family, std::string>> keys_of(const Scenario& scenario);
void keep_key(Scenario& scenario, Family family, const std::string& key);

// ---- frames and nodes
void add_fates(Scenario& scenario, const std::vector<CarriedFrame>& frames);
// What the node did another does; the nodes behind it move up. Whether it did anything.
bool leave_out_node(Scenario& scenario, unsigned node, unsigned instead);

// ---- plainer, one by one; each is true to the scenario as it is now
// A log that holds nearly nothing and a chunk of nearly nothing need few operations to be full.
std::vector<Edit> smaller_config(const Scenario& scenario);
std::vector<Edit> defaults_of(const Scenario& scenario);
std::vector<Edit> roundings_of(const Scenario& scenario);
std::vector<Edit> simpler_acts(const Scenario& scenario, std::size_t doing, std::size_t part);
std::vector<Edit> renamings_of(const Scenario& scenario);

// How much there is to read beside operations and faults: of two equally large scenarios the
// lighter one is better.
std::size_t weight_of(const Scenario& scenario);

}  // namespace rejoin::sim
