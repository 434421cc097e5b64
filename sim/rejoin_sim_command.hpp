#pragma once

// A subcommand of rejoin-sim: it adds itself to the command line, and runs if it was the one given.
// A new one is a file of its own, rejoin_sim_NAME.cpp, and a line in rejoin_sim.cpp. What run()
// returns is the exit code: 0 ok, 1 violation, 2 vacuous, 3 nondeterminism, 4 usage.

#include <CLI/CLI.hpp>
#include <memory>
#include <nlohmann/json.hpp>
#include <string>

namespace rejoin::sim {

class Command {
 public:
  Command() = default;
  Command(const Command&) = delete;
  Command& operator=(const Command&) = delete;
  virtual ~Command() = default;

  // Adds a subcommand whose arguments are this object's members.
  virtual CLI::App* add(CLI::App& app) = 0;
  // After the command line was read.
  virtual int run() = 0;
};

std::unique_ptr<Command> history_command();
std::unique_ptr<Command> run_command();
std::unique_ptr<Command> shrink_command();
std::unique_ptr<Command> replay_command();
std::unique_ptr<Command> sweep_command();
std::unique_ptr<Command> faults_command();
std::unique_ptr<Command> diff_command();
std::unique_ptr<Command> export_command();
std::unique_ptr<Command> verify_command();
std::unique_ptr<Command> merge_command();
std::unique_ptr<Command> report_command();
std::unique_ptr<Command> exhaust_command();
std::unique_ptr<Command> search_command();
std::unique_ptr<Command> explain_command();
std::unique_ptr<Command> flip_command();

constexpr int usage = 4;
// Says on standard error what is wrong; returns `usage`.
int complain(const std::string& what);
// To a file, or to standard output for "-". False: it cannot be written.
bool write_json(const nlohmann::ordered_json& json, const std::string& where);

}  // namespace rejoin::sim
