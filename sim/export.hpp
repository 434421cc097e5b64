#pragma once

// A recording in the formats of other tools:
//
//     ShiViz      a log with vector clocks, for https://bestchai.bitbucket.io/shiviz: the
//     expression
//                 that reads it first
//     Mermaid     a sequence diagram, as Markdown renders it; short, and it says what it leaves out
//     Perfetto    Chrome's JSON trace, for https://ui.perfetto.dev: nodes, messages as flows,
//     faults,
//                 and how many different states there are
//
// Each writes in the order of the recording. Cost: O(events); ShiViz O(events * nodes).

#include <cstddef>
#include <iosfwd>
#include <limits>
#include <string>
#include <string_view>

#include "sim/recording.hpp"

namespace rejoin::sim {

struct ExportSettings {
  Time from = 0;
  Time until = std::numeric_limits<Time>::max();
  std::size_t events_max = std::numeric_limits<std::size_t>::max();  // what follows is left out
};

void write_shiviz(std::ostream& out, const Recording& recording, const ExportSettings& settings);
void write_mermaid(std::ostream& out, const Recording& recording, const ExportSettings& settings);
void write_perfetto(std::ostream& out, const Recording& recording, const ExportSettings& settings);

// As a string of JSON, in ASCII.
std::string json_quoted(std::string_view text);

}  // namespace rejoin::sim
