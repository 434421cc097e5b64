#include "sim/rejoin_sim_sweep.hpp"

#include <signal.h>

#include <algorithm>
#include <chrono>
#include <cstdlib>
#include <optional>

#include "sim/rejoin_sim_pool.hpp"
#include "sim/world.hpp"

namespace rejoin::sim {
namespace {

volatile sig_atomic_t signal_came = 0;

void note_signal(int number) {
  signal_came = number;
}

void handle(int number, void (*handler)(int)) {
  struct sigaction action {};
  action.sa_handler = handler;
  action.sa_flags = static_cast<int>(SA_RESETHAND);  // the second one is obeyed at once
  sigaction(number, &action, nullptr);
}

// "SCENARIO SEED", as a worker gets it.
std::string run_task(const std::vector<SweptScenario>& scenarios, bool verify,
                     const std::string& task) {
  char* end = nullptr;
  const std::size_t scenario = std::strtoull(task.c_str(), &end, 10);
  const std::uint64_t seed = std::strtoull(end, nullptr, 10);
  const auto outcome = run_seed(scenarios[scenario].scenario, seed, verify);
  if (outcome) return line_of(*outcome);
  Outcome refused;
  refused.verdict = Verdict::violation;
  refused.violation = Violation{"plan", 0, 0, outcome.error().message};
  return line_of(refused);
}

class Sweep {
 public:
  Sweep(const std::vector<SweptScenario>& scenarios, const SweepSettings& settings,
        const std::function<void(const std::string&, const Finished&)>& each)
      : scenarios_(scenarios),
        settings_(settings),
        each_(each),
        seeds_(settings.seeds()),
        pool_({settings.jobs, settings.seed_seconds_max}, [this](const std::string& task) {
          return run_task(scenarios_, settings_.verify, task);
        }) {
    file_.header.build = build_hash();
    file_.header.first = settings.first;
    file_.header.last = settings.last;
    file_.header.shard = settings.shard;
    file_.header.shards = settings.shards;
    file_.header.verify = settings.verify;
    for (const SweptScenario& one : scenarios) {
      file_.scenarios.emplace_back();
      file_.scenarios.back().file = one.file;
      file_.scenarios.back().text = one.text;
    }
  }

  SweepFile run(const std::function<void(const SweepFile&)>& progress) {
    const auto begin = Pool::Clock::now();
    const std::uint64_t width = scenarios_.size();
    const std::uint64_t count =
        seeds_.first > seeds_.last ? 0 : (seeds_.last - seeds_.first + 1) * width;
    std::uint64_t next = 0;
    while (!reason_ && (next < count || pool_.under_way() > 0)) {
      for (; next < count && pool_.wants(); ++next) {
        pool_.give(
            next, std::to_string(next % width) + " " + std::to_string(seeds_.first + next / width));
      }
      pool_.wait([&](const Pool::Answer& answer) { take(answer); });
      file_.header.wall_seconds = std::chrono::duration<double>(Pool::Clock::now() - begin).count();
      if (settings_.seconds_max > 0 && file_.header.wall_seconds >= settings_.seconds_max) {
        stop("the time was up");
      }
      if (Interruptible::signal() != 0) stop("interrupted");
      progress(file_);
    }
    const bool all = file_.sum().done() == count;
    file_.header.ended = all ? "all seeds" : reason_.value_or("");
    for (Tally& tally : file_.scenarios) tally.finish();
    return std::move(file_);
  }

 private:
  void take(const Pool::Answer& answer) {
    if (reason_) return;
    Tally& tally = file_.scenarios[answer.task % scenarios_.size()];
    const std::uint64_t seed = seeds_.first + answer.task / scenarios_.size();
    Finished finished{seed, Verdict::violation, "violation: the run " + answer.died};
    if (answer.died.empty()) {
      finished = take_line(answer.text, seed, tally);
    } else {
      tally.add(finished);
    }
    if (finished.verdict == Verdict::ok) return;
    each_(tally.file, finished);
    if (settings_.stop_at_first && finished.verdict == Verdict::violation) {
      stop("stopped at the first violation");
    }
  }
  void stop(const std::string& reason) { reason_ = reason_.value_or(reason); }

  const std::vector<SweptScenario>& scenarios_;
  const SweepSettings& settings_;
  const std::function<void(const std::string&, const Finished&)>& each_;
  const Interval seeds_;
  Pool pool_;
  SweepFile file_;
  std::optional<std::string> reason_;  // why it ends before all seeds are done
};

std::optional<std::uint64_t> seed_number(const std::string& text) {
  const std::size_t e = text.find('e');
  std::string digits = text.substr(0, e);
  if (e != std::string::npos) {
    const std::string zeros = text.substr(e + 1);
    if (zeros.empty() || zeros.size() > 2) return std::nullopt;
    if (zeros.find_first_not_of("0123456789") != std::string::npos) return std::nullopt;
    digits.append(std::stoul(zeros), '0');
    if (text.substr(0, e).empty()) return std::nullopt;
  }
  if (digits.empty() || digits.size() > 18) return std::nullopt;
  if (digits.find_first_not_of("0123456789") != std::string::npos) return std::nullopt;
  return std::stoull(digits);
}

}  // namespace

Interval SweepSettings::seeds() const {
  const std::uint64_t count = last - first + 1;
  // count * shard / shards, without overflow: count < 10^18, shards <= 10^6.
  const auto part = [&](std::uint64_t k) {
    return count / shards * k + count % shards * k / shards;
  };
  return {first + part(shard - 1), first + part(shard) - 1};
}

SweepFile sweep(const std::vector<SweptScenario>& scenarios, const SweepSettings& settings,
                const std::function<void(const std::string& file, const Finished&)>& each,
                const std::function<void(const SweepFile&)>& progress) {
  const Interruptible interruptible;
  return Sweep(scenarios, settings, each).run(progress);
}

Interruptible::Interruptible() {
  signal_came = 0;
  handle(SIGINT, note_signal);
  handle(SIGTERM, note_signal);
}

Interruptible::~Interruptible() {
  handle(SIGINT, SIG_DFL);
  handle(SIGTERM, SIG_DFL);
}

int Interruptible::signal() {
  return signal_came;
}

Result<Outcome> run_seed(const Scenario& scenario, const Seed& seed, bool verify) {
  auto outcome = simulate(scenario, seed);
  if (!outcome || !verify) return outcome;
  const auto again = simulate(scenario, seed);
  if (again && again->trace_hash == outcome->trace_hash && again->events == outcome->events) {
    return outcome;
  }
  outcome->verdict = Verdict::nondeterministic;
  outcome->violation.reset();
  outcome->vacuous.clear();
  return outcome;
}

bool parse_seeds(const std::string& text, SweepSettings& settings) {
  const std::size_t dots = text.find("..");
  const auto first = seed_number(text.substr(0, dots));
  const auto last = dots == std::string::npos ? first : seed_number(text.substr(dots + 2));
  if (!first || !last || *first > *last) return false;
  settings.first = *first;
  settings.last = *last;
  return true;
}

}  // namespace rejoin::sim
