// How a node begins, ends, and what lies on its disk when it does.

#include <algorithm>
#include <functional>
#include <utility>

#include "crdt/assert.hpp"
#include "sim/sqlite_platter.hpp"
#include "sim/world.hpp"

namespace rejoin::sim {
namespace {

// How long until somebody looks after a node that does not start.
constexpr Time repair_soonest = 50 * millisecond;
constexpr Time repair_latest = 500 * millisecond;

}  // namespace

void World::put_disks_in() {
  if (plan_.storage == StorageKind::memory) return;
  for (std::size_t i = 0; i < nodes_.size(); ++i) {
    nodes_[i].disk.use(sqlite_platter(store_, combine64(draws_.seed(), i)));
  }
}

// False: its storage does not open, and somebody has to look after it.
bool World::start(Node& node) {
  REJOIN_ASSERT(!node.runs());
  ++node.starts;
  network_.starts(node.number, now_);
  const auto records = node.disk.load();
  if (!records) return refuse_start(node, records.error());
  if (node.disk.in_doubt()) settle_disk(node, *records);
  node.replica = std::make_unique<Replica>(
      Replica::Setup{plan_.config, store_, replica_of(node), "n" + std::to_string(node.number)});
  for (const std::string& record : *records) {
    if (auto good = node.replica->restore(record); !good) {
      violate("storage", node.number, "a record is refused: " + good.error().message);
      return true;
    }
  }
  node.state = NodeState::up;
  node.deadline.reset();
  if (recorder_ != nullptr) {
    recorder_->start(node.number, node.starts, records->size(),
                     rejoin::to_string(node.replica->self()));
  }
  node.replica->start(now_at(node), node.disk.empty());
  if (!node.replica->store().clock().covers(node.promised)) {
    violate("durability", node.number, "what was shown before the crash did not come back");
    return true;
  }
  if (node.starts > 1) note_trimmed_logs(node);
  node.route_to.clear();
  each_neighbour(node, [&](const Node& other) {
    if (other.belongs() && other.listed) meet(node, other);
  });
  drain(node);
  return true;
}

// It was away, and what it lacks is in the log of another no more.
void World::note_trimmed_logs(const Node& back) {
  const CausalContext& clock = back.replica->store().clock();
  for (const Node& other : nodes_) {
    if (!other.runs()) continue;
    const CausalContext lacking = other.replica->store().clock() - clock;
    points_.reach_if(Point::log_trimmed_while_away, !other.replica->log().dots().covers(lacking));
  }
}

// Who came later speaks to everybody.
void World::each_neighbour(const Node& node, const std::function<void(const Node&)>& f) const {
  if (node.number < scenario_.nodes) {
    mesh_.each_neighbour(node.number, [&](unsigned other) { f(nodes_[other]); });
  }
  for (std::size_t other = node.number < scenario_.nodes ? scenario_.nodes : 0;
       other < nodes_.size(); ++other) {
    if (other != node.number) f(nodes_[other]);
  }
}

// It learns an address.
void World::meet(Node& node, const Node& other) {
  const RouteId route = node.replica->add_route(now_at(node));
  node.route_to.resize(std::max<std::size_t>(node.route_to.size(), route + 1), node.number);
  node.route_to[route] = other.number;
}

// Storage that is damaged is never used, and never replaced by itself: an operator comes.
bool World::refuse_start(Node& node, const Error& error) {
  remark(node.number, "does not start: " + error.message);
  node.state = NodeState::down;
  node.down_by = no_fault;
  node.refusal = error.code;
  points_.reach(Point::storage_refused);
  if (!node.ails.harmed) {
    violate("storage", node.number, "a sound disk does not open: " + error.message);
  }
  if (node.ails.refused != no_fault) {
    bite(std::exchange(node.ails.refused, no_fault));
  } else if (node.ails.doubted != no_fault && node.disk.in_doubt()) {
    bite(node.ails.doubted);  // it lied, and that was found out
  }
  const std::uint64_t after = draws_.bits(Purpose::repair_delay, node.number, node.starts);
  schedule_.add(now_ + uniform(after, repair_soonest, repair_latest),
                Happening::of(Happening::Kind::repair, node.number, node.starts));
  return false;
}

// Damage: the directory is moved away, and a new node begins in its place (docs/operations.md).
// Else it is tried again.
void World::repair(Node& node) {
  if (node.state != NodeState::down || !node.refusal) return;
  if (*std::exchange(node.refusal, std::nullopt) != ErrorCode::storage_failed) {
    remark(node.number, "its directory is moved away");
    wipe(node);
    become_new(node);
  }
  start(node);
}

// What came back after a fault that may have taken anything: it is what the node may be asked for.
void World::settle_disk(Node& node, const std::vector<std::string>& records) {
  const CausalContext believed = node.disk.whole();
  CausalContext held;
  CausalContext whole;
  for (const std::string& bytes : records) {
    const auto read = records_.read(bytes);
    if (!read) continue;  // the core will say so
    held.merge((*read)->held);
    if ((*read)->whole) whole.merge((*read)->held);
  }
  budget_.take(believed, whole);
  const std::uint64_t lost = (believed - whole).count();
  if (lost > 0 && node.ails.doubted != no_fault) bite(node.ails.doubted, lost);
  node.promised.intersect(whole);
  node.disk.settle(std::move(held), std::move(whole));
}

void World::wipe(Node& node) {
  budget_.take(node.disk.whole(), {});
  node.disk.wipe();
  node.promised = {};
}

void World::become_new(Node& node) {
  node.id = NodeId(1000 * (node.starts + 1) + node.number + 1);
}

// All others hear of its address, or that it is no more.
void World::tell_others(const Node& node, Happening::Kind kind) {
  each_neighbour(node, [&](const Node& other) {
    if (!other.belongs()) return;
    Happening told = Happening::of(kind, other.number, 0);
    told.source = node.number;
    schedule_.add(now_, std::move(told));
  });
}

void World::part(Node& node, const Node& other) {
  for (RouteId route = 0; route < node.route_to.size(); ++route) {
    if (node.route_to[route] == other.number) node.replica->remove_route(route);
  }
}

void World::stop(Node& node) {
  const Stats& stats = node.replica->stats();
  totals_.repairs += stats.repairs_taken;
  totals_.repairs_interrupted += stats.repairs_interrupted;
  totals_.resends += stats.resends;
  node.promised = node.replica->shown();
  node.replica.reset();
  node.unacknowledged.clear();
  node.state = NodeState::down;
  oracle_.forget(node.number);
  specification_.forget(node.number);
  sessions_.forget(node.number);
  if (watching_) watching_->stopped(node.number);
}

// Makes durable what it took, says goodbye, and ends: nothing may be lost by that.
void World::stop_cleanly(Node& node) {
  if (node.state != NodeState::mute) {
    node.replica->flush(now_at(node));
    drain(node);
  }
  while (node.runs() && node.state != NodeState::mute && node.disk.waiting() > 0) {
    node.disk.begin_sync();
    synced(node);
    if (violation_) return;
  }
  if (!node.runs()) return;
  if (node.state == NodeState::mute) {
    stop(node);
    record_stop(node, node.disk.crash(0), no_fault);  // what it took last was never durable
    return;
  }
  node.replica->leave();
  drain(node);
  if (violation_ || !node.runs()) return;
  if (!(node.replica->shown() == node.replica->store().clock())) {
    return violate("durability", node.number, "a clean stop leaves something that is not shown");
  }
  stop(node);
  node.disk.close();
  if (recorder_ != nullptr) recorder_->note(What::leave, node.number);
}

void World::record_stop(const Node& node, std::size_t lost, std::size_t by) {
  if (recorder_ == nullptr) return;
  if (by == no_fault) return remark(node.number, "loses its power");
  recorder_->stop(node.number, lost, by, plan_.faults[by].kind);
}

void World::remark(unsigned node, const std::string& line) {
  if (recorder_ != nullptr) recorder_->note(What::remark, node, 0, line);
}

// Returns how many records were lost.
std::size_t World::power_off(Node& node, std::size_t by, std::uint64_t bits) {
  ++totals_.restarts;
  stop(node);
  node.down_by = by;
  points_.reach_if(Point::power_cut_during_sync, node.disk.syncing());
  if (node.ails.lies) node.disk.doubt();
  // How much of a sync under way reached the disk, unknown to the node.
  const std::size_t lost = node.disk.crash(bits);
  record_stop(node, lost, by);
  return lost;
}

// Its storage took no more: it reads, and says nothing, until it starts again.
void World::mute(Node& node, const Error& error) {
  remark(node.number, "writes no more: " + error.message);
  points_.reach(Point::storage_full_or_failed);
  if (node.ails.muted != no_fault) bite(node.ails.muted, node.disk.waiting());
  node.state = NodeState::mute;
  node.replica->handle_storage_failed(error);
  drain(node);
}

void World::leave_for_good(Node& node) {
  if (node.runs()) stop(node);
  budget_.take(node.disk.whole(), {});
  node.state = NodeState::gone;
  miss();
}

// Its peers wait for it, and for what they sent it, until it is silent to them; and call another
// process of its name a second one until then.
void World::miss() {
  missed_until_ = now_ + 2 * plan_.config.peer_timeout_ms * millisecond;
}

// Two that are left can still disagree.
bool World::may_spare_one() const {
  return std::count_if(nodes_.begin(), nodes_.end(),
                       [](const Node& node) { return node.belongs(); }) > 2;
}

void World::acknowledge(Node& node) {
  const CausalContext& shown = node.replica->shown();
  std::erase_if(node.unacknowledged, [&](EntryNumber entry) {
    if (!ledger_.covered(entry, shown)) return false;
    budget_.acknowledge(entry);
    if (recorder_ != nullptr) recorder_->acknowledged(node.number, entry);
    return true;
  });
}

}  // namespace rejoin::sim
