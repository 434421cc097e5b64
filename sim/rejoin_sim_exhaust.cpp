// rejoin-sim exhaust: every way in which a tiny case can go.

#include <algorithm>
#include <array>
#include <chrono>
#include <cstdio>
#include <iostream>
#include <sstream>

#include "sim/exhaust.hpp"
#include "sim/families.hpp"
#include "sim/rejoin_sim_command.hpp"
#include "sim/rejoin_sim_progress.hpp"
#include "sim/rejoin_sim_sweep.hpp"

namespace rejoin::sim {
namespace {

constexpr int not_complete = 2;  // as a vacuous run: nothing broke, and nothing is shown by it

// "0,2,1"; "" is no choice at all.
bool parse_choices(const std::string& text, std::vector<unsigned>& choices) {
  std::istringstream in(text);
  for (std::string one; std::getline(in, one, ',');) {
    if (one.empty() || one.size() > 6) return false;
    if (one.find_first_not_of("0123456789") != std::string::npos) return false;
    choices.push_back(static_cast<unsigned>(std::stoul(one)));
  }
  return true;
}

class Exhaust : public Command {
 public:
  CLI::App* add(CLI::App& app) override {
    CLI::App* command = app.add_subcommand("exhaust", "Try all that can happen in a tiny case");
    command->add_option("--replicas", settings_.replicas, "2..6 (3)");
    command->add_option("--ops", settings_.operations, "Operations, 1..12 (4)");
    command->add_option("--act", acts_,
                        "What an operation may be, such as 'awset key0 add e0'; may be repeated");
    command->add_option("--op", program_,
                        "Exactly these, each once, with its node: 'n0 awset key0 add e0'");
    command->add_flag("--drop{1}", settings_.drops, "Any one frame may be lost; --drop=2: any two");
    command->add_flag("--duplicate{1}", settings_.duplicates, "Any one frame may come again");
    command->add_flag("--crash{1}", settings_.crashes,
                      "Any node may crash once, with or without what its disk had not synced");
    command->add_flag("--tick{1}", settings_.ticks, "The next deadline may pass at any moment");
    command->add_flag("--repair", settings_.repair, "Without a log: what is late is repaired");
    command->add_flag("--by-history", settings_.by_history,
                      "Tell states apart by what each node has been through, not by what is there");
    command->add_option("--for", for_, "End after this time, such as 60s, 5m or 2h");
    choices_option_ =
        command->add_option("--choices", choices_, "Just this way, step by step: 0,2,1");
    command->add_option("--json", json_, "Write JSON to this file; - is standard output");
    return command;
  }

  int run() override {
    const double seconds_max = for_.empty() ? 0 : parse_duration(for_);
    if (seconds_max < 0)
      return complain("--for takes a time such as 60s or 2h, not '" + for_ + "'");
    if (const std::string wrong = read_program(); !wrong.empty()) return complain(wrong);
    if (acts_.empty() && program_.empty()) acts_ = {"awset key0 add e0", "awset key0 remove e0"};
    for (const std::string& text : acts_) {
      const auto act = act_from(text);
      if (!act) return complain("--act: " + act.error().message);
      settings_.menu.push_back(*act);
    }
    if (auto good = settings_.validate(); !good) return complain(good.error().message);
    if (choices_option_->count() > 0) return replay();

    const Interruptible interruptible;
    const auto begin = std::chrono::steady_clock::now();
    const auto seconds = [&] {
      return std::chrono::duration<double>(std::chrono::steady_clock::now() - begin).count();
    };
    const ExhaustResult result = exhaust(settings_, [&](const ExhaustResult& so_far) {
      show(so_far, seconds());
      return Interruptible::signal() == 0 && (seconds_max <= 0 || seconds() < seconds_max);
    });
    progress_.clear();
    return conclude(result, seconds());
  }

 private:
  // What is wrong; empty if nothing.
  std::string read_program() {
    for (const std::string& text : program_) {
      const std::size_t blank = text.find(' ');
      const std::string digits = text.substr(1, blank == std::string::npos ? blank : blank - 1);
      const auto act = act_from(blank == std::string::npos ? "" : text.substr(blank + 1));
      if (!text.starts_with('n') || digits.empty() || digits.size() > 3 ||
          digits.find_first_not_of("0123456789") != std::string::npos || !act) {
        return "--op takes a node and what it does, such as 'n0 awset key0 add e0', not '" + text +
               "'" + (act ? "" : ": " + act.error().message);
      }
      settings_.program.emplace_back(static_cast<unsigned>(std::stoul(digits)), *act);
    }
    return {};
  }

  int replay() const {
    std::vector<unsigned> choices;
    if (!parse_choices(choices_, choices)) {
      return complain("--choices takes numbers with commas, such as 0,2,1, not '" + choices_ + "'");
    }
    const ExhaustResult result = replay_choices(settings_, choices);
    tell(result);
    if (result.violation) return static_cast<int>(Verdict::violation);
    std::cout << "ok\n";
    return static_cast<int>(Verdict::ok);
  }

  static void tell(const ExhaustResult& result) {
    for (const std::string& line : result.story) std::cout << "  " << line << "\n";
    if (!result.violation) return;
    std::cout << "violation: " << result.violation->oracle << " at n" << result.violation->node
              << ": " << result.violation->detail << "\n";
  }

  // The line that runs this case again.
  std::string command_line() const {
    std::string line = "rejoin-sim exhaust --replicas " + std::to_string(settings_.replicas) +
                       " --ops " + std::to_string(settings_.operations);
    for (const std::string& op : program_) line += " --op '" + op + "'";
    for (const std::string& act : acts_) line += " --act '" + act + "'";
    const std::array<std::pair<const char*, unsigned>, 4> faults = {
        {{"drop", settings_.drops},
         {"duplicate", settings_.duplicates},
         {"crash", settings_.crashes},
         {"tick", settings_.ticks}}};
    for (const auto& [fault, times] : faults) {
      if (times > 0) line += " --" + std::string(fault) + "=" + std::to_string(times);
    }
    if (settings_.by_history) line += " --by-history";
    return line + (settings_.repair ? " --repair" : "");
  }

  void show(const ExhaustResult& result, double seconds) {
    if (!progress_.due(seconds)) return;
    std::array<char, 200> line{};
    std::snprintf(line.data(), line.size(), "%llu states  %llu steps  %llu ends  %.0f states/s",
                  static_cast<unsigned long long>(result.states),
                  static_cast<unsigned long long>(result.transitions),
                  static_cast<unsigned long long>(result.ends),
                  static_cast<double>(result.states) / std::max(seconds, 1e-9));
    progress_.show(0, line.data());
  }

  int conclude(const ExhaustResult& result, double seconds) const {
    if (!json_.empty() && !write_json(json_of(result, seconds), json_)) {
      return complain(json_ + ": cannot be written");
    }
    if (json_ != "-") {
      if (result.violation) {
        tell(result);
        std::cout << command_line() << " --choices " << to_string(result.choices) << "\n";
      }
      std::array<char, 240> line{};
      std::snprintf(
          line.data(), line.size(),
          "%s: %llu states, %llu steps between them, %llu ends judged, at most %llu steps "
          "deep, %.1f s",
          result.violation ? "violation" : (result.complete ? "complete" : "NOT complete"),
          static_cast<unsigned long long>(result.states),
          static_cast<unsigned long long>(result.transitions),
          static_cast<unsigned long long>(result.ends),
          static_cast<unsigned long long>(result.depth), seconds);
      std::cout << line.data() << "\n";
    }
    if (result.violation) return static_cast<int>(Verdict::violation);
    return result.complete ? static_cast<int>(Verdict::ok) : not_complete;
  }

  nlohmann::ordered_json json_of(const ExhaustResult& result, double seconds) const {
    nlohmann::ordered_json json;
    json["command"] = command_line();
    json["complete"] = result.complete;
    json["states"] = result.states;
    json["steps"] = result.transitions;
    json["ends"] = result.ends;
    json["depth"] = result.depth;
    json["wall_seconds"] = seconds;
    if (result.violation) {
      json["violation"] = {{"oracle", result.violation->oracle},
                           {"node", result.violation->node},
                           {"detail", result.violation->detail},
                           {"choices", result.choices},
                           {"story", result.story}};
    }
    return json;
  }

  ExhaustSettings settings_;
  std::vector<std::string> acts_;
  std::vector<std::string> program_;
  std::string for_;
  std::string choices_;
  CLI::Option* choices_option_ = nullptr;
  std::string json_;
  Progress progress_;
};

}  // namespace

std::unique_ptr<Command> exhaust_command() {
  return std::make_unique<Exhaust>();
}

}  // namespace rejoin::sim
