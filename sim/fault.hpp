#pragma once

// Faults: what a scenario asks for (FaultSpec), what one seed draws from it (Fault), and what it
// really did (Receipt). A fault is a plain value with a target, a moment and a duration. Which
// kinds there are, what each does, takes and counts: fault_table.hpp.
//
// A drawn node that is down already when it should crash or pause gives its place to the next one
// that is not.

#include <cstdint>
#include <optional>
#include <string>
#include <string_view>
#include <utility>
#include <vector>

#include "sim/distribution.hpp"
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
  // links
  burst_loss,
  late_duplicate,
  latency,
  bandwidth,
  truncate,
  flip,
  oversize,
  // topology
  isolate,
  minority_third,
  ring,
  bridge,
  non_transitive,
  flapping,
  swizzle,
  slow_island,
  wan,
  // transport
  high_water,
  reconnect,
  slow_joiner,
  half_open,
  refuse,
  hang,
  handover,
  // clocks
  clock_freeze,
  clock_sawtooth,
  far_future,
  mono_drift,
  // nodes
  crash_inside,
  slow,
  restart,
  old_disk,
  clone,
  join,
  leave,
  gone,
  upgrade,
  incompatible,
  // disks
  lying_sync,
  torn_write,
  bit_rot,
  misdirected_write,
  short_read,
  io_error,
  disk_full,
  slow_disk,
  compact,
  // workload
  rivals,
  burst,
  offline,
};
// As in a scenario file: "loss", "one_way", ... (fault_rows.cpp)
std::string_view name_of(FaultKind kind);
std::optional<FaultKind> fault_kind(std::string_view name);
// A drawn node that is not up gives its place to the next one that is.
bool needs_nodes_that_are_up(FaultKind kind);

// Both ends belong to it; a seed draws one number from it.
template <class T>
struct Range {
  T low{};
  T high{};
  friend bool operator==(const Range&, const Range&) = default;
};

using Nodes = std::vector<unsigned>;  // rising

// What a cut does to frames.
//
//     cut     what is sent into it is lost, and what is under way when it begins and would arrive
//             before it heals
//     drain   what is sent into it is lost; what is under way arrives
//     jam     both wait, and come in a burst when it heals
//     slow:k  what is sent into it takes k times as long
struct CutMode {
  enum class What : std::uint8_t { cut, drain, jam, slow };
  What what = What::cut;
  unsigned times = 1;
  friend bool operator==(const CutMode&, const CutMode&) = default;
};
std::optional<CutMode> cut_mode(std::string_view text);
std::string text_of(const CutMode& mode);

// Whom a full queue drops: the frame that waited longest, the new one, or any.
enum class QueueDrop : std::uint8_t { head, tail, random };
std::optional<QueueDrop> queue_drop(std::string_view text);
std::string text_of(QueueDrop drop);

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
  Range<Time> by;           // delay, or size of a clock's step
  Range<std::int64_t> ppm;  // drift; a step's direction and a drift's sign are drawn
  Distribution delay;
  Range<double> links{1, 1};  // the share of the links between `from` and `to` that it is on
  Range<double> enter;        // the chance, at each frame, that a burst begins
  Range<double> leave{1, 1};  // and that it ends
  Range<Time> period;
  Range<std::uint64_t> frames{1, 1};
  Range<std::uint64_t> bandwidth{1, 1};  // bytes a second
  Range<std::uint64_t> queue;            // bytes that may wait
  QueueDrop drop = QueueDrop::tail;
  Range<std::uint64_t> years;
  std::optional<CutMode> mode;  // nothing: the kind's own
  unsigned parts = 2;           // groups to draw where none are named
  unsigned count = 1;           // of nodes to draw where none are named
  Nodes nodes;                  // empty: drawn
  std::vector<Nodes> groups;    // split; empty: drawn
  Nodes from;                   // one_way; empty: drawn. On links: empty: all
  Nodes to;                     // one_way; empty: all others. On links: empty: all
  bool new_identity = false;    // wipe: the node comes back as another node
  unsigned transactions = 0;    // burst, offline: made beside the workload's
  std::uint64_t bites_min = 1;  // fewer bites than this, over all repetitions: vacuous
  friend bool operator==(const FaultSpec&, const FaultSpec&) = default;
};

// One repetition, drawn.
struct Fault {
  std::size_t spec = 0;  // index into the scenario's faults, and of its receipt
  FaultKind kind{};
  std::uint64_t key = 0;
  std::uint64_t coin = 0;  // for what is drawn of each link or pair
  Time begin = 0;
  Time end = 0;
  double rate = 0;
  Time by = 0;
  std::int64_t skew_ns = 0;
  std::int64_t ppm = 0;
  Nodes nodes;
  Range<Time> by_range;
  Distribution delay;
  double links = 1;
  double enter = 0;
  double leave = 1;
  Time period = 0;
  std::uint64_t frames = 0;
  std::uint64_t bandwidth = 1;
  std::uint64_t queue = 0;
  QueueDrop drop = QueueDrop::tail;
  std::uint64_t years = 0;
  CutMode mode;
  std::vector<unsigned> side;  // split: the group of each node. ring: its place. bridge: 0
  std::vector<std::pair<unsigned, unsigned>> pairs;  // non_transitive
  std::vector<Range<Time>> stopped;  // swizzle: when each node is; both ends equal: never
  Nodes from;
  Nodes to;
  bool new_identity = false;
  unsigned transactions = 0;
  unsigned extra = 0;  // clone, join: the number of the first node that it makes

  bool active(Time now) const { return begin <= now && now < end; }
  // Nothing passes from source to target, or not as it would.
  bool cuts(unsigned source, unsigned target, Time now) const;
  // Requires: cuts(source, target, now). When it does no more.
  Time heals(unsigned source, unsigned target, Time now) const;
  // The groups of both, where it has groups.
  std::pair<unsigned, unsigned> sides(unsigned source, unsigned target) const {
    return {side_of(source), side_of(target)};
  }
  // Of faults of links: is it on this one?
  bool is_on(unsigned source, unsigned target) const;

  friend bool operator==(const Fault&, const Fault&) = default;

 private:
  unsigned side_of(unsigned node) const { return node < side.size() ? side[node] : 0; }
  bool divides(unsigned source, unsigned target) const;
};

// What a fault did, counted where it happened.
struct Receipt {
  std::string fault;
  FaultKind kind{};
  bool drawn = false;        // this seed has it
  std::uint64_t bites = 0;   // what one is: the kind's row in fault_rows.cpp
  std::uint64_t losses = 0;  // what that cost: bytes of frames, records, held events' nanoseconds
  std::uint64_t bites_min = 1;

  bool vacuous() const { return drawn && bites < bites_min; }
};
// What `losses` counts for this kind.
std::string_view losses_of(FaultKind kind);

}  // namespace rejoin::sim
