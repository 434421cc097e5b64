#include "sim/simulation.hpp"

#include <algorithm>

#include "sim/world.hpp"

namespace rejoin::sim {
namespace {

Time time_of(Duration duration) {
  return duration.count() < 0 ? 0 : static_cast<Time>(duration.count());
}

// Code of the user's: of what it writes, only where and what it replaced is known.
class CodeAct final : public OwnAct {
 public:
  CodeAct(std::string name, Simulation::Moment::Code code)
      : name_(std::move(name)), code_(std::move(code)) {}

  std::string text() const override { return name_; }
  Result<void> perform(Stage& stage) const override {
    const Overlay before = stage.tx.changes();
    if (auto good = code_(stage.tx); !good) return Error{ErrorCode::aborted, good.error().message};
    if (const auto& refused = stage.tx.error()) stage.specification.refuses(refused->code);
    Overlay changed;
    for (const auto& [slot, change] : stage.tx.changes()) {
      const auto at = before.find(slot);
      const bool same =
          at != before.end() && at->second.seen == change.seen && at->second.value == change.value;
      if (!same) changed.emplace(slot, change);
    }
    stage.specification.opaque_steps(changed);
    return {};
  }

 private:
  std::string name_;
  Simulation::Moment::Code code_;
};

// What was asked for in words that mean nothing fails when it is run, with the reason.
class WrongAct final : public OwnAct {
 public:
  WrongAct(std::string words, Error error) : words_(std::move(words)), error_(std::move(error)) {}
  std::string text() const override { return words_; }
  Result<void> perform(Stage&) const override { return error_; }

 private:
  std::string words_;
  Error error_;
};

}  // namespace

// ---- Report

Report::Report(Scenario scenario, Result<Outcome> outcome)
    : scenario_(std::move(scenario)), outcome_(std::move(outcome)) {}

std::string Report::verdict() const {
  if (!outcome_) return "not run: " + outcome_.error().message;
  std::string out = "seed " + std::to_string(outcome_->seed) + ": ";
  if (outcome_->violation) {
    const Violation& wrong = *outcome_->violation;
    return out + wrong.oracle + ", at n" + std::to_string(wrong.node) + ": " + wrong.detail;
  }
  out += name_of(outcome_->verdict);
  return outcome_->vacuous.empty() ? out : out + ": " + outcome_->vacuous;
}

// ---- Simulation

Simulation::Simulation(const Options& options) : watch_(std::make_shared<Watch>()) {
  scenario_.name = "simulation";
  scenario_.seed = options.seed;
  scenario_.nodes = options.nodes;
  scenario_.swarm = false;  // what is asked for happens
  scenario_.workload.transactions = 0;
  scenario_.workload.over = {0, 0};
  scenario_.until = 0;
}

Simulation& Simulation::latency(Duration least, Duration most) {
  scenario_.links.base = {time_of(least), time_of(most)};
  return *this;
}

FaultSpec& Simulation::add(FaultKind kind, Time at, Time lasting) {
  FaultSpec& fault = scenario_.faults.emplace_back();
  fault.kind = kind;
  fault.name = std::string(name_of(kind)) + " " + std::to_string(scenario_.faults.size());
  fault.at = {at, at};
  fault.lasting = Lasting(lasting, lasting);
  return fault;
}

Simulation& Simulation::loss(double rate) {
  add(FaultKind::loss, 0, 0).rate = {rate, rate};
  return *this;
}
Simulation& Simulation::duplicates(double rate, Duration late_by) {
  FaultSpec& fault = add(FaultKind::duplicate, 0, 0);
  fault.rate = {rate, rate};
  fault.by = {0, time_of(late_by)};
  return *this;
}
Simulation& Simulation::reordering(double rate, Duration by) {
  FaultSpec& fault = add(FaultKind::reorder, 0, 0);
  fault.rate = {rate, rate};
  fault.by = {time_of(by), time_of(by)};
  return *this;
}

Simulation& Simulation::until(Duration time) {
  scenario_.until = time_of(time);
  until_is_said_ = true;
  return *this;
}

Simulation::Moment Simulation::at(Duration time) {
  return Moment(*this, time_of(time));
}

Simulation& Simulation::sometimes(std::string name, std::function<bool(const View&)> point) {
  watch_->sometimes.emplace_back(std::move(name), std::move(point));
  return *this;
}

Report Simulation::run() const {
  Scenario scenario = scenario_;
  scenario.watch = std::make_shared<const Watch>(*watch_);
  std::stable_sort(scenario.doings.begin(), scenario.doings.end(),
                   [](const Doing& a, const Doing& b) { return a.at < b.at; });
  if (!until_is_said_) {
    for (const Doing& doing : scenario.doings) {
      scenario.until = std::max(scenario.until, doing.at + 100 * millisecond);
    }
    for (const FaultSpec& fault : scenario.faults) {
      scenario.until = std::max(scenario.until, fault.at.high + fault.lasting.high);
    }
    scenario.until = std::max(scenario.until, 100 * millisecond);
  }
  // Faults of the whole run were asked for before it was known how long that is.
  for (FaultSpec& fault : scenario.faults) {
    if (fault.lasting.high == 0) fault.lasting = Lasting(scenario.until, scenario.until);
  }
  if (auto good = scenario.validate(); !good) return {scenario, good.error()};
  auto outcome = simulate(scenario, Seed(scenario.seed.value_or(1)));
  return {std::move(scenario), std::move(outcome)};
}

// ---- Moment

Simulation::Moment& Simulation::Moment::op(std::string name, Code code) {
  return op(std::make_shared<CodeAct>(std::move(name), std::move(code)));
}

Simulation::Moment& Simulation::Moment::op(std::string_view words) {
  auto act = act_from(words, of_.scenario_.workload.own);
  if (!act) return op(std::make_shared<WrongAct>(std::string(words), act.error()));
  of_.scenario_.doings.push_back({at_, node_, {{*std::move(act)}, false}});
  return *this;
}

Simulation::Moment& Simulation::Moment::op(std::shared_ptr<const OwnAct> act) {
  Act own;
  own.own = std::move(act);
  of_.scenario_.doings.push_back({at_, node_, {{std::move(own)}, false}});
  return *this;
}

Simulation::Moment& Simulation::Moment::fault(FaultKind kind, Nodes nodes) {
  of_.add(kind, at_, 1 * second).nodes = std::move(nodes);
  fault_ = of_.scenario_.faults.size() - 1;
  return *this;
}

Simulation::Moment& Simulation::Moment::split(std::vector<Nodes> groups) {
  fault(FaultKind::split, {});
  of_.scenario_.faults[*fault_].groups = std::move(groups);
  return *this;
}
Simulation::Moment& Simulation::Moment::one_way(Nodes from, Nodes to) {
  fault(FaultKind::one_way, {});
  of_.scenario_.faults[*fault_].from = std::move(from);
  of_.scenario_.faults[*fault_].to = std::move(to);
  return *this;
}
Simulation::Moment& Simulation::Moment::crash(unsigned node) {
  return fault(FaultKind::crash, {node});
}
Simulation::Moment& Simulation::Moment::wipe(unsigned node) {
  return fault(FaultKind::wipe, {node});
}
Simulation::Moment& Simulation::Moment::pause(unsigned node) {
  return fault(FaultKind::pause, {node});
}
Simulation::Moment& Simulation::Moment::clock_step(unsigned node, Duration by) {
  fault(FaultKind::clock_step, {node});
  of_.scenario_.faults[*fault_].by = {time_of(by), time_of(by)};
  return *this;
}
Simulation::Moment& Simulation::Moment::lasting(Duration time) {
  if (fault_) of_.scenario_.faults[*fault_].lasting = Lasting(time_of(time), time_of(time));
  return *this;
}

Report property(unsigned nodes, std::uint64_t seeds,
                const std::function<void(Simulation&, const Draws&)>& f) {
  for (std::uint64_t seed = 1;; ++seed) {
    Simulation::Options options;
    options.seed = seed;
    options.nodes = nodes;
    Simulation simulation(options);
    f(simulation, Draws(seed));
    Report report = simulation.run();
    if (!report.ok() || seed >= seeds) return report;
  }
}

}  // namespace rejoin::sim
