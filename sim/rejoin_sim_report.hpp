#pragma once

// What rejoin-sim says of its runs: JSON for programs, a page of lines for people.

#include <nlohmann/json.hpp>
#include <string>
#include <utility>
#include <vector>

#include "sim/outcome.hpp"
#include "sim/statistics.hpp"

namespace rejoin::sim {

nlohmann::ordered_json json_of(const Outcome& outcome, double wall_seconds);
nlohmann::ordered_json json_of(const Statistics& statistics);
// What json_of wrote; what is missing stays as it is in a new one. Throws nlohmann's errors.
Outcome outcome_of(const nlohmann::ordered_json& json);
std::string text_of(const Outcome& outcome, double wall_seconds);

// What a run counted, by the names that JSON has.
std::vector<std::pair<const char*, std::uint64_t>> totals_of(const Outcome& outcome);

// Sixteen hexadecimal digits.
std::string hash_text(std::uint64_t hash);
// "violation: rule 5 at n2, 4.213 s: ..."; "vacuous: ..."; "ok".
std::string verdict_line(const Outcome& outcome);

}  // namespace rejoin::sim
