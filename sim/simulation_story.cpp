// A failing simulation, made small and told.

#include "sim/pinned.hpp"
#include "sim/shrink.hpp"
#include "sim/simulation.hpp"
#include "sim/story.hpp"
#include "sim/world.hpp"

namespace rejoin::sim {
namespace {

// Shrinks in this process: what a user's code does to it, it does to the test anyway.
class TrialsHere final : public Trials {
 public:
  explicit TrialsHere(std::uint64_t runs_max) : left_(runs_max) {}

  std::optional<Violation> run(const Scenario& scenario) override {
    if (left_ > 0) --left_;
    const auto outcome = simulate(scenario, Seed(scenario.seed.value_or(0)));
    return outcome ? outcome->violation : std::nullopt;
  }
  Clues clues(const Scenario&) override { return {}; }
  bool enough() override { return left_ == 0; }
  void found(const Scenario&, const char*) override {}

 private:
  std::uint64_t left_;
};

}  // namespace

std::string Report::story(std::uint64_t runs) const {
  if (!outcome_ || !outcome_->violation) return verdict() + "\n";
  const Seed seed(outcome_->seed);
  const auto whole = pinned(scenario_, seed);
  if (!whole) return verdict() + "\n";
  TrialsHere trials(runs);
  const Violation& wrong = *outcome_->violation;
  const Scenario small = shrink(*whole, {wrong.oracle, wrong.type}, trials);
  const auto again = simulate(small, Seed(small.seed.value_or(0)));
  if (!again || !again->violation) return verdict() + "\n";
  return story_of(small, *again);
}

}  // namespace rejoin::sim
