#include "sim/exhaust_case.hpp"

#include <algorithm>
#include <utility>
#include <variant>

#include "crdt/hash.hpp"
#include "sim/description.hpp"
#include "sim/families.hpp"
#include "sim/made.hpp"
#include "sim/perform.hpp"

namespace rejoin::sim {
namespace {

constexpr Time exchange_max = 120 * second;
constexpr unsigned exchange_steps_max = 100'000;
constexpr std::uint64_t incarnation_salt = 0x7265706c696361ULL;

using Kind = ExhaustCase::Step::Kind;

std::string name(unsigned node) {
  return "n" + std::to_string(node);
}

}  // namespace

ExhaustCase::ExhaustCase(const ExhaustSettings& settings, Choices& choices, bool tells)
    : settings_(settings),
      choices_(choices),
      tells_(tells),
      store_(StoreId::named("exhausted")),
      nodes_(settings.replicas),
      operations_left_(settings.program.empty() ? settings.operations
                                                : static_cast<unsigned>(settings.program.size())),
      done_(settings.program.size()),
      drops_left_(settings.drops),
      duplicates_left_(settings.duplicates),
      crashes_left_(settings.crashes),
      ticks_left_(settings.ticks),
      oracle_(ledger_, settings.replicas),
      specification_(ledger_, settings.replicas) {
  if (settings.repair) {
    config_.log_bytes_max = 1;
    config_.repair_chunk_bytes = 1;
  }
  for (unsigned i = 0; i < settings.replicas; ++i) {
    nodes_[i].number = i;
    start(nodes_[i]);
  }
  while (!flights_.empty() && !violation_) {
    const Flight first = std::move(flights_.front());
    flights_.erase(flights_.begin());
    deliver(first);
  }
  syncs_at_once_ = settings.crashes == 0;
}

void ExhaustCase::start(Node& node) {
  ++node.starts;
  const std::uint64_t incarnation =
      combine64(incarnation_salt, combine64(node.number, node.starts)) | 1;
  node.replica = std::make_unique<Replica>(
      Replica::Setup{config_, store_, {NodeId(node.number + 1), incarnation}, name(node.number)});
  for (const std::string& record : node.durable) {
    if (auto good = node.replica->restore(record); !good) {
      return violate("storage", node.number, "a record is refused: " + good.error().message);
    }
  }
  node.replica->start(now(), node.durable.empty());
  node.route_to.clear();
  for (const Node& other : nodes_) {
    if (&other == &node) continue;
    const auto index = static_cast<unsigned>(&other - nodes_.data());
    const RouteId route = node.replica->add_route(now());
    node.route_to.resize(std::max<std::size_t>(node.route_to.size(), route + 1), index);
    node.route_to[route] = index;
  }
  drain(node);
}

// Does what the replica asks for, until it asks for nothing.
void ExhaustCase::drain(Node& node) {
  node.fingerprint.reset();
  while (poll(node) && !violation_) {
    if (syncs_at_once_ && !node.waiting.empty()) sync(node);
  }
  if (!violation_) check(node);
}

bool ExhaustCase::poll(Node& node) {
  bool any = false;
  for (std::string& record : node.replica->poll_persist()) {
    persist(node, std::move(record));
    any = true;
  }
  while (auto out = node.replica->poll_transmit()) {
    transmit(node, *std::move(out));
    any = true;
  }
  while (node.replica->poll_event()) any = true;
  return any;
}

void ExhaustCase::persist(Node& node, std::string bytes) {
  const auto record = decode_record(bytes, store_);
  if (!record) {
    return violate("record", node.number, "a record cannot be read: " + record.error().message);
  }
  if (const auto* made = std::get_if<EntriesRecord>(&*record)) {
    for (const Entry& entry : made->entries) record_entry(node, entry);
  }
  node.waiting.push_back(std::move(bytes));
  node.waiting_held.push_back(held_by(*record));
}

void ExhaustCase::record_entry(Node& node, const Entry& entry) {
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
  node.unacknowledged.push_back(number);
  if (auto wrong = specification_.made(node.number, entry, number)) {
    violate("rule 6", node.number, *wrong);
  }
}

void ExhaustCase::transmit(Node& node, Replica::Transmit out) {
  if (looks_) {
    const auto frame = decode_frame(out.bytes, store_, config_.frame_bytes_max);
    if (!frame) {
      return violate("frame", node.number, "a frame cannot be read: " + frame.error().message);
    }
    if (!node.held.covers(shown_by(*frame))) {
      return violate("durability", node.number,
                     "a frame shows dots that are not durable at its sender");
    }
  }
  const std::uint64_t hash = hash64(out.bytes);
  flights_.push_back({node.number, node.route_to[out.route], std::move(out.bytes), hash});
}

void ExhaustCase::sync(Node& node) {
  node.synced += node.waiting.size();
  for (CausalContext& held : node.waiting_held) node.held.merge(held);
  for (std::string& record : node.waiting) node.durable.push_back(std::move(record));
  node.waiting.clear();
  node.waiting_held.clear();
  node.replica->handle_persisted(node.synced, now());
}

void ExhaustCase::look(bool looks) {
  looks_ = looks;
  for (Node& node : nodes_) {
    if (looks && !violation_) check(node);
  }
}

void ExhaustCase::check(Node& node) {
  if (looks_) {
    if (auto found = oracle_.check(node.number, node.replica->store())) {
      return violate(found->oracle, node.number, found->detail);
    }
  }
  const CausalContext& shown = node.replica->shown();
  if (looks_ && !node.held.covers(shown)) {
    return violate("durability", node.number, "the shown clock is ahead of the disk");
  }
  std::erase_if(node.unacknowledged, [&](EntryNumber entry) {
    if (!ledger_.covered(entry, shown)) return false;
    acknowledged_[entry] = true;
    return true;
  });
}

bool ExhaustCase::at_rest() const {
  return operations_left_ == 0 && flights_.empty() &&
         std::all_of(nodes_.begin(), nodes_.end(),
                     [](const Node& node) { return node.waiting.empty(); });
}

void ExhaustCase::add_operations(std::vector<Step>& steps) const {
  const auto nodes = static_cast<unsigned>(nodes_.size());
  if (settings_.program.empty()) {
    const bool alike = std::none_of(settings_.menu.begin(), settings_.menu.end(),
                                    [](const Act& act) { return is_stamped(act.family); });
    for (unsigned node = 0; node < (alike ? std::min(nodes_used_ + 1, nodes) : nodes); ++node) {
      for (std::size_t act = 0; act < settings_.menu.size(); ++act) {
        steps.push_back({Kind::operate, node, act});
      }
    }
    return;
  }
  std::vector<bool> waits(nodes);  // for an earlier one of the node
  for (std::size_t i = 0; i < settings_.program.size(); ++i) {
    const unsigned node = settings_.program[i].first;
    if (done_[i] || waits[node]) continue;
    waits[node] = true;
    steps.push_back({Kind::operate, node, i});
  }
}

std::vector<ExhaustCase::Step> ExhaustCase::steps() const {
  std::vector<Step> steps;
  if (at_rest()) steps.push_back({Kind::finish, 0, 0});
  for (const Node& node : nodes_) {
    if (!node.waiting.empty()) steps.push_back({Kind::sync, node.number, 0});
  }
  // Of frames that are the same, one.
  std::vector<std::size_t> different;
  for (std::size_t i = 0; i < flights_.size(); ++i) {
    const Flight& flight = flights_[i];
    const bool again = std::any_of(different.begin(), different.end(), [&](std::size_t other) {
      return flights_[other].hash == flight.hash && flights_[other].target == flight.target;
    });
    if (!again) different.push_back(i);
  }
  for (std::size_t i : different) steps.push_back({Kind::deliver, flights_[i].target, i});
  if (operations_left_ > 0) add_operations(steps);
  for (std::size_t i : different) {
    if (drops_left_ > 0) steps.push_back({Kind::drop, flights_[i].target, i});
    if (duplicates_left_ > 0) steps.push_back({Kind::duplicate, flights_[i].target, i});
  }
  for (unsigned node = 0; crashes_left_ > 0 && node < nodes_.size(); ++node) {
    steps.push_back({Kind::crash, node, 0});
  }
  if (ticks_left_ > 0) steps.push_back({Kind::tick, 0, 0});
  return steps;
}

void ExhaustCase::take(const Step& step) {
  Node& node = nodes_[step.node];
  const auto at = flights_.begin() + static_cast<std::ptrdiff_t>(step.which);
  switch (step.kind) {
    case Kind::finish:
      return finish();
    case Kind::operate:
      --operations_left_;
      nodes_used_ = std::max(nodes_used_, step.node + 1);
      node.history =
          combine64(node.history, combine64(static_cast<std::uint64_t>(step.kind), step.which));
      if (settings_.program.empty()) return operate(node, settings_.menu[step.which]);
      done_[step.which] = true;
      return operate(node, settings_.program[step.which].second);
    case Kind::sync:
      tell(name(step.node) + " has synced");
      node.history = combine64(node.history, static_cast<std::uint64_t>(Kind::sync));
      sync(node);
      return drain(node);
    case Kind::drop:
      --drops_left_;
      tell("lost: " + described(*at));
      flights_.erase(at);
      return;
    case Kind::deliver:
    case Kind::duplicate: {
      const Flight flight = *at;
      if (step.kind == Kind::deliver) flights_.erase(at);
      if (step.kind == Kind::duplicate) --duplicates_left_;
      tell((step.kind == Kind::duplicate ? "arrives, and will again: " : "arrives: ") +
           described(flight));
      return deliver(flight);
    }
    case Kind::crash:
      --crashes_left_;
      return crash(node);
    case Kind::tick:
      --ticks_left_;
      tell("the next deadline passes");
      return tick();
  }
}

void ExhaustCase::operate(Node& node, const Act& act) {
  tell(name(node.number) + ": " + to_string(act));
  specification_.begin(node.number);
  const auto done = node.replica->transact(
      [&](Transaction& tx) -> Result<void> {
        Stage stage{node.number, node.replica->store(), tx, specification_,
                    [this](unsigned other) { return nodes_[other].replica->self(); }};
        perform(act, stage);
        return {};
      },
      now());
  const auto refusal = specification_.refusal();
  if (done && refusal) {
    violate("specification", node.number, "an operation was taken that is to be refused");
  } else if (done) {
    specification_.commit(node.number);
  } else if (done.error().code != refusal) {
    violate("refused", node.number, "a transaction was refused: " + done.error().message);
  }
  drain(node);
}

void ExhaustCase::deliver(const Flight& flight) {
  Node& node = nodes_[flight.target];
  node.history = combine64(node.history, combine64(flight.hash, now_));
  const auto taken = node.replica->handle_frame(flight.bytes, now());
  // A hello of a start that ended may come late, and is taken for that of a copy.
  const bool may_be_refused = settings_.crashes > 0;
  if (!taken && !(may_be_refused && taken.error().code == ErrorCode::version_unsupported)) {
    return violate("refused", node.number, "a sound frame was refused: " + taken.error().message);
  }
  drain(node);
}

// How much of what waited reached the disk is a choice, too.
void ExhaustCase::crash(Node& node) {
  const unsigned kept = choices_.choose(static_cast<unsigned>(node.waiting.size()) + 1);
  tell(name(node.number) + " crashes; " + std::to_string(kept) + " of " +
       std::to_string(node.waiting.size()) + " records that waited are on its disk");
  node.history = combine64(node.history, combine64(static_cast<std::uint64_t>(Kind::crash), kept));
  for (unsigned i = 0; i < kept; ++i) {
    node.held.merge(node.waiting_held[i]);
    node.durable.push_back(std::move(node.waiting[i]));
  }
  node.waiting.clear();
  node.waiting_held.clear();
  node.synced = 0;
  node.unacknowledged.clear();
  const CausalContext promised = node.replica->shown();
  oracle_.forget(node.number);
  specification_.forget(node.number);
  start(node);
  if (!violation_ && !node.replica->store().clock().covers(promised)) {
    violate("durability", node.number, "what was shown before the crash did not come back");
  }
}

void ExhaustCase::tick() {
  std::optional<std::uint64_t> next;
  for (const Node& node : nodes_) {
    const auto wanted = node.replica->poll_timeout();
    if (wanted && (!next || *wanted < *next)) next = wanted;
  }
  if (!next) return;
  now_ = std::max(now_, *next);
  for (Node& node : nodes_) {
    node.fingerprint.reset();  // its deadlines are nearer
    const auto wanted = node.replica->poll_timeout();
    if (violation_ || !wanted || *wanted > now_) continue;
    node.history = combine64(node.history, combine64(static_cast<std::uint64_t>(Kind::tick), now_));
    node.replica->handle_timeout(now());
    drain(node);
  }
}

// Everything heals, and is left to itself.
void ExhaustCase::finish() {
  tell("all is left to itself");
  syncs_at_once_ = true;
  const Time until = now_ + exchange_max;
  for (unsigned step = 0; !violation_; ++step) {
    if (flights_.empty() && all_equal()) return judge();
    if (now_ > until || step > exchange_steps_max) {
      return violate("liveness", 0, "the replicas do not become equal");
    }
    if (flights_.empty()) {
      tick();
    } else {
      const Flight first = std::move(flights_.front());
      flights_.erase(flights_.begin());
      deliver(first);
    }
  }
}

bool ExhaustCase::all_equal() const {
  const std::string canonical = nodes_.front().replica->store().canonical();
  return std::all_of(nodes_.begin(), nodes_.end(), [&](const Node& node) {
    return node.replica->shown() == node.replica->store().clock() &&
           node.replica->store().canonical() == canonical;
  });
}

// As world_end.cpp has it for runs in which no disk is lost.
void ExhaustCase::judge() {
  const CausalContext& clock = nodes_.front().replica->store().clock();
  std::vector<bool> happened(ledger_.entry_count());
  for (EntryNumber entry = 0; entry < ledger_.entry_count(); ++entry) {
    const Ledger::MadeEntry& made = ledger_.entry(entry);
    happened[entry] = ledger_.covered(entry, clock);
    if (happened[entry]) continue;
    const std::string first = to_string(ledger_.dot(made.dots.front()).dot);
    for (DotNumber dot : made.dots) {
      if (clock.contains(ledger_.dot(dot).dot)) {
        violate("atomicity", made.node, "half of the entry " + first + " is there");
      }
    }
    if (acknowledged_[entry]) {
      violate("survival", made.node, "the acknowledged entry " + first + " is lost");
    }
  }
  for (const Ledger::MadeDot& dot : ledger_.dots()) {
    for (EntryNumber remover : dot.removers) {
      if (!happened[remover] || happened[dot.entry]) continue;
      violate("causality", ledger_.entry(remover).node,
              "an entry survived that had seen " + to_string(dot.dot) + ", which did not");
    }
  }
  if (!violation_) judge_values(happened);
}

void ExhaustCase::judge_values(const std::vector<bool>& happened) {
  const Store& store = nodes_.front().replica->store();
  const std::vector<DotNumber> live = live_in(store, ledger_);
  if (live != specification_.standing(happened)) {
    return violate("specification", 0, "what is live is not what the operations left standing");
  }
  for (const auto& [object, expected] : specification_.values(live)) {
    const std::string value = read_value(store, object);
    if (value == expected) continue;
    return violate("specification", 0,
                   object.name + " reads " + value + ", the operations say " + expected);
  }
}

std::string ExhaustCase::described(const Flight& flight) const {
  const auto frame = decode_frame(flight.bytes, store_, config_.frame_bytes_max);
  return name(flight.source) + " -> " + name(flight.target) + "  " +
         (frame ? sim::described(*frame) : "?");
}

void ExhaustCase::violate(const std::string& oracle, unsigned node, const std::string& detail) {
  if (violation_) return;
  violation_ = Violation{oracle, node, now_, detail};
}

}  // namespace rejoin::sim
