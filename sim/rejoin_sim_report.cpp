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

using Field = std::pair<const char*, std::uint64_t Totals::*>;
constexpr std::array<Field, 17> total_fields = {
    {{"transactions", &Totals::transactions},
     {"refused", &Totals::refused},
     {"skipped", &Totals::skipped},
     {"entries", &Totals::entries},
     {"acknowledged", &Totals::acknowledged},
     {"lost", &Totals::lost},
     {"conflicts", &Totals::conflicts},
     {"frames", &Totals::frames},
     {"bytes", &Totals::bytes},
     {"restarts", &Totals::restarts},
     {"checkpoints", &Totals::checkpoints},
     {"repairs", &Totals::repairs},
     {"repairs_interrupted", &Totals::repairs_interrupted},
     {"resends", &Totals::resends},
     {"session_reads", &Totals::session_reads},
     {"session_moves", &Totals::session_moves},
     {"session_waits", &Totals::session_waits}}};

}  // namespace

std::vector<std::pair<const char*, std::uint64_t>> totals_of(const Outcome& outcome) {
  std::vector<std::pair<const char*, std::uint64_t>> totals;
  for (const auto& [name, member] : total_fields) totals.emplace_back(name, outcome.totals.*member);
  return totals;
}

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
    if (!outcome.violation->type.empty()) json["violation"]["type"] = outcome.violation->type;
  }
  if (!outcome.vacuous.empty()) json["vacuous"] = outcome.vacuous;
  json["trace_hash"] = hash_text(outcome.trace_hash);
  json["events"] = outcome.events;
  json["virtual_seconds"] = seconds(outcome.virtual_time);
  json["wall_seconds"] = wall_seconds;
  json["converged_after_seconds"] = seconds(outcome.converged_after);
  json["rounds"] = outcome.rounds;
  for (const auto& [name, field] : total_fields) json[name] = outcome.totals.*field;
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

nlohmann::ordered_json json_of(const Quantiles& quantiles) {
  return {{"count", quantiles.count},        {"least", seconds(quantiles.least)},
          {"half", seconds(quantiles.half)}, {"p90", seconds(quantiles.p90)},
          {"p99", seconds(quantiles.p99)},   {"most", seconds(quantiles.most)}};
}

nlohmann::ordered_json json_of(const Statistics& statistics) {
  nlohmann::ordered_json json;
  json["operations"] = statistics.operations;
  json["frames_per_operation"] = statistics.frames_per_operation();
  json["bytes_per_operation"] = statistics.bytes_per_operation();
  json["durable_seconds"] = json_of(statistics.durable);
  json["stale_seconds"] = json_of(statistics.stale);
  json["flight_seconds"] = json_of(statistics.flight);
  json["unseen"] = statistics.unseen;
  json["frames"] = nlohmann::ordered_json::array();
  for (const FrameTotals& totals : statistics.kinds) {
    json["frames"].push_back({{"kind", name_of(totals.kind)},
                              {"frames", totals.frames},
                              {"bytes", totals.bytes},
                              {"delivered", totals.delivered},
                              {"lost", totals.lost}});
  }
  return json;
}

Outcome outcome_of(const nlohmann::ordered_json& json) {
  const auto nanoseconds = [](double value) {
    return static_cast<Time>(value * static_cast<double>(second) + 0.5);
  };
  Outcome outcome;
  outcome.seed = json.at("seed");
  outcome.rekeys = json.value("rekeys", "");
  const std::string verdict = json.at("verdict");
  for (Verdict each :
       {Verdict::ok, Verdict::violation, Verdict::vacuous, Verdict::nondeterministic}) {
    if (name_of(each) == verdict) outcome.verdict = each;
  }
  if (const auto at = json.find("violation"); at != json.end()) {
    outcome.violation =
        Violation{at->at("oracle"), at->at("node"), nanoseconds(at->at("at_seconds")),
                  at->at("detail"), at->value("type", "")};
  }
  outcome.vacuous = json.value("vacuous", "");
  outcome.trace_hash = std::stoull(json.at("trace_hash").get<std::string>(), nullptr, 16);
  outcome.events = json.at("events");
  outcome.virtual_time = nanoseconds(json.at("virtual_seconds"));
  outcome.converged_after = nanoseconds(json.at("converged_after_seconds"));
  outcome.rounds = json.value("rounds", std::uint64_t{0});
  for (const auto& [name, field] : total_fields) outcome.totals.*field = json.value(name, 0ULL);
  for (const auto& one : json.at("receipts")) {
    Receipt receipt;
    receipt.fault = one.at("fault");
    receipt.kind = fault_kind(one.at("kind").get<std::string>()).value_or(FaultKind::loss);
    receipt.drawn = one.at("drawn");
    receipt.bites = one.at("bites");
    receipt.losses = one.value(std::string(losses_of(receipt.kind)), 0ULL);
    outcome.receipts.push_back(std::move(receipt));
  }
  return outcome;
}

std::string text_of(const Outcome& outcome, double wall_seconds) {
  std::string text =
      "seed " + std::to_string(outcome.seed) + outcome.rekeys + "  " + verdict_line(outcome) + "\n";
  text += "  trace " + hash_text(outcome.trace_hash) + "  " + std::to_string(outcome.events) +
          " events in " + fixed(seconds(outcome.virtual_time), 1) + " virtual s, " +
          fixed(wall_seconds * 1000, 1) + " ms\n";
  text += "  equal " + fixed(seconds(outcome.converged_after), 3) + " s after the faults ended\n ";
  for (const auto& [name, field] : total_fields) {
    const std::uint64_t value = outcome.totals.*field;
    if (value > 0) text += " " + std::string(name) + " " + std::to_string(value);
  }
  text += "\n";
  for (const Receipt& receipt : outcome.receipts) {
    if (!receipt.drawn) continue;
    text += "  fault " + receipt.fault + ": bit " + std::to_string(receipt.bites) + " times, " +
            std::to_string(receipt.losses) + " " + std::string(losses_of(receipt.kind));
    text += "\n";
  }
  return text;
}

}  // namespace rejoin::sim
