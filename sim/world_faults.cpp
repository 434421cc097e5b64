// What faults do to nodes; what they do to frames is the network's.

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
      case FaultKind::clock_freeze:
        node.wall.freeze(now_);
        record_clock(node, "stands still", index);
        break;
      case FaultKind::clock_sawtooth:
        node.wall.sawtooth(now_, fault.ppm, fault.period);
        record_clock(node, "drifts and is set right", index);
        break;
      case FaultKind::far_future:
        node.wall.step(years(fault));
        record_clock(node, "is years ahead", index);
        break;
      case FaultKind::mono_drift:
        bend(node, fault.ppm);
        record_clock(node, "times out early or late", index);
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
      case FaultKind::clock_freeze:
        node.wall.thaw();
        record_clock(node, "goes on", index);
        break;
      case FaultKind::clock_sawtooth:
        node.wall.sawtooth(now_, 0, 0);
        record_clock(node, "drifts no more", index);
        break;
      case FaultKind::far_future:
        node.wall.step(-years(fault));
        record_clock(node, "comes back", index);
        break;
      case FaultKind::mono_drift:
        plan_.receipts[fault.spec].losses +=
            static_cast<Time>(std::abs(fault.ppm)) * ((now_ - fault.begin) / millisecond);
        bend(node, 0);
        record_clock(node, "times out in time", index);
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
    Receipt& receipt = plan_.receipts[fault.spec];
    ++receipt.bites;
    if (fault.kind != FaultKind::mono_drift) ++receipt.losses;
  }
}

void World::count_skewed_write(unsigned node) {
  count_under(node, [](FaultKind kind) {
    return kind == FaultKind::clock_step || kind == FaultKind::clock_drift ||
           kind == FaultKind::clock_freeze || kind == FaultKind::clock_sawtooth ||
           kind == FaultKind::far_future;
  });
}

void World::count_bent_deadline(unsigned node) {
  if (!nodes_[node].mono.bent()) return;
  count_under(node, [](FaultKind kind) { return kind == FaultKind::mono_drift; });
}

}  // namespace rejoin::sim
