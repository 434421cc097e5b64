#include "sim/rejoin_sim_trial.hpp"

#include <fcntl.h>
#include <poll.h>
#include <signal.h>
#include <sys/wait.h>
#include <unistd.h>

#include <algorithm>
#include <array>
#include <sstream>
#include <vector>

#include "sim/recorder.hpp"
#include "sim/world.hpp"

namespace rejoin::sim {
namespace {

using Clock = std::chrono::steady_clock;

double seconds_since(Clock::time_point begin) {
  return std::chrono::duration<double>(Clock::now() - begin).count();
}

[[noreturn]] void be_child(const std::function<std::string()>& work, int pipe) {
  const int nowhere = ::open("/dev/null", O_WRONLY | O_CLOEXEC);
  if (nowhere >= 0) dup2(nowhere, STDERR_FILENO);
  const std::string said = work();
  std::size_t written = 0;
  while (written < said.size()) {
    const ssize_t n = ::write(pipe, said.data() + written, said.size() - written);
    if (n <= 0) _exit(1);
    written += static_cast<std::size_t>(n);
  }
  _exit(0);
}

// True at the end of what the child says, false when its time is over.
bool read_all(int pipe, double seconds_max, std::string& out) {
  const Clock::time_point begin = Clock::now();
  std::array<char, 65536> buffer{};
  for (;;) {
    const double left = seconds_max - seconds_since(begin);
    if (left <= 0) return false;
    pollfd polled{pipe, POLLIN, 0};
    if (poll(&polled, 1, static_cast<int>(left * 1000) + 1) <= 0) continue;
    const ssize_t n = ::read(pipe, buffer.data(), buffer.size());
    if (n <= 0) return true;
    out.append(buffer.data(), static_cast<std::size_t>(n));
  }
}

std::string said_of(const std::optional<Violation>& violation) {
  if (!violation) return "ok\n";
  std::string detail = violation->detail;
  std::replace(detail.begin(), detail.end(), '\n', ' ');
  return "violation\n" + violation->oracle + "\n" + violation->type + "\n" +
         std::to_string(violation->node) + "\n" + std::to_string(violation->at) + "\n" + detail +
         "\n";
}

std::optional<Violation> heard(const std::string& said) {
  std::istringstream in(said);
  std::string word;
  std::getline(in, word);
  if (word != "violation") return std::nullopt;
  Violation violation;
  std::getline(in, violation.oracle);
  std::getline(in, violation.type);
  in >> violation.node >> violation.at;
  in.ignore(1);
  std::getline(in, violation.detail);
  return violation;
}

std::optional<Violation> outcome_of(const Scenario& scenario, const Seed& seed, bool twice) {
  const auto outcome = simulate(scenario, seed);
  if (!outcome) return std::nullopt;
  if (!twice) return outcome->violation;
  const auto again = simulate(scenario, seed);
  if (again->trace_hash == outcome->trace_hash) return outcome->violation;
  return Violation{std::string(nondeterminism_oracle), 0, outcome->virtual_time,
                   "the same seed gave another trace"};
}

// Backwards from the failure: a node whose later steps are in its past is in it from there on, and
// so is who sent what it had received.
std::vector<std::uint64_t> transactions_before(const Recording& recording) {
  std::vector<bool> in(recording.nodes, false);
  std::vector<bool> messages(recording.messages.size(), false);
  std::vector<std::uint64_t> past;
  for (auto event = recording.events.rbegin(); event != recording.events.rend(); ++event) {
    if (event->node >= in.size()) continue;
    if (event->what == What::violation) in[event->node] = true;
    if (event->what == What::send && event->subject < messages.size() && messages[event->subject]) {
      in[event->node] = true;
    }
    if (!in[event->node]) continue;
    if (event->what == What::deliver && event->subject < messages.size()) {
      messages[event->subject] = true;
    }
    if (event->what == What::transaction) past.push_back(event->subject);
  }
  return past;
}

std::string clues_of(const Scenario& scenario) {
  const Seed seed = whole_seed(scenario, *scenario.seed);
  auto plan = draw_plan(scenario, seed.draws());
  if (!plan) return "";
  World world(scenario, *std::move(plan), seed);
  std::vector<CarriedFrame> frames;
  Recorder recorder;
  world.note_frames_to(&frames);
  world.record_with(&recorder);
  const Outcome outcome = world.run();
  std::ostringstream out;
  for (const CarriedFrame& frame : frames) {
    const bool usual =
        frame.arrivals.size() == 1 && frame.arrivals.front() == frame.at + frame.usual;
    if (usual) continue;
    out << "frame " << frame.link.source << ' ' << frame.link.target << ' ' << frame.frame << ' '
        << frame.at << ' ' << frame.arrivals.size();
    for (Time arrival : frame.arrivals) out << ' ' << arrival;
    out << '\n';
  }
  for (std::uint64_t number : transactions_before(recorder.recording())) {
    out << "past " << number << '\n';
  }
  const std::vector<PlannedTransaction>& planned = world.plan().transactions;
  for (std::size_t k = 0; k < planned.size(); ++k) {
    if (planned[k].on && *planned[k].on != planned[k].node) {
      out << "moved " << k << ' ' << *planned[k].on << '\n';
    }
  }
  return out.str();
}

}  // namespace

InChild in_child(const std::function<std::string()>& work, double seconds_max) {
  InChild result;
  std::array<int, 2> ends{};
  if (::pipe(ends.data()) != 0) return {InChild::Ended::aborted, {}};
  const pid_t child = fork();
  if (child == 0) {
    close(ends[0]);
    be_child(work, ends[1]);
  }
  close(ends[1]);
  if (!read_all(ends[0], seconds_max, result.said)) {
    result.ended = InChild::Ended::hung;
    if (child > 0) kill(child, SIGKILL);
  }
  close(ends[0]);
  int status = 0;
  if (child > 0) waitpid(child, &status, 0);
  const bool well = child > 0 && WIFEXITED(status) && WEXITSTATUS(status) == 0;
  if (!well && result.ended == InChild::Ended::well) result.ended = InChild::Ended::aborted;
  return result;
}

std::optional<Violation> violation_of(const Scenario& scenario, const Seed& seed, bool twice,
                                      double seconds_max) {
  const InChild child =
      in_child([&] { return said_of(outcome_of(scenario, seed, twice)); }, seconds_max);
  switch (child.ended) {
    case InChild::Ended::aborted:
      return Violation{std::string(aborted_oracle), 0, scenario.until, "the run was aborted"};
    case InChild::Ended::hung:
      return Violation{std::string(hung_oracle), 0, scenario.until, "the run does not end"};
    case InChild::Ended::well:
      break;
  }
  return heard(child.said);
}

ChildTrials::ChildTrials(const TrialLimits& limits, bool twice, Found found)
    : limits_(limits), twice_(twice), found_(std::move(found)) {}

std::optional<Violation> ChildTrials::run(const Scenario& scenario) {
  ++runs_;
  return violation_of(scenario, *scenario.seed, twice_, limits_.seconds_each);
}

Clues ChildTrials::clues(const Scenario& scenario) {
  ++runs_;
  const InChild child = in_child([&] { return clues_of(scenario); }, limits_.seconds_each);
  Clues clues;
  if (child.ended != InChild::Ended::well) return clues;
  std::istringstream in(child.said);
  for (std::string word; in >> word;) {
    if (word == "frame") {
      CarriedFrame frame;
      std::size_t arrivals = 0;
      in >> frame.link.source >> frame.link.target >> frame.frame >> frame.at >> arrivals;
      frame.arrivals.resize(std::min<std::size_t>(arrivals, 16));
      for (Time& arrival : frame.arrivals) in >> arrival;
      clues.odd_frames.push_back(std::move(frame));
    } else if (word == "past") {
      in >> clues.causal_past.emplace_back();
    } else {
      auto& [number, node] = clues.moved.emplace_back();
      in >> number >> node;
    }
  }
  return clues;
}

bool ChildTrials::enough() {
  return runs_ >= limits_.runs || seconds() >= limits_.seconds;
}

void ChildTrials::found(const Scenario& scenario, const char* step) {
  found_(scenario, step, runs_);
}

double ChildTrials::seconds() const {
  return seconds_since(begin_);
}

}  // namespace rejoin::sim
