#include "sim/rejoin_sim_report.hpp"

#include <array>
#include <cstdio>
#include <utility>

namespace rejoin::sim {
namespace {

double seconds(Time time) {
  return static_cast<double>(time) / static_cast<double>(second);
}

std::string fixed(double value, int digits) {
  std::array<char, 64> buffer{};
  std::snprintf(buffer.data(), buffer.size(), "%.*f", digits, value);
  return buffer.data();
}

using Named = std::pair<const char*, std::uint64_t>;
std::array<Named, 14> named(const Totals& totals) {
  return {{{"transactions", totals.transactions},
           {"refused", totals.refused},
           {"skipped", totals.skipped},
           {"entries", totals.entries},
           {"acknowledged", totals.acknowledged},
           {"lost", totals.lost},
           {"conflicts", totals.conflicts},
           {"frames", totals.frames},
           {"bytes", totals.bytes},
           {"restarts", totals.restarts},
           {"checkpoints", totals.checkpoints},
           {"repairs", totals.repairs},
           {"repairs_interrupted", totals.repairs_interrupted},
           {"resends", totals.resends}}};
}

}  // namespace

std::string hash_text(std::uint64_t hash) {
  std::array<char, 32> buffer{};
  std::snprintf(buffer.data(), buffer.size(), "%016llx", static_cast<unsigned long long>(hash));
  return buffer.data();
}

std::string verdict_line(const Outcome& outcome) {
  std::string line(name_of(outcome.verdict));
  if (outcome.violation) {
    const Violation& violation = *outcome.violation;
    line += ": " + violation.oracle + " at n" + std::to_string(violation.node) + ", " +
            fixed(seconds(violation.at), 6) + " s: " + violation.detail;
  } else if (!outcome.vacuous.empty()) {
    line += ": " + outcome.vacuous;
  }
  return line;
}

nlohmann::ordered_json json_of(const Outcome& outcome, double wall_seconds) {
  nlohmann::ordered_json json;
  json["seed"] = outcome.seed;
  if (!outcome.rekeys.empty()) json["rekeys"] = outcome.rekeys;
  json["verdict"] = name_of(outcome.verdict);
  if (outcome.violation) {
    json["violation"] = {{"oracle", outcome.violation->oracle},
                         {"node", outcome.violation->node},
                         {"at_seconds", seconds(outcome.violation->at)},
                         {"detail", outcome.violation->detail}};
  }
  if (!outcome.vacuous.empty()) json["vacuous"] = outcome.vacuous;
  json["trace_hash"] = hash_text(outcome.trace_hash);
  json["events"] = outcome.events;
  json["virtual_seconds"] = seconds(outcome.virtual_time);
  json["wall_seconds"] = wall_seconds;
  json["converged_after_seconds"] = seconds(outcome.converged_after);
  for (const auto& [name, value] : named(outcome.totals)) json[name] = value;
  json["receipts"] = nlohmann::ordered_json::array();
  for (const Receipt& receipt : outcome.receipts) {
    nlohmann::ordered_json one;
    one["fault"] = receipt.fault;
    one["kind"] = name_of(receipt.kind);
    one["drawn"] = receipt.drawn;
    one["bites"] = receipt.bites;
    one[std::string(losses_of(receipt.kind))] = receipt.losses;
    json["receipts"].push_back(std::move(one));
  }
  return json;
}

std::string text_of(const Outcome& outcome, double wall_seconds) {
  std::string text =
      "seed " + std::to_string(outcome.seed) + outcome.rekeys + "  " + verdict_line(outcome) + "\n";
  text += "  trace " + hash_text(outcome.trace_hash) + "  " + std::to_string(outcome.events) +
          " events in " + fixed(seconds(outcome.virtual_time), 1) + " virtual s, " +
          fixed(wall_seconds * 1000, 1) + " ms\n";
  text += "  equal " + fixed(seconds(outcome.converged_after), 3) + " s after the faults ended\n ";
  for (const auto& [name, value] : named(outcome.totals)) {
    if (value > 0) text += " " + std::string(name) + " " + std::to_string(value);
  }
  text += "\n";
  for (const Receipt& receipt : outcome.receipts) {
    if (!receipt.drawn) continue;
    text += "  fault " + receipt.fault + ": bit " + std::to_string(receipt.bites) + " times, " +
            std::to_string(receipt.losses) + " " + std::string(losses_of(receipt.kind)) + "\n";
  }
  return text;
}

}  // namespace rejoin::sim
