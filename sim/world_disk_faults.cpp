// Faults of disks: what is written is not there, not whole, not what it was, not taken, or late.

#include "sim/world.hpp"

namespace rejoin::sim {
namespace {

// A disk that only loses its power, is slow or compacted opens again.
bool may_keep_it_shut(FaultKind kind) {
  return kind == FaultKind::lying_sync || kind == FaultKind::bit_rot ||
         kind == FaultKind::short_read || kind == FaultKind::misdirected_write ||
         kind == FaultKind::io_error || kind == FaultKind::disk_full;
}

}  // namespace

bool World::begin_disk_fault(Node& node, const Fault& fault, std::size_t index) {
  const std::uint64_t bits = draws_.bits(Purpose::damage, fault.key, node.number);
  Platter& platter = node.disk.platter();
  node.ails.harmed = node.ails.harmed || may_keep_it_shut(fault.kind);
  switch (fault.kind) {
    case FaultKind::lying_sync:
      node.ails.lies = true;
      node.ails.doubted = fault.spec;
      platter.lie(true);
      return true;
    case FaultKind::torn_write:
      node.ails.torn = index;
      if (node.runs() && node.disk.syncing()) {
        strike(node, index);
      } else {
        node.ails.torn_armed = true;
      }
      return true;
    case FaultKind::bit_rot:
    case FaultKind::short_read:
      if (node.runs()) power_off(node, index, mix64(bits));
      if (node.refusal) return true;
      node.ails.refused = fault.spec;
      if (fault.kind == FaultKind::short_read) platter.short_read();
      if (fault.kind == FaultKind::bit_rot) platter.rot(bits);
      return true;
    case FaultKind::misdirected_write:
      node.ails.refused = fault.spec;
      platter.misdirect(bits);
      return true;
    case FaultKind::io_error:
      node.ails.muted = fault.spec;
      platter.fail_next(bits);
      return true;
    case FaultKind::disk_full:
      node.ails.muted = fault.spec;
      platter.fill(true);
      return true;
    case FaultKind::slow_disk:
      node.ails.sync_extra = fault.by;
      node.ails.stalled = fault.spec;
      return true;
    case FaultKind::compact:
      node.ails.checkpoint = fault.rate;
      node.ails.compacted = fault.spec;
      return true;
    default:
      return false;
  }
}

bool World::end_disk_fault(Node& node, const Fault& fault, std::size_t index) {
  const std::uint64_t bits = draws_.bits(Purpose::sync_torn, fault.key, node.number);
  Platter& platter = node.disk.platter();
  switch (fault.kind) {
    case FaultKind::lying_sync: {
      // The power goes for a moment: only that shows a lie.
      const bool ran = node.runs();
      if (ran) power_off(node, index, bits);
      node.ails.lies = false;
      platter.lie(false);
      if (ran) start(node);
      return true;
    }
    case FaultKind::torn_write:
      node.ails.torn_armed = false;
      start_again(node, index);
      return true;
    case FaultKind::bit_rot:
    case FaultKind::short_read:
      start_again(node, index);
      return true;
    case FaultKind::misdirected_write:
      if (node.runs()) {
        power_off(node, index, bits);
        start(node);
      }
      platter.mend();
      return true;
    case FaultKind::io_error:
    case FaultKind::disk_full:
      platter.mend();
      platter.fill(false);
      if (node.state != NodeState::mute) return true;
      power_off(node, index, bits);
      start(node);
      return true;
    case FaultKind::slow_disk:
      node.ails.sync_extra = 0;
      return true;
    case FaultKind::compact:
      node.ails.checkpoint = 0;
      return true;
    default:
      return false;
  }
}

// The power goes in the middle of a sync.
void World::strike(Node& node, std::size_t index) {
  if (!node.runs()) return;
  const Fault& fault = plan_.faults[index];
  const std::uint64_t bits = draws_.bits(Purpose::sync_torn, fault.key, node.number);
  bite(fault.spec, power_off(node, index, bits));
  if (!fault.active(now_)) start(node);
}

}  // namespace rejoin::sim
