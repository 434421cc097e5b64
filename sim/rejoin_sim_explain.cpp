// rejoin-sim explain: from which moment on a failing run was bound to fail.

#include <algorithm>
#include <array>
#include <cstdio>
#include <iostream>
#include <map>
#include <optional>

#include "sim/recorder.hpp"
#include "sim/rejoin_sim_command.hpp"
#include "sim/rejoin_sim_pool.hpp"
#include "sim/rejoin_sim_recording.hpp"
#include "sim/rejoin_sim_scenario.hpp"
#include "sim/rejoin_sim_trial.hpp"
#include "sim/what_if.hpp"

namespace rejoin::sim {
namespace {

constexpr double seconds_each = 20;
constexpr unsigned halvings = 6;       // of the step, once it is found
constexpr std::size_t lines_max = 30;  // of what happened in it
constexpr unsigned bar_width = 32;

std::string seconds_text(Time time) {
  std::array<char, 32> text{};
  std::snprintf(text.data(), text.size(), "%.6f s",
                static_cast<double>(time) / static_cast<double>(second));
  return text.data();
}

class Explain : public Command {
 public:
  CLI::App* add(CLI::App& app) override {
    CLI::App* command = app.add_subcommand(
        "explain", "From which moment on was a failing run bound to fail? Rewinds, and draws on");
    command->add_option("scenario", file_, "The scenario, a TOML file")->required();
    command->add_option("--seed", seed_text_, "The seed that fails");
    command->add_option("--draws", draws_, "Runs from each moment on")
        ->check(CLI::Range(2U, 10'000U))
        ->capture_default_str();
    command->add_option("--json", json_, "Write JSON to this file; - is standard output");
    command->add_option("--jobs", jobs_, "Worker processes")->check(CLI::Range(1U, 256U));
    return command;
  }

  int run() override {
    const auto named = load_run(file_, seed_text_);
    if (!named) return complain(named.error().message);
    const Scenario& scenario = named->scenario;
    const Seed& seed = named->seed;
    const auto violation = violation_of(scenario, seed, false, seconds_each);
    if (!violation) {
      std::cout << "seed " << to_string(seed) << " does not fail: nothing to explain\n";
      return 0;
    }
    const Failing failing{violation->oracle, violation->type};
    Pool pool({jobs_, seconds_each}, [&](const std::string& task) {
      const std::size_t blank = task.find(' ');
      const auto outcome = simulate_turned(scenario, seed, std::stoull(task.substr(0, blank)),
                                           std::stoull(task.substr(blank + 1)));
      const bool fails = outcome && outcome->violation && failing.is(*outcome->violation);
      return std::string(fails ? "1" : "0");
    });
    climb(pool, violation->at, !came_back(*violation));
    std::vector<std::string> between;
    if (came_back(*violation)) between = happened(scenario, seed, violation->at);
    return tell(to_string(seed), *violation, between);
  }

 private:
  struct Step {
    Time near = 0;  // rewound so far, it still fails
    Time far = 0;   // and so far, less often
  };

  // How many of the runs that are drawn anew from `back` before the failure on fail as it did.
  unsigned ask(Pool& pool, Time failure, Time back, bool dies) {
    unsigned fails = 0;
    unsigned given = 0;
    const std::string moment = std::to_string(failure - back) + " ";
    while (given < draws_ || pool.under_way() > 0) {
      for (; given < draws_ && pool.wants(); ++given) {
        pool.give(given, moment + std::to_string(given + 1));
      }
      pool.wait([&](const Pool::Answer& answer) {
        fails += answer.died.empty() ? answer.text == "1" : dies;
      });
    }
    return fails;
  }

  void climb(Pool& pool, Time failure, bool dies) {
    fails_[0] = draws_;
    Time back = millisecond;
    for (; back < failure; back *= 2) fails_[back] = ask(pool, failure, back, dies);
    fails_[failure] = ask(pool, failure, failure, dies);
    for (unsigned i = 0; i < halvings; ++i) {
      const Step steepest = step();
      const Time middle = steepest.near + (steepest.far - steepest.near) / 2;
      if (fails_.contains(middle)) return;
      fails_[middle] = ask(pool, failure, middle, dies);
    }
  }

  // The two neighbours between which it falls most.
  Step step() const {
    Step steepest;
    int most = -1;
    for (auto near = fails_.begin(), far = std::next(near); far != fails_.end(); ++near, ++far) {
      const int fall = static_cast<int>(near->second) - static_cast<int>(far->second);
      if (fall <= most) continue;
      most = fall;
      steepest = {near->first, far->first};
    }
    return steepest;
  }

  // In the step, as it was.
  std::vector<std::string> happened(const Scenario& scenario, const Seed& seed,
                                    Time failure) const {
    std::vector<std::string> lines;
    const auto recording = record(scenario, seed);
    if (!recording) return lines;
    const Step steepest = step();
    for (const Recorded& event : recording->events) {
      const bool silent = event.what == What::state || event.what == What::size ||
                          event.what == What::value || event.what == What::timer;
      if (silent || event.at < failure - steepest.far || event.at >= failure - steepest.near) {
        continue;
      }
      lines.push_back(line_of(*recording, event));
    }
    return lines;
  }

  int tell(const std::string& seed, const Violation& violation,
           const std::vector<std::string>& between) const {
    const Step steepest = step();
    const unsigned before = fails_.at(steepest.near);
    const unsigned after = fails_.at(steepest.far);
    if (json_ != "-") {
      std::cout << "seed " << seed << ": " << violation.oracle << " at n" << violation.node << ", "
                << seconds_text(violation.at) << ": " << violation.detail
                << "\nrewound by, and from there on drawn anew: how many of " << draws_
                << " fail in the same way\n";
      for (const auto& [back, fails] : fails_) {
        std::cout << "  " << seconds_text(back) << "  "
                  << std::string(std::size_t{fails} * bar_width / draws_, '#') << " " << fails
                  << "\n";
      }
      std::cout << "the step: up to " << seconds_text(violation.at - steepest.far) << " " << after
                << " of " << draws_ << " would have failed, from "
                << seconds_text(violation.at - steepest.near) << " on " << before
                << "; what happened between:\n";
      for (std::size_t i = 0; i < std::min(between.size(), lines_max); ++i) {
        std::cout << "  " << between[i] << "\n";
      }
      if (between.size() > lines_max) {
        std::cout << "  and " << between.size() - lines_max << " more\n";
      }
    }
    nlohmann::ordered_json json;
    json["scenario"] = file_;
    json["seed"] = seed;
    json["oracle"] = violation.oracle;
    json["at"] = violation.at;
    json["draws"] = draws_;
    json["ladder"] = nlohmann::ordered_json::array();
    for (const auto& [back, fails] : fails_) {
      json["ladder"].push_back({{"rewound", back}, {"fails", fails}});
    }
    json["step"] = {{"from", violation.at - steepest.far},
                    {"to", violation.at - steepest.near},
                    {"fails_before", after},
                    {"fails_after", before},
                    {"happened", between}};
    if (!json_.empty() && !write_json(json, json_)) return complain(json_ + ": cannot be written");
    return 1;
  }

  std::string file_;
  std::string seed_text_;
  std::string json_;
  unsigned draws_ = 40;
  unsigned jobs_ = 1;
  std::map<Time, unsigned> fails_;  // by how far it was rewound
};

}  // namespace

std::unique_ptr<Command> explain_command() {
  return std::make_unique<Explain>();
}

}  // namespace rejoin::sim
