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
    {Field::transactions, "transactions", &FaultSpec::transactions, false, a_number},
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

const FaultRow& row_of(FaultKind kind) {
  for (const FaultGroup& group : fault_groups()) {
    for (const FaultRow& row : group.rows) {
      if (row.kind == kind) return row;
    }
  }
  REJOIN_ASSERT(false);
  return fault_groups().front().rows.front();
}

std::string_view name_of(FaultKind kind) {
  return row_of(kind).name;
}

std::string_view losses_of(FaultKind kind) {
  return row_of(kind).losses;
}

std::optional<FaultKind> fault_kind(std::string_view name) {
  for (const FaultGroup& group : fault_groups()) {
    for (const FaultRow& row : group.rows) {
      if (row.name == name) return row.kind;
    }
  }
  return std::nullopt;
}

std::string names_of_fault_kinds() {
  std::string names;
  for (const FaultGroup& group : fault_groups()) {
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
  for (const FaultGroup& group : fault_groups()) {
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
