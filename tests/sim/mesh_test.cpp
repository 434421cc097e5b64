#include "sim/mesh.hpp"

#include <gtest/gtest.h>

#include <algorithm>
#include <vector>

namespace rejoin::sim {
namespace {

std::vector<unsigned> neighbours(const Mesh& mesh, unsigned node) {
  std::vector<unsigned> out;
  mesh.each_neighbour(node, [&](unsigned other) { out.push_back(other); });
  return out;
}

TEST(Mesh, WithoutAFanoutEverybodyIsANeighbour) {
  const Mesh mesh(Draws(1), 4, 0);
  EXPECT_EQ(neighbours(mesh, 2), (std::vector<unsigned>{0, 1, 3}));
}

TEST(Mesh, AFanoutOfTwoIsARing) {
  const Mesh mesh(Draws(1), 5, 2);
  EXPECT_EQ(neighbours(mesh, 0), (std::vector<unsigned>{1, 4}));
  EXPECT_EQ(neighbours(mesh, 3), (std::vector<unsigned>{2, 4}));
}

TEST(Mesh, AFanoutOfAllIsEverybody) {
  const Mesh mesh(Draws(1), 5, 4);
  EXPECT_EQ(neighbours(mesh, 0).size(), 4U);
}

TEST(Mesh, IsSymmetricAndAFewHopsWide) {
  constexpr unsigned nodes = 1000;
  const Mesh mesh(Draws(7), nodes, 6);
  std::vector<unsigned> hops(nodes, nodes);
  std::vector<unsigned> frontier = {0};
  hops[0] = 0;
  for (std::size_t at = 0; at < frontier.size(); ++at) {
    const std::vector<unsigned> some = neighbours(mesh, frontier[at]);
    EXPECT_LE(some.size(), 6U);
    for (unsigned other : some) {
      const std::vector<unsigned> theirs = neighbours(mesh, other);
      EXPECT_TRUE(std::binary_search(theirs.begin(), theirs.end(), frontier[at]));
      if (hops[other] < nodes) continue;
      hops[other] = hops[frontier[at]] + 1;
      frontier.push_back(other);
    }
  }
  EXPECT_EQ(frontier.size(), nodes);
  EXPECT_LE(*std::max_element(hops.begin(), hops.end()), 7U);
}

TEST(Mesh, AnotherSeedDrawsOtherRings) {
  EXPECT_EQ(neighbours(Mesh(Draws(1), 100, 6), 5), neighbours(Mesh(Draws(1), 100, 6), 5));
  EXPECT_NE(neighbours(Mesh(Draws(1), 100, 6), 5), neighbours(Mesh(Draws(2), 100, 6), 5));
}

}  // namespace
}  // namespace rejoin::sim
