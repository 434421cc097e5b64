// Faults of clocks: the wall clock, which stamps, and the monotonic one, which times out.

#include <algorithm>
#include <cstdlib>

#include "sim/world.hpp"

namespace rejoin::sim {
namespace {

std::int64_t years(const Fault& fault) {
  constexpr std::int64_t year = 31'556'952 * static_cast<std::int64_t>(second);
  return static_cast<std::int64_t>(fault.years) * year;
}

}  // namespace

bool World::begin_clock_fault(Node& node, const Fault& fault, std::size_t index) {
  const char* change = nullptr;
  switch (fault.kind) {
    case FaultKind::clock_step:
      node.wall.step(fault.skew_ns);
      change = "jumps";
      break;
    case FaultKind::clock_drift:
      node.wall.drift(now_, fault.ppm);
      change = "drifts";
      break;
    case FaultKind::clock_freeze:
      node.wall.freeze(now_);
      change = "stands still";
      break;
    case FaultKind::clock_sawtooth:
      node.wall.sawtooth(now_, fault.ppm, fault.period);
      change = "drifts and is set right";
      break;
    case FaultKind::far_future:
      node.wall.step(years(fault));
      change = "is years ahead";
      break;
    case FaultKind::mono_drift:
      bend(node, fault.ppm);
      change = "times out early or late";
      break;
    default:
      return false;
  }
  record_clock(node, change, index);
  return true;
}

bool World::end_clock_fault(Node& node, const Fault& fault, std::size_t index) {
  const char* change = "drifts no more";
  switch (fault.kind) {
    case FaultKind::clock_step:
      node.wall.step(-fault.skew_ns);
      change = "jumps back";
      break;
    case FaultKind::clock_drift:
      node.wall.drift(now_, 0);
      break;
    case FaultKind::clock_freeze:
      node.wall.thaw();
      change = "goes on";
      break;
    case FaultKind::clock_sawtooth:
      node.wall.sawtooth(now_, 0, 0);
      break;
    case FaultKind::far_future:
      node.wall.step(-years(fault));
      change = "comes back";
      break;
    case FaultKind::mono_drift:
      plan_.receipts[fault.spec].losses +=
          static_cast<Time>(std::abs(fault.ppm)) * ((now_ - fault.begin) / millisecond);
      bend(node, 0);
      change = "times out in time";
      break;
    default:
      return false;
  }
  record_clock(node, change, index);
  return true;
}

void World::record_clock(const Node& node, const char* change, std::size_t fault) {
  if (recorder_ == nullptr) return;
  recorder_->note(What::clock, node.number, node.wall.read_ms(now_), change, fault);
}

// Its deadlines are due at another moment from now on.
void World::bend(Node& node, std::int64_t ppm) {
  node.mono.drift(now_, ppm);
  if (!node.replica) return;
  node.deadline.reset();
  schedule_deadline(node);
}

template <class IsOne>
void World::count_under(unsigned node, IsOne&& is_one) {
  for (const Fault& fault : plan_.faults) {
    if (!is_one(fault.kind) || !fault.active(now_)) continue;
    if (std::find(fault.nodes.begin(), fault.nodes.end(), node) == fault.nodes.end()) continue;
    bite(fault.spec, fault.kind != FaultKind::mono_drift ? 1 : 0);
  }
}

void World::count_bent_deadline(unsigned node) {
  if (!nodes_[node].mono.bent()) return;
  count_under(node, [](FaultKind kind) { return kind == FaultKind::mono_drift; });
}

void World::count_skewed_write(unsigned node) {
  count_under(node, [](FaultKind kind) {
    return kind == FaultKind::clock_step || kind == FaultKind::clock_drift ||
           kind == FaultKind::clock_freeze || kind == FaultKind::clock_sawtooth ||
           kind == FaultKind::far_future;
  });
}

}  // namespace rejoin::sim
