// rejoin-sim: runs scenarios. The verdict is the exit code. Each subcommand is in its own file.

#include <CLI/CLI.hpp>
#include <memory>
#include <vector>

#include "sim/rejoin_sim_command.hpp"

namespace rejoin::sim {
namespace {

std::vector<std::unique_ptr<Command>> all_commands() {
  std::vector<std::unique_ptr<Command>> commands;
  commands.push_back(run_command());
  commands.push_back(sweep_command());
  commands.push_back(shrink_command());
  commands.push_back(replay_command());
  commands.push_back(faults_command());
  commands.push_back(verify_command());
  commands.push_back(diff_command());
  commands.push_back(export_command());
  commands.push_back(merge_command());
  commands.push_back(report_command());
  commands.push_back(exhaust_command());
  return commands;
}

int main_of(int argc, char** argv) {
  CLI::App app("Runs replicas in virtual time, on links, disks and clocks that fail by plan.");
  app.footer(
      "Exit codes: 0 ok, 1 violation, 2 vacuous (a fault or expectation did not happen),\n"
      "3 nondeterminism, 4 usage. Scenarios: examples/scenarios/*.toml.");
  app.require_subcommand(1);
  const auto commands = all_commands();
  std::vector<CLI::App*> added;
  for (const auto& command : commands) added.push_back(command->add(app));
  try {
    app.parse(argc, argv);
  } catch (const CLI::ParseError& error) {
    return app.exit(error) == 0 ? 0 : usage;
  }
  for (std::size_t i = 0; i < commands.size(); ++i) {
    if (added[i]->parsed()) return commands[i]->run();
  }
  return usage;
}

}  // namespace
}  // namespace rejoin::sim

int main(int argc, char** argv) {
  return rejoin::sim::main_of(argc, argv);
}
