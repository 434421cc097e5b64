#include "sim/rejoin_sim_must_reach.hpp"

#include <iostream>
#include <sstream>

namespace rejoin::sim {

void MustReach::add(CLI::App& command) {
  command.add_option("--must-reach", given_,
                     "Points that some run must reach, with commas, or all; else it is vacuous");
}

std::string MustReach::read() {
  if (given_ == "all") {
    for (const PointRow& row : all_points) points_.push_back(row.point);
    return {};
  }
  std::istringstream in(given_);
  for (std::string name; std::getline(in, name, ',');) {
    const auto point = point_called(name);
    if (!point) {
      std::string known = "all";
      for (const PointRow& row : all_points) known += ", " + std::string(row.name);
      return "--must-reach takes some of " + known + ", not '" + name + "'";
    }
    points_.push_back(*point);
  }
  return {};
}

Verdict MustReach::verdict(const Tally& tally) const {
  const auto never = tally.never_reached(points_);
  for (const std::string_view name : never) {
    std::cerr << "rejoin-sim: no run reached the point " << name << "\n";
  }
  const Verdict verdict = tally.verdict();
  return verdict == Verdict::ok && !never.empty() ? Verdict::vacuous : verdict;
}

}  // namespace rejoin::sim
