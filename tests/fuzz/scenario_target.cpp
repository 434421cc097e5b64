#include <algorithm>
#include <array>
#include <cstddef>

#include "sim/plan.hpp"
#include "sim/rejoin_sim_scenario.hpp"
#include "tests/fuzz/bytes_mutator.hpp"
#include "tests/fuzz/target.hpp"

namespace rejoin::fuzz {
namespace {

// A larger text says nothing that a small one cannot.
constexpr std::size_t text_max = 16 * 1024;

// Every word that a scenario knows, once.
constexpr std::string_view everything = R"(nodes = 5
until = "20s"
converge = "30s"
quiet = "2s"
swarm = false
check_every = 3
[links]
latency = ["1ms", "20ms"]
jitter = "300us"
[disks]
sync = ["200us", "4ms"]
checkpoint = 0.25
[clocks]
offset = ["0s", "2s"]
[workload]
transactions = 30
over = ["1s", "9s"]
keys = 2
elements = 3
hot = 0.5
removes = 0.25
clears = 0.1
wide = 0.3
aborts = 0.05
families = ["awset", "ormap", "lattice"]
[config]
log_bytes_max = [1000, 4000]
resend_after_ms = 50
[expect]
repairs = 1
conflicts = 2
[[fault]]
kind = "split"
at = "1s"
for = ["2s", "3s"]
groups = [[0, 1], [2, 3, 4]]
always = true
[[fault]]
kind = "loss"
at = ["1s", "2s"]
for = "1s"
rate = [0.1, 0.9]
repeat = 3
every = "2s"
bites = 1
[[fault]]
kind = "reorder"
at = "1s"
for = "1s"
rate = 0.5
by = ["1ms", "1s"]
[[fault]]
kind = "one_way"
name = "deaf"
group = "links"
at = "3s"
for = "1s"
from = [0]
to = [1, 2]
count = 1
[[fault]]
kind = "crash"
at = "4s"
for = "1s"
nodes = [1]
[[fault]]
kind = "wipe"
at = "1500ms"
for = "200us"
new_identity = true
[[fault]]
kind = "clock_step"
at = "5s"
for = "1s"
by = "10s"
[[fault]]
kind = "clock_drift"
at = "6s"
for = "1s"
ppm = [10, 500]
)";

constexpr std::array<std::string_view, 24> values = {"0",
                                                     "1",
                                                     "-1",
                                                     "9223372036854775807",
                                                     "4294967296",
                                                     "1e308",
                                                     "nan",
                                                     "inf",
                                                     "0.5",
                                                     "\"\"",
                                                     "\"1s\"",
                                                     "\"0us\"",
                                                     "\"1m\"",
                                                     "\"999999999999999m\"",
                                                     "\"99999999999999s\"",
                                                     "[]",
                                                     "[1]",
                                                     "[1, 0]",
                                                     "[[0], [0]]",
                                                     "[\"1s\", 2]",
                                                     "true",
                                                     "{}",
                                                     "1979-05-27",
                                                     "'x"};

std::vector<std::string> lines_of(const std::string& text) {
  std::vector<std::string> out;
  for (std::size_t at = 0; at < text.size();) {
    const std::size_t end = std::min(text.find('\n', at), text.size());
    out.push_back(text.substr(at, end - at));
    at = end + 1;
  }
  return out;
}

std::vector<std::string> seeds() {
  std::vector<std::string> out = {std::string(everything), "", "nodes = 3\n"};
  // The parts of the whole: what stands before the first table, each table, each fault.
  std::string part;
  for (const std::string& line : lines_of(std::string(everything))) {
    if (line.starts_with("[")) {
      out.push_back(part);
      part.clear();
    }
    part += line + "\n";
  }
  return out;
}

std::optional<std::string> check(std::string_view bytes) {
  if (bytes.size() > text_max) return std::nullopt;
  const Result<sim::Scenario> scenario = sim::parse_scenario(std::string(bytes), "fuzz.toml");
  if (!scenario) {
    if (!scenario.error().message.starts_with("fuzz.toml:")) {
      return "an error does not say where: " + scenario.error().message;
    }
    return std::nullopt;
  }
  if (const auto good = scenario->validate(); !good) {
    return "it is taken, and not valid: " + good.error().message;
  }
  if (const auto plan = draw_plan(*scenario, sim::Draws(1))) {
    if (!plan->config.validate()) return "its plan has a Config that cannot be";
    for (const sim::Fault& fault : plan->faults) {
      if (fault.begin >= scenario->until) return "a fault begins when they are over";
    }
    if (plan->transactions.size() != scenario->workload.transactions) {
      return "its plan has not as many transactions as it says";
    }
  }
  return std::nullopt;
}

void change_line(std::string& line, Random& random) {
  const std::size_t equals = line.find('=');
  if (equals == std::string::npos || random.one_in(8)) {
    line = mutated(line, random);
  } else if (random.one_in(2)) {
    line = line.substr(0, equals + 1) + " " + std::string(values[random.below(values.size())]);
  } else {
    line = line.substr(0, equals + 1) + mutated(line.substr(equals + 1), random);
  }
}

// TOML is lines: one is changed, or comes twice, or goes, or another one comes in.
std::optional<std::string> mutate(const std::string& bytes, Random& random) {
  if (bytes.size() > text_max) return std::nullopt;
  std::vector<std::string> lines = lines_of(bytes);
  if (lines.empty()) return std::nullopt;
  static const std::vector<std::string> known = lines_of(std::string(everything));
  for (std::uint64_t n = 1 + random.below(2); n > 0 && !lines.empty(); --n) {
    const std::size_t at = random.below(lines.size());
    const auto there = lines.begin() + static_cast<std::ptrdiff_t>(at);
    switch (random.below(6)) {
      case 0:
        lines.erase(there);
        break;
      case 1:
        lines.insert(there, std::string(lines[at]));
        break;
      case 2:
        lines.insert(there, known[random.below(known.size())]);
        break;
      default:
        change_line(lines[at], random);
    }
  }
  std::string out;
  for (const std::string& line : lines) out += line + "\n";
  return out;
}

}  // namespace

const Target scenario_target{"scenario", seeds, check, mutate};

}  // namespace rejoin::fuzz
