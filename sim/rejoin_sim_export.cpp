// rejoin-sim export: a run in the formats of other tools.

#include <fstream>
#include <iostream>
#include <locale>
#include <map>

#include "sim/export.hpp"
#include "sim/rejoin_sim_command.hpp"
#include "sim/rejoin_sim_recording.hpp"

namespace rejoin::sim {
namespace {

using Writer = void (*)(std::ostream&, const Recording&, const ExportSettings&);

const std::map<std::string, Writer> writers = {
    {"shiviz", write_shiviz}, {"mermaid", write_mermaid}, {"perfetto", write_perfetto}};
// A sequence diagram of more is not read by anybody.
constexpr std::size_t mermaid_events = 80;

class Export : public Command {
 public:
  CLI::App* add(CLI::App& app) override {
    CLI::App* command =
        app.add_subcommand("export", "A run as ShiViz, Mermaid or Perfetto read it");
    command->add_option("run", run_, recording_help)->required();
    command->add_option("--format", format_, "shiviz, mermaid or perfetto")
        ->required()
        ->check(CLI::IsMember(writers));
    command->add_option("--output,-o", output_, "To this file instead of standard output");
    command->add_option("--from", from_, "From this second on");
    command->add_option("--until", until_, "Up to this second");
    command->add_option("--events", events_, "So many at most (mermaid: 80)");
    return command;
  }

  int run() override {
    const auto recording = recording_called(run_);
    if (!recording) return complain(recording.error().message);
    ExportSettings settings;
    settings.from = nanoseconds(from_);
    if (until_ > 0) settings.until = nanoseconds(until_);
    if (events_ > 0) {
      settings.events_max = events_;
    } else if (format_ == "mermaid") {
      settings.events_max = mermaid_events;
    }
    std::ofstream file;
    if (!output_.empty() && output_ != "-") {
      file.open(output_);
      if (!file) return complain(output_ + ": cannot be written");
    }
    std::ostream& out = file.is_open() ? file : std::cout;
    out.imbue(std::locale::classic());
    writers.at(format_)(out, *recording, settings);
    out.flush();
    return out.good() ? 0 : complain("the output cannot be written");
  }

 private:
  static Time nanoseconds(double seconds) {
    return static_cast<Time>(seconds * static_cast<double>(second));
  }

  std::string run_;
  std::string format_;
  std::string output_;
  double from_ = 0;
  double until_ = 0;
  std::size_t events_ = 0;
};

}  // namespace

std::unique_ptr<Command> export_command() {
  return std::make_unique<Export>();
}

}  // namespace rejoin::sim
