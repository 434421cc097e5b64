#pragma once

// Mesh: which nodes have a route to each other. All of them, or with a fanout only a few: the ring
// of all nodes, and on it fanout / 2 - 1 further rings, each in an order that the seed draws. Their
// union is a random regular graph (but for links that two rings share), connected whatever falls
// away beside the first ring, and a few hops wide whatever its size.
//
// Cost: O(nodes * fanout) memory, none if all are neighbours. What is routed between two nodes that
// are no neighbours is the protocol's business: others relay it.

#include <vector>

#include "sim/random.hpp"

namespace rejoin::sim {

class Mesh {
 public:
  // fanout: even, or 0 for everybody.
  Mesh(const Draws& draws, unsigned nodes, unsigned fanout);

  // Calls f(other) for each neighbour, rising.
  template <class F>
  void each_neighbour(unsigned node, F&& f) const {
    if (neighbours_.empty()) {
      for (unsigned other = 0; other < nodes_; ++other) {
        if (other != node) f(other);
      }
    } else {
      for (unsigned other : neighbours_[node]) f(other);
    }
  }

 private:
  unsigned nodes_;
  std::vector<std::vector<unsigned>> neighbours_;  // empty: everybody
};

}  // namespace rejoin::sim
