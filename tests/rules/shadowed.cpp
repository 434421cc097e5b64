#include "tests/rules/shadowed.hpp"

#include <algorithm>
#include <set>
#include <utility>

namespace rejoin::rules {

// Several objects, two of one name, and a type that no program knows; some paths are prefixes of
// others.
const std::vector<SlotKey>& slots() {
  static const std::vector<SlotKey> all = [] {
    const ObjectKey cart{{7, 6}, "cart"};
    const ObjectKey other{{7, 5}, "cart"};
    const ObjectKey unknown{{999, 77}, "a"};
    std::vector<SlotKey> keys = {{cart, ""},    {cart, "m"},    {cart, "mi"},
                                 {other, "mi"}, {unknown, "x"}, {unknown, std::string(1, '\0')}};
    std::sort(keys.begin(), keys.end());
    return keys;
  }();
  return all;
}

const std::string& name_of(const SlotKey& slot) {
  static const std::vector<std::string> names = {"0", "1", "2", "3", "4", "5"};
  const auto at = std::find(slots().begin(), slots().end(), slot);
  return names.at(static_cast<std::size_t>(at - slots().begin()));
}

namespace {

Dot modelled(const rejoin::Dot& dot) {
  return {dot.replica.node.bytes[15], dot.sequence};
}

void add(Dots& out, const ReplicaId& replica, Interval interval) {
  for (std::uint64_t at = interval.first; at <= interval.last; ++at) {
    out.insert(modelled(rejoin::Dot{replica, at}));
  }
}

}  // namespace

Dots modelled(const CausalContext& context) {
  Dots out;
  context.each_interval(
      [&](const ReplicaId& replica, Interval interval) { add(out, replica, interval); });
  return out;
}

Entry modelled(const rejoin::Entry& entry) {
  Entry out;
  out.dots = modelled(entry.dots);
  for (const Put& put : entry.puts) out.values.insert({name_of(put.slot), modelled(put.dot)});
  for (const Removal& removal : entry.removals) {
    Dots dots;
    add(dots, removal.replica, removal.dots);
    for (const Dot& dot : dots) out.removed.insert({name_of(removal.slot), dot});
  }
  return out;
}

Shadowed::Shadowed(std::uint64_t id, Random& random)
    : self_(id),
      batch_(real_, self_),
      // A log that trims soon, or late.
      log_(random.percent(50) ? 1'000 : 100'000) {}

void Shadowed::transact(Random& random) {
  Transaction tx(batch_, config_, self_, HybridTime{1});
  const std::uint64_t operations = 1 + random.below(3);
  for (std::uint64_t i = 0; i < operations; ++i) {
    const SlotKey& slot = slots()[random.below(slots().size())];
    const Dots& live = model_.at(name_of(slot));
    Waiting& waiting = waiting_[name_of(slot)];
    waiting.seen.insert(live.begin(), live.end());
    waiting.puts = random.percent(60);
    if (waiting.puts) {
      tx.put(slot, "v" + std::to_string(self_.node.bytes[15]) + "." + std::to_string(++values_));
    } else {
      tx.clear(slot);
    }
  }
  batch_.add(tx.changes());
}

std::optional<std::string> Shadowed::flush(Ledger& ledger, std::map<Dot, std::string>& written) {
  std::map<SlotKey, rejoin::Dot> minted;
  std::map<std::string, Waiting> made;
  for (rejoin::Entry& entry : batch_.flush(real_.clock().last(self_), minted)) {
    const Entry mirror = modelled(entry);
    Values seen;
    std::map<std::string, Waiting> mine;
    for (const Value& value : mirror.values) mine[value.slot].puts = true;
    for (const Value& value : mirror.removed) mine[value.slot].seen.insert(value.dot);
    for (auto& [slot, waiting] : mine) {
      for (const Dot& dot : waiting_[slot].seen) seen.insert({slot, dot});
      if (!made.emplace(slot, std::move(waiting)).second) return slot + " is in two entries";
    }
    std::set<Dot> under;
    for (const Put& put : entry.puts) {
      written[modelled(put.dot)] = put.value;
      if (!under.insert(modelled(put.dot)).second) return "a dot is under two slots";
    }
    if (mirror.dots.size() > mirror.values.size() + 1) return "an entry took too many dots";
    ledger.record(mirror, seen);
    receive(entry);
  }
  for (const auto& [slot, waiting] : waiting_) {
    const Waiting& in_entry = made[slot];
    if (in_entry.puts != waiting.puts) return slot + ": a value was lost or made up";
    if (in_entry.seen != waiting.seen) return slot + ": what was seen and what is removed differ";
  }
  waiting_.clear();
  return std::nullopt;
}

bool Shadowed::log_serves(const Shadowed& peer) const {
  return log_.dots().covers(real_.clock() - peer.real_.clock());
}

std::vector<rejoin::Entry> Shadowed::for_peer(const Shadowed& peer, Random& random,
                                              bool all) const {
  std::vector<rejoin::Entry> found;
  const CausalContext lacking = real_.clock() - peer.real_.clock();
  for (const rejoin::Entry* entry : log_.collect(lacking, UINT64_MAX)) found.push_back(*entry);
  for (std::size_t left = found.size(); left > 1; --left) {
    const std::size_t other = random.below(left);
    std::swap(found[left - 1], found[other]);
  }
  if (!all) found.resize(random.below(found.size() + 1));
  std::vector<rejoin::Entry> out;
  for (rejoin::Entry& entry : found) {
    if (!out.empty() && random.percent(30)) {
      out.back() = rejoin::join(out.back(), entry);
    } else {
      out.push_back(std::move(entry));
    }
  }
  return out;
}

void Shadowed::receive(const rejoin::Entry& entry) {
  std::set<ObjectKey> changed;
  if (real_.merge(entry, &changed)) {
    disk_.push_back({{entry}, {}, {}, {}});
    log_.append(entry);
  }
  model_.merge(modelled(entry));
}

void Shadowed::begin_repair(Shadowed& donor) {
  repair_ = Repair{donor.real_.take_cut(),
                   donor.model_.cut(),
                   donor.model_.slots(),
                   model_.open_session(donor.model_.cut()),
                   {},
                   {}};
  real_.begin_repair(repair_->taken->clock, repair_->taken->removed);
}

void Shadowed::ask_for_chunk(const Shadowed& donor, Random& random) {
  CausalContext context = real_.clock();
  context.merge(real_.removed());
  Chunk chunk;
  const std::uint64_t bytes_max = random.below(120);
  if (repair_->cursor) repair_->taken->forget_before(*repair_->cursor);
  chunk.slots =
      donor.real_.slots_from(repair_->cursor, bytes_max, context, chunk.upto, repair_->taken.get());
  repair_->chunk = std::move(chunk);
}

std::optional<std::string> Shadowed::apply_chunk() {
  Chunk chunk = *std::exchange(repair_->chunk, std::nullopt);
  const Result<void> kept = real_.keep_chunk(std::move(chunk.slots), chunk.upto);
  if (!kept) return "a chunk was refused: " + kept.error().message;
  repair_->cursor = chunk.upto;
  if (chunk.upto) return std::nullopt;
  std::set<ObjectKey> changed;
  rejoin::Store::Repaired repaired = real_.finish_repair(changed);
  disk_.push_back({{}, std::move(repaired.slots), repaired.clock, repaired.removed});
  for (const SlotKey& slot : slots()) {
    const auto shown = repair_->shown.find(name_of(slot));
    model_.keep_object(repair_->session, name_of(slot),
                       shown == repair_->shown.end() ? Dots{} : shown->second);
  }
  model_.finish({repair_->session}, repair_->cut);
  model_.close_session(repair_->session);
  repair_.reset();
  return std::nullopt;
}

void Shadowed::interrupt_repair() {
  real_.abandon_repair();
  model_.close_session(repair_->session);
  repair_.reset();
}

bool Shadowed::replays() const {
  rejoin::Store out;
  std::set<ObjectKey> changed;
  for (const Record& record : disk_) {
    for (const rejoin::Entry& entry : record.entries) out.merge(entry, &changed);
    for (const SlotState& state : record.slots) out.replace(state, changed);
    out.adopt(record.clock, record.removed);
  }
  return out.canonical() == real_.canonical();
}

std::optional<std::string> Shadowed::difference(const std::map<Dot, std::string>& written) const {
  const std::string where = "replica " + std::to_string(self_.node.bytes[15]) + ": ";
  if (modelled(real_.clock()) != model_.clock()) return where + "D differs from the model's";
  if (modelled(real_.removed()) != model_.removals()) return where + "R differs from the model's";
  Values live;
  std::uint64_t count = 0;
  std::uint64_t bytes = 0;
  std::optional<std::string> wrong;
  for (const SlotKey& slot : slots()) {
    real_.each_fragment(slot, [&](const rejoin::Dot& dot, std::string_view value) {
      live.insert({name_of(slot), modelled(dot)});
      ++count;
      bytes += value.size();
      if (written.at(modelled(dot)) != value) wrong = where + "a dot has another value";
    });
  }
  if (wrong) return wrong;
  if (live != model_.live()) return where + "M differs from the model's";
  if (count != live.size() || count != real_.live_count()) return where + "live dots miscounted";
  if (bytes != real_.value_bytes()) return where + "bytes of values miscounted";
  return std::nullopt;
}

}  // namespace rejoin::rules
