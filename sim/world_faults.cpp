// What faults do to nodes; what they do to frames is the network's.

#include <algorithm>

#include "sim/world.hpp"

namespace rejoin::sim {

void World::begin_fault(Fault& fault, std::size_t index) {
  if (scenario_.faults[fault.spec].nodes.empty()) move_to_nodes_that_are_up(fault);
  if (recorder_ != nullptr) recorder_->fault_begins(index, fault);
  for (unsigned number : fault.nodes) {
    Node& node = nodes_[number];
    switch (fault.kind) {
      case FaultKind::crash:
      case FaultKind::wipe:
        if (node.state != NodeState::down) crash(node, fault, index);
        break;
      case FaultKind::pause:
        if (node.state != NodeState::up) break;
        node.state = NodeState::paused;
        node.resumes_at = fault.end;
        if (recorder_ != nullptr) {
          recorder_->note(What::pause, number, node.resumes_at, {}, index);
        }
        break;
      case FaultKind::clock_step:
        node.wall.step(fault.skew_ns);
        record_clock(node, "jumps", index);
        break;
      case FaultKind::clock_drift:
        node.wall.drift(now_, fault.ppm);
        record_clock(node, "drifts", index);
        break;
      default:
        return;
    }
  }
}

void World::move_to_nodes_that_are_up(Fault& fault) const {
  const bool stops = fault.kind == FaultKind::crash || fault.kind == FaultKind::wipe ||
                     fault.kind == FaultKind::pause;
  if (!stops) return;
  for (unsigned& number : fault.nodes) {
    for (unsigned i = 0; i < nodes_.size(); ++i) {
      const auto other = static_cast<unsigned>((number + i) % nodes_.size());
      const bool taken =
          i > 0 && std::find(fault.nodes.begin(), fault.nodes.end(), other) != fault.nodes.end();
      if (nodes_[other].state != NodeState::up || taken) continue;
      number = other;
      break;
    }
  }
}

void World::end_fault(const Fault& fault, std::size_t index) {
  if (recorder_ != nullptr) recorder_->fault_ends(index);
  for (unsigned number : fault.nodes) {
    Node& node = nodes_[number];
    switch (fault.kind) {
      case FaultKind::crash:
      case FaultKind::wipe:
        if (node.state == NodeState::down && node.down_by == index) start(node);
        break;
      case FaultKind::pause:
        if (node.state != NodeState::paused || node.resumes_at != now_) break;
        node.state = NodeState::up;
        if (recorder_ != nullptr) recorder_->note(What::resume, number);
        break;
      case FaultKind::clock_step:
        node.wall.step(-fault.skew_ns);
        record_clock(node, "jumps back", index);
        break;
      case FaultKind::clock_drift:
        node.wall.drift(now_, 0);
        record_clock(node, "drifts no more", index);
        break;
      default:
        return;
    }
  }
}

void World::crash(Node& node, const Fault& fault, std::size_t index) {
  ++totals_.restarts;
  Receipt& receipt = plan_.receipts[fault.spec];
  ++receipt.bites;
  stop(node);
  node.down_by = index;
  std::size_t lost = 0;
  if (fault.kind == FaultKind::wipe) {
    excuse_what_is_nowhere_else(node);
    lost = node.disk.wipe();
    node.promised = {};
    wiped_ = true;
    if (fault.new_identity) node.id = NodeId(1000 * (node.starts + 1) + node.number + 1);
  } else {
    // How much of a sync under way reached the disk, unknown to the node.
    const std::uint64_t torn = draws_.bits(Purpose::sync_torn, fault.key, node.number);
    lost = node.disk.crash(uniform(torn, std::uint64_t{0}, node.disk.waiting()));
  }
  receipt.losses += lost;
  if (recorder_ != nullptr) recorder_->stop(node.number, lost, index, fault.kind);
}

void World::record_clock(const Node& node, const char* change, std::size_t fault) {
  if (recorder_ == nullptr) return;
  recorder_->note(What::clock, node.number, node.wall.read_ms(now_), change, fault);
}

// An acknowledged entry is on the disk of its node. If that disk is lost before anybody else has
// the entry on theirs, it may be lost; not otherwise.
void World::excuse_what_is_nowhere_else(const Node& wiped) {
  for (EntryNumber entry = 0; entry < acknowledged_.size(); ++entry) {
    if (!ledger_.covered(entry, wiped.disk.held())) continue;
    const bool elsewhere = std::any_of(nodes_.begin(), nodes_.end(), [&](const Node& other) {
      return other.number != wiped.number && ledger_.covered(entry, other.disk.held());
    });
    if (!elsewhere) excused_[entry] = true;
  }
}

void World::count_skewed_write(unsigned node) {
  for (const Fault& fault : plan_.faults) {
    const bool skews = fault.kind == FaultKind::clock_step || fault.kind == FaultKind::clock_drift;
    if (!skews || !fault.active(now_)) continue;
    if (std::find(fault.nodes.begin(), fault.nodes.end(), node) == fault.nodes.end()) continue;
    Receipt& receipt = plan_.receipts[fault.spec];
    ++receipt.bites;
    ++receipt.losses;
  }
}

}  // namespace rejoin::sim
