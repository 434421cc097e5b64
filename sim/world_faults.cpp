// What begins and ends with a fault. Those of nodes, disks and clocks have files of their own, and
// what faults do to frames is the network's.

#include <algorithm>

#include "sim/world.hpp"

namespace rejoin::sim {

void World::begin_fault(Fault& fault, std::size_t index) {
  if (scenario_.faults[fault.spec].nodes.empty()) move_to_nodes_that_are_up(fault);
  if (recorder_ != nullptr) recorder_->fault_begins(index, fault);
  if (fault.kind == FaultKind::join) return join(fault);
  for (unsigned number : fault.nodes) {
    if (nodes_[number].belongs()) begin_at(nodes_[number], fault, index);
  }
}

void World::end_fault(const Fault& fault, std::size_t index) {
  if (recorder_ != nullptr) recorder_->fault_ends(index);
  for (unsigned number : fault.nodes) {
    // A copy outlives its original.
    if (nodes_[number].belongs() || fault.kind == FaultKind::clone) {
      end_at(nodes_[number], fault, index);
    }
  }
}

void World::begin_at(Node& node, const Fault& fault, std::size_t index) {
  switch (fault.kind) {
    case FaultKind::crash:
    case FaultKind::wipe:
      if (node.runs()) crash(node, fault, index);
      return;
    case FaultKind::pause:
      if (node.state != NodeState::up) return;
      node.state = NodeState::paused;
      node.resumes_at = fault.end;
      if (recorder_ != nullptr) {
        recorder_->note(What::pause, node.number, node.resumes_at, {}, index);
      }
      return;
    default:
      if (begin_clock_fault(node, fault, index) || begin_node_fault(node, fault, index)) return;
      begin_disk_fault(node, fault, index);
  }
}

void World::end_at(Node& node, const Fault& fault, std::size_t index) {
  switch (fault.kind) {
    case FaultKind::crash:
    case FaultKind::wipe:
      return start_again(node, index);
    case FaultKind::pause:
      if (node.state != NodeState::paused || node.resumes_at != now_) return;
      node.state = NodeState::up;
      if (recorder_ != nullptr) recorder_->note(What::resume, node.number);
      return;
    default:
      if (end_clock_fault(node, fault, index) || end_node_fault(node, fault, index)) return;
      end_disk_fault(node, fault, index);
  }
}

// Whom a drawn fault should stop and who is down already gives its place to the next one.
void World::move_to_nodes_that_are_up(Fault& fault) const {
  if (!needs_nodes_that_are_up(fault.kind)) return;
  for (unsigned& number : fault.nodes) {
    for (unsigned i = 0; i < scenario_.nodes; ++i) {
      const unsigned other = (number + i) % scenario_.nodes;
      const bool taken =
          i > 0 && std::find(fault.nodes.begin(), fault.nodes.end(), other) != fault.nodes.end();
      if (nodes_[other].state != NodeState::up || taken) continue;
      number = other;
      break;
    }
  }
}

void World::bite(std::size_t spec, std::uint64_t losses, std::uint64_t times) {
  Receipt& receipt = plan_.receipts[spec];
  receipt.bites += times;
  receipt.losses += losses;
}

void World::crash(Node& node, const Fault& fault, std::size_t index) {
  const std::uint64_t torn = draws_.bits(Purpose::sync_torn, fault.key, node.number);
  if (fault.kind == FaultKind::crash) return bite(fault.spec, power_off(node, index, torn));
  const std::size_t lost = node.disk.waiting() + node.disk.platter().records().size();
  stop(node);
  ++totals_.restarts;
  node.down_by = index;
  bite(fault.spec, lost);
  wipe(node);
  if (fault.new_identity) become_new(node);
  if (recorder_ != nullptr) recorder_->stop(node.number, lost, index, fault.kind);
}

void World::start_again(Node& node, std::size_t index) {
  if (node.state == NodeState::down && node.down_by == index) start(node);
}

// A transaction is about to be made there.
void World::count_written(unsigned node, const PlannedTransaction& planned) {
  count_skewed_write(node);
  for (const Fault& fault : plan_.faults) {
    if (!fault.active(now_)) continue;
    const bool here = std::find(fault.nodes.begin(), fault.nodes.end(), node) != fault.nodes.end();
    // Of a node that is down, the next one makes them; but then it is not one that is cut off.
    const bool adds = fault.kind == FaultKind::burst || (here && fault.kind == FaultKind::offline);
    if (adds && planned.by == fault.spec) bite(fault.spec, 1);
    if (fault.kind == FaultKind::rivals) bite(fault.spec, 1);
  }
}

}  // namespace rejoin::sim
