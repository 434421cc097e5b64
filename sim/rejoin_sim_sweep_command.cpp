// rejoin-sim sweep: many seeds of one scenario, with a progress bar.

#include <unistd.h>

#include <algorithm>
#include <array>
#include <cstdio>
#include <iostream>

#include "sim/rejoin_sim_command.hpp"
#include "sim/rejoin_sim_report.hpp"
#include "sim/rejoin_sim_scenario.hpp"
#include "sim/rejoin_sim_sweep.hpp"

namespace rejoin::sim {
namespace {

// A bar on a terminal, drawn over itself; elsewhere a line every few seconds.
class Progress {
 public:
  explicit Progress(std::uint64_t total) : total_(total), terminal_(isatty(STDERR_FILENO) == 1) {}

  void show(const SweepResult& result) {
    if (result.wall_seconds < shown_at_ + (terminal_ ? 0.1 : 5.0)) return;
    shown_at_ = result.wall_seconds;
    const double done = static_cast<double>(result.done);
    const double all = static_cast<double>(total_);
    const double rate = done / std::max(result.wall_seconds, 1e-9);
    const double left = rate > 0 ? (all - done) / rate : 0;
    std::array<char, 256> line{};
    std::snprintf(line.data(), line.size(),
                  "%llu/%llu seeds  %.0f/s  %.0f s left  %llu violations  %llu vacuous",
                  static_cast<unsigned long long>(result.done),
                  static_cast<unsigned long long>(total_), rate, left,
                  static_cast<unsigned long long>(result.count(Verdict::violation)),
                  static_cast<unsigned long long>(result.count(Verdict::vacuous)));
    if (!terminal_) {
      std::cerr << line.data() << "\n";
      return;
    }
    constexpr std::size_t width = 24;
    const auto filled = static_cast<std::size_t>(done / all * static_cast<double>(width));
    std::cerr << "\r[" << std::string(filled, '#') << std::string(width - filled, '.') << "] "
              << line.data() << "\x1b[K" << std::flush;
  }
  void clear() {
    if (terminal_) std::cerr << "\r\x1b[K" << std::flush;
  }

 private:
  std::uint64_t total_;
  bool terminal_;
  double shown_at_ = 0;
};

class Sweep : public Command {
 public:
  CLI::App* add(CLI::App& app) override {
    CLI::App* command = app.add_subcommand("sweep", "Run many seeds in worker processes");
    command->add_option("scenario", scenario_, "The scenario, a TOML file")->required();
    command->add_option("--seeds", seeds_, "A..B, both included")->required();
    command->add_option("--json", json_, "Write JSON to this file; - is standard output");
    command->add_flag("--verify", verify_, "Run each seed twice and compare the traces");
    command->add_option("--jobs", jobs_, "Worker processes")->check(CLI::Range(1U, 256U));
    command->add_flag("--stop-at-first", stop_at_first_, "End at the first violation");
    return command;
  }

  int run() override {
    SweepSettings settings;
    settings.jobs = std::max(1U, jobs_);
    settings.verify = verify_;
    settings.stop_at_first = stop_at_first_;
    if (!parse_seeds(seeds_, settings)) {
      return complain("--seeds takes A..B with A <= B, such as 1..1000, not '" + seeds_ + "'");
    }
    const auto scenario = load_scenario(scenario_);
    if (!scenario) return complain(scenario.error().message);

    const bool quiet = json_ == "-";
    Progress progress(settings.last - settings.first + 1);
    const auto result = sweep(
        *scenario, settings,
        [&](const Finished& one) {
          progress.clear();
          (quiet ? std::cerr : std::cout)
              << "rejoin-sim run " << scenario_ << " --seed " << one.seed
              << (one.verdict == Verdict::nondeterministic ? " --verify" : "") << "    # "
              << one.line << std::endl;
        },
        [&](const SweepResult& so_far) { progress.show(so_far); });
    progress.clear();
    if (!json_.empty() && !write_json(described(result), json_)) {
      return complain(json_ + ": cannot be written");
    }
    if (!quiet) {
      std::cout << result.done << " seeds: " << result.count(Verdict::ok) << " ok, "
                << result.count(Verdict::violation) << " violations, "
                << result.count(Verdict::vacuous) << " vacuous, "
                << result.count(Verdict::nondeterministic) << " nondeterministic; "
                << static_cast<std::uint64_t>(static_cast<double>(result.done) /
                                              std::max(result.wall_seconds, 1e-9))
                << " seeds/s, " << result.events << " events, traces "
                << hash_text(result.trace_hash) << "\n";
    }
    return static_cast<int>(result.verdict());
  }

 private:
  nlohmann::ordered_json described(const SweepResult& result) const {
    nlohmann::ordered_json json;
    json["scenario"] = scenario_;
    json["seeds"] = seeds_;
    json["done"] = result.done;
    json["verdict"] = name_of(result.verdict());
    for (Verdict verdict :
         {Verdict::ok, Verdict::violation, Verdict::vacuous, Verdict::nondeterministic}) {
      json[std::string(name_of(verdict))] = result.count(verdict);
    }
    json["trace_hash"] = hash_text(result.trace_hash);
    json["events"] = result.events;
    json["virtual_seconds"] = result.virtual_seconds;
    json["wall_seconds"] = result.wall_seconds;
    json["failed"] = nlohmann::ordered_json::array();
    for (const Finished& one : result.failed) {
      json["failed"].push_back(
          {{"seed", one.seed}, {"verdict", name_of(one.verdict)}, {"detail", one.line}});
    }
    return json;
  }

  std::string scenario_;
  std::string seeds_;
  std::string json_;
  unsigned jobs_ = 1;
  bool verify_ = false;
  bool stop_at_first_ = false;
};

}  // namespace

std::unique_ptr<Command> sweep_command() {
  return std::make_unique<Sweep>();
}

}  // namespace rejoin::sim
