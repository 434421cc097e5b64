// rejoin-sim: runs scenarios. The verdict is the exit code. Each subcommand is in its own file.
// main is in rejoin_sim_main.cpp, so that a user's own simulator can have its own.

#include <CLI/CLI.hpp>
#include <memory>
#include <vector>

#include "sim/families.hpp"
#include "sim/rejoin_sim_command.hpp"
#include "sim/rejoin_sim_scenario.hpp"
#include "sim/rejoin_sim_tool.hpp"

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
  commands.push_back(history_command());
  commands.push_back(search_command());
  commands.push_back(explain_command());
  commands.push_back(flip_command());
  return commands;
}

// A name that scenarios could not tell from another.
std::string ambiguous(const OwnTypes& types) {
  for (const auto& type : types) {
    const std::string word = type->word();
    const bool one_word = !word.empty() && word.find(' ') == std::string::npos;
    if (!one_word || family_called(word) || own_type_called(types, word) != type) return word;
  }
  return {};
}

}  // namespace

int tool_main(int argc, char** argv, OwnTypes types) {
  if (const std::string word = ambiguous(types); !word.empty()) {
    return complain("a type of one's own needs a name of one word that no other type has, not '" +
                    word + "'");
  }
  know_types(std::move(types));
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

}  // namespace rejoin::sim
