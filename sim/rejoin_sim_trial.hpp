#pragma once

// Runs of scenarios that may end their process or never end, each in a child of its own.

#include <chrono>
#include <functional>
#include <optional>
#include <string>

#include "sim/shrink.hpp"

namespace rejoin::sim {

struct InChild {
  enum class Ended { well, aborted, hung };
  Ended ended = Ended::well;
  std::string said;
};
// What `work` returns, in a child that has so long; its standard error is nobody's.
InChild in_child(const std::function<std::string()>& work, double seconds_max);

// The violation of a run with the scenario's own seed, or with the one given; one of aborted_oracle
// or hung_oracle for a run that did not come back. `twice`: nondeterminism_oracle if two traces
// differ.
std::optional<Violation> violation_of(const Scenario& scenario, const Seed& seed, bool twice,
                                      double seconds_max);

struct TrialLimits {
  std::uint64_t runs = 3000;
  double seconds = 60;      // of all
  double seconds_each = 5;  // a run that takes longer hangs
};

class ChildTrials : public Trials {
 public:
  using Found = std::function<void(const Scenario&, const char* step, std::uint64_t runs)>;
  ChildTrials(const TrialLimits& limits, bool twice, Found found);

  std::optional<Violation> run(const Scenario& scenario) override;
  Clues clues(const Scenario& scenario) override;
  bool enough() override;
  void found(const Scenario& scenario, const char* step) override;

  std::uint64_t runs() const { return runs_; }
  double seconds() const;

 private:
  TrialLimits limits_;
  bool twice_;
  Found found_;
  std::uint64_t runs_ = 0;
  std::chrono::steady_clock::time_point begin_ = std::chrono::steady_clock::now();
};

}  // namespace rejoin::sim
