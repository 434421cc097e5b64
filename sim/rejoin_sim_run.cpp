// rejoin-sim run: one seed, and what happened.

#include <chrono>
#include <iostream>
#include <optional>

#include "sim/rejoin_sim_command.hpp"
#include "sim/rejoin_sim_recording.hpp"
#include "sim/rejoin_sim_report.hpp"
#include "sim/rejoin_sim_scenario.hpp"
#include "sim/rejoin_sim_sweep.hpp"
#include "sim/seed.hpp"
#include "sim/world.hpp"

namespace rejoin::sim {
namespace {

class Run : public Command {
 public:
  CLI::App* add(CLI::App& app) override {
    CLI::App* command = app.add_subcommand("run", "Run one seed");
    command->add_option("scenario", scenario_, "The scenario, a TOML file")->required();
    command->add_option("--seed", seed_, "The seed: a number, and edits such as 7+fault_at:3");
    command->add_option("--json", json_, "Write JSON to this file; - is standard output");
    command->add_flag("--verify", verify_, "Run the seed twice and compare the traces");
    command->add_flag("--log", log_, "Write what happens to standard error, a line each");
    command->add_option("--record", record_,
                        "Write what happened to this file, for diff, export and report");
    return command;
  }

  int run() override {
    const auto named = load_run(scenario_, seed_);
    if (!named) return complain(named.error().message);
    const auto& [scenario, seed] = *named;
    std::optional<Statistics> statistics;
    if (log_ || !record_.empty() || !json_.empty()) {
      const auto recorded = record(scenario, seed);
      if (!recorded) return complain(recorded.error().message);
      statistics = *recorded;
    }
    const auto begin = std::chrono::steady_clock::now();
    const auto outcome = run_seed(scenario, seed, verify_);
    const double wall =
        std::chrono::duration<double>(std::chrono::steady_clock::now() - begin).count();
    if (!outcome) return complain(outcome.error().message);
    if (json_ != "-") std::cout << text_of(*outcome, wall);
    if (!json_.empty()) {
      nlohmann::ordered_json json = json_of(*outcome, wall);
      json["statistics"] = json_of(*statistics);
      if (!write_json(json, json_)) return complain(json_ + ": cannot be written");
    }
    return static_cast<int>(outcome->verdict);
  }

 private:
  // A run of its own: a recorder takes time, and the time of the run is shown.
  Result<Statistics> record(const Scenario& scenario, const Seed& seed) const {
    Recorder recorder;
    if (log_) {
      recorder = Recorder([](const Recording& recording, const Recorded& event) {
        const bool silent = event.what == What::state || event.what == What::size;
        if (!silent) std::cerr << line_of(recording, event) << "\n";
      });
    }
    const auto outcome = simulate(scenario, seed, &recorder);
    if (!outcome) return outcome.error();
    if (!record_.empty()) {
      const auto written = write_recording(record_, recorder.recording());
      if (!written) return written.error();
    }
    return statistics_of(recorder.recording());
  }

  std::string scenario_;
  std::string seed_;
  std::string json_;
  std::string record_;
  bool verify_ = false;
  bool log_ = false;
};

}  // namespace

std::unique_ptr<Command> run_command() {
  return std::make_unique<Run>();
}

}  // namespace rejoin::sim
