#include <algorithm>
#include <map>
#include <ostream>
#include <vector>

#include "sim/export.hpp"

namespace rejoin::sim {
namespace {

using Clock = std::map<unsigned, std::uint64_t>;  // of the nodes it knows of

bool told(What what) {
  switch (what) {
    case What::transaction:
    case What::entry:
    case What::send:
    case What::deliver:
    case What::start:
    case What::stop:
    case What::pause:
    case What::resume:
    case What::leave:
    case What::clock:
    case What::told:
    case What::violation:
      return true;
    default:
      return false;
  }
}

std::string json_of(const Clock& clock) {
  std::string out = "{";
  for (const auto& [node, count] : clock) {
    out +=
        (out.size() > 1 ? ", \"n" : "\"n") + std::to_string(node) + "\": " + std::to_string(count);
  }
  return out + "}";
}

}  // namespace

void write_shiviz(std::ostream& out, const Recording& recording, const ExportSettings& settings) {
  // The second line, which is empty, would divide executions.
  out << "(?<host>\\S*) (?<clock>{.*})\\n(?<event>.*)\n\n";
  std::vector<Clock> clocks(recording.nodes);
  std::vector<Clock> sent(recording.messages.size());
  std::size_t written = 0;
  for (const Recorded& event : recording.events) {
    if (!told(event.what) || event.node == Recorded::nobody) continue;
    Clock& clock = clocks[event.node];
    const bool shown = event.at >= settings.from && event.at <= settings.until;
    if (shown && written++ == settings.events_max) return;
    // What was sent before the first that is shown says nothing.
    if (event.what == What::deliver) {
      for (const auto& [node, count] : sent[event.subject]) {
        clock[node] = std::max(clock[node], count);
      }
    }
    if (!shown) continue;
    ++clock[event.node];
    if (event.what == What::send) sent[event.subject] = clock;
    out << 'n' << event.node << ' ' << json_of(clock) << '\n'
        << event.at / microsecond << " us  " << words_of(recording, event) << '\n';
  }
}

}  // namespace rejoin::sim
