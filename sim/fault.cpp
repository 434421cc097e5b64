#include "sim/fault.hpp"

#include <algorithm>
#include <array>

namespace rejoin::sim {
namespace {

struct Row {
  FaultKind kind;
  std::string_view name;
  std::string_view losses;
};

constexpr std::array<Row, 10> rows = {{
    {FaultKind::loss, "loss", "bytes"},
    {FaultKind::duplicate, "duplicate", "bytes"},
    {FaultKind::reorder, "reorder", "bytes"},
    {FaultKind::split, "split", "bytes"},
    {FaultKind::one_way, "one_way", "bytes"},
    {FaultKind::crash, "crash", "records"},
    {FaultKind::wipe, "wipe", "records"},
    {FaultKind::pause, "pause", "nanoseconds"},
    {FaultKind::clock_step, "clock_step", "stamps"},
    {FaultKind::clock_drift, "clock_drift", "stamps"},
}};

bool has(const Nodes& nodes, unsigned node) {
  return std::find(nodes.begin(), nodes.end(), node) != nodes.end();
}

}  // namespace

std::string_view name_of(FaultKind kind) {
  return rows[static_cast<std::size_t>(kind)].name;
}

std::string_view losses_of(FaultKind kind) {
  return rows[static_cast<std::size_t>(kind)].losses;
}

std::optional<FaultKind> fault_kind(std::string_view name) {
  for (const Row& row : rows) {
    if (row.name == name) return row.kind;
  }
  return std::nullopt;
}

bool Fault::cuts(unsigned source, unsigned target) const {
  if (kind == FaultKind::split) return side[source] != side[target];
  return kind == FaultKind::one_way && has(from, source) && has(to, target);
}

}  // namespace rejoin::sim
