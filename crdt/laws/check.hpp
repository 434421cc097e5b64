#pragma once

// check<T>: holds a type's merge, mutators, deltas and bytes against the laws: on every history of
// a small scope, then on random histories of three replicas, then on long ones; and shrinks what
// breaks one.
//
//     const laws::Report report = laws::check<Cart>();   // with a laws::Subject<Cart>
//     std::cout << report;                               // report.ok(): do all laws hold?
//
// How much is tried is the Budget's (budget.hpp): laws::check<Cart>(laws::Budget::deep()). The
// type must be deterministic. Not for: states no history reaches, time, threads; and a law that
// holds in 100 histories is not proved.

#include "crdt/laws/adapter.hpp"
#include "crdt/laws/budget.hpp"
#include "crdt/laws/progress.hpp"
#include "crdt/laws/report.hpp"

namespace rejoin::laws {

Report check(const Type& type, const Budget& budget);
Report check(const Type& type, const Budget& budget, Progress& progress);

// The complaint of the law about these steps; empty if it holds. This is what the test in a report
// calls; counterexample.hpp tells what steps are.
std::string replayed(const Type& type, std::string_view law, std::string_view steps);

template <HasSubject T>
std::string replayed(std::string_view law, std::string_view steps) {
  return replayed(Adapter<T>(), law, steps);
}

template <HasSubject T>
Report check(const Budget& budget = {}) {
  return check(Adapter<T>(), budget);
}

}  // namespace rejoin::laws
