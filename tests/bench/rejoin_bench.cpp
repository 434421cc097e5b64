// rejoin-bench: how fast rejoin is, a row for each number, beside the floor that the same run
// measured. A table, or JSON: an array of {name, value, unit, against, ratio, goal, reached, how}.

#include <CLI/CLI.hpp>
#include <cstdio>
#include <iostream>
#include <nlohmann/json.hpp>
#include <string>
#include <vector>

#include "sim/rejoin_sim_command.hpp"
#include "tests/bench/rejoin_bench_sim.hpp"

namespace rejoin::bench {
namespace {

constexpr int failed = 1;
constexpr int usage = 4;

void print(const Row& row) {
  std::printf("%-28s %14.0f %-12s", row.name.c_str(), row.value, row.unit.c_str());
  if (row.goal) {
    std::printf(" goal %-10.0f %5.2f of it", *row.goal, row.value / *row.goal);
  } else {
    std::printf(" %-29s", "");
  }
  if (!row.against.empty()) std::printf("  %.4f of %s", row.ratio, row.against.c_str());
  std::printf("  (%s)\n", row.how.c_str());
  std::fflush(stdout);
}

nlohmann::ordered_json json_of(const Row& row) {
  nlohmann::ordered_json json = {{"name", row.name}, {"value", row.value}, {"unit", row.unit}};
  if (!row.against.empty()) {
    json["against"] = row.against;
    json["ratio"] = row.ratio;
  }
  if (row.goal) {
    json["goal"] = *row.goal;
    json["reached"] = row.value >= *row.goal;
  }
  json["how"] = row.how;
  return json;
}

int main_of(int argc, char** argv) {
  Settings settings;
  std::string group = "sim";
  std::string where;
  CLI::App app("Measures rejoin and prints a row for each number. Run it from the repository.");
  app.add_option("group", group, "Which rows: sim")->check(CLI::IsMember({"sim"}));
  app.add_option("--rows", settings.rows,
                 "Only these rows and those below them, such as sim.realtime");
  app.add_option("--runs", settings.runs, "Runs of each, of which the fastest counts")
      ->check(CLI::Range(1U, 100U));
  app.add_option("--seed", settings.seed, "The seed of the workloads");
  app.add_option("--workloads", settings.folder, "The folder of sim_N.toml");
  app.add_option("--json", where, "Write JSON to this file; - is standard output");
  try {
    app.parse(argc, argv);
  } catch (const CLI::ParseError& error) {
    return app.exit(error) == 0 ? 0 : usage;
  }
  nlohmann::ordered_json rows = nlohmann::ordered_json::array();
  const auto done = measure_sim(settings, [&](const Row& row) {
    rows.push_back(json_of(row));
    if (where != "-") print(row);
  });
  if (!done) {
    std::cerr << "rejoin-bench: " << done.error().message << "\n";
    return failed;
  }
  if (!where.empty() && !sim::write_json(rows, where)) {
    std::cerr << "rejoin-bench: " << where << ": cannot be written\n";
    return usage;
  }
  return 0;
}

}  // namespace
}  // namespace rejoin::bench

int main(int argc, char** argv) {
  return rejoin::bench::main_of(argc, argv);
}
