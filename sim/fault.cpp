#include "sim/fault.hpp"

#include <algorithm>

namespace rejoin::sim {
namespace {

bool has(const Nodes& nodes, unsigned node) {
  return std::find(nodes.begin(), nodes.end(), node) != nodes.end();
}

}  // namespace

bool Fault::cuts(unsigned source, unsigned target) const {
  if (kind == FaultKind::split) return side[source] != side[target];
  return kind == FaultKind::one_way && has(from, source) && has(to, target);
}

}  // namespace rejoin::sim
