// rejoin-sim report: a run, or two side by side, as a page to look at.

#include <fstream>
#include <iostream>
#include <string>
#include <vector>

#include "sim/rejoin_sim_command.hpp"
#include "sim/rejoin_sim_page.hpp"
#include "sim/rejoin_sim_recording.hpp"

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
    std::vector<Recording> recordings;
    for (const std::string& word : words_) {
      const bool needs_seed = word.ends_with(".toml");
      if (needs_seed && seed_.empty()) {
        return complain(word + ": a scenario takes --seed N, or the seed behind a colon: " + word +
                        ":7");
      }
      auto recording = recording_called(needs_seed ? word + ":" + seed_ : word);
      if (!recording) return complain(recording.error().message);
      recordings.push_back(*std::move(recording));
    }
    std::vector<const Recording*> pages;
    for (const Recording& recording : recordings) pages.push_back(&recording);
    if (output_ == "-") {
      write_page(std::cout, pages);
      return std::cout.good() ? 0 : complain("standard output: cannot be written");
    }
    std::ofstream out(output_);
    write_page(out, pages);
    out.flush();
    if (!out.good()) return complain(output_ + ": cannot be written");
    std::cerr << "rejoin-sim: wrote " << output_ << "\n";
    return 0;
  }

 private:
  std::vector<std::string> words_;
  std::string seed_;
  std::string output_ = "report.html";
};

}  // namespace

std::unique_ptr<Command> report_command() {
  return std::make_unique<ReportCommand>();
}

}  // namespace rejoin::sim
