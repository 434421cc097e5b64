#include "sim/fault_table.hpp"

#include <algorithm>
#include <array>
#include <charconv>
#include <utility>

#include "crdt/assert.hpp"
#include "sim/toml_value.hpp"

namespace rejoin::sim {
namespace {

using Field = FaultField;
using Kind = FaultKind;

constexpr FaultRow link_rows[] = {
    {Kind::loss,
     "loss",
     {Field::rate, Field::from, Field::to, Field::links},
     "loses frames",
     "frames lost",
     "bytes"},
    {Kind::burst_loss,
     "burst_loss",
     {Field::rate, Field::enter, Field::leave, Field::from, Field::to, Field::links},
     "loses frames in bursts (Gilbert and Elliott): `enter` and `leave` are the chances that one "
     "begins or ends at a frame, `rate` the loss in it",
     "frames lost",
     "bytes"},
    {Kind::duplicate,
     "duplicate",
     {Field::rate, Field::by, Field::from, Field::to, Field::links},
     "frames come again, up to `by` later",
     "copies that came",
     "bytes"},
    {Kind::late_duplicate,
     "late_duplicate",
     {Field::rate, Field::by, Field::from, Field::to, Field::links},
     "frames come again `by` later, each its own, also when all has healed and over restarts",
     "copies that came",
     "bytes"},
    {Kind::reorder,
     "reorder",
     {Field::rate, Field::by, Field::from, Field::to, Field::links},
     "holds frames back, up to `by`",
     "frames that overtook one held back",
     "bytes"},
    {Kind::latency,
     "latency",
     {Field::delay, Field::from, Field::to, Field::links},
     "frames take `delay` longer",
     "frames delayed",
     "bytes"},
    {Kind::bandwidth,
     "bandwidth",
     {Field::bandwidth, Field::queue, Field::drop, Field::from, Field::to, Field::links},
     "a link carries `bandwidth` bytes a second; of what waits for it, above `queue` bytes, one is "
     "dropped: at the `head`, the `tail`, or a `random` one",
     "frames that waited or were dropped",
     "bytes"},
    {Kind::truncate,
     "truncate",
     {Field::rate, Field::from, Field::to, Field::links},
     "frames come without their end",
     "frames refused by their receiver",
     "bytes"},
    {Kind::flip,
     "flip",
     {Field::rate, Field::from, Field::to, Field::links},
     "frames come with 1 to 8 bits flipped",
     "frames refused by their receiver",
     "bytes"},
    {Kind::oversize,
     "oversize",
     {Field::rate, Field::from, Field::to, Field::links},
     "frames come longer than `frame_bytes_max`",
     "frames refused by their receiver",
     "bytes"},
};

constexpr FaultRow topology_rows[] = {
    {Kind::split,
     "split",
     {Field::groups, Field::parts, Field::mode},
     "nothing passes between groups; `parts` are drawn where none are named",
     "frames cut",
     "bytes"},
    {Kind::one_way,
     "one_way",
     {Field::from, Field::to, Field::count, Field::mode},
     "nothing passes in this direction",
     "frames cut",
     "bytes"},
    {Kind::isolate,
     "isolate",
     {Field::nodes, Field::count, Field::mode},
     "each of the nodes is alone",
     "frames cut",
     "bytes"},
    {Kind::minority_third,
     "minority_third",
     {Field::mode},
     "a third of the nodes, drawn, is cut off together",
     "frames cut",
     "bytes"},
    {Kind::ring,
     "ring",
     {Field::mode},
     "in a drawn ring, each reaches its neighbours: a majority with itself, and no two the same",
     "frames cut",
     "bytes"},
    {Kind::bridge,
     "bridge",
     {Field::nodes, Field::mode},
     "two halves, and one node that reaches both",
     "frames cut",
     "bytes"},
    {Kind::non_transitive,
     "non_transitive",
     {Field::nodes, Field::count, Field::mode},
     "two nodes (`count` pairs) do not reach each other; all others reach both",
     "frames cut",
     "bytes"},
    {Kind::flapping,
     "flapping",
     {Field::groups, Field::parts, Field::period, Field::mode},
     "a split that is there for half of each `period`",
     "frames cut",
     "bytes"},
    {Kind::swizzle,
     "swizzle",
     {Field::nodes, Field::mode},
     "nodes (half of all, drawn) stop one after another, and come back in another order; `mode` is "
     "jam",
     "frames cut",
     "bytes"},
    {Kind::slow_island,
     "slow_island",
     {Field::nodes, Field::count, Field::delay},
     "frames into and out of a group of nodes take `delay` longer",
     "frames delayed",
     "bytes"},
    {Kind::wan,
     "wan",
     {Field::groups, Field::parts, Field::by, Field::delay},
     "frames between regions take longer: `by`, drawn once for each pair of regions, and `delay`",
     "frames delayed",
     "bytes"},
};

constexpr FaultRow transport_rows[] = {
    {Kind::high_water,
     "high_water",
     {Field::frames, Field::from, Field::to, Field::links},
     "what is sent while `frames` are under way on a link is dropped, as above a high-water mark",
     "frames dropped",
     "bytes"},
    {Kind::reconnect,
     "reconnect",
     {Field::nodes, Field::count},
     "connections of the nodes break: what is under way is lost, what is sent waits until the "
     "fault ends",
     "frames lost",
     "bytes"},
    {Kind::slow_joiner,
     "slow_joiner",
     {Field::nodes, Field::count, Field::frames},
     "of what is sent to the nodes on a new connection, when it begins and whenever one of them "
     "starts, the first `frames` are missed",
     "frames missed",
     "bytes"},
    {Kind::half_open,
     "half_open",
     {Field::nodes, Field::count},
     "of each connection of the nodes one direction, drawn, is dead, and its sender does not "
     "notice",
     "frames lost",
     "bytes"},
    {Kind::refuse,
     "refuse",
     {Field::nodes, Field::count},
     "nobody can connect to the nodes: what is sent to them is lost",
     "frames lost",
     "bytes"},
    {Kind::hang,
     "hang",
     {Field::nodes, Field::count, Field::frames},
     "connecting to the nodes hangs: the first `frames` on each link come when it ends, the others "
     "are lost",
     "frames that waited or were lost",
     "bytes"},
    {Kind::handover,
     "handover",
     {Field::nodes},
     "what is sent to the first node arrives at the second",
     "frames that came to another",
     "bytes"},
};

constexpr FaultRow node_rows[] = {
    {Kind::crash,
     "crash",
     {Field::nodes, Field::count},
     "memory is lost, and what was not synced, up to a drawn point",
     "nodes stopped",
     "records"},
    {Kind::wipe,
     "wipe",
     {Field::nodes, Field::count, Field::new_identity},
     "memory and disk are lost",
     "nodes stopped",
     "records"},
    {Kind::pause,
     "pause",
     {Field::nodes, Field::count},
     "the node stands still, then does everything late",
     "events held",
     "nanoseconds"},
};

constexpr FaultRow clock_rows[] = {
    {Kind::clock_step,
     "clock_step",
     {Field::nodes, Field::count, Field::by},
     "the wall clock jumps, either way, and back",
     "transactions under it",
     "stamps"},
    {Kind::clock_drift,
     "clock_drift",
     {Field::nodes, Field::count, Field::ppm},
     "the wall clock runs fast or slow",
     "transactions under it",
     "stamps"},
    {Kind::clock_freeze,
     "clock_freeze",
     {Field::nodes, Field::count},
     "the wall clock stands still, then jumps to what it would be",
     "transactions under it",
     "stamps"},
    {Kind::clock_sawtooth,
     "clock_sawtooth",
     {Field::nodes, Field::count, Field::ppm, Field::period},
     "the wall clock runs fast or slow, and is set right every `period`",
     "transactions under it",
     "stamps"},
    {Kind::far_future,
     "far_future",
     {Field::nodes, Field::count, Field::years},
     "the wall clock is `years` ahead, and comes back",
     "transactions under it",
     "stamps"},
    {Kind::mono_drift,
     "mono_drift",
     {Field::nodes, Field::count, Field::ppm},
     "the monotonic clock, which times out, runs fast or slow, and the wall clock does not",
     "deadlines it moved",
     "nanoseconds"},
};

constexpr FaultGroup groups[] = {
    {"link", link_rows}, {"topology", topology_rows}, {"transport", transport_rows},
    {"node", node_rows}, {"clock", clock_rows},
};

constexpr std::string_view a_name = "text in quotes";
constexpr std::string_view a_duration =
    "a duration such as \"200ms\" of at most a year, or a range of two where one is taken";
constexpr std::string_view how_long =
    "a duration such as \"200ms\" of at most a year, a range of two, or a multiple of a timeout of "
    "[config], such as \"peer_timeout*0.9..1.1\", or \"near\": of one that the seed draws";
constexpr std::string_view a_number =
    "a number of at least 0, or a range of two where one is taken";
constexpr std::string_view a_list = "a list of nodes";
constexpr std::string_view a_flag = "true or false";

// In the order in which they are written.
constexpr FaultFieldRow field_rows[] = {
    {Field::name, "name", &FaultSpec::name, false, a_name},
    {Field::group, "group", &FaultSpec::group, false, a_name},
    {Field::always, "always", &FaultSpec::always, false, a_flag},
    {Field::at, "at", &FaultSpec::at, true, a_duration, true},
    {Field::lasting, "for", &FaultSpec::lasting, true, how_long, true},
    {Field::repeat, "repeat", &FaultSpec::repeat, false, a_number},
    {Field::every, "every", &FaultSpec::every, true, a_duration},
    {Field::bites, "bites", &FaultSpec::bites_min, false, a_number},
    {Field::rate, "rate", &FaultSpec::rate, false, a_number},
    {Field::by, "by", &FaultSpec::by, true, a_duration},
    {Field::ppm, "ppm", &FaultSpec::ppm, false, a_number},
    {Field::period, "period", &FaultSpec::period, true, a_duration},
    {Field::years, "years", &FaultSpec::years, false, a_number},
    {Field::delay, "delay", &FaultSpec::delay, true, how_distributed},
    {Field::enter, "enter", &FaultSpec::enter, false, a_number},
    {Field::leave, "leave", &FaultSpec::leave, false, a_number},
    {Field::bandwidth, "bandwidth", &FaultSpec::bandwidth, false, a_number},
    {Field::queue, "queue", &FaultSpec::queue, false, a_number},
    {Field::drop, "drop", &FaultSpec::drop, false, "\"head\", \"tail\" or \"random\""},
    {Field::frames, "frames", &FaultSpec::frames, false, a_number},
    {Field::nodes, "nodes", &FaultSpec::nodes, false, a_list},
    {Field::count, "count", &FaultSpec::count, false, a_number},
    {Field::groups, "groups", &FaultSpec::groups, false, "lists of nodes, such as [[0, 1], [2]]"},
    {Field::parts, "parts", &FaultSpec::parts, false, a_number},
    {Field::mode, "mode", &FaultSpec::mode, false,
     "\"cut\", \"drain\", \"jam\", or \"slow:K\" with K in 2..9999"},
    {Field::from, "from", &FaultSpec::from, false, a_list},
    {Field::to, "to", &FaultSpec::to, false, a_list},
    {Field::links, "links", &FaultSpec::links, false, a_number},
    {Field::new_identity, "new_identity", &FaultSpec::new_identity, false, a_flag},
};

// ---- values as text

using toml_value::quoted;
using toml_value::text;

std::string text(const std::optional<CutMode>& value, bool) {
  return value ? quoted(text_of(*value)) : "";
}
std::string text(QueueDrop value, bool) {
  return quoted(text_of(value));
}
std::string text(const Lasting& lasting, bool is_duration) {
  if (lasting.of.empty()) return text(static_cast<const Range<Time>&>(lasting), is_duration);
  const Range<double>& times = lasting.times;
  if (lasting.of == "near") return quoted(lasting.of);
  return quoted(lasting.of + "*" + text(times.low) +
                (times.low == times.high ? "" : ".." + text(times.high)));
}
std::optional<double> number(std::string_view digits) {
  double value = 0;
  const auto end = std::from_chars(digits.data(), digits.data() + digits.size(), value);
  if (digits.empty() || end.ec != std::errc() || end.ptr != digits.data() + digits.size()) {
    return std::nullopt;
  }
  return value;
}

}  // namespace

std::span<const FaultGroup> fault_groups() {
  return groups;
}

const FaultRow& row_of(FaultKind kind) {
  for (const FaultGroup& group : groups) {
    for (const FaultRow& row : group.rows) {
      if (row.kind == kind) return row;
    }
  }
  REJOIN_ASSERT(false);
  return link_rows[0];
}

std::string_view name_of(FaultKind kind) {
  return row_of(kind).name;
}

std::string_view losses_of(FaultKind kind) {
  return row_of(kind).losses;
}

std::optional<FaultKind> fault_kind(std::string_view name) {
  for (const FaultGroup& group : groups) {
    for (const FaultRow& row : group.rows) {
      if (row.name == name) return row.kind;
    }
  }
  return std::nullopt;
}

std::string names_of_fault_kinds() {
  std::string names;
  for (const FaultGroup& group : groups) {
    for (const FaultRow& row : group.rows) {
      names += (names.empty() ? "" : ", ") + std::string(row.name);
    }
  }
  return names;
}

std::vector<FaultFieldRow> fields_of(FaultKind kind) {
  std::vector<FaultFieldRow> fields;
  for (const FaultFieldRow& row : field_rows) {
    if (row.field <= Field::bites || row_of(kind).takes.has(row.field)) fields.push_back(row);
  }
  return fields;
}

std::string text_of(const FaultSpec& spec, const FaultFieldRow& field) {
  return std::visit([&](auto member) { return text(spec.*member, field.is_duration); },
                    field.member);
}

std::string text_of(const FaultSpec& spec) {
  FaultSpec otherwise;
  otherwise.kind = spec.kind;
  otherwise.name = name_of(spec.kind);
  std::string out = "[[fault]]\nkind = \"" + otherwise.name + "\"\n";
  for (const FaultFieldRow& field : fields_of(spec.kind)) {
    std::string value = text_of(spec, field);
    if (!field.required && value == text_of(otherwise, field)) continue;
    out += std::string(field.name) + " = " + value + "\n";
  }
  return out;
}

std::string table_of_faults() {
  std::string out = "| kind | takes | does | bites |\n|---|---|---|---|\n";
  for (const FaultGroup& group : groups) {
    out += "| **" + std::string(group.name) + "** | | | |\n";
    for (const FaultRow& row : group.rows) {
      std::string takes;
      for (const FaultFieldRow& field : field_rows) {
        if (!row.takes.has(field.field)) continue;
        takes += (takes.empty() ? "`" : ", `") + std::string(field.name) + "`";
      }
      out += "| `" + std::string(row.name) + "` | " + takes + " | " + std::string(row.does) +
             " | " + std::string(row.bites) + " |\n";
    }
  }
  return out;
}

std::string text_of_duration(Time time) {
  using Unit = std::pair<Time, const char*>;
  for (const auto& [one, name] : {Unit{60 * second, "m"}, Unit{second, "s"},
                                  Unit{millisecond, "ms"}, Unit{microsecond, "us"}}) {
    if (time > 0 && time % one == 0) return std::to_string(time / one) + name;
  }
  return time == 0 ? "0s" : std::to_string(time) + "ns";
}

std::optional<Lasting> multiple_of_field(std::string_view text) {
  const std::size_t star = text.find('*');
  Lasting out(std::string(text.substr(0, star)), {1, 1});
  if (out.of.find_first_not_of("abcdefghijklmnopqrstuvwxyz_") != std::string::npos) {
    return std::nullopt;
  }
  if (out.of.ends_with("_ms")) out.of.resize(out.of.size() - 3);
  if (out.of.empty()) return std::nullopt;
  if (star == std::string_view::npos) return out;
  const std::string_view times = text.substr(star + 1);
  const std::size_t dots = times.find("..");
  const auto low = number(times.substr(0, dots));
  const auto high = dots == std::string_view::npos ? low : number(times.substr(dots + 2));
  if (!low || !high) return std::nullopt;
  out.times = {*low, *high};
  return out;
}

}  // namespace rejoin::sim
