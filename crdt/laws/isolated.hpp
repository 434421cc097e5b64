#pragma once

// check_isolated: a check in a process of its own, so that a type that loops, eats memory, aborts
// or crashes ends as a verdict about it and not about whoever asked. POSIX: forks, so the caller
// should have one thread. What the child is doing stands in shared memory; the parent watches it.
//
// The time limit is for one law of one history, as CPU time of the child (and ten times as much by
// the wall clock, for a type that sleeps). Memory is what the child holds beyond its parent, looked
// at from outside every few milliseconds, since the sanitizers reserve more addresses than a limit
// could allow; a type that is faster than that ends as the system ends it, which is a verdict too.

#include "crdt/laws/checking.hpp"

namespace rejoin::laws {

Report check_isolated(const Type& type, const Budget& budget, Progress& progress);

}  // namespace rejoin::laws
