// rejoin-sim flip: the one frame that would have had to fare otherwise for a failing run to pass.

#include <algorithm>
#include <array>
#include <cstdio>
#include <fstream>
#include <iostream>
#include <optional>

#include "sim/recorder.hpp"
#include "sim/rejoin_sim_command.hpp"
#include "sim/rejoin_sim_pool.hpp"
#include "sim/rejoin_sim_recording.hpp"
#include "sim/rejoin_sim_scenario.hpp"
#include "sim/rejoin_sim_trial.hpp"
#include "sim/scenario_text.hpp"
#include "sim/what_if.hpp"
#include "sim/world.hpp"

namespace rejoin::sim {
namespace {

constexpr double seconds_each = 20;
constexpr std::size_t at_once = 64;

struct Change {
  CarriedFrame frame;
  Fate fate;
};

std::string milliseconds(Time time) {
  std::array<char, 32> text{};
  std::snprintf(text.data(), text.size(), "%.3f ms",
                static_cast<double>(time) / static_cast<double>(millisecond));
  return text.data();
}

std::string fared(const CarriedFrame& frame) {
  if (frame.arrivals.empty()) return "was lost";
  std::string text = "arrived after " + milliseconds(frame.arrivals.front() - frame.at);
  if (frame.arrivals.size() > 1) {
    text += ", and again after " + milliseconds(frame.arrivals[1] - frame.at);
  }
  return text;
}

std::string words_of(const Fate& fate) {
  return fate.lost ? "lost" : "delivered once, after " + milliseconds(*fate.deliver);
}

// What the frames were, by number of their link.
std::string described(const Recording& recording, const CarriedFrame& frame) {
  std::uint64_t k = 0;
  for (const Recorded& event : recording.events) {
    if (event.what != What::send) continue;
    const RecordedMessage& message = recording.messages[event.subject];
    if (message.source != frame.link.source || message.target != frame.link.target) continue;
    if (k++ == frame.frame) return line_of(recording, event);
  }
  return {};
}

class Flip : public Command {
 public:
  CLI::App* add(CLI::App& app) override {
    CLI::App* command =
        app.add_subcommand("flip", "Which one frame, faring otherwise, makes a failing run pass?");
    command->add_option("scenario", file_, "The scenario, a TOML file")->required();
    command->add_option("--seed", seed_text_, "The seed that fails");
    command->add_option("--runs", runs_max_, "At most so many runs")->capture_default_str();
    command->add_flag("--all", all_, "Do not end at the last frame before the failure that does");
    command->add_option("-o,--output", output_, "Write the scenario that passes to this file");
    command->add_option("--json", json_, "Write JSON to this file; - is standard output");
    command->add_option("--jobs", jobs_, "Worker processes")->check(CLI::Range(1U, 256U));
    return command;
  }

  int run() override {
    const auto named = load_run(file_, seed_text_);
    if (!named) return complain(named.error().message);
    const auto& [scenario, seed] = *named;
    const auto violation = violation_of(scenario, seed, false, seconds_each);
    if (!violation) {
      std::cout << "seed " << to_string(seed) << " does not fail: nothing to flip\n";
      return 0;
    }
    if (!came_back(*violation)) {
      return complain("the run does not come back, so nobody knows its frames: shrink it first");
    }
    const auto frames = frames_of(scenario, seed);
    if (!frames) return complain(frames.error().message);
    const std::vector<Change> changes = changes_before(*frames, violation->at);
    try_all(scenario, seed, changes);
    const auto recording = record(scenario, seed);
    if (!recording) return complain(recording.error().message);
    if (!output_.empty() && !flips_.empty() && !write_scenario(scenario, seed)) {
      return complain(output_ + ": cannot be written");
    }
    return tell(to_string(seed), *violation, *recording, changes.size());
  }

 private:
  // The last frame first.
  static std::vector<Change> changes_before(const std::vector<CarriedFrame>& frames, Time failure) {
    std::vector<Change> changes;
    for (auto frame = frames.rbegin(); frame != frames.rend(); ++frame) {
      if (frame->at > failure) continue;
      for (const Fate& fate : changes_of(*frame)) changes.push_back({*frame, fate});
    }
    return changes;
  }

  void try_all(const Scenario& scenario, const Seed& seed, const std::vector<Change>& changes) {
    Pool pool({jobs_, seconds_each}, [&](const std::string& task) {
      const auto outcome = simulate(with_fate(scenario, changes[std::stoull(task)].fate), seed);
      return std::string(outcome && !outcome->violation ? "1" : "0");
    });
    const std::size_t last = std::min<std::size_t>(changes.size(), runs_max_);
    while (tried_ < last && (flips_.empty() || all_)) {
      const std::size_t end = std::min(tried_ + at_once, last);
      std::vector<bool> passes(end - tried_);
      std::size_t next = tried_;
      while (next < end || pool.under_way() > 0) {
        for (; next < end && pool.wants(); ++next) pool.give(next, std::to_string(next));
        pool.wait([&](const Pool::Answer& answer) {
          passes[answer.task - tried_] = answer.died.empty() && answer.text == "1";
        });
      }
      for (std::size_t i = 0; i < passes.size(); ++i) {
        if (passes[i]) flips_.push_back(changes[tried_ + i]);
      }
      tried_ = end;
    }
  }

  bool write_scenario(Scenario scenario, const Seed& seed) const {
    scenario = with_fate(scenario, flips_.front().fate);
    scenario.seed = seed.number;
    scenario.rekeys.insert(scenario.rekeys.end(), seed.rekeys.begin(), seed.rekeys.end());
    std::ofstream out(output_, std::ios::binary);
    out << text_of(scenario);
    return out.good();
  }

  int tell(const std::string& seed, const Violation& violation, const Recording& recording,
           std::size_t changes) const {
    nlohmann::ordered_json json;
    json["scenario"] = file_;
    json["seed"] = seed;
    json["oracle"] = violation.oracle;
    json["changes"] = changes;
    json["tried"] = tried_;
    json["flips"] = nlohmann::ordered_json::array();
    const bool speaks = json_ != "-";
    if (speaks) {
      std::cout << "seed " << seed << ": " << violation.oracle << " at n" << violation.node << ": "
                << violation.detail << "\n"
                << tried_ << " of " << changes << " changes of one frame tried, "
                << (flips_.empty() ? "none makes" : "these make") << " the run pass\n";
    }
    for (const Change& flip : flips_) {
      const std::string sent = described(recording, flip.frame);
      json["flips"].push_back({{"link", to_string(flip.fate.link)},
                               {"frame", flip.fate.frame},
                               {"sent", flip.frame.at},
                               {"was", fared(flip.frame)},
                               {"instead", words_of(flip.fate)},
                               {"described", sent}});
      if (!speaks) continue;
      std::cout << "  " << sent << "\n    frame " << flip.fate.frame << " of link "
                << to_string(flip.fate.link) << ", which " << fared(flip.frame)
                << "; it passes if it is " << words_of(flip.fate) << "\n";
    }
    if (!json_.empty() && !write_json(json, json_)) return complain(json_ + ": cannot be written");
    return 1;
  }

  std::string file_;
  std::string seed_text_;
  std::string output_;
  std::string json_;
  std::size_t runs_max_ = 5000;
  unsigned jobs_ = 1;
  bool all_ = false;
  std::size_t tried_ = 0;
  std::vector<Change> flips_;  // the last frame first
};

}  // namespace

std::unique_ptr<Command> flip_command() {
  return std::make_unique<Flip>();
}

}  // namespace rejoin::sim
