// rejoin-sim: runs scenarios. One seed, or many with a progress bar; the verdict is the exit code.

#include <unistd.h>

#include <CLI/CLI.hpp>
#include <algorithm>
#include <array>
#include <chrono>
#include <cstdio>
#include <fstream>
#include <iostream>
#include <optional>
#include <string>

#include "sim/rejoin_sim_report.hpp"
#include "sim/rejoin_sim_scenario.hpp"
#include "sim/rejoin_sim_sweep.hpp"
#include "sim/world.hpp"

namespace rejoin::sim {
namespace {

constexpr int usage = 4;

struct Arguments {
  std::string scenario;
  std::uint64_t seed = 0;
  std::string seeds;
  unsigned jobs = 1;
  std::string json;
  bool verify = false;
  bool log = false;
  bool stop_at_first = false;
};

int complain(const std::string& what) {
  std::cerr << "rejoin-sim: " << what << "\n";
  return usage;
}

// To a file, or to standard output for "-".
bool write_json(const nlohmann::ordered_json& json, const std::string& where) {
  if (where == "-") {
    std::cout << json.dump(2) << "\n";
    return std::cout.good();
  }
  std::ofstream out(where);
  out << json.dump(2) << "\n";
  return out.good();
}

int run(const Arguments& arguments) {
  const auto scenario = load_scenario(arguments.scenario);
  if (!scenario) return complain(scenario.error().message);
  if (arguments.log) {
    const auto logged = simulate(*scenario, arguments.seed,
                                 [](const std::string& line) { std::cerr << line << "\n"; });
    if (!logged) return complain(logged.error().message);
  }
  const auto begin = std::chrono::steady_clock::now();
  const auto outcome = run_seed(*scenario, arguments.seed, arguments.verify);
  const double wall =
      std::chrono::duration<double>(std::chrono::steady_clock::now() - begin).count();
  if (!outcome) return complain(outcome.error().message);
  if (arguments.json != "-") std::cout << text_of(*outcome, wall);
  if (!arguments.json.empty() && !write_json(json_of(*outcome, wall), arguments.json)) {
    return complain(arguments.json + ": cannot be written");
  }
  return static_cast<int>(outcome->verdict);
}

// "A..B", both included, or one number.
bool parse_seeds(const std::string& text, SweepSettings& settings) {
  const auto number = [](const std::string& digits, std::uint64_t& out) {
    if (digits.empty() || digits.size() > 18) return false;
    if (digits.find_first_not_of("0123456789") != std::string::npos) return false;
    out = std::stoull(digits);
    return true;
  };
  const std::size_t dots = text.find("..");
  if (dots == std::string::npos) {
    return number(text, settings.first) && number(text, settings.last);
  }
  return number(text.substr(0, dots), settings.first) &&
         number(text.substr(dots + 2), settings.last) && settings.first <= settings.last;
}

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

nlohmann::ordered_json json_of(const SweepResult& result, const Arguments& arguments) {
  nlohmann::ordered_json json;
  json["scenario"] = arguments.scenario;
  json["seeds"] = arguments.seeds;
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

int run_sweep(const Arguments& arguments) {
  SweepSettings settings;
  settings.jobs = std::max(1U, arguments.jobs);
  settings.verify = arguments.verify;
  settings.stop_at_first = arguments.stop_at_first;
  if (!parse_seeds(arguments.seeds, settings)) {
    return complain("--seeds takes A..B with A <= B, such as 1..1000, not '" + arguments.seeds +
                    "'");
  }
  const auto scenario = load_scenario(arguments.scenario);
  if (!scenario) return complain(scenario.error().message);

  const bool quiet = arguments.json == "-";
  Progress progress(settings.last - settings.first + 1);
  const auto result = sweep(
      *scenario, settings,
      [&](const Finished& one) {
        progress.clear();
        (quiet ? std::cerr : std::cout)
            << "rejoin-sim run " << arguments.scenario << " --seed " << one.seed
            << (one.verdict == Verdict::nondeterministic ? " --verify" : "") << "    # " << one.line
            << std::endl;
      },
      [&](const SweepResult& so_far) { progress.show(so_far); });
  progress.clear();
  if (!arguments.json.empty() && !write_json(json_of(result, arguments), arguments.json)) {
    return complain(arguments.json + ": cannot be written");
  }
  if (!quiet) {
    std::cout << result.done << " seeds: " << result.count(Verdict::ok) << " ok, "
              << result.count(Verdict::violation) << " violations, "
              << result.count(Verdict::vacuous) << " vacuous, "
              << result.count(Verdict::nondeterministic) << " nondeterministic; "
              << static_cast<std::uint64_t>(static_cast<double>(result.done) /
                                            std::max(result.wall_seconds, 1e-9))
              << " seeds/s, " << result.events << " events, traces " << hash_text(result.trace_hash)
              << "\n";
  }
  return static_cast<int>(result.verdict());
}

int main_of(int argc, char** argv) {
  Arguments arguments;
  CLI::App app("Runs replicas in virtual time, on links, disks and clocks that fail by plan.");
  app.footer(
      "Exit codes: 0 ok, 1 violation, 2 vacuous (a fault or expectation did not happen),\n"
      "3 nondeterminism, 4 usage. Scenarios: examples/scenarios/*.toml.");
  app.require_subcommand(1);
  const auto common = [&](CLI::App* command) {
    command->add_option("scenario", arguments.scenario, "The scenario, a TOML file")->required();
    command->add_option("--json", arguments.json, "Write JSON to this file; - is standard output");
    command->add_flag("--verify", arguments.verify, "Run each seed twice and compare the traces");
  };
  CLI::App* one = app.add_subcommand("run", "Run one seed");
  common(one);
  one->add_option("--seed", arguments.seed, "The seed")->required();
  one->add_flag("--log", arguments.log, "Write what happens to standard error, a line each");
  CLI::App* many = app.add_subcommand("sweep", "Run many seeds in worker processes");
  common(many);
  many->add_option("--seeds", arguments.seeds, "A..B, both included")->required();
  many->add_option("--jobs", arguments.jobs, "Worker processes")->check(CLI::Range(1U, 256U));
  many->add_flag("--stop-at-first", arguments.stop_at_first, "End at the first violation");
  try {
    app.parse(argc, argv);
  } catch (const CLI::ParseError& error) {
    return app.exit(error) == 0 ? 0 : usage;
  }
  return one->parsed() ? run(arguments) : run_sweep(arguments);
}

}  // namespace
}  // namespace rejoin::sim

int main(int argc, char** argv) {
  return rejoin::sim::main_of(argc, argv);
}
