#include <ostream>

#include "sim/export.hpp"

namespace rejoin::sim {
namespace {

// A # begins an entity there, a ; ends a line.
std::string plain(std::string text) {
  constexpr std::size_t length_max = 120;
  if (text.size() > length_max) text = text.substr(0, length_max) + "...";
  for (char& c : text) {
    if (c == ';' || c == '\n' || c == '\r') c = ',';
    if (c == '#') c = '.';
    if (static_cast<unsigned char>(c) >= 0x80) c = '?';
  }
  return text;
}

std::string everybody(const Recording& recording) {
  return recording.nodes == 1 ? "n0" : "n0,n" + std::to_string(recording.nodes - 1);
}

std::string what_became_of_it(const Recording& recording, const Recorded& event) {
  if (event.what == What::deliver) {
    return std::string(name_of(static_cast<FrameKind>(event.code))) + ", " +
           std::to_string(event.amount / microsecond) + " us under way";
  }
  if (event.code == static_cast<std::uint8_t>(Lost::node_down)) return "lost, nobody is there";
  return "lost by " + (event.fault < recording.faults.size() ? recording.faults[event.fault].name
                                                             : std::string("nothing"));
}

// One statement, or nothing.
std::string statement(const Recording& recording, const Recorded& event) {
  const std::string time = std::to_string(event.at / microsecond) + " us ";
  const std::string node = "n" + std::to_string(event.node);
  switch (event.what) {
    case What::deliver:
    case What::lost: {
      const RecordedMessage& message = recording.messages[event.subject];
      const std::string label = "message " + std::to_string(event.subject) + ", ";
      return "n" + std::to_string(message.source) + (event.what == What::lost ? "-x" : "->>") +
             "n" + std::to_string(message.target) + ": " +
             plain(time + label + what_became_of_it(recording, event));
    }
    case What::transaction:
    case What::entry:
    case What::start:
    case What::stop:
    case What::pause:
    case What::resume:
    case What::leave:
    case What::clock:
    case What::value:
    case What::violation:
      return "Note over " + node + ": " + plain(time + words_of(recording, event));
    case What::fault_begins:
    case What::fault_ends:
    case What::phase:
      return "Note over " + everybody(recording) + ": " + plain(time + words_of(recording, event));
    default:
      return {};
  }
}

}  // namespace

void write_mermaid(std::ostream& out, const Recording& recording, const ExportSettings& settings) {
  out << "sequenceDiagram\n";
  for (unsigned i = 0; i < recording.nodes; ++i) out << "    participant n" << i << '\n';
  std::size_t written = 0;
  std::size_t before = 0;
  std::size_t after = 0;
  for (const Recorded& event : recording.events) {
    const std::string line = statement(recording, event);
    if (line.empty()) continue;
    if (event.at < settings.from) {
      ++before;
    } else if (event.at > settings.until || written == settings.events_max) {
      ++after;
    } else {
      if (written++ == 0 && before > 0) {
        out << "    Note over " << everybody(recording) << ": cut here, " << before
            << " events before\n";
      }
      out << "    " << line << '\n';
    }
  }
  if (after > 0) {
    out << "    Note over " << everybody(recording) << ": cut here, " << after
        << " events follow\n";
  }
}

}  // namespace rejoin::sim
