// A failing simulation, told.

#include "sim/simulation.hpp"

namespace rejoin::sim {

std::string Report::story(std::uint64_t) const {
  return verdict() + "\n";
}

}  // namespace rejoin::sim
