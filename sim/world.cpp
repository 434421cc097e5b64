#include "sim/world.hpp"

#include <algorithm>
#include <utility>

#include "sim/description.hpp"
#include "sim/made.hpp"
#include "sim/perform.hpp"
#include "sim/workload.hpp"

namespace rejoin::sim {

World::World(const Scenario& scenario, Plan plan, const Seed& seed)
    : scenario_(scenario),
      plan_(std::move(plan)),
      draws_(seed.draws()),
      workload_(scenario.workload),
      mesh_(draws_, scenario.nodes, scenario.links.fanout),
      network_(draws_, scenario.links, plan_.faults, plan_.receipts, scenario.nodes,
               plan_.config.frame_bytes_max),
      store_(StoreId::named("simulated")),
      nodes_(scenario.nodes),
      oracle_(ledger_, scenario.nodes),
      specification_(ledger_, scenario.nodes),
      sessions_(ledger_, scenario.workload.sessions) {
  workload_.families = drawn_families(scenario.workload, draws_);
  network_.pin(scenario.fates);
  if (scenario.watch) watching_.emplace(scenario.watch, scenario.nodes);
}

Outcome World::run() {
  begin();
  while (!violation_ && phase_ != Phase::over) {
    const Time converged = std::max(scenario_.until + scenario_.converge, stragglers_until_);
    // Once all are equal, the first event after the quiet ends the run.
    const bool late = phase_ != Phase::quiet && !schedule_.empty() &&
                      schedule_.next() > converged + scenario_.quiet;
    if (schedule_.empty() || late) {
      violate("liveness", 0, "the replicas are not equal within the time to converge");
      break;
    }
    step();
  }
  if (!violation_) judge_entries();
  const Outcome out = outcome();
  if (recorder_ != nullptr) recorder_->finish(out);
  return out;
}

void World::begin() {
  using Kind = Happening::Kind;
  if (recorder_ != nullptr) {
    recorder_->begin(scenario_.name, scenario_.nodes);
    recorder_->faults(plan_.faults, scenario_.faults);
  }
  for (std::size_t i = 0; i < plan_.faults.size(); ++i) {
    schedule_.add(plan_.faults[i].begin, {Kind::fault_begins, 0, 0, i, nullptr});
    schedule_.add(plan_.faults[i].end, {Kind::fault_ends, 0, 0, i, nullptr});
  }
  schedule_.add(scenario_.until, {Kind::heal, 0, 0, 0, nullptr});
  for (std::size_t k = 0; k < plan_.transactions.size(); ++k) {
    const PlannedTransaction& planned = plan_.transactions[k];
    schedule_.add(planned.at, {Kind::transact, planned.node, 0, k, nullptr});
  }
  for (unsigned i = 0; i < scenario_.nodes; ++i) {
    Node& node = nodes_[i];
    node.number = i;
    node.id = NodeId(i + 1);
    const std::uint64_t bits = draws_.bits(Purpose::clock_offset, i);
    const auto offset = static_cast<std::int64_t>(
        uniform(bits, scenario_.clocks.offset.low, scenario_.clocks.offset.high));
    node.wall.step(mix64(bits) % 2 == 0 ? offset : -offset);
  }
  for (Node& node : nodes_) {
    record_clock(node, "begins", Recorded::no_fault);
    start(node);
  }
}

void World::step() {
  now_ = schedule_.next();
  const Happening happening = schedule_.take();
  if (recorder_ != nullptr) recorder_->at(now_, events_ + 1);
  if (deferred(happening)) return;
  ++events_;
  happen(happening);
  trace_.add(now_);
  trace_.add((static_cast<std::uint64_t>(happening.kind) << 32) | happening.node);
  trace_.add(happening.payload ? happening.payload->hash : happening.number);
  trace_.add(oracle_.clock_hash(happening.node));
  trace_.end_event(events_);
  if (!violation_ && phase_ != Phase::safety) watch_convergence();
}

// A paused node's events wait for it, in their order.
bool World::deferred(const Happening& happening) {
  using Kind = Happening::Kind;
  const Node& node = nodes_[happening.node];
  const bool for_node = happening.kind == Kind::deliver || happening.kind == Kind::deadline ||
                        happening.kind == Kind::synced;
  if (!for_node || node.state != NodeState::paused || now_ >= node.resumes_at) return false;
  for (const Fault& fault : plan_.faults) {
    if (fault.kind != FaultKind::pause || !fault.active(now_)) continue;
    if (std::find(fault.nodes.begin(), fault.nodes.end(), node.number) == fault.nodes.end()) {
      continue;
    }
    Receipt& receipt = plan_.receipts[fault.spec];
    ++receipt.bites;
    receipt.losses += node.resumes_at - now_;
    if (recorder_ != nullptr) {
      const std::uint32_t message = happening.payload ? happening.payload->message : 0;
      recorder_->held(node.number, message, node.resumes_at, index_of(fault));
    }
    break;
  }
  schedule_.add(node.resumes_at, happening);
  return true;
}

void World::happen(const Happening& happening) {
  using Kind = Happening::Kind;
  Node& node = nodes_[happening.node];
  switch (happening.kind) {
    case Kind::transact:
      return transact(happening.number, happening.node);
    case Kind::deliver:
      return deliver(happening);
    case Kind::departs:
      return put_on_the_way(network_.depart(happening.source, happening.node, now_));
    case Kind::deadline:
      if (node.starts != happening.number || node.state == NodeState::down) return;
      if (!node.deadline || *node.deadline > now_) return;  // replaced by a later one
      node.deadline.reset();
      if (recorder_ != nullptr) recorder_->note(What::timer, node.number);
      count_bent_deadline(node.number);
      node.replica->handle_timeout(now_at(node));
      return drain(node);
    case Kind::synced:
      if (node.starts == happening.number && node.state != NodeState::down) synced(node);
      return;
    case Kind::fault_begins:
      return begin_fault(plan_.faults[happening.number], happening.number);
    case Kind::fault_ends:
      return end_fault(plan_.faults[happening.number], happening.number);
    case Kind::heal:
      if (recorder_ != nullptr) recorder_->phase("everything heals");
      phase_ = Phase::liveness;
      return;
  }
}

void World::transact(std::uint64_t k, unsigned planned) {
  for (unsigned i = 0; i < nodes_.size(); ++i) {
    Node& node = nodes_[(planned + i) % nodes_.size()];
    if (node.state != NodeState::up) continue;
    ++totals_.transactions;
    count_skewed_write(node.number);
    specification_.begin(node.number);
    const std::size_t session = sessions_.of(k);
    if (auto wrong = sessions_.read(session, node.number, *node.replica)) {
      return violate("session", node.number, *wrong);
    }
    const Deed& deed = deed_of(k, node.number);
    const auto done = node.replica->transact(
        [&](Transaction& tx) {
          Stage stage{node.number, node.replica->store(), tx, specification_,
                      [this](unsigned other) { return replica_of(nodes_[other]); }};
          return perform(deed, stage);
        },
        now_at(node));
    const auto refusal = specification_.refusal();
    if (done && refusal) {
      violate("specification", node.number,
              std::string("an operation was taken that is to be refused: ") + name_of(*refusal));
    } else if (done) {
      specification_.commit(node.number);
      if (watching_) watching_->done(node.number, deed);
      if (recorder_ != nullptr) {
        recorder_->transaction(node.number, k, Done::committed, to_string(deed));
      }
      sessions_.wrote(session, node.number, *done);
    } else if (done.error().code == ErrorCode::aborted || done.error().code == refusal) {
      ++totals_.refused;
      if (recorder_ != nullptr) {
        recorder_->transaction(node.number, k, Done::refused,
                               to_string(deed) + ": " + done.error().message);
      }
    } else {
      violate("refused", node.number, "a transaction was refused: " + done.error().message);
    }
    return drain(node);
  }
  ++totals_.skipped;
  if (recorder_ != nullptr) recorder_->transaction(planned, k, Done::skipped, "no node is up");
}

// Noted in the plan, where it can be read once the run is over.
const Deed& World::deed_of(std::uint64_t k, unsigned node) {
  PlannedTransaction& planned = plan_.transactions[k];
  planned.on = node;
  if (!planned.deed) planned.deed = draw_deed(workload_, draws_, k, node);
  return *planned.deed;
}

void World::synced(Node& node) {
  node.disk.end_sync();
  if (recorder_ != nullptr) recorder_->note(What::sync, node.number, node.disk.synced());
  node.replica->handle_persisted(node.disk.synced(), now_at(node));
  drain(node);
  if (violation_ || node.disk.waiting() > 0) return;
  const std::uint64_t coin = draws_.bits(Purpose::checkpoint, node.number, now_);
  if (!chance(coin, scenario_.disks.checkpoint)) return;
  ++totals_.checkpoints;
  const std::vector<std::string> records = node.replica->checkpoint();
  if (recorder_ != nullptr) recorder_->note(What::checkpoint, node.number, records.size());
  node.disk.checkpoint(records);
}

// Does what the replica asks for, until it asks for nothing.
void World::drain(Node& node) {
  Replica& replica = *node.replica;
  if (recorder_ != nullptr) recorder_->look(node.number, replica.store());
  if (auto records = replica.poll_persist(); !records.empty()) persist(node, std::move(records));
  while (auto out = replica.poll_transmit()) {
    transmit(node, *std::move(out));
    if (violation_) return;
  }
  while (auto event = replica.poll_event()) {
    trace_.add(event->index());
    if (recorder_ != nullptr) recorder_->note(What::told, node.number, 0, described(*event));
  }
  if (auto late = replica.poll_persist(); !late.empty()) persist(node, std::move(late));
  if (violation_) return;

  if (!node.disk.syncing() && node.disk.waiting() > 0) {
    const std::uint64_t bits = draws_.bits(Purpose::sync_delay, node.number, now_);
    node.disk.begin_sync();
    schedule_.add(now_ + uniform(bits, scenario_.disks.sync.low, scenario_.disks.sync.high),
                  {Happening::Kind::synced, node.number, 0, node.starts, nullptr});
  }
  schedule_deadline(node);
  acknowledge(node);
  if (auto wrong = sessions_.advance(node.number, replica, node.made_now)) {
    return violate("session", node.number, *wrong);
  }
  node.made_now.clear();
  if (node.drains++ % scenario_.check_every == 0) check(node);
}

void World::persist(Node& node, std::vector<std::string> records) {
  for (std::string& bytes : records) {
    const auto record = decode_record(bytes, store_);
    if (!record) {
      return violate("record", node.number, "a record cannot be read: " + record.error().message);
    }
    if (const auto* made = std::get_if<EntriesRecord>(&*record)) {
      for (const Entry& entry : made->entries) record_entry(node, entry);
    }
    node.disk.write(std::move(bytes), held_by(*record));
  }
  if (recorder_ != nullptr) recorder_->note(What::persist, node.number, node.disk.waiting());
}

// An entry on its way to the disk of the node that made it: the first that anybody sees of it.
void World::record_entry(Node& node, const Entry& entry) {
  if (!made_by(node.replica->self(), entry)) {
    if (auto wrong = ledger_.altered(entry)) violate("relay", node.number, *wrong);
    return;
  }
  const std::size_t known = ledger_.entry_count();
  EntryNumber number = no_number;
  if (auto wrong = ledger_.record(entry, node.number, now_, number)) {
    return violate("dots", node.number, *wrong);
  }
  if (ledger_.entry_count() == known) return;
  acknowledged_.push_back(false);
  excused_.push_back(false);
  node.unacknowledged.push_back(number);
  if (recorder_ != nullptr) recorder_->entry(node.number, number, entry);
  node.made_now.push_back(number);
  if (auto wrong = specification_.made(node.number, entry, number)) {
    violate("rule 6", node.number, *wrong);
  }
}

void World::transmit(Node& node, Replica::Transmit transmit) {
  const unsigned target = node.route_to[transmit.route];
  std::optional<Frame> frame;
  const bool sampled = node.drains % scenario_.check_every == 0;
  if (sampled || phase_ == Phase::quiet || recorder_ != nullptr) {
    frame = inspected(node, transmit.bytes, sampled);
    if (!frame) return;
    if (disturbs(node, transmit.route, *frame)) {
      return violate("unrest", node.number,
                     "all is equal, and still there is sent: " + described(*frame));
    }
  }
  ++totals_.frames;
  totals_.bytes += transmit.bytes.size();
  auto payload = std::make_shared<Payload>();
  payload->hash = hash64(transmit.bytes);
  payload->bytes = std::move(transmit.bytes);
  payload->sent = now_;
  if (recorder_ != nullptr) {
    recorder_->send(node.number, target, payload->bytes.size(), payload->hash, *frame);
    payload->message = recorder_->message();
  }
  const std::span<const Delivery> deliveries =
      network_.send(node.number, target, std::move(payload), now_);
  if (recorder_ != nullptr) recorder_->sent(network_.copies_coming());
  put_on_the_way(deliveries);
}

// The frame, or nothing and a violation.
std::optional<Frame> World::inspected(const Node& node, const std::string& bytes, bool rewritten) {
  auto frame = decode_frame(bytes, store_, plan_.config.frame_bytes_max);
  if (!frame) {
    violate("frame", node.number, "a frame cannot be read: " + frame.error().message);
    return std::nullopt;
  }
  if (rewritten && encode_frame(*frame, store_) != bytes) {
    violate("codec", node.number, "a frame that is read and written again is another");
    return std::nullopt;
  }
  const CausalContext shown = shown_by(*frame);
  if (!node.disk.held().covers(shown)) {
    violate("durability", node.number, "a frame shows dots that are not durable at its sender");
    return std::nullopt;
  }
  return *std::move(frame);
}

void World::schedule_deadline(Node& node) {
  const auto wanted = node.replica->poll_timeout();
  if (!wanted) return;
  const Time at = node.mono.when(*wanted);
  if (node.deadline && *node.deadline <= at) return;
  node.deadline = std::max(at, now_);
  schedule_.add(*node.deadline, {Happening::Kind::deadline, node.number, 0, node.starts, nullptr});
}

ReplicaId World::replica_of(const Node& node) const {
  return {node.id, draws_.bits(Purpose::incarnation, node.number, node.starts) | 1};
}

void World::start(Node& node) {
  ++node.starts;
  network_.starts(node.number, now_);
  node.replica = std::make_unique<Replica>(
      Replica::Setup{plan_.config, store_, replica_of(node), "n" + std::to_string(node.number)});
  const std::vector<std::string> records = node.disk.records();
  for (const std::string& record : records) {
    if (auto good = node.replica->restore(record); !good) {
      return violate("storage", node.number, "a record is refused: " + good.error().message);
    }
  }
  node.state = NodeState::up;
  node.deadline.reset();
  if (recorder_ != nullptr) {
    recorder_->start(node.number, node.starts, records.size(),
                     rejoin::to_string(node.replica->self()));
  }
  node.replica->start(now_at(node), node.disk.empty());
  if (!node.replica->store().clock().covers(node.promised)) {
    return violate("durability", node.number, "what was shown before the crash did not come back");
  }
  node.route_to.clear();
  mesh_.each_neighbour(node.number, [&](unsigned other) {
    const RouteId route = node.replica->add_route(now_at(node));
    node.route_to.resize(std::max<std::size_t>(node.route_to.size(), route + 1), node.number);
    node.route_to[route] = other;
  });
  drain(node);
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

void World::acknowledge(Node& node) {
  const CausalContext& shown = node.replica->shown();
  if (!node.disk.held().covers(shown)) {
    return violate("durability", node.number, "the shown clock is ahead of the disk");
  }
  std::erase_if(node.unacknowledged, [&](EntryNumber entry) {
    if (!ledger_.covered(entry, shown)) return false;
    acknowledged_[entry] = true;
    if (recorder_ != nullptr) recorder_->acknowledged(node.number, entry);
    return true;
  });
}

void World::check(Node& node) {
  if (violation_) return;
  if (auto found = oracle_.check(node.number, node.replica->store())) {
    violate(found->oracle, node.number, found->detail);
  }
  misread(node);
  if (!watching_) return;
  if (const auto broken = watching_->look(node.number, now_, node.replica->latest())) {
    violate("invariant", node.number, broken->invariant + ": " + broken->what, broken->invariant);
  }
}

void World::violate(const std::string& oracle, unsigned node, const std::string& detail,
                    const std::string& type) {
  if (violation_) return;
  violation_ = Violation{oracle, node, now_, detail, type};
  if (recorder_ != nullptr) recorder_->note(What::violation, node, 0, oracle + ": " + detail);
}

Result<Outcome> simulate(const Scenario& scenario, const Seed& seed, Recorder* recorder) {
  const Seed whole = whole_seed(scenario, seed);
  auto plan = draw_plan(scenario, whole.draws());
  if (!plan) return plan.error();
  World world(scenario, *std::move(plan), whole);
  world.record_with(recorder);
  return world.run();
}

}  // namespace rejoin::sim
