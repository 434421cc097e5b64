// rejoin-sim faults: every kind of fault there is, as the tables of docs/simulation.md.

#include <iostream>

#include "sim/fault_table.hpp"
#include "sim/rejoin_sim_command.hpp"

namespace rejoin::sim {
namespace {

class Faults : public Command {
 public:
  CLI::App* add(CLI::App& app) override {
    return app.add_subcommand("faults", "List the kinds of fault, what each takes and does");
  }
  int run() override {
    std::cout << table_of_faults();
    return 0;
  }
};

}  // namespace

std::unique_ptr<Command> faults_command() {
  return std::make_unique<Faults>();
}

}  // namespace rejoin::sim
