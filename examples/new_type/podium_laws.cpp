// A new type from nothing: one header (podium.hpp), one line that makes it a type of a store (the
// name in it), one specification (podium_subject.hpp), and the laws are held against it.
//
// What the specification says is said of operations alone, with no merge: of all runs reported, the
// three best. The kit compares it with what replicas hold after every mishap of delivery that it
// knows. Prints the report, and a podium made at two replicas; exits with 0 if all is well.

#include <iostream>

#include "crdt/lattice_value.hpp"
#include "crdt/laws/check.hpp"
#include "examples/new_type/podium_subject.hpp"

int main() {
  const rejoin::laws::Report report = rejoin::laws::check<Podium>();
  std::cout << report;

  // As a type of the catalogue: alone here, and so in a map or in a store.
  rejoin::LatticeValue<Podium> north, south;
  const rejoin::ReplicaId n{1}, s{2};
  Podium run;
  run.report({17, "ann"});
  north.join(n, run);
  run.report({23, "bo"});
  south.join(s, run);
  north.merge(south);
  south.merge(north);
  for (const Run& best : north.value().value()) std::cout << best << '\n';
  return report.ok() && north == south && north.value().value().size() == 2 ? 0 : 1;
}
