#include "sim/exhaust.hpp"

#include <algorithm>
#include <unordered_set>
#include <utility>

#include "sim/exhaust_case.hpp"
#include "sim/families.hpp"

namespace rejoin::sim {
namespace {

constexpr std::uint64_t asks_every = 64;  // ways
// Of those taken before, so many are looked at again: a crash asks twice in one step.
constexpr std::size_t steps_looked_at = 2;

Error invalid(const std::string& what) {
  return Error{ErrorCode::invalid_argument, what};
}

}  // namespace

Result<void> ExhaustSettings::validate() const {
  if (replicas < 2 || replicas > 6) return invalid("replicas must lie in 2..6");
  if (operations < 1 || operations > 12) return invalid("ops must lie in 1..12");
  if (menu.empty() && program.empty()) return invalid("there is no operation to choose from");
  const auto& families = all_families();
  std::vector<Act> acts = menu;
  for (const auto& [node, act] : program) {
    if (node >= replicas) return invalid("an operation is of a node that is not there");
    acts.push_back(act);
  }
  for (const Act& act : acts) {
    if (std::find(families.begin(), families.end(), act.family) == families.end()) {
      return invalid("'" + to_string(act) + "' is of a type that the simulator does not have");
    }
  }
  return {};
}

ExhaustResult exhaust(const ExhaustSettings& settings,
                      const std::function<bool(const ExhaustResult&)>& go_on) {
  ExhaustResult result;
  std::unordered_set<std::uint64_t> seen;
  std::vector<unsigned> given;
  std::uint64_t ways = 0;
  do {
    if (ways++ % asks_every == 0 && !go_on(result)) return result;
    Choices choices(given);
    ExhaustCase way(settings, choices, false);
    bool looks = choices.given_left() <= steps_looked_at;
    way.look(looks);
    for (std::uint64_t depth = 0; !way.violation(); ++depth) {
      result.depth = std::max(result.depth, depth);
      if (!looks && choices.given_left() <= steps_looked_at) way.look(looks = true);
      if (choices.fresh()) {
        ++result.transitions;
        if (!seen.insert(way.state()).second) {
          ++result.repeated;
          break;
        }
      }
      const auto steps = way.steps();
      const auto& step = steps[choices.choose(static_cast<unsigned>(steps.size()))];
      way.take(step);
      if (step.kind != ExhaustCase::Step::Kind::finish) continue;
      ++result.ends;
      break;
    }
    result.states = seen.size();
    if (way.violation()) {
      ExhaustResult told = replay_choices(settings, choices.taken());
      result.violation = way.violation();
      result.choices = choices.taken();
      result.story = std::move(told.story);
      return result;
    }
    given = choices.next();
  } while (!given.empty());
  result.complete = true;
  return result;
}

ExhaustResult replay_choices(const ExhaustSettings& settings, const std::vector<unsigned>& given) {
  ExhaustResult result;
  Choices choices(given);
  ExhaustCase way(settings, choices, true);
  while (!way.violation()) {
    const auto steps = way.steps();
    const auto& step = steps[choices.choose(static_cast<unsigned>(steps.size()))];
    way.take(step);
    ++result.transitions;
    if (step.kind != ExhaustCase::Step::Kind::finish) continue;
    ++result.ends;
    break;
  }
  result.violation = way.violation();
  result.choices = choices.taken();
  result.story = way.story();
  return result;
}

}  // namespace rejoin::sim
