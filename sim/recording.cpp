#include "sim/recording.hpp"

#include <array>

namespace rejoin::sim {
namespace {

template <class Enum, std::size_t n>
std::string_view named(const std::array<std::string_view, n>& names, Enum value) {
  const auto at = static_cast<std::size_t>(value);
  return at < n ? names[at] : "unknown";
}

constexpr std::array<std::string_view, 28> whats = {
    "transaction", "entry",   "acknowledged", "visible", "send",      "bite",       "lost",
    "held",        "deliver", "timer",        "persist", "sync",      "checkpoint", "start",
    "stop",        "pause",   "resume",       "leave",   "clock",     "told",       "fault_begins",
    "fault_ends",  "phase",   "state",        "value",   "violation", "size",       "remark"};
static_assert(whats.size() == static_cast<std::size_t>(What::remark) + 1);
constexpr std::array<std::string_view, 3> dones = {"committed", "refused", "skipped"};
constexpr std::array<std::string_view, 3> losses = {"under_way", "on_arrival", "node_down"};
constexpr std::array<std::string_view, 9> frames = {
    "hello",          "reject",       "entries",     "clock",  "repair_offer",
    "repair_request", "repair_chunk", "repair_gone", "goodbye"};

std::string node_name(std::uint32_t node) {
  return node == Recorded::nobody ? "-" : "n" + std::to_string(node);
}

std::string micros(std::uint64_t nanoseconds) {
  return std::to_string(nanoseconds / microsecond) + " us";
}

std::string by(const Recording& recording, const Recorded& event) {
  return event.fault < recording.faults.size() ? recording.faults[event.fault].name : "nothing";
}

std::string message_name(const Recording& recording, const Recorded& event) {
  if (event.subject == 0) return "an event of its own";
  const RecordedMessage& message = recording.messages[event.subject];
  return "#" + std::to_string(event.subject) + " n" + std::to_string(message.source) + " -> n" +
         std::to_string(message.target);
}

std::string lost_in_words(const Recording& recording, const Recorded& event) {
  const std::string message = message_name(recording, event);
  if (event.code == static_cast<std::uint8_t>(Lost::node_down)) {
    return message + "  lost: n" + std::to_string(recording.messages[event.subject].target) +
           " is down";
  }
  return message + "  lost by " + by(recording, event) +
         (event.code == static_cast<std::uint8_t>(Lost::on_arrival) ? " on arrival" : "");
}

}  // namespace

std::string_view name_of(What what) {
  return named(whats, what);
}
std::string_view name_of(Done done) {
  return named(dones, done);
}
std::string_view name_of(Lost lost) {
  return named(losses, lost);
}
std::string_view name_of(FrameKind kind) {
  return named(frames, kind);
}

std::uint32_t Texts::add(std::string_view text) {
  std::string shortened;
  if (text.size() > bytes_max) {
    shortened = std::string(text.substr(0, bytes_max)) + "... (" +
                std::to_string(text.size() - bytes_max) + " more)";
    text = shortened;
  }
  const auto known = numbers_.find(text);
  if (known != numbers_.end()) return known->second;
  const auto number = static_cast<std::uint32_t>(texts_.size());
  texts_.emplace_back(text);
  numbers_.emplace(texts_.back(), number);
  return number;
}

std::string words_of(const Recording& recording, const Recorded& event) {
  const std::string& text = recording.text(event);
  const std::string amount = std::to_string(event.amount);
  switch (event.what) {
    case What::transaction:
      return "transaction " + std::to_string(event.subject) + " " +
             std::string(name_of(static_cast<Done>(event.code))) + (text.empty() ? "" : ": ") +
             text;
    case What::entry:
      return "makes " + text;
    case What::acknowledged:
      return "acknowledges entry " + std::to_string(event.subject);
    case What::visible:
      return "sees entry " + std::to_string(event.subject) +
             (event.amount > 0 ? ", " + micros(event.amount) + " after it was acknowledged" : "");
    case What::send:
      return "-> n" + std::to_string(recording.messages[event.subject].target) + "  #" +
             std::to_string(event.subject) + "  " + text;
    case What::bite:
      return message_name(recording, event) + "  met " + by(recording, event);
    case What::lost:
      return lost_in_words(recording, event);
    case What::held:
      return message_name(recording, event) + "  waits for n" + std::to_string(event.node) +
             ", which is paused";
    case What::deliver:
      return "<- n" + std::to_string(recording.messages[event.subject].source) + "  #" +
             std::to_string(event.subject) + "  " +
             std::string(name_of(static_cast<FrameKind>(event.code))) + ", " +
             micros(event.amount) + " under way";
    case What::timer:
      return "deadline";
    case What::persist:
      return "writes, " + amount + " records wait for a sync";
    case What::sync:
      return "has synced " + amount + " records";
    case What::checkpoint:
      return "makes a checkpoint of " + amount + " records";
    case What::start:
      return "starts with " + amount + " records as " + text;
    case What::stop:
      return "stops by " + by(recording, event) + ", " + amount + " records are lost";
    case What::pause:
      return "pauses";
    case What::resume:
      return "goes on";
    case What::leave:
      return "leaves";
    case What::clock:
      return "the wall clock " + text + ", it shows " + amount + " ms";
    case What::told:
    case What::phase:
    case What::remark:
      return text;
    case What::fault_begins:
      return "fault " + by(recording, event) + " begins" + (text.empty() ? "" : ": ") + text;
    case What::fault_ends:
      return "fault " + by(recording, event) + " ends";
    case What::state:
      return "holds another state";
    case What::value:
      return recording.texts[recording.keys[event.subject]] + " = " + text;
    case What::violation:
      return "VIOLATION " + text;
    case What::size:
      return "holds " + std::to_string(event.subject) + " bytes of values under a context of " +
             amount + " bytes";
  }
  return text;
}

std::string line_of(const Recording& recording, const Recorded& event) {
  const std::string time = std::to_string(event.at / microsecond);
  return std::string(time.size() < 9 ? 9 - time.size() : 0, ' ') + time + " us  " +
         node_name(event.node) + "  " + words_of(recording, event);
}

}  // namespace rejoin::sim
