// When a run has converged, and what must hold then.

#include <algorithm>
#include <map>
#include <utility>

#include "sim/families.hpp"
#include "sim/harvest.hpp"
#include "sim/made.hpp"
#include "sim/world.hpp"

namespace rejoin::sim {

std::string_view name_of(Verdict verdict) {
  switch (verdict) {
    case Verdict::ok:
      return "ok";
    case Verdict::violation:
      return "violation";
    case Verdict::vacuous:
      return "vacuous";
    case Verdict::nondeterministic:
      return "nondeterministic";
  }
  return "unknown";
}

void World::watch_convergence() {
  std::string canonical;
  if (phase_ == Phase::liveness) {
    // What was held back until all heals comes in that instant, and after this event perhaps.
    if (now_ == scenario_.until || !all_equal(canonical)) return;
    converged_at_ = now_;
    converged_canonical_ = std::move(canonical);
    if (scenario_.rounds > 0 && rounds_to_converge() > scenario_.rounds) {
      return violate("rounds", 0,
                     "all was equal after " + std::to_string(rounds_to_converge()) +
                         " digest intervals, " + std::to_string(scenario_.rounds) + " are allowed");
    }
    phase_ = Phase::quiet;
    if (recorder_ != nullptr) recorder_->phase("all replicas are equal");
    return;
  }
  if (now_ < calm_from() + scenario_.quiet) return;
  if (!all_equal(canonical) || canonical != converged_canonical_) {
    // A late duplicate may bring back what all had lost with their disks.
    if (budget_.any_taken() && stragglers_until_ > converged_at_) {
      phase_ = Phase::liveness;
      return;
    }
    return violate("stability", 0, "all was equal, and changed again without any operation");
  }
  phase_ = Phase::over;
}

// A frame that says more than a clock, once all is quiet. Until peer_timeout has passed a node may
// go on offering to a process that is no more: it has no other way to learn that nobody will
// answer.
bool World::disturbs(const Node& node, RouteId route, const Frame& frame) const {
  if (phase_ != Phase::quiet || now_ <= calm_from() + scenario_.quiet / 2) return false;
  const bool only_a_clock =
      std::holds_alternative<ClockShown>(frame.body) || std::holds_alternative<Hello>(frame.body);
  if (only_a_clock) return false;
  if (now_ > calm_from() + plan_.config.peer_timeout_ms * millisecond) return true;
  const Node& other = nodes_[node.route_to.at(route)];
  if (!other.runs()) return false;
  const ReplicaId& there = other.replica->self();
  const std::vector<PeerStatus> peers = node.replica->peers(now_at(node));
  return std::none_of(peers.begin(), peers.end(), [&](const PeerStatus& peer) {
    return peer.route == route && peer.replica && *peer.replica != there;
  });
}

// The first of those that belong here: who left, or never comes back, is not asked.
const Node* World::first() const {
  const auto at =
      std::find_if(nodes_.begin(), nodes_.end(), [](const Node& node) { return node.belongs(); });
  return at == nodes_.end() ? nullptr : &*at;
}

// Up, everything on its disk and shown, and its clock that of the first; or it is not asked.
bool World::settled(const Node& node, const Node& first) const {
  if (!node.belongs()) return true;
  if (node.state != NodeState::up || node.disk.waiting() > 0) return false;
  if (specification_.waiting(node.number) > 0) return false;
  const CausalContext& clock = node.replica->store().clock();
  return node.replica->shown() == clock && clock == first.replica->store().clock();
}

// Asked after every event: whoever was not settled the last time is looked at first.
bool World::all_equal(std::string& canonical) {
  const Node* const first = this->first();
  if (first == nullptr || first->state != NodeState::up) return false;
  if (!settled(nodes_[unsettled_], *first)) return false;
  for (const Node& node : nodes_) {
    unsettled_ = node.number;
    if (!settled(node, *first)) return false;
  }
  canonical = first->replica->store().canonical();
  return std::all_of(nodes_.begin(), nodes_.end(), [&](const Node& node) {
    return !node.belongs() || node.replica->store().canonical() == canonical;
  });
}

std::string World::what_is_unequal() const {
  const Node* const first = this->first();
  if (first == nullptr) return "nobody is left";
  for (const Node& node : nodes_) {
    if (!node.belongs()) continue;
    const std::string name = "n" + std::to_string(node.number);
    if (node.state != NodeState::up) return name + " is not up";
    if (node.disk.waiting() > 0) return name + " waits for its disk";
    if (specification_.waiting(node.number) > 0) return name + " has not made all its entries";
    const Store& store = node.replica->store();
    if (!(node.replica->shown() == store.clock())) return name + " does not show all that it has";
    const Store& of_first = first->replica->store();
    if (!(store.clock() == of_first.clock())) return name + " has another clock than the first";
    if (store.canonical() != of_first.canonical()) return name + " has the same clock, and differs";
  }
  return "it was too late";
}

const Store& World::store_of_all() const {
  return std::find_if(nodes_.begin(), nodes_.end(), [](const Node& node) { return node.runs(); })
      ->replica->store();
}

// Entries are there whole or not at all. Those that are on a disk are there; acknowledged ones are
// on a disk, unless a fault took them (budget.hpp); and what those that are there have seen is,
// too, or was taken.
void World::judge_entries() {
  const CausalContext& clock = store_of_all().clock();
  std::vector<const CausalContext*> left;
  for (const Node& node : nodes_) {
    if (node.belongs()) left.push_back(&node.disk.whole());
  }
  std::vector<bool> happened(ledger_.entry_count());
  for (EntryNumber entry = 0; entry < ledger_.entry_count(); ++entry) {
    const Ledger::MadeEntry& made = ledger_.entry(entry);
    happened[entry] = ledger_.covered(entry, clock);
    totals_.acknowledged += budget_.acknowledged(entry);
    totals_.lost += !happened[entry];
    const std::string name = to_string(ledger_.dot(made.dots.front()).dot);
    if (happened[entry]) continue;
    for (DotNumber dot : made.dots) {
      if (clock.contains(ledger_.dot(dot).dot)) {
        violate("atomicity", made.node, "half of the entry " + name + " is there");
      }
    }
    if (!budget_.may_be_lost(entry, left)) {
      violate("survival", made.node,
              "the " + std::string(budget_.acknowledged(entry) ? "acknowledged " : "") + "entry " +
                  name + " is lost, and no fault took it");
    }
  }
  for (const Ledger::MadeDot& dot : ledger_.dots()) {
    if (happened[dot.entry] || budget_.taken(dot.entry)) continue;
    for (EntryNumber remover : dot.removers) {
      if (!happened[remover]) continue;
      violate("causality", ledger_.entry(remover).node,
              "an entry survived that had seen " + to_string(dot.dot) + ", which did not");
    }
  }
  if (!violation_) judge_values(happened);
  if (violation_) return;
  const std::uint64_t orders = scenario_.check_every == 1 ? 3 : 1;
  if (auto wrong = merged_otherwise(ledger_, happened, converged_canonical_, draws_, orders)) {
    return violate("harvest", 0, *wrong);
  }
  judge_rest();
}

// What a network at rest may still hold: nothing that waits, and of what was only the clock, an
// interval for each incarnation that wrote.
void World::judge_rest() {
  for (const Node& node : nodes_) {
    if (!node.runs()) continue;
    const Replica& replica = *node.replica;
    const Backlog backlog = replica.backlog();
    if (!backlog.empty()) {
      return violate("leak", node.number,
                     "all is quiet, and there wait " + std::to_string(backlog.transactions) +
                         " transactions, " + std::to_string(backlog.records) + " records, " +
                         std::to_string(backlog.frames) + " frames, " +
                         std::to_string(backlog.flights) + " bytes of flights, " +
                         std::to_string(backlog.repairs) + " repairs");
    }
    if (replica.log().bytes() > plan_.config.log_bytes_max) {
      return violate("metadata", node.number, "the log is larger than log_bytes_max");
    }
    if (budget_.any_taken()) continue;  // with a disk, dots were lost that others had seen removed
    if (!replica.store().removed().empty()) {
      return violate("metadata", node.number, "dots stay noted as removed whose entry is there");
    }
    replica.store().clock().each_replica([&](const ReplicaId& who, const SequenceSet& dots) {
      if (dots.count() == dots.last()) return;
      violate("metadata", node.number,
              "the clock has gaps in " + rejoin::to_string(who) + ", and nothing was lost");
    });
  }
}

std::uint64_t World::rounds_to_converge() const {
  const Time round = plan_.config.digest_interval_ms * millisecond;
  const Time after = converged_at_ > scenario_.until ? converged_at_ - scenario_.until : 0;
  return (after + round - 1) / round;
}

void World::judge_values(const std::vector<bool>& happened) {
  for (const Node& node : nodes_) {
    if (node.runs()) misread(node);
  }
  look_in_the_end();
  if (violation_) return;
  const Store& store = store_of_all();
  const std::vector<DotNumber> live = live_in(store, ledger_);
  if (const std::string wrong = unmeant(live, happened); !wrong.empty()) {
    return violate("specification", 0,
                   "what is live is not what the operations left standing: " + wrong);
  }
  std::map<std::string, std::string> values;  // by type and name
  for (const auto& [object, expected] : specification_.values(live)) {
    const std::string value = read_value(store, object);
    const std::string type(word_of(static_cast<Family>(object.type.family)));
    values[type + " " + object.name] = value;
    if (value == expected) continue;
    return violate(
        "specification", 0,
        type + " " + object.name + " reads " + value + ", the operations say " + expected, type);
  }
  judge_expected(values);
}

void World::misread(const Node& node) {
  const auto wrong = specification_.misread(node.replica->store());
  if (wrong) violate("specification", node.number, *wrong, wrong->substr(0, wrong->find(' ')));
}

void World::look_in_the_end() {
  if (!watching_) return;
  for (const Node& node : nodes_) {
    if (!node.runs()) continue;
    const auto broken = watching_->look_in_the_end(node.number, now_, node.replica->latest());
    if (!broken) continue;
    violate("invariant", node.number, broken->invariant + ": " + broken->what, broken->invariant);
  }
}

void World::judge_expected(const std::map<std::string, std::string>& values) {
  for (const auto& [key, expected] : scenario_.expect.value) {
    const auto at = values.find(key);
    // As people write it: a list without its last comma, a text without its mark.
    std::string value = at == values.end() ? "" : at->second;
    if (value.ends_with(",")) value.pop_back();
    if (value.starts_with("=")) value.erase(0, 1);
    if (value == expected) continue;
    return violate("value", 0,
                   key + " reads '" + value + "', the scenario expects '" + expected + "'",
                   key.substr(0, key.find(' ')));
  }
}

// What is live and should not be, or the other way.
std::string World::unmeant(const std::vector<DotNumber>& live,
                           const std::vector<bool>& happened) const {
  const auto has = [](const std::vector<DotNumber>& dots, DotNumber dot) {
    return std::binary_search(dots.begin(), dots.end(), dot);
  };
  const auto named = [&](DotNumber number) {
    return to_string(ledger_.dot(number).dot) + " in " + to_string(ledger_.dot(number).slot);
  };
  const std::vector<DotNumber> standing = specification_.standing(happened);
  for (DotNumber dot : live) {
    if (!has(standing, dot)) return named(dot) + " is live";
  }
  for (DotNumber dot : standing) {
    if (!has(live, dot)) return named(dot) + " is not live";
  }
  return {};
}

Outcome World::outcome() {
  for (Node& node : nodes_) {
    if (!node.replica) continue;
    const Stats& stats = node.replica->stats();
    totals_.repairs += stats.repairs_taken;
    totals_.repairs_interrupted += stats.repairs_interrupted;
    totals_.resends += stats.resends;
    trace_.add(hash64(node.replica->store().canonical()));
  }
  totals_.entries = ledger_.entry_count();
  totals_.conflicts = specification_.conflicts();
  totals_.session_reads = sessions_.reads();
  totals_.session_moves = sessions_.moves();
  totals_.session_waits = sessions_.waits();

  points_.reach_if(Point::conflict, totals_.conflicts > 0);
  points_.reach_if(Point::transaction_refused, totals_.refused > 0);
  points_.reach_if(Point::resend, totals_.resends > 0);
  points_.reach_if(Point::repair, totals_.repairs > 0);
  points_.reach_if(Point::repair_interrupted, totals_.repairs_interrupted > 0);
  points_.reach_if(Point::entry_lost_with_its_disk, totals_.lost > 0);
  points_.reach_if(Point::session_waited, totals_.session_waits > 0);

  Outcome out;
  out.seed = draws_.seed();
  out.rekeys = to_string(draws_.rekeys());
  out.violation = violation_;
  out.trace_hash = trace_.hash().low;
  out.trace_high = trace_.hash().high;
  out.trace_kept = trace_.kept();
  out.events = events_;
  out.virtual_time = now_;
  out.converged_after = converged_at_ > scenario_.until ? converged_at_ - scenario_.until : 0;
  out.rounds = rounds_to_converge();
  out.receipts = plan_.receipts;
  out.totals = totals_;
  out.points = points_;
  if (violation_) {
    out.verdict = Verdict::violation;
    return out;
  }
  for (const Receipt& receipt : out.receipts) {
    if (!receipt.vacuous()) continue;
    out.vacuous = "the fault " + receipt.fault + " bit " + std::to_string(receipt.bites) +
                  " times, at least " + std::to_string(receipt.bites_min) + " are expected";
  }
  const auto expect = [&](const char* what, std::uint64_t got, std::uint64_t least) {
    if (got < least) {
      out.vacuous = std::string(what) + ": " + std::to_string(got) + ", at least " +
                    std::to_string(least) + " are expected";
    }
  };
  expect("repairs", totals_.repairs, scenario_.expect.repairs);
  expect("conflicts", totals_.conflicts, scenario_.expect.conflicts);
  const std::string never = watching_ ? watching_->never_passed() : std::string();
  if (!never.empty()) out.vacuous = "no node passed the point \"" + never + "\"";
  if (!out.vacuous.empty()) out.verdict = Verdict::vacuous;
  return out;
}

}  // namespace rejoin::sim
