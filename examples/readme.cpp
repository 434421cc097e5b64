// The example that README.md shows. A test holds the two together: what stands between the marks
// is the first block of C++ there.

#include <cassert>
#include <cstdio>
#include <string>

#include "crdt/aw_set.hpp"

int main() {
  // README begins
  rejoin::AwSet<std::string> alice, bob;
  const rejoin::ReplicaId a{1}, b{2};

  auto delta = alice.add(a, "milk");  // a mutation returns what it did, as a value
  bob.merge(delta);                   // it may come late, twice, or in any order
  bob.remove(b, "milk");              // bob removes what he saw, while
  alice.add(a, "milk");               // alice adds it again: at the same time
  alice.merge(bob);
  bob.merge(alice);
  assert(alice == bob && alice.contains("milk"));  // both agree: an add wins
  // README ends
  const bool right = alice == bob && alice.contains("milk");
  std::printf(right ? "equal, and the add won\n" : "SURPRISE: not equal, or the milk is gone\n");
  return right ? 0 : 1;
}
