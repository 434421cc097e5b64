#pragma once

// Scope: all histories of a few operations, each once. Where random histories find what happens now
// and then, these miss nothing that two or three operations can do.
//
// A history of a scope: its operations happen one after another, at replicas numbered by their
// first act (so that none is listed twice under other names); before each, its replica receives any
// subset of the earlier deltas that it lacks, oldest first. Wall clocks stand still, rise, or fall.

#include <cstddef>
#include <functional>
#include <vector>

#include "crdt/laws/history.hpp"

namespace rejoin::laws {

struct Scope {
  std::size_t operations = 3;  // at most
  std::size_t letters = 3;     // different operations to choose from
};

// A step whose operation is still a letter.
struct ScopedStep {
  Move move;
  std::size_t letter = 0;
};

// Calls visit with every history of one to scope.operations operations, short ones first, until it
// returns false.
void each_in_scope(const Scope& scope,
                   const std::function<bool(const std::vector<ScopedStep>&)>& visit);

// At most `most` different operations that meet: first one that changes bottom, then those that
// change what it made and not bottom (a removal, a reset), then others that change what it made,
// then any. Always the same.
std::vector<Operation> letters_of(const Type& type, std::size_t most);

History spelled(const std::vector<ScopedStep>& steps, const std::vector<Operation>& letters);

}  // namespace rejoin::laws
