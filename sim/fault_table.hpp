#pragma once

// The table of faults: each kind with what it does, which fields of a FaultSpec it takes, and what
// its receipt counts; and each field with its name in a scenario file. The reader and the writer of
// scenario files, `rejoin-sim faults`, the docs (a test holds them against it) and messages all
// come from here, so a new kind is an enumerator, a row of fault_rows.cpp, and what it does. A new
// field is a member of FaultSpec, an enumerator and a row of fault_table.cpp.

#include <cstdint>
#include <initializer_list>
#include <optional>
#include <span>
#include <string>
#include <string_view>
#include <variant>
#include <vector>

#include "sim/fault.hpp"

namespace rejoin::sim {

inline constexpr std::string_view how_distributed =
    "a duration, or one of { uniform = [A, B] }, { exponential = MEAN }, { lognormal = [MEDIAN, "
    "SIGMA] "
    "}, { pareto = [LEAST, ALPHA] }, { bimodal = [USUAL, SLOW, CHANCE] }, { trace = [A, B, ...] }";

enum class FaultField : std::uint8_t {
  // of every kind
  name,
  group,
  always,
  at,
  lasting,
  repeat,
  every,
  bites,
  // of some
  rate,
  by,
  ppm,
  count,
  nodes,
  groups,
  from,
  to,
  new_identity,
  links,
  delay,
  enter,
  leave,
  bandwidth,
  queue,
  drop,
  parts,
  mode,
  period,
  frames,
  years,
  transactions,
};

// A set of fields.
class FaultFields {
 public:
  constexpr FaultFields() = default;
  constexpr FaultFields(std::initializer_list<FaultField> fields) {
    for (FaultField field : fields) bits_ |= bit(field);
  }
  constexpr bool has(FaultField field) const { return (bits_ & bit(field)) != 0; }

 private:
  static constexpr std::uint64_t bit(FaultField field) {
    return std::uint64_t{1} << static_cast<unsigned>(field);
  }
  std::uint64_t bits_ = 0;
};

struct FaultRow {
  FaultKind kind{};
  std::string_view name;    // in a scenario file
  FaultFields takes;        // beside those of every kind
  std::string_view does;    // what happens while it lasts
  std::string_view bites;   // what its receipt counts: true effects
  std::string_view losses;  // the unit of Receipt::losses
};

struct FaultGroup {
  std::string_view name;
  std::span<const FaultRow> rows;
};
std::span<const FaultGroup> fault_groups();
const FaultRow& row_of(FaultKind kind);

// Where a field is in a FaultSpec. Range<Time> is also that of other whole numbers.
using FaultMember = std::variant<
    std::string FaultSpec::*, bool FaultSpec::*, unsigned FaultSpec::*, std::uint64_t FaultSpec::*,
    Lasting FaultSpec::*, Range<std::uint64_t> FaultSpec::*, Range<std::int64_t> FaultSpec::*,
    Range<double> FaultSpec::*, Nodes FaultSpec::*, std::vector<Nodes> FaultSpec::*,
    Distribution FaultSpec::*, std::optional<CutMode> FaultSpec::*, QueueDrop FaultSpec::*>;

struct FaultFieldRow {
  FaultField field{};
  std::string_view name;  // in a scenario file
  FaultMember member;
  bool is_duration;         // whole numbers are times
  std::string_view wanted;  // "'by' must be ..."
  bool required = false;
};
// Those that this kind takes, in the order in which they are written.
std::vector<FaultFieldRow> fields_of(FaultKind kind);

// The field's value as a scenario file has it: "\"5ms\"", "[[0], [1, 2]]", "0.25".
std::string text_of(const FaultSpec& spec, const FaultFieldRow& field);
// The fault as a [[fault]] of a scenario file: its kind, and each field that is not as it would be
// if the file did not have it.
std::string text_of(const FaultSpec& spec);
// "crash, wipe, ...": every kind there is.
std::string names_of_fault_kinds();

// All kinds as the tables of docs/simulation.md.
std::string table_of_faults();

// A duration as a scenario file has it, exact: "1500us".
std::string text_of_duration(Time time);
// "peer_timeout*0.9..1.1", "digest_interval*2", "near"; the field with or without its "_ms".
std::optional<Lasting> multiple_of_field(std::string_view text);

}  // namespace rejoin::sim
