#pragma once

// check<T>: holds a type's merge, mutators, deltas and bytes against the laws: on every history of
// a small scope, then on random histories of three replicas; and shrinks what breaks one.
//
//     const laws::Report report = laws::check<Cart>();   // with a laws::Subject<Cart>
//     std::cout << report;                               // report.ok(): do all laws hold?
//
// Cost: a thousand histories take a second for a small type. Seed and number of the random ones
// come from rapidcheck's RC_PARAMS ("seed=7 max_success=1000"); without it each run draws a seed.
// The type must be deterministic. Not for: states no history reaches, time, threads; and a law
// that holds in 100 histories is not proved.

#include "crdt/laws/adapter.hpp"
#include "crdt/laws/report.hpp"
#include "crdt/laws/scope.hpp"

namespace rejoin::laws {

struct Budget {
  Budget();  // what RC_PARAMS says

  std::size_t histories;
  std::uint64_t seed;
  Scope scope;
};

Report check(const Type& type, const Budget& budget);

template <HasSubject T>
Report check(const Budget& budget = {}) {
  return check(Adapter<T>(), budget);
}

}  // namespace rejoin::laws
