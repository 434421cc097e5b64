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
      network_(draws_, scenario.links, plan_.faults, plan_.receipts, plan_.nodes,
               plan_.config.frame_bytes_max),
      store_(StoreId::named("simulated")),
      records_(store_),
      nodes_(plan_.nodes),
      oracle_(ledger_, plan_.nodes),
      specification_(ledger_, plan_.nodes),
      sessions_(ledger_, scenario.workload.sessions),
      budget_(ledger_) {
  workload_.families = drawn_families(scenario.workload, draws_);
  network_.pin(scenario.fates);
  if (scenario.watch) watching_.emplace(scenario.watch, plan_.nodes);
  put_disks_in();
}

Outcome World::run() {
  begin();
  while (!violation_ && phase_ != Phase::over) {
    const Time converged = std::max(scenario_.until + scenario_.converge, stragglers_until_);
    // Once all are equal, the first event after the quiet ends the run.
    const bool late = phase_ != Phase::quiet && !schedule_.empty() &&
                      schedule_.next() > converged + scenario_.quiet;
    if (schedule_.empty() || late) {
      violate("liveness", 0,
              "the replicas are not equal within the time to converge: " + what_is_unequal());
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
    recorder_->begin(scenario_.name, plan_.nodes);
    recorder_->faults(plan_.faults, scenario_.faults);
  }
  for (std::size_t i = 0; i < plan_.faults.size(); ++i) {
    const Fault& fault = plan_.faults[i];
    if (fault.kind == FaultKind::old_disk) {
      schedule_.add(fault.begin - std::min(fault.begin, fault.by),
                    Happening::of(Kind::prepares, 0, i));
    }
    schedule_.add(fault.begin, Happening::of(Kind::fault_begins, 0, i));
    schedule_.add(fault.end, Happening::of(Kind::fault_ends, 0, i));
  }
  schedule_.add(scenario_.until, Happening::of(Kind::heal, 0, 0));
  for (std::size_t k = 0; k < plan_.transactions.size(); ++k) {
    const PlannedTransaction& planned = plan_.transactions[k];
    schedule_.add(planned.at, Happening::of(Kind::transact, planned.node, k));
  }
  for (unsigned i = 0; i < nodes_.size(); ++i) {
    Node& node = nodes_[i];
    node.number = i;
    node.id = NodeId(i + 1);
    const std::uint64_t bits = draws_.bits(Purpose::clock_offset, i);
    const auto offset = static_cast<std::int64_t>(
        uniform(bits, scenario_.clocks.offset.low, scenario_.clocks.offset.high));
    node.wall.step(mix64(bits) % 2 == 0 ? offset : -offset);
    node.state = i < scenario_.nodes ? NodeState::down : NodeState::absent;
  }
  for (unsigned i = 0; i < scenario_.nodes; ++i) {
    record_clock(nodes_[i], "begins", Recorded::no_fault);
    start(nodes_[i]);
  }
}

void World::step() {
  now_ = schedule_.next();
  if (turns_at_ && now_ >= *turns_at_) {
    draws_ = turned_;
    turns_at_.reset();
  }
  const Happening happening = schedule_.take();
  if (recorder_ != nullptr) recorder_->at(now_, events_ + 1);
  if (deferred(happening) || waits_for_its_turn(happening)) return;
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
  const Node& node = nodes_[happening.node];
  if (node.state != NodeState::paused || !happening.of_node() || now_ >= node.resumes_at) {
    return false;
  }
  for (const Fault& fault : plan_.faults) {
    if (fault.kind != FaultKind::pause || !fault.active(now_)) continue;
    if (std::find(fault.nodes.begin(), fault.nodes.end(), node.number) == fault.nodes.end()) {
      continue;
    }
    bite(fault.spec, node.resumes_at - now_);
    record_held(happening, node.resumes_at, index_of(fault));
    break;
  }
  schedule_.add(node.resumes_at, happening);
  return true;
}

void World::record_held(const Happening& happening, Time until, std::size_t fault) {
  if (recorder_ == nullptr) return;
  const std::uint32_t message = happening.payload ? happening.payload->message : 0;
  recorder_->held(happening.node, message, until, fault);
}

// A slow node does one thing after another, each as long as it takes; what is left when it is fast
// again comes at once.
bool World::waits_for_its_turn(const Happening& happening) {
  Afflictions& ails = nodes_[happening.node].ails;
  if (ails.event_cost == 0 || now_ >= ails.slow_until) return false;
  if (happening.in_turn || !happening.of_node()) return false;
  ails.busy_until = std::min(std::max(ails.busy_until, now_) + ails.event_cost, ails.slow_until);
  bite(ails.slow, ails.busy_until - now_);
  Happening later = happening;
  later.in_turn = true;
  schedule_.add(ails.busy_until, std::move(later));
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
      if (node.starts != happening.number || !node.runs()) return;
      if (!node.deadline || *node.deadline > now_) return;  // replaced by a later one
      node.deadline.reset();
      if (recorder_ != nullptr) recorder_->note(What::timer, node.number);
      count_bent_deadline(node.number);
      node.replica->handle_timeout(now_at(node));
      return drain(node);
    case Kind::synced:
      if (node.starts == happening.number && node.runs() && node.disk.syncing()) synced(node);
      return;
    case Kind::fault_begins:
      return begin_fault(plan_.faults[happening.number], happening.number);
    case Kind::fault_ends:
      return end_fault(plan_.faults[happening.number], happening.number);
    case Kind::heal:
      if (recorder_ != nullptr) recorder_->phase("everything heals");
      phase_ = Phase::liveness;
      return;
    case Kind::prepares:
      return prepare(plan_.faults[happening.number], happening.number);
    case Kind::strikes:
      return strike(node, happening.number);
    case Kind::met:
    case Kind::parted:
      if (!node.runs()) return;  // it will start with the addresses of then
      if (happening.kind == Kind::met) meet(node, nodes_[happening.source]);
      if (happening.kind == Kind::parted) part(node, nodes_[happening.source]);
      return drain(node);
    case Kind::repair:
      if (node.starts == happening.number) repair(node);
      return;
  }
}

// The node that is to make a transaction, or the next one that takes writes; null: there is none.
// Nodes that came later are asked as often as the others.
Node* World::writer(std::uint64_t k, unsigned planned) {
  std::vector<Node*> guests;
  for (std::size_t i = scenario_.nodes; i < nodes_.size(); ++i) {
    if (nodes_[i].state == NodeState::up) guests.push_back(&nodes_[i]);
  }
  if (!guests.empty()) {
    const std::uint64_t at =
        draws_.bits(Purpose::operation_guest, k) % (scenario_.nodes + guests.size());
    if (at >= scenario_.nodes) return guests[at - scenario_.nodes];
  }
  for (unsigned i = 0; i < scenario_.nodes; ++i) {
    Node& node = nodes_[(planned + i) % scenario_.nodes];
    if (node.state == NodeState::up) return &node;
  }
  return guests.empty() ? nullptr : guests.front();
}

void World::transact(std::uint64_t k, unsigned planned) {
  Node* found = writer(k, planned);
  if (found == nullptr) {
    ++totals_.skipped;
    if (recorder_ != nullptr) recorder_->transaction(planned, k, Done::skipped, "no node is up");
    return;
  }
  Node& node = *found;
  ++totals_.transactions;
  count_written(node.number, plan_.transactions[k]);
  specification_.begin(node.number);
  const std::size_t session = sessions_.of(k);
  if (auto wrong = sessions_.read(session, node.number, *node.replica)) {
    return violate("session", node.number, *wrong);
  }
  const Deed& deed = deed_of(k, node.number);
  const auto done = node.replica->transact(
      [&](Transaction& tx) {
        points_.reach_if(Point::clock_overtaken, tx.now().unix_ms() > node.wall.read_ms(now_));
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
  drain(node);
}

// While rivals are at work, all that is written goes to one element of one key of each type.
Workload World::workload_now() {
  for (const Fault& fault : plan_.faults) {
    if (fault.kind != FaultKind::rivals || !fault.active(now_)) continue;
    Workload aimed = workload_;
    aimed.hot = 1;
    aimed.elements = 1;
    aimed.removes = 0.5;
    return aimed;
  }
  return workload_;
}

// Noted in the plan, where it can be read once the run is over.
const Deed& World::deed_of(std::uint64_t k, unsigned node) {
  PlannedTransaction& planned = plan_.transactions[k];
  planned.on = node;
  if (!planned.deed) planned.deed = draw_deed(workload_now(), draws_, planned.key, node);
  return *planned.deed;
}

void World::synced(Node& node) {
  if (auto done = node.disk.end_sync(); !done) return mute(node, done.error());
  if (recorder_ != nullptr) recorder_->note(What::sync, node.number, node.disk.synced());
  if (dies_here(node)) return;
  node.replica->handle_persisted(node.disk.synced(), now_at(node));
  drain(node);
  if (violation_ || !node.runs() || node.disk.waiting() > 0) return;
  const std::uint64_t coin = draws_.bits(Purpose::checkpoint, node.number, now_);
  if (chance(coin, scenario_.disks.checkpoint)) return checkpoint(node);
  if (!chance(mix64(coin), node.ails.checkpoint)) return;
  bite(node.ails.compacted, node.replica->records());
  checkpoint(node);
}

void World::checkpoint(Node& node) {
  if (dies_here(node)) return;
  ++totals_.checkpoints;
  points_.reach_if(Point::checkpoint_while_one_is_down,
                   std::any_of(nodes_.begin(), nodes_.end(),
                               [](const Node& one) { return one.state == NodeState::down; }));
  const std::vector<std::string> records = node.replica->checkpoint();
  if (recorder_ != nullptr) recorder_->note(What::checkpoint, node.number, records.size());
  if (auto done = node.disk.checkpoint(records); !done) {
    mute(node, done.error());
  }
}

// Does what the replica asks for, until it asks for nothing, or dies between two effects.
void World::drain(Node& node) {
  Replica& replica = *node.replica;
  const auto stopped = [&] { return violation_ || !node.runs(); };
  if (recorder_ != nullptr) recorder_->look(node.number, replica.store());
  if (auto records = replica.poll_persist(); !records.empty()) persist(node, std::move(records));
  if (stopped()) return;
  while (auto out = replica.poll_transmit()) {
    transmit(node, *std::move(out));
    if (stopped()) return;
  }
  while (auto event = replica.poll_event()) notice(node, *event);
  if (auto late = replica.poll_persist(); !late.empty()) persist(node, std::move(late));
  if (stopped()) return;

  if (!node.disk.syncing() && node.disk.waiting() > 0 && node.state != NodeState::mute) {
    if (dies_here(node)) return;
    begin_sync(node);
  }
  schedule_deadline(node);
  acknowledge(node);
  if (auto wrong = sessions_.advance(node.number, replica, node.made_now)) {
    return violate("session", node.number, *wrong);
  }
  node.made_now.clear();
  if (node.drains++ % scenario_.check_every == 0) check(node);
}

void World::begin_sync(Node& node) {
  const std::uint64_t bits = draws_.bits(Purpose::sync_delay, node.number, now_);
  node.disk.begin_sync();
  const Time done = now_ + uniform(bits, scenario_.disks.sync.low, scenario_.disks.sync.high) +
                    node.ails.sync_extra;
  if (node.ails.sync_extra > 0) bite(node.ails.stalled, node.ails.sync_extra);
  if (std::exchange(node.ails.torn_armed, false)) {
    schedule_.add(now_ + (done - now_) / 2,
                  Happening::of(Happening::Kind::strikes, node.number, node.ails.torn));
  }
  schedule_.add(done, Happening::of(Happening::Kind::synced, node.number, node.starts));
}

void World::notice(Node& node, const Event& event) {
  trace_.add(event.index());
  if (recorder_ != nullptr) recorder_->note(What::told, node.number, 0, described(event));
  if (const auto* duplicated = std::get_if<NodeDuplicated>(&event)) {
    count_reported(node, duplicated->node);
  }
}

void World::persist(Node& node, std::vector<std::string> records) {
  for (std::string& bytes : records) {
    if (dies_here(node)) return;
    const auto read = records_.read(bytes);
    if (!read) {
      return violate("record", node.number, "a record cannot be read: " + read.error().message);
    }
    const ReadRecord& says = **read;
    if (const auto* made = std::get_if<EntriesRecord>(&says.record)) {
      for (const Entry& entry : made->entries) record_entry(node, entry);
    }
    node.disk.write(std::move(bytes), says.held, says.whole);
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
  budget_.made();
  node.unacknowledged.push_back(number);
  if (recorder_ != nullptr) recorder_->entry(node.number, number, entry);
  node.made_now.push_back(number);
  if (auto wrong = specification_.made(node.number, entry, number)) {
    violate("rule 6", node.number, *wrong);
  }
}

void World::transmit(Node& node, Replica::Transmit transmit) {
  if (dies_here(node)) return;
  if (node.state == NodeState::mute) {
    return violate("mute", node.number, "a node whose storage failed sends");
  }
  const unsigned target = node.route_to[transmit.route];
  if (node.speaks != Speaks::ours) {
    transmit.bytes = as_newer(transmit.bytes, node.speaks, store_);
  }
  std::optional<Frame> frame;
  const bool sampled = node.drains % scenario_.check_every == 0;
  if (sampled || phase_ == Phase::quiet || recorder_ != nullptr) {
    frame = inspected(node, transmit.bytes, sampled && node.speaks == Speaks::ours);
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
  schedule_.add(*node.deadline, Happening::of(Happening::Kind::deadline, node.number, node.starts));
}

ReplicaId World::replica_of(const Node& node) const {
  return {node.id, draws_.bits(Purpose::incarnation, node.number, node.starts) | 1};
}

void World::check(Node& node) {
  if (violation_) return;
  if (!node.disk.held().covers(node.replica->shown())) {
    return violate("durability", node.number, "the shown clock is ahead of the disk");
  }
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
