#pragma once

// Progress: where a check is, for whoever watches it.

#include <cstddef>

namespace rejoin::laws {

enum class Phase { saved, scope, random, lengthy, shrinking, power };

const char* name_of(Phase phase);

struct Position {
  Phase phase = Phase::scope;
  std::size_t number =
      0;                 // of the history; of the mutant; while shrinking, how many steps are left
  const char* law = "";  // being asked; empty while the history is played; the mutant's title
};

class Progress {
 public:
  virtual ~Progress() = default;
  virtual void at(const Position&) {}
};

}  // namespace rejoin::laws
