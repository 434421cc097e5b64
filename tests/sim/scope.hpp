// A case small enough to be walked whole: operations of a menu at a few replicas.
#pragma once

#include <string>
#include <vector>

#include "sim/exhaust.hpp"

namespace rejoin::sim {

inline ExhaustSettings scope_of(unsigned replicas, unsigned operations,
                                const std::vector<std::string>& acts = {"awset key0 add e0",
                                                                        "awset key0 remove e0"}) {
  ExhaustSettings settings;
  settings.replicas = replicas;
  settings.operations = operations;
  for (const std::string& act : acts) settings.menu.push_back(act_from(act).value());
  return settings;
}

}  // namespace rejoin::sim
