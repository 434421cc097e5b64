#pragma once

// Recording: what happened in a run, as plain values in the order in which it happened. The text
// log, the JSON form, the comparison of two runs and every export are read from it.
//
// Who caused what: what has the same node follows one another, and a `deliver` follows the `send`
// of its message. Nothing else carries anything from one node to another.
//
// Memory: 40 bytes each, and each different text once; about three for an event of the run.

#include <cstdint>
#include <deque>
#include <limits>
#include <string>
#include <string_view>
#include <unordered_map>
#include <utility>
#include <vector>

#include "sim/fault.hpp"
#include "sim/outcome.hpp"
#include "sim/time.hpp"

namespace rejoin::sim {

// The numbers are not written anywhere; the names are. Add at the end all the same.
enum class What : std::uint8_t {
  //                node       subject       amount               code, text
  transaction,   // who        its number    -                    Done; what it did
  entry,         // maker      entry         dots                 the entry in words
  acknowledged,  // maker      entry         ns since it was made
  visible,       // another    entry         ns since it was acknowledged there; 0 if it was not
  send,          // sender     message       bytes                FrameKind; the frame in words
  bite,          // sender     message       bytes                a fault did something to it
  lost,          // sender     message       copies still coming  Lost
  held,          // a paused   message or 0  until when           -
  deliver,       // receiver   message       ns since it was sent FrameKind
  timer,         // who        -             -                    a deadline
  persist,       // who        -             records that wait    -
  sync,          // who        -             records durable      of this start
  checkpoint,    // who        -             records              -
  start,         // who        its starts    records restored     its new name
  stop,          // who        -             records lost         how: the kind of the fault
  pause,         // who        -             until when           -
  resume,        // who        -             -                    -
  leave,         // who        -             -                    -
  clock,         // who        -             wall milliseconds    what changed
  told,          // who        -             -                    what its replica told its caller
  fault_begins,  // -          -             -                    targets in words
  fault_ends,    // -          -             -                    -
  phase,         // -          -             -                    its name
  state,         // who        -             hash of its state    -
  value,         // who        key           hash of the value    the value in words
  violation,     // where      -             -                    what must hold, and did not
  size,          // who        value bytes   context bytes        -
  remark,        // who        -             -                    what became of it, in words
};
constexpr std::size_t what_count = static_cast<std::size_t>(What::remark) + 1;
std::string_view name_of(What what);

enum class Done : std::uint8_t { committed, refused, skipped };
std::string_view name_of(Done done);
enum class Lost : std::uint8_t { under_way, on_arrival, node_down };
std::string_view name_of(Lost lost);
// In the order of Frame::body.
enum class FrameKind : std::uint8_t {
  hello,
  reject,
  entries,
  clock,
  repair_offer,
  repair_request,
  repair_chunk,
  repair_gone,
  goodbye
};
std::string_view name_of(FrameKind kind);

// Every text once. Number 0 is the empty one.
class Texts {
 public:
  static constexpr std::size_t bytes_max = 600;  // of one; the rest is cut off, and it says so

  Texts() { add(""); }
  Texts(const Texts&) = delete;
  Texts& operator=(const Texts&) = delete;
  Texts(Texts&&) = default;
  Texts& operator=(Texts&&) = default;

  std::uint32_t add(std::string_view text);
  // As the next number, whatever it is: what was written is read back as it was.
  void append(std::string text) { texts_.push_back(std::move(text)); }
  const std::string& operator[](std::uint32_t number) const { return texts_[number]; }
  std::size_t size() const { return texts_.size(); }

 private:
  std::deque<std::string> texts_;  // never move
  std::unordered_map<std::string_view, std::uint32_t> numbers_;
};

struct Recorded {
  static constexpr std::uint32_t nobody = std::numeric_limits<std::uint32_t>::max();
  static constexpr std::uint16_t no_fault = std::numeric_limits<std::uint16_t>::max();

  Time at = 0;
  std::uint64_t amount = 0;
  std::uint32_t event = 0;  // of the run; 0: before the first
  std::uint32_t node = nobody;
  std::uint32_t subject = 0;  // what kind of number it is stands beside each What
  std::uint32_t text = 0;
  std::uint16_t fault = no_fault;  // whose doing it is: an index into Recording::faults
  What what{};
  std::uint8_t code = 0;

  friend bool operator==(const Recorded&, const Recorded&) = default;
};
static_assert(sizeof(Recorded) == 40);

struct RecordedMessage {
  std::uint32_t source = 0;
  std::uint32_t target = 0;
  std::uint64_t hash = 0;  // of its bytes
};

struct RecordedFault {
  std::string name;
  FaultKind kind{};
  Time begin = 0;
  Time end = 0;
  Nodes nodes;
  std::vector<unsigned> side;  // split: the group of each node
  Nodes from;                  // one way
  Nodes to;
};

struct Recording {
  // Of the JSON form, as docs/simulation.md describes it.
  static constexpr unsigned version = 1;

  std::string scenario;
  unsigned nodes = 0;
  std::vector<RecordedFault> faults;      // as drawn; one for each repetition
  std::vector<RecordedMessage> messages;  // by number; numbers begin at 1, [0] is none
  std::vector<std::uint32_t> keys;        // by number: a text
  std::vector<Recorded> events;
  Texts texts;
  Outcome outcome;

  const std::string& text(const Recorded& event) const { return texts[event.text]; }
};

// What happened, for people.
std::string words_of(const Recording& recording, const Recorded& event);
// One line: when, where, what.
std::string line_of(const Recording& recording, const Recorded& event);

}  // namespace rejoin::sim
