// rejoin-sim verify: each seed twice, the second time with everything around it perturbed. Equal
// traces, or the first event that is not the same.
//
// Both times in processes of their own, which this program starts as itself with options that its
// help does not show: a pass over some of the seeds that says their traces, or one stretch of one
// seed that writes a recording.

#include <fcntl.h>
#include <sys/wait.h>
#include <unistd.h>

#include <algorithm>
#include <array>
#include <cstdio>
#include <filesystem>
#include <iostream>
#include <map>
#include <optional>
#include <sstream>
#include <vector>

#include "sim/rejoin_sim_command.hpp"
#include "sim/rejoin_sim_diff.hpp"
#include "sim/rejoin_sim_perturb.hpp"
#include "sim/rejoin_sim_recording.hpp"
#include "sim/rejoin_sim_report.hpp"
#include "sim/rejoin_sim_scenario.hpp"
#include "sim/rejoin_sim_sweep.hpp"
#include "sim/world.hpp"

extern char** environ;  // NOLINT: POSIX declares it nowhere

namespace rejoin::sim {
namespace {

struct Traced {
  std::uint64_t events = 0;
  TraceHash hash;
  std::vector<TraceHash> kept;
  friend bool operator==(const Traced&, const Traced&) = default;
};
using Traces = std::map<std::uint64_t, Traced>;

std::string line_of(std::uint64_t seed, const Outcome& outcome) {
  std::string line = std::to_string(seed) + " " + std::to_string(outcome.events);
  const auto add = [&](const TraceHash& hash) {
    line += " " + std::to_string(hash.low) + " " + std::to_string(hash.high);
  };
  add({outcome.trace_hash, outcome.trace_high});
  for (const TraceHash& hash : outcome.trace_kept) add(hash);
  return line + "\n";
}

void read_line(const std::string& line, Traces& traces) {
  std::istringstream in(line);
  std::uint64_t seed = 0;
  Traced traced;
  if (!(in >> seed >> traced.events >> traced.hash.low >> traced.hash.high)) return;
  for (TraceHash hash; in >> hash.low >> hash.high;) traced.kept.push_back(hash);
  traces[seed] = std::move(traced);
}

std::vector<char*> pointers(std::vector<std::string>& texts) {
  std::vector<char*> out;
  for (std::string& text : texts) out.push_back(text.data());
  out.push_back(nullptr);
  return out;
}

// This program once more, with its standard output in a pipe.
class Process {
 public:
  Process(std::vector<std::string> arguments, bool perturbed) {
    std::array<int, 2> ends{};
    if (pipe2(ends.data(), O_CLOEXEC) != 0) return;
    std::string self = std::filesystem::read_symlink("/proc/self/exe").string();
    arguments.insert(arguments.begin(), self);
    std::vector<std::string> environment;
    if (perturbed) environment = perturbed_environment();
    const auto argv = pointers(arguments);
    const auto envp = pointers(environment);
    pid_ = fork();
    if (pid_ == 0) {
      dup2(ends[1], STDOUT_FILENO);
      execve(self.c_str(), argv.data(), perturbed ? envp.data() : environ);
      _exit(usage);
    }
    close(ends[1]);
    pipe_ = ends[0];
  }
  Process(const Process&) = delete;
  Process& operator=(const Process&) = delete;
  ~Process() { finish(); }

  // All that it says, until it ends. Its exit code; -1 if it did not end by itself.
  int finish(std::string* said = nullptr) {
    std::array<char, 65536> buffer{};
    for (ssize_t n = 0; pipe_ >= 0 && (n = ::read(pipe_, buffer.data(), buffer.size())) > 0;) {
      if (said != nullptr) said->append(buffer.data(), static_cast<std::size_t>(n));
    }
    if (pipe_ >= 0) close(pipe_);
    pipe_ = -1;
    int status = -1;
    if (pid_ > 0) waitpid(pid_, &status, 0);
    const bool ended = pid_ > 0 && WIFEXITED(status);
    pid_ = -1;
    return ended ? WEXITSTATUS(status) : -1;
  }

 private:
  pid_t pid_ = -1;
  int pipe_ = -1;
};

struct Mismatch {
  std::string scenario;
  std::uint64_t seed = 0;
  std::string text;  // where the two part
};

class Verify : public Command {
 public:
  CLI::App* add(CLI::App& app) override {
    CLI::App* command =
        app.add_subcommand("verify", "Run each seed twice, the second time perturbed");
    command->add_option("scenarios", scenarios_, "Scenarios, TOML files")->required();
    command->add_option("--seeds,--seed", seeds_, "A..B, both included, or one")->required();
    command->add_option("--jobs", jobs_, "Processes at a time")->check(CLI::Range(1U, 256U));
    command->add_option("--context", context_, "Lines around the first difference");
    command->add_option("--json", json_, "Write JSON to this file; - is standard output");
    command->add_option("--pass", pass_)->group("");
    command->add_option("--part", part_)->group("");
    command->add_option("--parts", parts_)->group("");
    command->add_option("--stretch", stretch_)->group("");
    command->add_option("--record", record_)->group("");
    return command;
  }

  int run() override {
    if (!parse_seeds(seeds_, settings_)) {
      return complain("--seeds takes A..B with A <= B, such as 1..20, not '" + seeds_ + "'");
    }
    if (!pass_.empty()) return be_a_pass();
    for (const std::string& scenario : scenarios_) {
      if (const auto good = load_scenario(scenario); !good) return complain(good.error().message);
    }
    for (const std::string& scenario : scenarios_) verify(scenario);
    if (!json_.empty() && !write_json(described(), json_)) {
      return complain(json_ + ": cannot be written");
    }
    if (json_ != "-") say();
    return static_cast<int>(!mismatches_.empty() ? Verdict::nondeterministic
                            : !aborted_.empty()  ? Verdict::violation
                                                 : Verdict::ok);
  }

 private:
  // ---- in the processes that are started

  int be_a_pass() {
    const bool perturbed = pass_ == "perturbed";
    if (perturbed) perturb_this_process();
    const auto scenario = load_scenario(scenarios_.front());
    if (!scenario) return complain(scenario.error().message);
    if (perturbed) static_cast<void>(simulate(*scenario, settings_.last + 1));
    if (!record_.empty()) return record_stretch(*scenario);
    std::vector<std::uint64_t> seeds;
    for (std::uint64_t seed = settings_.first + part_; seed <= settings_.last; seed += parts_) {
      seeds.push_back(seed);
    }
    if (perturbed) std::reverse(seeds.begin(), seeds.end());
    for (std::uint64_t seed : seeds) {
      const auto outcome = simulate(*scenario, seed);
      if (!outcome) return complain(outcome.error().message);
      const std::string line = line_of(seed, *outcome);
      std::fwrite(line.data(), 1, line.size(), stdout);
      std::fflush(stdout);
    }
    return 0;
  }

  int record_stretch(const Scenario& scenario) const {
    Recorder recorder;
    const std::uint64_t first = stretch_ * Trace::stretch;
    recorder.only(first - std::min<std::uint64_t>(first, context_),
                  first + Trace::stretch + context_);
    const auto outcome = simulate(scenario, settings_.first, &recorder);
    if (!outcome) return complain(outcome.error().message);
    const auto written = write_recording(record_, recorder.recording());
    return written ? 0 : complain(written.error().message);
  }

  // ---- in the one that was asked

  std::vector<std::string> pass_over(const std::string& scenario, const std::string& seeds,
                                     bool perturbed) const {
    return {"verify", scenario, "--seeds", seeds, "--pass", perturbed ? "perturbed" : "plain"};
  }

  Traces traces_of(const std::string& scenario, bool perturbed) const {
    // The second time in another number of processes.
    const unsigned parts = perturbed && settings_.first < settings_.last ? jobs_ + 1 : jobs_;
    std::vector<std::unique_ptr<Process>> processes;
    for (unsigned part = 0; part < parts; ++part) {
      auto arguments = pass_over(scenario, seeds_, perturbed);
      for (const std::string& more : {std::string("--part"), std::to_string(part),
                                      std::string("--parts"), std::to_string(parts)}) {
        arguments.push_back(more);
      }
      processes.push_back(std::make_unique<Process>(std::move(arguments), perturbed));
    }
    Traces traces;
    for (const auto& process : processes) {
      std::string said;
      process->finish(&said);
      std::istringstream lines(said);
      for (std::string line; std::getline(lines, line);) read_line(line, traces);
    }
    return traces;
  }

  void verify(const std::string& scenario) {
    const Traces plain = traces_of(scenario, false);
    const Traces perturbed = traces_of(scenario, true);
    for (std::uint64_t seed = settings_.first; seed <= settings_.last; ++seed) {
      const auto a = plain.find(seed);
      const auto b = perturbed.find(seed);
      ++runs_;
      if (a == plain.end() && b == perturbed.end()) {
        aborted_.push_back("rejoin-sim run " + scenario + " --seed " + std::to_string(seed));
      } else if (a == plain.end() || b == perturbed.end()) {
        const char* which = a == plain.end() ? "first" : "perturbed";
        mismatches_.push_back(
            {scenario, seed, "only the " + std::string(which) + " run was aborted\n"});
      } else if (a->second != b->second) {
        // The first few are looked into; that takes runs.
        const bool few = mismatches_.size() < 3;
        mismatches_.push_back(
            {scenario, seed, few ? parting(scenario, seed, a->second, b->second) : ""});
      } else {
        events_ += a->second.events;
      }
    }
  }

  std::optional<Recording> recorded(const std::string& scenario, std::uint64_t seed,
                                    std::size_t stretch, bool perturbed) const {
    const auto folder = std::filesystem::temp_directory_path();
    const std::string file =
        (folder / ("rejoin-sim-" + std::to_string(getpid()) + (perturbed ? "b" : "a") + ".json"))
            .string();
    auto arguments = pass_over(scenario, std::to_string(seed), perturbed);
    for (const std::string& more :
         {std::string("--stretch"), std::to_string(stretch), std::string("--context"),
          std::to_string(context_), std::string("--record"), file}) {
      arguments.push_back(more);
    }
    const int code = Process(std::move(arguments), perturbed).finish();
    auto recording = read_recording(file);
    std::filesystem::remove(file);
    if (code != 0 || !recording) return std::nullopt;
    return *std::move(recording);
  }

  // The stretch in which the two part is known by their kept hashes; it is run again and recorded.
  // What is not determined need not come again the same way, so that is tried a few times.
  std::string parting(const std::string& scenario, std::uint64_t seed, const Traced& a,
                      const Traced& b) const {
    constexpr int attempts = 5;
    const std::size_t stretch = first_differing(a.kept, b.kept);
    for (int i = 0; i < attempts; ++i) {
      const auto in_a = recorded(scenario, seed, stretch, false);
      const auto in_b = recorded(scenario, seed, stretch, true);
      if (!in_a || !in_b) continue;
      if (const auto difference = first_difference(*in_a, *in_b)) {
        return text_of(*difference, *in_a, *in_b, context_);
      }
    }
    return "they part after event " + std::to_string(stretch * Trace::stretch) +
           ", but not again while they were recorded\n";
  }

  void say() const {
    for (const Mismatch& mismatch : mismatches_) {
      std::cout << mismatch.scenario << ", seed " << mismatch.seed << ": two traces\n"
                << mismatch.text;
    }
    for (const std::string& run : aborted_) std::cout << run << "    # the run was aborted\n";
    std::cout << runs_ << " seeds of " << scenarios_.size()
              << (scenarios_.size() == 1 ? " scenario" : " scenarios")
              << ", each twice: " << mismatches_.size() << " nondeterministic, " << events_
              << " events equal; perturbed: " << perturbations() << "\n";
  }

  nlohmann::ordered_json described() const {
    nlohmann::ordered_json json;
    json["scenarios"] = scenarios_;
    json["seeds"] = seeds_;
    json["runs"] = runs_;
    json["events_equal"] = events_;
    json["perturbed"] = perturbations();
    json["nondeterministic"] = nlohmann::ordered_json::array();
    for (const Mismatch& mismatch : mismatches_) {
      json["nondeterministic"].push_back({{"scenario", mismatch.scenario},
                                          {"seed", mismatch.seed},
                                          {"first_difference", mismatch.text}});
    }
    json["aborted"] = aborted_;
    return json;
  }

  std::vector<std::string> scenarios_;
  std::string seeds_;
  std::string json_;
  unsigned jobs_ = 1;
  std::size_t context_ = 12;
  std::string pass_;
  unsigned part_ = 0;
  unsigned parts_ = 1;
  std::size_t stretch_ = 0;
  std::string record_;

  SweepSettings settings_;
  std::uint64_t runs_ = 0;
  std::uint64_t events_ = 0;
  std::vector<Mismatch> mismatches_;
  std::vector<std::string> aborted_;
};

}  // namespace

std::unique_ptr<Command> verify_command() {
  return std::make_unique<Verify>();
}

}  // namespace rejoin::sim
