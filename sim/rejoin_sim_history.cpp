// rejoin-sim history: a counterexample of the law kit, played on the core.

#include <fstream>
#include <iostream>
#include <sstream>

#include "sim/history.hpp"
#include "sim/outcome.hpp"
#include "sim/rejoin_sim_command.hpp"
#include "sim/rejoin_sim_scenario.hpp"

namespace rejoin::sim {
namespace {

class PlayHistory : public Command {
 public:
  CLI::App* add(CLI::App& app) override {
    CLI::App* command = app.add_subcommand(
        "history", "Play a counterexample of the law kit, of a type of one's own, on the core");
    command->add_option("file", file_, "The counterexample, *.history")->required();
    command->add_option("--json", json_, "Write JSON to this file; - is standard output");
    return command;
  }

  int run() override {
    std::ifstream in(file_, std::ios::binary);
    std::ostringstream text;
    if (!in || !(text << in.rdbuf())) return complain(file_ + ": cannot be read");
    const auto played = play_history(text.str(), own_types());
    if (!played) return complain(file_ + ": " + played.error().message);
    const bool holds = played->complaint.empty();
    if (json_ != "-") {
      std::cout << played->told << (holds ? "it holds in a store" : "violation: ")
                << played->complaint << "; in the kit it breaks: " << played->law << "\n";
    }
    const nlohmann::ordered_json json = {{"type", played->type},
                                         {"law", played->law},
                                         {"verdict", holds ? "ok" : "violation"},
                                         {"complaint", played->complaint}};
    if (!json_.empty() && !write_json(json, json_)) return complain(json_ + ": cannot be written");
    return static_cast<int>(holds ? Verdict::ok : Verdict::violation);
  }

 private:
  std::string file_;
  std::string json_;
};

}  // namespace

std::unique_ptr<Command> history_command() {
  return std::make_unique<PlayHistory>();
}

}  // namespace rejoin::sim
