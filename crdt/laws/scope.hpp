#pragma once

// Scope: all histories of a few operations, each once. Where random histories find what happens now
// and then, these miss nothing that two or three operations can do.
//
// A history of a scope: its operations happen one after another, at replicas numbered by their
// first act (so that none is listed twice under other names); before each, its replica receives any
// subset of the earlier deltas that it lacks, oldest first. Wall clocks stand still, rise, or fall.

#include <algorithm>
#include <cstddef>
#include <functional>
#include <set>
#include <string>
#include <vector>

#include "crdt/laws/history.hpp"
#include "crdt/laws/subject.hpp"

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

// Different operations that meet: first one that changes bottom, then those that change what it
// made and not bottom (a removal, a reset), then others that change what it made, then any. Drawn
// by a fixed seed, so always the same.
template <HasSubject T>
std::vector<OpOf<T>> letters_of(const rc::Gen<OpOf<T>>& operations, std::size_t most) {
  constexpr int draws_max = 300;
  std::vector<OpOf<T>> drawn;
  std::set<std::string> seen;
  rc::Random random(1);
  for (int draw = 0; draw < draws_max; ++draw) {
    OpOf<T> op = operations(random.split(), 2 + draw).value();  // simple ones first
    if (seen.insert(rc::toString(op)).second) drawn.push_back(std::move(op));
  }
  const auto changes = [](T state, const OpOf<T>& op) {
    const T before = state;
    return mutate(state, op, At(replica_id(0), std::uint64_t{1})).has_value() && !(state == before);
  };
  const auto first = std::find_if(drawn.begin(), drawn.end(),
                                  [&](const OpOf<T>& op) { return changes(T{}, op); });
  if (first != drawn.end()) {
    T made;
    (void)mutate(made, *first, At(replica_id(0), std::uint64_t{1}));
    std::rotate(drawn.begin(), first, std::next(first));
    const auto rank = [&](const OpOf<T>& op) {
      return !changes(made, op) ? 2 : changes(T{}, op) ? 1 : 0;
    };
    std::stable_sort(std::next(drawn.begin()), drawn.end(),
                     [&](const OpOf<T>& a, const OpOf<T>& b) { return rank(a) < rank(b); });
    // One of each kind before a second of any.
    const auto other = std::find_if(std::next(drawn.begin()), drawn.end(),
                                    [&](const OpOf<T>& op) { return rank(op) == 1; });
    if (other != drawn.end() && other - drawn.begin() > 2) {
      std::rotate(std::next(drawn.begin(), 2), other, std::next(other));
    }
  }
  drawn.erase(std::next(drawn.begin(), static_cast<std::ptrdiff_t>(std::min(most, drawn.size()))),
              drawn.end());
  return drawn;
}

template <class Op>
History<Op> spelled(const std::vector<ScopedStep>& steps, const std::vector<Op>& letters) {
  History<Op> history;
  for (const ScopedStep& step : steps) history.push_back({step.move, letters[step.letter]});
  return history;
}

}  // namespace rejoin::laws
