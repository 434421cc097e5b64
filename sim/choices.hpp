#pragma once

// Choices: what is left open in a run, as a sequence of small numbers. Those given are taken first,
// behind them 0; next() is the sequence after this one, as if counting, so that running again until
// there is none tries all of them. A run must ask in a way that only depends on its answers.

#include <string>
#include <utility>
#include <vector>

#include "crdt/assert.hpp"

namespace rejoin::sim {

class Choices {
 public:
  Choices() = default;
  explicit Choices(std::vector<unsigned> given) : given_(std::move(given)) {}

  // One of 0 .. count - 1. Asking with 1 is no choice. Given numbers above are taken as the last.
  unsigned choose(unsigned count) {
    REJOIN_ASSERT(count > 0);
    if (count == 1) return 0;
    unsigned choice = taken_.size() < given_.size() ? given_[taken_.size()] : 0;
    if (choice >= count) choice = count - 1;
    taken_.push_back({choice, count});
    return choice;
  }

  // How many of those given have not been taken.
  std::size_t given_left() const {
    return taken_.size() < given_.size() ? given_.size() - taken_.size() : 0;
  }
  // All that were given have been taken.
  bool fresh() const { return given_left() == 0; }
  std::vector<unsigned> taken() const {
    std::vector<unsigned> choices;
    for (const Taken& one : taken_) choices.push_back(one.choice);
    return choices;
  }
  // The sequence to be given next; nothing is left to try if it is empty.
  std::vector<unsigned> next() const {
    std::vector<unsigned> choices = taken();
    for (std::size_t i = taken_.size(); i > 0; --i) {
      choices.resize(i);
      if (++choices.back() < taken_[i - 1].count) return choices;
    }
    return {};
  }

 private:
  struct Taken {
    unsigned choice = 0;
    unsigned count = 0;
  };
  std::vector<unsigned> given_;
  std::vector<Taken> taken_;
};

// "0,2,1"
inline std::string to_string(const std::vector<unsigned>& choices) {
  std::string text;
  for (unsigned choice : choices) text += (text.empty() ? "" : ",") + std::to_string(choice);
  return text;
}

}  // namespace rejoin::sim
