// rejoin-sim diff: where two runs part, and what that came to.

#include <algorithm>
#include <iostream>

#include "sim/compare.hpp"
#include "sim/rejoin_sim_command.hpp"
#include "sim/rejoin_sim_diff.hpp"
#include "sim/rejoin_sim_recording.hpp"

namespace rejoin::sim {

std::string text_of(const Difference& difference, const Recording& a, const Recording& b,
                    std::size_t context) {
  std::string text;
  const auto lines = [&](const char* mark, const Recording& recording, std::size_t from,
                         std::size_t upto) {
    for (const std::string& line : lines_of(recording, from, upto)) text += mark + line + "\n";
  };
  lines("    ", a, difference.at - std::min(difference.at, context), difference.at);
  text += "first difference, in event " +
          std::to_string(difference.at < a.events.size()   ? a.events[difference.at].event
                         : difference.at < b.events.size() ? b.events[difference.at].event
                                                           : a.outcome.events) +
          " of the run: " + difference.what + "\n";
  lines("  a ", a, difference.at, difference.at + std::max<std::size_t>(context / 2, 1));
  lines("  b ", b, difference.at, difference.at + std::max<std::size_t>(context / 2, 1));
  return text;
}

namespace {

class Diff : public Command {
 public:
  CLI::App* add(CLI::App& app) override {
    CLI::App* command = app.add_subcommand("diff", "Where two runs part; 1 if they do");
    command->add_option("a", a_, recording_help)->required();
    command->add_option("b", b_, recording_help)->required();
    command->add_option("--context", context_, "Lines around the first difference");
    command->add_option("--json", json_, "Write JSON to this file; - is standard output");
    return command;
  }

  int run() override {
    const auto a = recording_called(a_);
    if (!a) return complain(a.error().message);
    const auto b = recording_called(b_);
    if (!b) return complain(b.error().message);
    const auto difference = first_difference(*a, *b);
    const auto rows = differing(*a, *b);
    if (json_ != "-") {
      std::cout << "a: " << a_ << "\nb: " << b_ << "\n";
      std::cout << (difference ? text_of(*difference, *a, *b, context_)
                               : "the same in everything\n");
      for (const Differing& row : rows) {
        std::cout << "  " << row.name << ": " << row.a << " | " << row.b << "\n";
      }
    }
    if (!json_.empty() && !write_json(described(difference, rows, *a, *b), json_)) {
      return complain(json_ + ": cannot be written");
    }
    return difference ? 1 : 0;
  }

 private:
  nlohmann::ordered_json described(const std::optional<Difference>& difference,
                                   const std::vector<Differing>& rows, const Recording& a,
                                   const Recording& b) const {
    nlohmann::ordered_json json;
    json["a"] = a_;
    json["b"] = b_;
    json["equal"] = !difference.has_value();
    if (difference) {
      json["first"] = {{"index", difference->at},
                       {"what", difference->what},
                       {"a", lines_of(a, difference->at, difference->at + 1)},
                       {"b", lines_of(b, difference->at, difference->at + 1)}};
    }
    json["differing"] = nlohmann::ordered_json::array();
    for (const Differing& row : rows) {
      json["differing"].push_back({{"name", row.name}, {"a", row.a}, {"b", row.b}});
    }
    return json;
  }

  std::string a_;
  std::string b_;
  std::string json_;
  std::size_t context_ = 12;
};

}  // namespace

std::unique_ptr<Command> diff_command() {
  return std::make_unique<Diff>();
}

}  // namespace rejoin::sim
