// Faults of nodes: how they stop, come back with less or as two, come late, and go for good.

#include <algorithm>
#include <utility>

#include "sim/world.hpp"

namespace rejoin::sim {
namespace {

// A drain has seldom more effects than this.
constexpr std::uint64_t effects_max = 9;

// What an operator does with a directory that was copied (docs/operations.md).
enum class CopyFate : std::uint8_t { stopped, given_a_new_id, put_in_the_place_of_the_original };

}  // namespace

bool World::begin_node_fault(Node& node, const Fault& fault, std::size_t index) {
  const std::uint64_t torn = draws_.bits(Purpose::sync_torn, fault.key, node.number);
  switch (fault.kind) {
    case FaultKind::crash_inside: {
      if (!node.runs()) return true;
      const std::uint64_t bits = draws_.bits(Purpose::effect_count, fault.key, node.number);
      node.ails.effects_left = uniform(bits, std::uint64_t{0}, effects_max);
      node.ails.dies = index;
      return true;
    }
    case FaultKind::slow:
      node.ails.event_cost = fault.by;
      node.ails.slow_until = fault.end;
      node.ails.slow = fault.spec;
      return true;
    case FaultKind::restart:
    case FaultKind::upgrade:
    case FaultKind::incompatible:
      if (!node.runs() || node.state == NodeState::paused) return true;
      stop_cleanly(node);
      if (node.state != NodeState::down) return true;
      node.down_by = index;
      ++totals_.restarts;
      if (fault.kind == FaultKind::restart) bite(fault.spec, node.disk.platter().records().size());
      if (fault.kind == FaultKind::incompatible) {
        node.speaks = Speaks::only_newer;
        node.ails.upgraded = fault.spec;
        start(node);
      }
      return true;
    case FaultKind::old_disk:
      if (node.runs()) power_off(node, index, torn);
      put_back(node, fault, index);
      return true;
    case FaultKind::clone:
      if (node.number < scenario_.nodes) copy(node, copy_of(node, fault), fault);
      return true;
    case FaultKind::leave:
      if (node.state == NodeState::up && may_spare_one()) node.state = NodeState::leaving;
      return true;
    case FaultKind::gone:
      if (!may_spare_one()) return true;
      if (node.runs()) power_off(node, no_fault, torn);
      bite(fault.spec, node.disk.platter().records().size());
      leave_for_good(node);
      return true;
    default:
      return false;
  }
}

bool World::end_node_fault(Node& node, const Fault& fault, std::size_t index) {
  switch (fault.kind) {
    case FaultKind::crash_inside:
      if (node.ails.dies == index) node.ails.effects_left.reset();
      start_again(node, index);
      return true;
    case FaultKind::slow:
      node.ails.event_cost = 0;
      return true;
    case FaultKind::upgrade:
      if (node.state == NodeState::down && node.down_by == index) {
        node.speaks = Speaks::newer;
        node.ails.upgraded = fault.spec;
      }
      start_again(node, index);
      return true;
    case FaultKind::incompatible:
      if (node.speaks != Speaks::only_newer) return true;
      node.speaks = Speaks::ours;
      if (!node.runs() || node.state == NodeState::paused) return true;
      stop_cleanly(node);
      if (node.state == NodeState::down) start(node);
      return true;
    case FaultKind::restart:
    case FaultKind::old_disk:
      start_again(node, index);
      return true;
    case FaultKind::clone:
      if (node.number < scenario_.nodes) end_copy(node, copy_of(node, fault), fault);
      return true;
    case FaultKind::leave:
      if (node.state != NodeState::leaving) return true;
      stop_cleanly(node);
      if (violation_) return true;
      bite(fault.spec, node.disk.platter().records().size());
      leave_for_good(node);
      tell_others(node, Happening::Kind::parted);
      return true;
    case FaultKind::gone:
    case FaultKind::join:
      return true;
    default:
      return false;
  }
}

// It may die before any effect of what it handles: its memory is lost as it was then.
bool World::dies_here(Node& node) {
  std::optional<std::uint64_t>& left = node.ails.effects_left;
  if (!left || node.state == NodeState::mute) return false;
  if (*left > 0) {
    --*left;
    return false;
  }
  left.reset();
  const Fault& fault = plan_.faults[node.ails.dies];
  remark(node.number, "dies between two effects");
  const std::uint64_t torn = draws_.bits(Purpose::sync_torn, fault.key, node.number);
  bite(fault.spec, power_off(node, node.ails.dies, torn));
  return true;
}

// ---- an older disk

// A backup: fetched from the node while it runs, or its directory, copied while it does not.
void World::prepare(const Fault& fault, std::size_t index) {
  for (unsigned number : fault.nodes) {
    Node& node = nodes_[number];
    if (!node.belongs() || node.refusal) continue;
    backups_[{index, number}] = {
        node.id, node.runs() ? node.replica->checkpoint() : node.disk.platter().records()};
  }
}

void World::put_back(Node& node, const Fault& fault, std::size_t index) {
  const auto backup = backups_.find({index, node.number});
  if (backup == backups_.end() || node.runs() || node.refusal) return;
  remark(node.number, "gets an older disk back");
  node.ails.doubted = fault.spec;
  node.id = backup->second.id;
  node.disk.put(backup->second.records);
}

// ---- a copied disk: two processes are one node

Node& World::copy_of(const Node& original, const Fault& fault) {
  const auto at = std::find(fault.nodes.begin(), fault.nodes.end(), original.number);
  return nodes_[fault.extra + static_cast<unsigned>(at - fault.nodes.begin())];
}

void World::copy(Node& original, Node& copied, const Fault& fault) {
  if (original.refusal || original.disk.empty()) return;
  copied.id = original.id;
  copied.state = NodeState::down;
  copied.listed = draws_.bits(Purpose::copy_listed, fault.key, original.number) % 2 == 0;
  copied.disk.put(original.disk.platter().records());
  remark(copied.number, "is a copy of n" + std::to_string(original.number));
  start(copied);
  if (copied.listed) tell_others(copied, Happening::Kind::met);
}

void World::end_copy(Node& original, Node& copied, const Fault& fault) {
  if (!copied.runs()) return;
  if (!original.belongs()) {
    remark(copied.number, "is the only one left of the two");
    if (!std::exchange(copied.listed, true)) tell_others(copied, Happening::Kind::met);
    return;
  }
  const std::uint64_t bits = draws_.bits(Purpose::copy_fate, fault.key, original.number);
  const auto fate = static_cast<CopyFate>(bits % 3);
  if (fate == CopyFate::given_a_new_id) {
    remark(copied.number, "gets a directory of its own");
    stop(copied);
    wipe(copied);
    become_new(copied);
    miss();
    start(copied);
    if (!std::exchange(copied.listed, true)) tell_others(copied, Happening::Kind::met);
    return;
  }
  power_off(copied, no_fault, bits);
  if (fate == CopyFate::put_in_the_place_of_the_original && !original.refusal) {
    remark(original.number, "is stopped, and its copy goes on in its place");
    const bool ran = original.runs();
    if (ran) power_off(original, no_fault, mix64(bits));
    original.id = copied.id;
    original.promised = copied.promised;
    original.disk.put(copied.disk.platter().records());
    leave_for_good(copied);
    if (ran) start(original);
  } else {
    remark(copied.number, "is stopped, and its directory removed");
    leave_for_good(copied);
  }
  tell_others(copied, Happening::Kind::parted);
}

// Who hears both says so.
void World::count_reported(const Node&, const NodeId& duplicated) {
  for (const Fault& fault : plan_.faults) {
    if (fault.kind != FaultKind::clone) continue;
    for (unsigned i = 0; i < fault.nodes.size(); ++i) {
      const Node& copied = nodes_[fault.extra + i];
      if (copied.runs() && copied.id == duplicated) bite(fault.spec, 1);
    }
  }
}

// ---- late comers, and other versions

void World::join(const Fault& fault) {
  for (unsigned i = 0; i < fault.nodes.size(); ++i) {
    Node& node = nodes_[fault.extra + i];
    node.id = NodeId(node.number + 1);
    node.state = NodeState::down;
    start(node);
    tell_others(node, Happening::Kind::met);
    bite(fault.spec, 1);
  }
}

// A frame of another version arrives at a node of ours.
void World::count_mixed(const Node& source, const Node& target) {
  if (source.speaks == target.speaks || source.ails.upgraded == no_fault) return;
  if (source.speaks != Speaks::ours) bite(source.ails.upgraded, 1);
}

}  // namespace rejoin::sim
