#pragma once

// Faults: what a scenario asks for (FaultSpec), what one seed draws from it (Fault), and what it
// really did (Receipt). A fault is a plain value with a target, a moment and a duration. Which
// kinds there are, what each does, takes and counts: fault_table.hpp.
//
// A drawn node that is down already when it should crash or pause gives its place to the next one
// that is not. A cut is total: a frame sent into it is lost, and so is one that is under way when
// it begins and would arrive before it heals.

#include <cstdint>
#include <optional>
#include <string>
#include <string_view>
#include <utility>
#include <vector>

#include "sim/time.hpp"

namespace rejoin::sim {

enum class FaultKind : std::uint8_t {
  loss,
  duplicate,
  reorder,
  split,
  one_way,
  crash,
  wipe,
  pause,
  clock_step,
  clock_drift,
};
// As in a scenario file: "loss", "one_way", ... (fault_table.cpp)
std::string_view name_of(FaultKind kind);
std::optional<FaultKind> fault_kind(std::string_view name);

// Both ends belong to it; a seed draws one number from it.
template <class T>
struct Range {
  T low{};
  T high{};
  friend bool operator==(const Range&, const Range&) = default;
};

using Nodes = std::vector<unsigned>;  // rising

// How long a fault lasts: a range of times; or, where `of` names a field of Config that is a number
// of milliseconds, a range of multiples of what the seed drew for it. "near": the seed draws the
// field, among the protocol's own timeouts, and the multiple: about 1, 1/2 or 2.
struct Lasting : Range<Time> {
  Lasting() = default;
  Lasting(Time shortest, Time longest) : Range<Time>{shortest, longest} {}
  Lasting(std::string field, Range<double> multiples) : of(std::move(field)), times(multiples) {}

  std::string of;
  Range<double> times{1, 1};
  friend bool operator==(const Lasting&, const Lasting&) = default;
};

// A new field is also a row of fault_table.cpp; the reader, the writer and the docs follow.
struct FaultSpec {
  std::string name;  // unique; what its draws are keyed by
  FaultKind kind{};
  bool always = false;  // in every seed, whatever the swarm
  std::string
      group;  // faults of a group are drawn together or not at all (swarm); empty: its own name
  Range<Time> at;
  Lasting lasting;
  unsigned repeat = 1;
  Time every = 0;  // between repetitions
  Range<double> rate;
  Range<Time> by;               // delay, or size of a clock's step
  Range<std::int64_t> ppm;      // drift; a step's direction and a drift's sign are drawn
  unsigned count = 1;           // of nodes to draw where none are named
  Nodes nodes;                  // empty: drawn
  std::vector<Nodes> groups;    // split; empty: drawn
  Nodes from;                   // one_way; empty: drawn
  Nodes to;                     // one_way; empty: all others
  bool new_identity = false;    // wipe: the node comes back as another node
  std::uint64_t bites_min = 1;  // fewer bites than this, over all repetitions: vacuous
  friend bool operator==(const FaultSpec&, const FaultSpec&) = default;
};

// One repetition, drawn.
struct Fault {
  std::size_t spec = 0;  // index into the scenario's faults, and of its receipt
  FaultKind kind{};
  std::uint64_t key = 0;
  Time begin = 0;
  Time end = 0;
  double rate = 0;
  Time by = 0;
  std::int64_t skew_ns = 0;
  std::int64_t ppm = 0;
  Nodes nodes;
  std::vector<unsigned> side;  // split: the group of each node
  Nodes from;
  Nodes to;
  bool new_identity = false;

  bool active(Time now) const { return begin <= now && now < end; }
  bool cuts(unsigned source, unsigned target) const;
};

// What a fault did, counted where it happened.
struct Receipt {
  std::string fault;
  FaultKind kind{};
  bool drawn = false;        // this seed has it
  std::uint64_t bites = 0;   // what one is: the kind's row in fault_table.cpp
  std::uint64_t losses = 0;  // what that cost: bytes of frames, records, held events' nanoseconds
  std::uint64_t bites_min = 1;

  bool vacuous() const { return drawn && bites < bites_min; }
};
// What `losses` counts for this kind.
std::string_view losses_of(FaultKind kind);

}  // namespace rejoin::sim
