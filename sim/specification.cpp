#include "sim/specification.hpp"

#include <algorithm>

#include "crdt/assert.hpp"
#include "crdt/codec.hpp"
#include "net/fingerprint.hpp"
#include "net/key.hpp"

namespace rejoin::sim {
namespace {

Family family_of(const ObjectKey& object) {
  return static_cast<Family>(object.type.family);
}

// What a stamped value begins with, whatever comes behind it.
std::optional<HybridTime> stamp_of(const std::string& bytes) {
  ByteReader in(bytes);
  HybridTime time;
  return get_fixed64(in, time.value) ? std::optional(time) : std::nullopt;
}

void add_totals(Fingerprint& out, const std::map<ReplicaId, std::int64_t>& totals) {
  out.add(totals.size());
  for (const auto& [replica, total] : totals) {
    out.add(replica);
    out.add(total);
  }
}

void add(Fingerprint& out, const Meant::Addition& addition) {
  out.add(addition.first);
  out.add(addition.second);
}

void add(Fingerprint& out, const Meant& meant) {
  REJOIN_ASSERT(meant.events.empty());
  out.add(meant.field);
  out.add(meant.text);
  out.add(meant.taken);
  out.add(meant.opaque);
  out.add(meant.best);
  add_totals(out, meant.ups);
  add_totals(out, meant.downs);
  out.add(meant.moved.size());
  for (const auto& [way, number] : meant.moved) {
    out.add(way.first);
    out.add(way.second);
    out.add(number);
  }
  out.add_each(meant.elements);
  out.add(meant.added.size());
  for (const auto& [addition, number] : meant.added) {
    add(out, addition);
    out.add(number);
  }
  out.add(meant.reset.size());
  for (const Meant::Addition& addition : meant.reset) add(out, addition);
  out.add(meant.shares.size());
  for (const auto& [share, replica] : meant.shares) {
    out.add(share);
    out.add(replica);
  }
}

}  // namespace

void Specification::begin(unsigned node) {
  draft_ = waiting_[node];
  refusal_.reset();
}

void Specification::see_live(const Store& store, const SlotKey& slot, const NodeId* only,
                             std::vector<DotNumber>& seen) const {
  const auto object = store.objects().find(slot.object);
  if (object == store.objects().end()) return;
  const auto fragments = object->second.find(slot.path);
  if (fragments == object->second.end()) return;
  for (const Store::Live& live : fragments->second) {
    const Dot dot = store.full(live.dot);
    if (only == nullptr || dot.replica.node == *only) seen.push_back(ledger_.number(dot));
  }
}

Meant Specification::joined(const Waiting* waiting, const std::vector<DotNumber>& live,
                            Family family) const {
  Meant all;
  if (waiting && waiting->value) all = *waiting->value;
  for (DotNumber dot : live) {
    if (waiting && waiting->seen.contains(dot)) continue;
    REJOIN_ASSERT(meant_by(dot) != nullptr);  // live, so somebody put it
    const Meant& meant = *meant_by(dot);
    all.join(meant, family);
    all.taken = all.taken || meant.taken;
  }
  return all;
}

std::optional<Meant> Specification::seen(const Store& store, const SlotKey& slot) const {
  const auto at = draft_.find(slot);
  const Waiting* waiting = at == draft_.end() ? nullptr : &at->second;
  std::vector<DotNumber> live;
  see_live(store, slot, nullptr, live);
  const bool any = std::any_of(live.begin(), live.end(), [&](DotNumber dot) {
    return waiting == nullptr || !waiting->seen.contains(dot);
  });
  if (!any && !(waiting && waiting->value)) return std::nullopt;
  return joined(waiting, live, family_of_share(family_of(slot.object)));
}

void Specification::step(unsigned, const ReplicaId& self, const Store& store, const Step& step) {
  const Family family = family_of_share(family_of(step.slot.object));
  const Meant all = step.amends() ? seen(store, step.slot).value_or(Meant()) : Meant();
  Waiting& waiting = draft_[step.slot];
  std::vector<DotNumber> live;
  see_live(store, step.slot, step.amends() ? &self.node : nullptr, live);
  if (step.kind == Step::Kind::clear) {
    waiting.value.reset();
    waiting.overwritten.clear();
  } else {
    Meant next;
    if (step.amends()) {
      next = joined(&waiting, live, family);
      if (!amend(next, all, step, self, family, fresh_)) return;
    }
    next.text = step.text;
    next.field = step.field;
    next.taken = step.taken;
    for (DotNumber dot : live) {
      if (!waiting.seen.contains(dot)) waiting.overwritten.insert(dot);
    }
    waiting.value = std::move(next);
  }
  waiting.seen.insert(live.begin(), live.end());
}

std::vector<std::string> Specification::filled(const Store& store, const ObjectKey& object) const {
  std::set<std::string> paths;
  const auto slots = store.objects().find(object);
  if (slots != store.objects().end()) {
    for (const auto& [path, live] : slots->second) {
      const auto waiting = draft_.find({object, path});
      for (const Store::Live& fragment : live) {
        const DotNumber dot = ledger_.number(store.full(fragment.dot));
        if (waiting == draft_.end() || !waiting->second.seen.contains(dot)) paths.insert(path);
      }
    }
  }
  for (const auto& [slot, waiting] : draft_) {
    if (slot.object == object && waiting.value) paths.insert(slot.path);
  }
  return {paths.begin(), paths.end()};
}

void Specification::commit(unsigned node) {
  std::erase_if(draft_,
                [](const auto& entry) { return entry.second.seen.empty() && !entry.second.value; });
  waiting_[node] = std::move(draft_);
  draft_.clear();
}

std::optional<std::string> Specification::made(unsigned node, const Entry& entry,
                                               EntryNumber number) {
  std::map<SlotKey, std::set<DotNumber>> removed;
  for (const Removal& removal : entry.removals) {
    for (std::uint64_t s = removal.dots.first; s <= removal.dots.last; ++s) {
      removed[removal.slot].insert(ledger_.number(Dot{removal.replica, s}));
    }
  }
  std::map<SlotKey, DotNumber> put;
  for (const Put& value : entry.puts) put[value.slot] = ledger_.number(value.dot);

  std::set<SlotKey> slots;
  for (const auto& [slot, dots] : removed) slots.insert(slot);
  for (const auto& [slot, dot] : put) slots.insert(slot);
  for (const SlotKey& slot : slots) {
    const auto at = waiting_[node].find(slot);
    if (at == waiting_[node].end()) return "an entry touches " + to_string(slot) + " unasked";
    Waiting& waiting = at->second;
    if (removed[slot] != waiting.seen) {
      return "an entry does not remove what its operations saw in " + to_string(slot);
    }
    const bool is_put = waiting.value.has_value();
    if (is_put != put.contains(slot)) {
      return "an entry's values are not its operations' in " + to_string(slot);
    }
    if (is_put) {
      const DotNumber dot = put[slot];
      if (dot >= meant_.size()) meant_.resize(dot + 1);
      meant_[dot] = std::move(waiting.value);
      for (DotNumber seen : waiting.overwritten) {
        if (is_stamped(family_of(slot.object)) &&
            stamp_of(ledger_.dot(seen).value) >= stamp_of(ledger_.dot(dot).value)) {
          return "a write is not stamped above what it replaced in " + to_string(slot);
        }
      }
    }
    for (DotNumber seen : waiting.seen) {
      REJOIN_ASSERT(seen != no_number);
      if (seen >= replaced_by_.size()) replaced_by_.resize(seen + 1);
      std::vector<EntryNumber>& replacers = replaced_by_[seen];
      if (!replacers.empty() && is_put) ++conflicts_;
      replacers.push_back(number);
    }
    waiting_[node].erase(at);
  }
  return std::nullopt;
}

std::vector<DotNumber> Specification::standing(const std::vector<bool>& happened) const {
  std::vector<DotNumber> standing;
  for (DotNumber dot = 0; dot < meant_.size(); ++dot) {
    if (!meant_[dot] || !happened[ledger_.dot(dot).entry]) continue;
    const bool replaced = dot < replaced_by_.size() &&
                          std::any_of(replaced_by_[dot].begin(), replaced_by_[dot].end(),
                                      [&](EntryNumber entry) { return happened[entry]; });
    if (!replaced) standing.push_back(dot);
  }
  return standing;
}

std::map<ObjectKey, std::string> Specification::values(
    const std::vector<DotNumber>& standing) const {
  std::map<ObjectKey, std::vector<DotNumber>> by_object;
  for (DotNumber dot : standing) by_object[ledger_.dot(dot).slot.object].push_back(dot);

  std::map<ObjectKey, std::string> values;
  for (const auto& [object, dots] : by_object) {
    const bool opaque =
        std::any_of(dots.begin(), dots.end(), [&](DotNumber dot) { return meant_by(dot)->opaque; });
    if (opaque || own_.contains(object)) continue;
    const Family family = family_of(object);
    std::vector<Standing> together;
    for (DotNumber dot : dots) {
      const Ledger::MadeDot& made = ledger_.dot(dot);
      const HybridTime stamp =
          is_stamped(family) ? stamp_of(made.value).value_or(HybridTime()) : HybridTime();
      together.push_back({*meant_by(dot), made.slot.path, stamp, made.dot.replica});
    }
    values[object] = value_of(family, together);
  }
  return values;
}

std::uint64_t Specification::fingerprint() const {
  std::uint64_t sum = 0;
  const auto name = [&](DotNumber number) { return ledger_.dot(number).dot; };
  for (DotNumber dot = 0; dot < meant_.size(); ++dot) {
    if (!meant_[dot]) continue;
    Fingerprint one;
    one.add(name(dot));
    add(one, *meant_[dot]);
    sum += mix64(one.value());
  }
  for (DotNumber dot = 0; dot < replaced_by_.size(); ++dot) {
    for (EntryNumber entry : replaced_by_[dot]) {
      Fingerprint one;
      one.add(name(dot));
      one.add(name(ledger_.entry(entry).dots.front()));
      sum += mix64(one.value());
    }
  }
  Fingerprint out;
  out.add(fresh_);
  out.add(sum);
  for (const Pending& pending : waiting_) {
    out.add(pending.size());
    for (const auto& [slot, waiting] : pending) {
      out.add(slot);
      std::uint64_t dots = 0;
      for (DotNumber dot : waiting.seen) {
        Fingerprint one;
        one.add(name(dot));
        one.add(waiting.overwritten.contains(dot));
        dots += mix64(one.value());
      }
      out.add(dots);
      out.add(waiting.value.has_value());
      if (waiting.value) add(out, *waiting.value);
    }
  }
  return out.value();
}

}  // namespace rejoin::sim
