#pragma once

// Simulation: a run written in C++, for who tests an application of their own. What nodes do is any
// code on a Transaction, on any types, theirs included; the nodes run the core that is shipped.
//
//     sim::Simulation run({.seed = 42, .nodes = 5});
//     run.latency(5ms, 20ms).loss(0.01);
//     run.at(1s).on(0).op("put milk", [](Transaction& tx) -> Result<void> { ... });
//     run.at(2s).split({{0, 1}, {2, 3, 4}}).lasting(30s);
//     run.at(12s).crash(2).lasting(3s);
//     run.invariant("at most 10", [](const sim::View& node) { return node.get(cart).size() <= 10;
//     }); const sim::Report report = run.run(); EXPECT_TRUE(report.ok()) << report.story();
//
// Whatever is said here becomes a Scenario: all of its oracles hold too, faults that did nothing
// make the run vacuous, and a failure is made smaller before it is told. Code given to op() must
// do the same each time it is called: what it knows, it must read from the transaction.

#include <chrono>
#include <concepts>
#include <functional>
#include <memory>
#include <optional>
#include <string>
#include <utility>
#include <vector>

#include "sim/outcome.hpp"
#include "sim/own_lattice.hpp"
#include "sim/scenario.hpp"
#include "sim/watching.hpp"

namespace rejoin::sim {

using Duration = std::chrono::nanoseconds;

class Report {
 public:
  Report(Scenario scenario, Result<Outcome> outcome);

  // Nothing is wrong, and every fault and every point of sometimes() happened.
  bool ok() const { return outcome_ && outcome_->verdict == Verdict::ok; }
  // One line: the verdict, and what is wrong.
  std::string verdict() const;
  // Makes a failing run as small as it can be made, and tells it: what happens, in order, and what
  // is wrong in the end. Of a good one, its verdict. Cost: up to `runs` runs.
  std::string story(std::uint64_t runs = 1000) const;

  // Why there was no run: something that cannot be was asked for.
  const Result<Outcome>& outcome() const { return outcome_; }
  const Scenario& scenario() const { return scenario_; }

 private:
  Scenario scenario_;
  Result<Outcome> outcome_;
};

class Simulation {
 public:
  struct Options {
    std::uint64_t seed = 1;
    unsigned nodes = 3;
  };
  explicit Simulation(const Options& options);

  // ---- links and disks, for the whole run
  Simulation& latency(Duration least, Duration most);
  Simulation& loss(double rate);
  Simulation& duplicates(double rate, Duration late_by);
  Simulation& reordering(double rate, Duration by);
  // Everything heals then; if it is not said, when the last thing that was asked for is over.
  Simulation& until(Duration time);

  // ---- what happens when
  class Moment;
  Moment at(Duration time);

  // ---- what must hold: a function of a View to bool, or to what is wrong as a string
  template <class F>
  Simulation& invariant(std::string name, F holds) {
    watch_->always.emplace_back(std::move(name), told(std::move(holds)));
    return *this;
  }
  // Of every node, once all are equal.
  template <class F>
  Simulation& in_the_end(std::string name, F holds) {
    watch_->in_the_end.emplace_back(std::move(name), told(std::move(holds)));
    return *this;
  }
  // Some node must pass this point once, or the run proves nothing.
  Simulation& sometimes(std::string name, std::function<bool(const View&)> point);

  // All else that a scenario has.
  Scenario& scenario() { return scenario_; }

  Report run() const;

 private:
  template <class F>
  static Invariant told(F holds) {
    if constexpr (std::same_as<std::invoke_result_t<F, const View&>, bool>) {
      return [holds = std::move(holds)](const View& view) {
        return holds(view) ? std::string() : std::string("it does not hold");
      };
    } else {
      return holds;
    }
  }
  FaultSpec& add(FaultKind kind, Time at, Time lasting);

  Scenario scenario_;
  std::shared_ptr<Watch> watch_;
  bool until_is_said_ = false;
};

// A moment of a run that is being written.
class Simulation::Moment {
 public:
  Moment(Simulation& of, Time at) : of_(of), at_(at) {}

  // ---- what a node does; operations after one another are transactions of their own
  Moment& on(unsigned node) {
    node_ = node;
    return *this;
  }
  using Code = std::function<Result<void>(Transaction&)>;
  Moment& op(std::string name, Code code);
  // In the words of a scenario file: "awset cart add milk". These have a specification.
  Moment& op(std::string_view words);
  // One of a type of the user's.
  Moment& op(std::shared_ptr<const OwnAct> act);

  // ---- faults, each for a second unless lasting() says otherwise
  Moment& split(std::vector<Nodes> groups);
  Moment& one_way(Nodes from, Nodes to);
  Moment& crash(unsigned node);  // it starts again when the fault is over
  Moment& wipe(unsigned node);
  Moment& pause(unsigned node);
  Moment& clock_step(unsigned node, Duration by);
  Moment& lasting(Duration time);

 private:
  Moment& fault(FaultKind kind, Nodes nodes);

  Simulation& of_;
  Time at_;
  unsigned node_ = 0;
  std::optional<std::size_t> fault_;
};

// Many runs of what f writes, seeds 1 to `seeds`, until one is not ok: that one's report. Without
// one, the last report.
Report property(unsigned nodes, std::uint64_t seeds,
                const std::function<void(Simulation&, const Draws&)>& f);

}  // namespace rejoin::sim
