#include "crdt/laws/history.hpp"

#include <algorithm>

#include "crdt/hash.hpp"
#include "crdt/hybrid_time.hpp"

namespace rejoin::laws {
namespace {

// Four values, and in one of thirteen cases an absurd one.
std::uint64_t draw_clock(Draws& draws) {
  constexpr std::uint64_t absurd[] = {0, HybridTime::ceiling >> 16, ~std::uint64_t{0}};
  const std::size_t drawn = draws.below(39);
  return drawn < 36 ? 1 + drawn % 4 : absurd[drawn - 36];
}

Kind draw_kind(Draws& draws) {
  const std::size_t drawn = draws.below(12);
  return drawn < 6    ? Kind::perform
         : drawn < 8  ? Kind::merge
         : drawn < 11 ? Kind::receive
                      : Kind::regroup;
}

// Deltas are chosen among as many as there may be by then: in a long history late ones too.
Step draw_step(const Type& type, Draws& draws, std::size_t deltas) {
  Step step;
  step.move.kind = draw_kind(draws);
  step.move.at = draws.below(replicas);
  switch (step.move.kind) {
    case Kind::perform: {
      step.move.unix_ms = draw_clock(draws);
      constexpr int size = 100;  // what rapidcheck calls nominal
      step.op = type.draw(draws.next(), size);
      break;
    }
    case Kind::merge:
      step.move.from = draws.below(replicas - 1);
      break;
    case Kind::receive:
      step.move.delta = draws.below(deltas);
      break;
    case Kind::regroup:
      step.move.delta = draws.below(deltas);
      step.move.count = 2 + draws.below(2);
      break;
  }
  return step;
}

}  // namespace

std::uint64_t Draws::next() {
  state_ += 0x9e3779b97f4a7c15ULL;
  return mix64(state_);
}

History draw_history(const Type& type, std::uint64_t seed, std::size_t steps_min,
                     std::size_t steps_max) {
  Draws draws(seed);
  const std::size_t length = steps_min + draws.below(steps_max - steps_min + 1);
  History history;
  for (std::size_t i = 0; i < length; ++i) {
    history.push_back(draw_step(type, draws, std::max<std::size_t>(8, i / 2)));
  }
  return history;
}

std::string name_of_replica(std::size_t replica) {
  return std::string(1, static_cast<char>('A' + replica));
}

std::string to_string(const Move& move, const std::string& operation) {
  const std::string who = name_of_replica(move.at) + ' ';
  switch (move.kind) {
    case Kind::perform:
      return who + "performs " + operation + " at " + std::to_string(move.unix_ms) + " ms";
    case Kind::merge:
      return who + "merges the state of " + name_of_replica(move.source());
    case Kind::receive:
      return who + "receives delta " + std::to_string(move.delta);
    case Kind::regroup:
      return who + "receives " + std::to_string(move.count) + " deltas from " +
             std::to_string(move.delta) + " on, as one";
  }
  return who;
}

std::string to_string(const History& history) {
  std::string out;
  for (std::size_t i = 0; i < history.size(); ++i) {
    out += "    " + std::to_string(i + 1) + ". " +
           to_string(history[i].move, history[i].op.text()) + '\n';
  }
  return out;
}

}  // namespace rejoin::laws
