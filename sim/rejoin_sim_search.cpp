// rejoin-sim search: seeds that open new behaviour are edited, until something is violated.

#include <algorithm>
#include <array>
#include <charconv>
#include <chrono>
#include <cstdio>
#include <filesystem>
#include <fstream>
#include <iostream>
#include <sstream>

#include "crdt/hash.hpp"
#include "sim/coverage.hpp"
#include "sim/recorder.hpp"
#include "sim/rejoin_sim_command.hpp"
#include "sim/rejoin_sim_pool.hpp"
#include "sim/rejoin_sim_progress.hpp"
#include "sim/rejoin_sim_report.hpp"
#include "sim/rejoin_sim_scenario.hpp"
#include "sim/rejoin_sim_sweep.hpp"
#include "sim/search.hpp"
#include "sim/world.hpp"

namespace rejoin::sim {
namespace {

constexpr std::size_t generation_size = 32;

struct Ran {
  Verdict verdict = Verdict::violation;
  std::vector<std::uint32_t> buckets;
  std::string line;
};

// "verdict BUCKETS sentence", BUCKETS with commas, or "-".
std::string run_task(const Scenario& scenario, const std::string& task) {
  Recorder recorder;
  const auto seed = parse_seed(task);
  const auto outcome = simulate(scenario, *seed, &recorder);
  if (!outcome) return "2 - " + outcome.error().message;  // a drawn Config that cannot be
  std::string buckets;
  for (std::uint32_t bucket : buckets_of(recorder.recording())) {
    buckets += (buckets.empty() ? "" : ",") + std::to_string(bucket);
  }
  return std::to_string(static_cast<int>(outcome->verdict)) + " " +
         (buckets.empty() ? "-" : buckets) + " " + verdict_line(*outcome);
}

Ran ran_of(const Pool::Answer& answer) {
  if (!answer.died.empty()) return {Verdict::violation, {}, "violation: the run " + answer.died};
  std::istringstream in(answer.text);
  Ran ran;
  int verdict = 0;
  std::string buckets;
  in >> verdict >> buckets;
  in.ignore(1);
  std::getline(in, ran.line);
  ran.verdict = static_cast<Verdict>(verdict);
  std::istringstream each(buckets == "-" ? "" : buckets);
  for (std::string one; std::getline(each, one, ',');) {
    ran.buckets.push_back(static_cast<std::uint32_t>(std::stoul(one)));
  }
  return ran;
}

class Guided : public Command {
 public:
  CLI::App* add(CLI::App& app) override {
    CLI::App* command =
        app.add_subcommand("search", "Look for a violation: edit seeds that open new behaviour");
    command->add_option("scenario", file_, "The scenario, a TOML file")->required();
    command->add_option("--search", number_, "The number of the search: another one goes elsewhere")
        ->required();
    command->add_option("--runs", runs_, "End after so many runs (1000)");
    command->add_option("--for", for_, "End after this time, such as 60s, 5m or 2h");
    command->add_option("--corpus", corpus_, "A folder of seeds: begin with them, keep new ones");
    command->add_option("--seed-timeout", timeout_,
                        "A run that takes longer is a violation (120s)");
    command->add_option("--json", json_, "Write JSON to this file; - is standard output");
    command->add_option("--jobs", jobs_, "Worker processes")->check(CLI::Range(1U, 256U));
    command->add_flag("--plain", plain_, "Only new seeds, for comparison");
    command->add_flag("--go-on", go_on_, "Do not end at the first violation");
    return command;
  }

  int run() override {
    seconds_max_ = for_.empty() ? 0 : parse_duration(for_);
    const double timeout = parse_duration(timeout_);
    if (seconds_max_ < 0 || timeout < 0) return complain("--for takes a time such as 60s or 2h");
    const auto scenario = load_scenario(file_);
    if (!scenario) return complain(scenario.error().message);

    Search search(*scenario, number_);
    std::vector<Seed> seeds;
    if (!corpus_.empty()) {
      auto known = read_corpus();
      if (!known) return complain(known.error().message);
      seeds = *std::move(known);
    }
    const Interruptible interruptible;
    Pool pool({jobs_, timeout}, [&](const std::string& task) { return run_task(*scenario, task); });
    begin_ = Pool::Clock::now();
    while (!over()) {
      if (seeds.empty()) {
        const std::uint64_t left = std::max<std::uint64_t>(runs_ - done_, 1);
        seeds = search.next_generation(std::min<std::uint64_t>(generation_size, left));
        if (plain_) seeds = plain_generation(seeds.size());
      }
      const std::vector<Ran> rans = run_all(pool, seeds);
      for (std::size_t i = 0; i < rans.size() && !over(); ++i) take(search, seeds[i], rans[i]);
      seeds.clear();
      show(search);
    }
    progress_.clear();
    return conclude(search);
  }

 private:
  double seconds() const {
    return std::chrono::duration<double>(Pool::Clock::now() - begin_).count();
  }
  bool over() const {
    return done_ >= runs_ || (violations_ > 0 && !go_on_) || Interruptible::signal() != 0 ||
           (seconds_max_ > 0 && seconds() >= seconds_max_);
  }

  std::vector<Seed> plain_generation(std::size_t size) {
    std::vector<Seed> seeds;
    for (std::size_t i = 0; i < size; ++i) {
      seeds.emplace_back(combine64(number_, ++plain_seeds_) % 1'000'000'000);
    }
    return seeds;
  }

  // In the order of the seeds, whoever was first; fewer if the time is up.
  std::vector<Ran> run_all(Pool& pool, const std::vector<Seed>& seeds) const {
    std::vector<Ran> rans(seeds.size());
    std::size_t next = 0;
    while (next < seeds.size() || pool.under_way() > 0) {
      for (; next < seeds.size() && pool.wants(); ++next) pool.give(next, to_string(seeds[next]));
      pool.wait([&](const Pool::Answer& answer) { rans[answer.task] = ran_of(answer); });
    }
    return rans;
  }

  void take(Search& search, const Seed& seed, const Ran& ran) {
    ++done_;
    if (search.take(seed, ran.buckets) && !corpus_.empty()) {
      // A file each, called as its seed: folders can be put together by copying.
      std::ofstream(std::filesystem::path(corpus_) / (hash_text(hash64(to_string(seed))) + ".seed"))
          << to_string(seed) << "\n";
    }
    if (ran.verdict != Verdict::violation) return;
    ++violations_;
    failed_.push_back({to_string(seed), ran.line, done_});
    progress_.clear();
    (json_ == "-" ? std::cerr : std::cout) << "rejoin-sim run " << file_ << " --seed "
                                           << to_string(seed) << "    # " << ran.line << std::endl;
  }

  Result<std::vector<Seed>> read_corpus() const {
    std::error_code error;
    std::filesystem::create_directories(corpus_, error);
    if (!std::filesystem::is_directory(corpus_, error)) {
      return Error{ErrorCode::storage_failed, corpus_ + ": cannot be made a folder"};
    }
    std::vector<std::string> texts;
    for (const auto& entry : std::filesystem::directory_iterator(corpus_, error)) {
      if (entry.path().extension() != ".seed") continue;
      std::string line;
      std::getline(std::ifstream(entry.path()) >> std::ws, line);
      texts.push_back(line);
    }
    std::sort(texts.begin(), texts.end());
    std::vector<Seed> seeds;
    for (const std::string& text : texts) {
      auto seed = parse_seed(text);
      if (!seed) return Error{seed.error().code, corpus_ + ": " + seed.error().message};
      seeds.push_back(*std::move(seed));
    }
    return seeds;
  }

  void show(const Search& search) {
    if (!progress_.due(seconds())) return;
    std::array<char, 200> line{};
    std::snprintf(line.data(), line.size(), "%llu/%llu runs  %zu buckets  %zu kept  %.0f/s",
                  static_cast<unsigned long long>(done_), static_cast<unsigned long long>(runs_),
                  search.buckets(), search.kept().size(),
                  static_cast<double>(done_) / std::max(seconds(), 1e-9));
    progress_.show(static_cast<double>(done_) / static_cast<double>(runs_), line.data());
  }

  int conclude(const Search& search) const {
    if (!json_.empty()) {
      nlohmann::ordered_json json;
      json["scenario"] = file_;
      json["search"] = number_;
      json["guided"] = !plain_;
      json["runs"] = done_;
      json["buckets"] = search.buckets();
      json["kept"] = search.kept().size();
      json["wall_seconds"] = seconds();
      json["failed"] = nlohmann::ordered_json::array();
      for (const Failed& one : failed_) {
        json["failed"].push_back({{"seed", one.seed}, {"run", one.run}, {"detail", one.line}});
      }
      if (!write_json(json, json_)) return complain(json_ + ": cannot be written");
    }
    if (json_ != "-") {
      std::cout << done_ << " runs, " << search.buckets() << " buckets, " << search.kept().size()
                << " seeds kept, " << violations_ << " violations\n";
    }
    return static_cast<int>(violations_ > 0 ? Verdict::violation : Verdict::ok);
  }

  struct Failed {
    std::string seed;
    std::string line;
    std::uint64_t run = 0;
  };

  std::string file_;
  std::uint64_t number_ = 0;
  std::uint64_t runs_ = 1000;
  std::string for_;
  std::string timeout_ = "120s";
  std::string corpus_;
  std::string json_;
  unsigned jobs_ = 1;
  bool plain_ = false;
  bool go_on_ = false;

  double seconds_max_ = 0;
  Pool::Clock::time_point begin_;
  Progress progress_;
  std::uint64_t done_ = 0;
  std::uint64_t violations_ = 0;
  std::uint64_t plain_seeds_ = 0;
  std::vector<Failed> failed_;
};

}  // namespace

std::unique_ptr<Command> search_command() {
  return std::make_unique<Guided>();
}

}  // namespace rejoin::sim
