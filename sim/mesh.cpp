#include "sim/mesh.hpp"

#include <algorithm>
#include <numeric>

namespace rejoin::sim {

Mesh::Mesh(const Draws& draws, unsigned nodes, unsigned fanout) : nodes_(nodes) {
  if (fanout == 0 || fanout + 1 >= nodes) return;
  neighbours_.resize(nodes);
  std::vector<unsigned> ring(nodes);
  std::iota(ring.begin(), ring.end(), 0U);
  for (unsigned lap = 0; lap < fanout / 2; ++lap) {
    if (lap > 0) {
      std::vector<std::uint64_t> drawn(nodes);
      for (unsigned node = 0; node < nodes; ++node) {
        drawn[node] = draws.bits(Purpose::mesh_order, lap, node);
      }
      std::sort(ring.begin(), ring.end(), [&](unsigned a, unsigned b) {
        return drawn[a] != drawn[b] ? drawn[a] < drawn[b] : a < b;
      });
    }
    for (unsigned i = 0; i < nodes; ++i) {
      const unsigned one = ring[i];
      const unsigned next = ring[(i + 1) % nodes];
      neighbours_[one].push_back(next);
      neighbours_[next].push_back(one);
    }
  }
  for (std::vector<unsigned>& some : neighbours_) {
    std::sort(some.begin(), some.end());
    some.erase(std::unique(some.begin(), some.end()), some.end());
  }
}

}  // namespace rejoin::sim
