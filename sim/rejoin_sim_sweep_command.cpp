// rejoin-sim sweep: many seeds, in processes and on machines; rejoin-sim merge: their results as
// one.

#include <algorithm>
#include <array>
#include <cstdio>
#include <filesystem>
#include <fstream>
#include <iostream>
#include <sstream>

#include "crdt/hash.hpp"
#include "sim/rejoin_sim_command.hpp"
#include "sim/rejoin_sim_must_reach.hpp"
#include "sim/rejoin_sim_progress.hpp"
#include "sim/rejoin_sim_report.hpp"
#include "sim/rejoin_sim_scenario.hpp"
#include "sim/rejoin_sim_sweep.hpp"

namespace rejoin::sim {
namespace {

constexpr unsigned shards_max = 1'000'000;
constexpr std::size_t vacuous_shown_max = 20;
constexpr int interrupted = 128;  // and the signal's number: as a shell has it

Result<std::string> text_in(const std::string& file) {
  std::ifstream in(file, std::ios::binary);
  std::ostringstream text;
  if (!in || !(text << in.rdbuf())) {
    return Error{ErrorCode::storage_failed, file + ": cannot be read"};
  }
  return text.str();
}

// Files as they are, folders as the *.toml in them.
Result<std::vector<std::string>> files_of(const std::vector<std::string>& given) {
  std::vector<std::string> files;
  for (const std::string& one : given) {
    std::error_code error;
    if (!std::filesystem::is_directory(one, error)) {
      files.push_back(one);
      continue;
    }
    std::vector<std::string> inside;
    for (const auto& entry : std::filesystem::directory_iterator(one, error)) {
      if (entry.path().extension() == ".toml") inside.push_back(entry.path().string());
    }
    if (inside.empty()) {
      return Error{ErrorCode::invalid_argument, one + ": no *.toml in this folder"};
    }
    std::sort(inside.begin(), inside.end());
    files.insert(files.end(), inside.begin(), inside.end());
  }
  for (const std::string& file : files) {
    if (std::count(files.begin(), files.end(), file) > 1) {
      return Error{ErrorCode::invalid_argument, file + ": is given twice"};
    }
  }
  return files;
}

Result<std::vector<SweptScenario>> load_all(const std::vector<std::string>& given) {
  const auto files = files_of(given);
  if (!files) return files.error();
  std::vector<SweptScenario> scenarios;
  for (const std::string& file : *files) {
    auto scenario = load_scenario(file);
    if (!scenario) return scenario.error();
    const auto text = text_in(file);
    if (!text) return text.error();
    scenarios.push_back({file, hash64(*text), *std::move(scenario)});
  }
  return scenarios;
}

// "I/N", 1 <= I <= N.
bool parse_shard(const std::string& text, SweepSettings& settings) {
  const auto number = [](const std::string& digits, unsigned& out) {
    if (digits.empty() || digits.size() > 7) return false;
    if (digits.find_first_not_of("0123456789") != std::string::npos) return false;
    out = static_cast<unsigned>(std::stoul(digits));
    return true;
  };
  const std::size_t slash = text.find('/');
  return slash != std::string::npos && number(text.substr(0, slash), settings.shard) &&
         number(text.substr(slash + 1), settings.shards) && settings.shards <= shards_max &&
         settings.shard >= 1 && settings.shard <= settings.shards;
}

// A file for --json is found out to be unwritable before the hours, not after.
bool can_write(const std::string& file) {
  return file.empty() || file == "-" || std::ofstream(file, std::ios::app).good();
}

class Sweep : public Command {
 public:
  CLI::App* add(CLI::App& app) override {
    CLI::App* command = app.add_subcommand("sweep", "Run many seeds in worker processes");
    command->add_option("scenario", given_, "Scenarios, TOML files or folders of them")->required();
    command->add_option("--seeds", seeds_, "A..B, both included; 1..1e6 too")->required();
    command->add_option("--shard", shard_, "I/N: the I-th of N even parts of the seeds");
    command->add_option("--for", for_, "End after this time, such as 60s, 5m or 2h");
    command->add_option("--seed-timeout", timeout_,
                        "A seed that takes longer is a violation (120s)");
    command->add_option("--json", json_, "Write JSON to this file; - is standard output");
    command->add_flag("--verify", verify_, "Run each seed twice and compare the traces");
    command->add_option("--jobs", jobs_, "Worker processes")->check(CLI::Range(1U, 256U));
    command->add_flag("--stop-at-first", stop_at_first_, "End at the first violation");
    must_reach_.add(*command);
    return command;
  }

  int run() override {
    SweepSettings settings;
    if (const std::string wrong = read_into(settings); !wrong.empty()) return complain(wrong);
    if (const std::string wrong = must_reach_.read(); !wrong.empty()) return complain(wrong);
    const auto scenarios = load_all(given_);
    if (!scenarios) return complain(scenarios.error().message);
    if (!can_write(json_)) return complain(json_ + ": cannot be written");

    const Interval seeds = settings.seeds();
    const double all =
        static_cast<double>(seeds.last + 1 - seeds.first) * static_cast<double>(scenarios->size());
    const SweepFile file = sweep(
        *scenarios, settings,
        [&](const std::string& scenario, const Finished& one) { show(scenario, one); },
        [&](const SweepFile& so_far) { show(so_far, all, settings.seconds_max); });
    progress_.clear();
    if (!json_.empty() && !write_json(json_of(file), json_)) {
      return complain(json_ + ": cannot be written");
    }
    if (json_ != "-") std::cout << text_of(file);
    const Verdict verdict = must_reach_.verdict(file.sum());
    const bool is_grave = verdict == Verdict::violation || verdict == Verdict::nondeterministic;
    if (Interruptible::signal() != 0 && !is_grave) return interrupted + Interruptible::signal();
    return static_cast<int>(verdict);
  }

 private:
  // What is wrong; empty if nothing.
  std::string read_into(SweepSettings& settings) const {
    settings.jobs = std::max(1U, jobs_);
    settings.verify = verify_;
    settings.stop_at_first = stop_at_first_;
    settings.seconds_max = for_.empty() ? 0 : parse_duration(for_);
    settings.seed_seconds_max = parse_duration(timeout_);
    if (!parse_seeds(seeds_, settings)) {
      return "--seeds takes A..B with A <= B, such as 1..1000 or 0..1e6, not '" + seeds_ + "'";
    }
    if (!parse_shard(shard_, settings)) {
      return "--shard takes I/N with 1 <= I <= N, such as 2/8, not '" + shard_ + "'";
    }
    if (settings.seconds_max < 0) return "--for takes a time such as 60s or 2h, not '" + for_ + "'";
    if (settings.seed_seconds_max < 0) {
      return "--seed-timeout takes a time such as 10s, not '" + timeout_ + "'";
    }
    return {};
  }

  void show(const std::string& scenario, const Finished& one) {
    if (one.verdict == Verdict::vacuous && ++vacuous_shown_ > vacuous_shown_max) return;
    progress_.clear();
    std::ostream& out = json_ == "-" ? std::cerr : std::cout;
    out << "rejoin-sim run " << scenario << " --seed " << one.seed
        << (one.verdict == Verdict::nondeterministic ? " --verify" : "") << "    # " << one.line
        << std::endl;
    if (vacuous_shown_ == vacuous_shown_max && one.verdict == Verdict::vacuous) {
      out << "more vacuous seeds are counted, and not listed" << std::endl;
    }
  }

  void show(const SweepFile& so_far, double all, double seconds_max) {
    const double wall = so_far.header.wall_seconds;
    if (!progress_.due(wall)) return;
    const Tally sum = so_far.sum();
    const double done = static_cast<double>(sum.done());
    const double rate = done / std::max(wall, 1e-9);
    double left = rate > 0 ? (all - done) / rate : 0;
    if (seconds_max > 0) left = std::min(left, std::max(0.0, seconds_max - wall));
    constexpr double year_us = 365.25 * 86400e6;
    std::array<char, 256> line{};
    std::snprintf(line.data(), line.size(),
                  "%.0f/%.0f seeds  %.0f/s  %.4f years  %s left  %llu violations  %llu vacuous",
                  done, all, rate, static_cast<double>(sum.virtual_us) / year_us,
                  duration_text(left).c_str(),
                  static_cast<unsigned long long>(sum.count(Verdict::violation)),
                  static_cast<unsigned long long>(sum.count(Verdict::vacuous)));
    progress_.show(std::max(done / all, seconds_max > 0 ? wall / seconds_max : 0), line.data());
  }

  std::vector<std::string> given_;
  std::string seeds_;
  std::string shard_ = "1/1";
  std::string for_;
  std::string timeout_ = "120s";
  std::string json_;
  unsigned jobs_ = 1;
  bool verify_ = false;
  bool stop_at_first_ = false;
  MustReach must_reach_;
  Progress progress_;
  std::size_t vacuous_shown_ = 0;
};

class Merge : public Command {
 public:
  CLI::App* add(CLI::App& app) override {
    CLI::App* command =
        app.add_subcommand("merge", "Add up what sweep --json wrote, of all shards");
    command->add_option("file", files_, "Files that sweep --json wrote")->required();
    command->add_option("--json", json_, "Write JSON to this file; - is standard output");
    command->add_flag("--partial", partial_, "Take what there is, though seeds are missing");
    must_reach_.add(*command);
    return command;
  }

  int run() override {
    if (const std::string wrong = must_reach_.read(); !wrong.empty()) return complain(wrong);
    std::vector<SweepFile> parsed;
    for (const std::string& name : files_) {
      const auto text = text_in(name);
      if (!text) return complain(text.error().message);
      auto one = parse_sweep_file(*text, name);
      if (!one) return complain(one.error().message);
      parsed.push_back(*std::move(one));
    }
    const auto whole = merged(parsed, files_, partial_);
    if (!whole) return complain(whole.error().message);
    if (!json_.empty() && !write_json(json_of(*whole), json_)) {
      return complain(json_ + ": cannot be written");
    }
    if (json_ != "-") {
      for (const Tally& tally : whole->scenarios) {
        for (const Finished& one : tally.failed) {
          if (one.verdict == Verdict::vacuous) continue;
          std::cout << "rejoin-sim run " << tally.file << " --seed " << one.seed << "    # "
                    << one.line << "\n";
        }
      }
      std::cout << text_of(*whole);
    }
    return static_cast<int>(must_reach_.verdict(whole->sum()));
  }

 private:
  std::vector<std::string> files_;
  std::string json_;
  bool partial_ = false;
  MustReach must_reach_;
};

}  // namespace

std::unique_ptr<Command> sweep_command() {
  return std::make_unique<Sweep>();
}

std::unique_ptr<Command> merge_command() {
  return std::make_unique<Merge>();
}

}  // namespace rejoin::sim
