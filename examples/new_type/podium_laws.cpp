// A new type from nothing: one header (podium.hpp), one line that makes it a type of a store (the
// name in it), one specification (below), and the laws are held against it.
//
// What the specification says is said of operations alone, with no merge: of all runs reported, the
// three best. The kit compares it with what replicas hold after every mishap of delivery that it
// knows. Prints the report, and a podium made at two replicas; exits with 0 if all is well.

#include <algorithm>
#include <iostream>
#include <utility>

#include "crdt/lattice_value.hpp"
#include "crdt/laws/check.hpp"
#include "crdt/laws/generators.hpp"
#include "examples/new_type/podium.hpp"

std::ostream& operator<<(std::ostream& out, const Run& run) {
  return out << run.runner << ' ' << run.points;
}

template <>
struct rejoin::laws::Subject<Podium> {
  using Op = Run;

  static rc::Gen<Op> operations() {  // few of them, so that places are fought for
    auto drawn = rc::gen::pair(few(6), among<std::string>({"ann", "bo", "cy"}));
    return rc::gen::map(std::move(drawn), [](auto run) { return Run{run.first, run.second}; });
  }
  static Podium apply(Podium& podium, const Op& run, const At&) { return podium.report(run); }
  static std::vector<Run> value(const Podium& podium) { return podium.value(); }

  static std::vector<Run> specified(const Past<Op>& past) {
    std::vector<Run> runs;
    for (std::size_t i = 0; i < past.size(); ++i) runs.push_back(past.op(i));
    std::sort(runs.begin(), runs.end(), std::greater<>());
    runs.erase(std::unique(runs.begin(), runs.end()), runs.end());
    runs.resize(std::min(runs.size(), Podium::places));
    return runs;
  }
  static std::string name() { return "Podium"; }
};

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
