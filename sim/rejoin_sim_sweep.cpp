#include "sim/rejoin_sim_sweep.hpp"

#include <poll.h>
#include <signal.h>
#include <sys/wait.h>
#include <unistd.h>

#include <algorithm>
#include <array>
#include <chrono>
#include <cstdlib>
#include <optional>
#include <sstream>

#include "sim/rejoin_sim_report.hpp"
#include "sim/world.hpp"

namespace rejoin::sim {
namespace {

using Clock = std::chrono::steady_clock;

double seconds_since(Clock::time_point begin) {
  return std::chrono::duration<double>(Clock::now() - begin).count();
}

void say(int pipe, const std::string& line) {
  std::size_t written = 0;
  while (written < line.size()) {
    const ssize_t n = write(pipe, line.data() + written, line.size() - written);
    if (n <= 0) _exit(1);  // nobody listens any more
    written += static_cast<std::size_t>(n);
  }
}

// A worker's seeds are first + i * step. It says "S seed" before each and "R ..." after it.
[[noreturn]] void work(const Scenario& scenario, const SweepSettings& settings, std::uint64_t first,
                       int pipe) {
  for (std::uint64_t seed = first; seed <= settings.last; seed += settings.jobs) {
    say(pipe, "S " + std::to_string(seed) + "\n");
    const auto outcome = run_seed(scenario, seed, settings.verify);
    std::string line = "R " + std::to_string(seed);
    if (outcome) {
      line += " " + std::to_string(static_cast<int>(outcome->verdict)) + " " +
              std::to_string(outcome->trace_hash) + " " + std::to_string(outcome->events) + " " +
              std::to_string(outcome->virtual_time) + " " + verdict_line(*outcome);
    } else {
      line += " 1 0 0 0 " + outcome.error().message;
    }
    std::replace(line.begin(), line.end(), '\n', ' ');
    say(pipe, line + "\n");
    if (seed > settings.last - std::min(settings.last, std::uint64_t{settings.jobs})) break;
  }
  _exit(0);
}

class Worker {
 public:
  Worker(const Scenario& scenario, const SweepSettings& settings, std::uint64_t first)
      : scenario_(scenario), settings_(settings) {
    begin(first);
  }
  Worker(const Worker&) = delete;
  Worker& operator=(const Worker&) = delete;
  ~Worker() {
    if (pid_ <= 0) return;
    kill(pid_, SIGKILL);
    reap();
  }

  bool running() const { return pid_ > 0; }
  int pipe() const { return pipe_; }

  // Reads what came; f(line) of each whole line. At the end of a worker that died on a seed, begins
  // another behind it and calls died(seed).
  template <class OnLine, class OnDeath>
  void read_lines(OnLine&& f, OnDeath&& died) {
    std::array<char, 65536> buffer{};
    const ssize_t n = ::read(pipe_, buffer.data(), buffer.size());
    if (n <= 0) {
      reap();
      if (!at_) return;
      const std::uint64_t seed = *at_;
      at_.reset();
      died(seed);
      if (seed + settings_.jobs <= settings_.last) begin(seed + settings_.jobs);
      return;
    }
    text_.append(buffer.data(), static_cast<std::size_t>(n));
    for (std::size_t end = text_.find('\n'); end != std::string::npos; end = text_.find('\n')) {
      const std::string line = text_.substr(0, end);
      text_.erase(0, end + 1);
      if (line.starts_with("S ")) {
        at_ = std::strtoull(line.c_str() + 2, nullptr, 10);
      } else {
        at_.reset();
        f(line);
      }
    }
  }

 private:
  void begin(std::uint64_t first) {
    std::array<int, 2> ends{};
    if (::pipe(ends.data()) != 0) return;
    pid_ = fork();
    if (pid_ == 0) {
      close(ends[0]);
      work(scenario_, settings_, first, ends[1]);
    }
    close(ends[1]);
    pipe_ = ends[0];
    text_.clear();
  }
  void reap() {
    close(pipe_);
    int status = 0;
    waitpid(pid_, &status, 0);
    pid_ = -1;
  }

  const Scenario& scenario_;
  const SweepSettings& settings_;
  pid_t pid_ = -1;
  int pipe_ = -1;
  std::string text_;
  std::optional<std::uint64_t> at_;  // the seed it is at
};

using Workers = std::vector<std::unique_ptr<Worker>>;

// Until at least one has something to say, or a moment has passed.
std::vector<Worker*> ready(const Workers& workers) {
  std::vector<pollfd> polled;
  std::vector<Worker*> of;
  for (const auto& worker : workers) {
    if (!worker->running()) continue;
    polled.push_back({worker->pipe(), POLLIN, 0});
    of.push_back(worker.get());
  }
  poll(polled.data(), polled.size(), 100);
  std::vector<Worker*> found;
  for (std::size_t i = 0; i < polled.size(); ++i) {
    if (polled[i].revents != 0) found.push_back(of[i]);
  }
  return found;
}

Finished take_result(const std::string& line, SweepResult& result) {
  std::istringstream in(line.substr(2));
  Finished finished;
  int verdict = 0;
  std::uint64_t hash = 0;
  std::uint64_t events = 0;
  Time virtual_time = 0;
  in >> finished.seed >> verdict >> hash >> events >> virtual_time;
  in.ignore(1);
  std::getline(in, finished.line);
  finished.verdict = static_cast<Verdict>(verdict);
  result.events += events;
  result.trace_hash += mix64(hash ^ finished.seed);
  result.virtual_seconds += static_cast<double>(virtual_time) / static_cast<double>(second);
  return finished;
}

}  // namespace

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

std::uint64_t SweepResult::count(Verdict verdict) const {
  if (verdict == Verdict::ok) return done - failed.size();
  return static_cast<std::uint64_t>(std::count_if(
      failed.begin(), failed.end(), [&](const Finished& one) { return one.verdict == verdict; }));
}

Verdict SweepResult::verdict() const {
  for (Verdict verdict : {Verdict::violation, Verdict::nondeterministic, Verdict::vacuous}) {
    if (count(verdict) > 0) return verdict;
  }
  return Verdict::ok;
}

SweepResult sweep(const Scenario& scenario, const SweepSettings& settings,
                  const std::function<void(const Finished&)>& each,
                  const std::function<void(const SweepResult&)>& progress) {
  const Clock::time_point begin = Clock::now();
  SweepResult result;
  Workers workers;
  for (unsigned i = 0; i < settings.jobs && settings.first + i <= settings.last; ++i) {
    workers.push_back(std::make_unique<Worker>(scenario, settings, settings.first + i));
  }
  bool stop = false;
  const auto finish = [&](Finished finished) {
    ++result.done;
    if (finished.verdict == Verdict::ok) return;
    stop = stop || (settings.stop_at_first && finished.verdict == Verdict::violation);
    each(finished);
    result.failed.push_back(std::move(finished));
  };
  const auto running = [](const auto& worker) { return worker->running(); };
  while (!stop && std::any_of(workers.begin(), workers.end(), running)) {
    for (Worker* worker : ready(workers)) {
      worker->read_lines([&](const std::string& line) { finish(take_result(line, result)); },
                         [&](std::uint64_t seed) {
                           finish({seed, Verdict::violation, "violation: the run was aborted"});
                         });
    }
    result.wall_seconds = seconds_since(begin);
    progress(result);
  }
  std::sort(result.failed.begin(), result.failed.end(),
            [](const Finished& a, const Finished& b) { return a.seed < b.seed; });
  return result;
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

}  // namespace rejoin::sim
