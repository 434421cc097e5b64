// rejoin-sim report: a run, or two side by side, as a page to look at.

#include <fstream>
#include <iostream>
#include <string>
#include <vector>

#include "sim/rejoin_sim_command.hpp"
#include "sim/rejoin_sim_page.hpp"
#include "sim/rejoin_sim_recording.hpp"
#include "sim/rejoin_sim_scenario.hpp"
#include "sim/story.hpp"

namespace rejoin::sim {
namespace {

class ReportCommand : public Command {
 public:
  CLI::App* add(CLI::App& app) override {
    CLI::App* command = app.add_subcommand("report", "Make a page that shows one run, or two");
    command
        ->add_option("run", words_,
                     "RECORDING.json, SCENARIO.toml:SEED, or SCENARIO.toml with --seed; one or two")
        ->required()
        ->expected(1, 2);
    command->add_option("--seed", seed_, "The seed, for a scenario that is given without one");
    command->add_option("-o,--output", output_, "The file to write; - is standard output")
        ->capture_default_str();
    return command;
  }

  int run() override {
    std::vector<PageRun> runs;
    for (const std::string& word : words_) {
      auto run = run_called(word);
      if (!run) return complain(run.error().message);
      runs.push_back(*std::move(run));
    }
    if (output_ == "-") {
      write_page(std::cout, runs);
      return std::cout.good() ? 0 : complain("standard output: cannot be written");
    }
    std::ofstream out(output_);
    write_page(out, runs);
    out.flush();
    if (!out.good()) return complain(output_ + ": cannot be written");
    std::cerr << "rejoin-sim: wrote " << output_ << "\n";
    return 0;
  }

 private:
  // A scenario that says what is done, step by step, has a story.
  Result<PageRun> run_called(const std::string& word) const {
    if (!names_scenario(word)) {
      auto recording = recording_called(word);
      if (!recording) return recording.error();
      return PageRun{*std::move(recording), ""};
    }
    const auto named = load_run_called(word, seed_);
    if (!named) return named.error();
    auto recording = record(named->scenario, named->seed);
    if (!recording) return recording.error();
    PageRun run{*std::move(recording), ""};
    if (!named->scenario.doings.empty()) {
      run.story = story_of(named->scenario, run.recording.outcome);
    }
    return run;
  }

  std::vector<std::string> words_;
  std::string seed_;
  std::string output_ = "report.html";
};

}  // namespace

std::unique_ptr<Command> report_command() {
  return std::make_unique<ReportCommand>();
}

}  // namespace rejoin::sim
