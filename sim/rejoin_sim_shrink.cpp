// rejoin-sim shrink: a failing seed as a few operations and faults. rejoin-sim replay: does such a
// file still fail as it says?

#include <unistd.h>

#include <fstream>
#include <iostream>

#include "sim/pinned.hpp"
#include "sim/rejoin_sim_command.hpp"
#include "sim/rejoin_sim_scenario.hpp"
#include "sim/rejoin_sim_trial.hpp"
#include "sim/scenario_text.hpp"
#include "sim/story.hpp"

namespace rejoin::sim {
namespace {

std::string commented(const std::string& text, const std::string& mark) {
  std::string out = mark + " ";
  for (std::size_t i = 0; i + 1 < text.size(); ++i) {
    out += text[i];
    if (text[i] == '\n') out += mark + " ";
  }
  return out + "\n";
}

bool write_file(const std::string& file, const std::string& text) {
  std::ofstream out(file, std::ios::binary);
  out << text;
  return out.good();
}

std::string words_for(const Violation& violation) {
  return violation.oracle + (violation.type.empty() ? "" : " of " + violation.type) + ": " +
         violation.detail;
}

class Shrink : public Command {
 public:
  CLI::App* add(CLI::App& app) override {
    CLI::App* command =
        app.add_subcommand("shrink", "Make a failing seed a few operations and faults");
    command->add_option("scenario", scenario_, "The scenario, a TOML file")->required();
    command->add_option("--seed", seed_, "The seed that fails");
    command->add_option("-o,--output", output_,
                        "Write the small scenario to this .toml file, and a C++ test beside it");
    command->add_option("--json", json_, "Write JSON to this file; - is standard output");
    command->add_flag("--verify", verify_, "The failure is that two runs of the seed differ");
    command->add_option("--runs", limits_.runs, "At most so many runs")->capture_default_str();
    command->add_option("--seconds", limits_.seconds, "At most so long")->capture_default_str();
    command->add_option("--small-enough", small_enough_,
                        "Stop at so few operations, faults and fates");
    return command;
  }

  int run() override {
    const auto named = load_run(scenario_, seed_);
    if (!named) return complain(named.error().message);
    const auto& [scenario, seed] = *named;
    const auto violation = violation_of(scenario, seed, verify_, limits_.seconds_each);
    if (!violation) {
      std::cout << "seed " << to_string(seed) << " does not fail: nothing to shrink\n";
      return 0;
    }
    const auto whole =
        came_back(*violation) ? pinned(scenario, seed) : pinned_unrun(scenario, seed);
    if (!whole) return complain(whole.error().message);
    const Failing failing{violation->oracle, violation->type};
    ChildTrials trials(limits_, verify_,
                       [this](const Scenario& best, const char* step, std::uint64_t runs) {
                         show(best, step, runs);
                       });
    if (const auto again = trials.run(*whole); !again || !failing.is(*again)) {
      return complain("the seed written down as a scenario does not fail in the same way");
    }
    const Scenario small = shrink(*whole, failing, trials, small_enough_);
    if (terminal_) std::cerr << "\r\x1b[K" << std::flush;
    return tell(*whole, small, failing, trials, to_string(seed));
  }

 private:
  void show(const Scenario& best, const char* step, std::uint64_t runs) const {
    if (!terminal_) return;
    std::cerr << "\r" << runs << " runs, " << step << ": " << size_of(best)
              << " operations and faults, " << best.nodes << " nodes\x1b[K" << std::flush;
  }

  int tell(const Scenario& whole, Scenario small, const Failing& failing, ChildTrials& trials,
           const std::string& seed) {
    const auto violation = trials.run(small);
    if (!violation || !failing.is(*violation)) {
      return complain("what was found does not fail again: the run is not deterministic");
    }
    Outcome outcome;
    outcome.verdict = Verdict::violation;
    outcome.violation = violation;
    small.expect.violation = failing.oracle;
    small.expect.type = failing.type;
    const std::string story = story_of(small, outcome);
    const std::string from = scenario_ + " with seed " + seed;
    const std::string toml =
        commented("Shrunk from " + from + ".\n\n" + story, "#") + "\n" + text_of(small);
    const std::string test = cpp_test_of(small, outcome, from);
    if (!output_.empty() && !(write_file(output_, toml) && write_file(test_file(), test))) {
      return complain(output_ + ": cannot be written");
    }
    if (json_ != "-") {
      std::cout << story << "\n"
                << size_of(whole) << " operations and faults became " << size_of(small) << ", with "
                << trials.runs() << " runs in " << trials.seconds() << " s\n";
      if (output_.empty()) {
        std::cout << "\n" << toml << "\n" << test;
      } else {
        std::cout << "rejoin-sim replay " << output_ << "    # the test: " << test_file() << "\n";
      }
    }
    nlohmann::ordered_json json;
    json["scenario"] = scenario_;
    json["seed"] = seed;
    json["oracle"] = failing.oracle;
    json["type"] = failing.type;
    json["detail"] = violation->detail;
    json["size_before"] = size_of(whole);
    json["size"] = size_of(small);
    json["nodes"] = small.nodes;
    json["runs"] = trials.runs();
    json["wall_seconds"] = trials.seconds();
    json["story"] = story;
    json["toml"] = toml;
    json["test"] = test;
    if (!json_.empty() && !write_json(json, json_)) {
      return complain(json_ + ": cannot be written");
    }
    return 1;
  }
  std::string test_file() const {
    const std::size_t dot = output_.rfind(".toml");
    return output_.substr(0, dot) + "_test.cpp";
  }

  std::string scenario_;
  std::string seed_;
  std::string output_;
  std::string json_;
  bool verify_ = false;
  TrialLimits limits_;
  std::size_t small_enough_ = 0;
  bool terminal_ = isatty(STDERR_FILENO) == 1;
};

class Replay : public Command {
 public:
  CLI::App* add(CLI::App& app) override {
    CLI::App* command =
        app.add_subcommand("replay", "Run a shrunk scenario: does it still fail as it says?");
    command->add_option("scenario", scenario_, "The scenario, with its seed in it")->required();
    command->add_option("--json", json_, "Write JSON to this file; - is standard output");
    return command;
  }

  int run() override {
    const auto scenario = load_scenario(scenario_);
    if (!scenario) return complain(scenario.error().message);
    const auto seed = seed_for(*scenario, "");
    if (!seed) return complain(scenario_ + " has no seed");
    const Failing failing{scenario->expect.violation, scenario->expect.type};
    const bool twice = failing.oracle == nondeterminism_oracle;
    const auto violation = violation_of(*scenario, *seed, twice, TrialLimits().seconds_each);
    std::string said = "does not fail";
    if (violation) {
      const bool same = failing.is(*violation);
      said = same                     ? "fails in the same way"
             : failing.oracle.empty() ? "fails"
                                      : "fails in another way";
    }
    Outcome outcome;
    outcome.violation = violation;
    if (json_ != "-") {
      std::cout << story_of(*scenario, outcome) << "\n"
                << scenario_ << " " << said << (violation ? ", " + words_for(*violation) : "")
                << "\n";
    }
    nlohmann::ordered_json json;
    json["scenario"] = scenario_;
    json["replay"] = said;
    if (violation) json["violation"] = words_for(*violation);
    if (!json_.empty() && !write_json(json, json_)) {
      return complain(json_ + ": cannot be written");
    }
    return violation ? 1 : 0;
  }

 private:
  std::string scenario_;
  std::string json_;
};

}  // namespace

std::unique_ptr<Command> shrink_command() {
  return std::make_unique<Shrink>();
}

std::unique_ptr<Command> replay_command() {
  return std::make_unique<Replay>();
}

}  // namespace rejoin::sim
