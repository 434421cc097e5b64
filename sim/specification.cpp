#include "sim/specification.hpp"

#include <algorithm>

#include "crdt/aw_set.hpp"
#include "crdt/lww_register.hpp"
#include "crdt/max_register.hpp"
#include "crdt/min_register.hpp"
#include "crdt/mv_register.hpp"
#include "crdt/pn_counter.hpp"
#include "net/stored.hpp"

namespace rejoin::sim {
namespace {

Family family_of(const ObjectKey& object) {
  return static_cast<Family>(object.type.family);
}

std::int64_t sum(const std::map<ReplicaId, std::int64_t>& totals) {
  std::int64_t all = 0;
  for (const auto& [replica, total] : totals) all += total;
  return all;
}

void keep_greater(std::map<ReplicaId, std::int64_t>& into,
                  const std::map<ReplicaId, std::int64_t>& from) {
  for (const auto& [replica, total] : from) into[replica] = std::max(into[replica], total);
}

std::string listed(std::vector<std::string> texts) {
  std::sort(texts.begin(), texts.end());
  texts.erase(std::unique(texts.begin(), texts.end()), texts.end());
  std::string out;
  for (const std::string& text : texts) out += text + ",";
  return out;
}

std::string printed(const std::optional<std::int64_t>& number) {
  return number ? std::to_string(*number) : "";
}

std::optional<HybridTime> stamp_of(const std::string& bytes) {
  const auto stamped = decoded<Stamped<std::string>>(bytes);
  return stamped ? std::optional(stamped->time) : std::nullopt;
}

// Of the writes that stand, the last: by stamp, then replica.
std::string latest(const Ledger& ledger, const std::vector<DotNumber>& dots,
                   const std::map<DotNumber, Meant>& meant) {
  DotNumber last = no_number;
  for (DotNumber dot : dots) {
    if (last == no_number) {
      last = dot;
      continue;
    }
    const auto a = stamp_of(ledger.dot(dot).value);
    const auto b = stamp_of(ledger.dot(last).value);
    const bool later = a != b ? a > b : ledger.dot(dot).dot.replica > ledger.dot(last).dot.replica;
    if (later) last = dot;
  }
  return last == no_number ? "" : "=" + meant.at(last).text;
}

}  // namespace

void Meant::join(const Meant& other, bool smaller_is_better) {
  keep_greater(ups, other.ups);
  keep_greater(downs, other.downs);
  if (!other.extremum) return;
  if (!extremum ||
      (smaller_is_better ? *other.extremum < *extremum : *other.extremum > *extremum)) {
    extremum = other.extremum;
  }
}

void Specification::begin(unsigned node) {
  draft_ = waiting_[node];
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

void Specification::step(unsigned, const ReplicaId& self, const Store& store, const Step& step) {
  Waiting& waiting = draft_[step.slot];
  const bool amends = step.kind == Step::Kind::amend;
  std::vector<DotNumber> seen;
  see_live(store, step.slot, amends ? &self.node : nullptr, seen);
  if (step.kind == Step::Kind::clear) {
    waiting.value.reset();
    waiting.overwritten.clear();
  } else {
    Meant next;
    if (amends) {
      const Family family = family_of(step.slot.object);
      const bool smaller = family == Family::min_register;
      if (waiting.value) next = *waiting.value;
      for (DotNumber dot : seen) {
        if (!waiting.seen.contains(dot)) next.join(meant_.at(dot), smaller);
      }
      Meant change;
      if (family == Family::g_counter || family == Family::pn_counter) {
        std::int64_t& share = (step.number < 0 ? next.downs : next.ups)[self];
        share += step.number < 0 ? -step.number : step.number;
        if (share == 0) return;  // its delta is bottom, so it did not happen
      } else {
        change.extremum = step.number;
        next.join(change, smaller);
      }
    }
    next.text = step.text;
    for (DotNumber dot : seen) {
      if (!waiting.seen.contains(dot)) waiting.overwritten.insert(dot);
    }
    waiting.value = std::move(next);
  }
  waiting.seen.insert(seen.begin(), seen.end());
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
    const Waiting& waiting = at->second;
    if (removed[slot] != waiting.seen) {
      return "an entry does not remove what its operations saw in " + to_string(slot);
    }
    if (waiting.value.has_value() != put.contains(slot)) {
      return "an entry's values are not its operations' in " + to_string(slot);
    }
    if (waiting.value) {
      const DotNumber dot = put[slot];
      meant_[dot] = *waiting.value;
      for (DotNumber seen : waiting.overwritten) {
        if (family_of(slot.object) == Family::lww_register &&
            stamp_of(ledger_.dot(seen).value) >= stamp_of(ledger_.dot(dot).value)) {
          return "a write is not stamped above what it replaced in " + to_string(slot);
        }
      }
    }
    for (DotNumber seen : waiting.seen) {
      std::vector<EntryNumber>& replacers = replaced_by_[seen];
      if (!replacers.empty() && put.contains(slot)) ++conflicts_;
      replacers.push_back(number);
    }
    waiting_[node].erase(at);
  }
  return std::nullopt;
}

std::vector<DotNumber> Specification::standing(const std::vector<bool>& happened) const {
  std::vector<DotNumber> standing;
  for (const auto& [dot, meant] : meant_) {
    if (!happened[ledger_.dot(dot).entry]) continue;
    const auto replacers = replaced_by_.find(dot);
    const bool replaced = replacers != replaced_by_.end() &&
                          std::any_of(replacers->second.begin(), replacers->second.end(),
                                      [&](EntryNumber entry) { return happened[entry]; });
    if (!replaced) standing.push_back(dot);
  }
  return standing;
}

std::map<ObjectKey, std::string> Specification::values(const std::vector<bool>& happened) const {
  std::map<ObjectKey, std::vector<DotNumber>> by_object;
  for (DotNumber dot : standing(happened)) by_object[ledger_.dot(dot).slot.object].push_back(dot);

  std::map<ObjectKey, std::string> values;
  for (const auto& [object, dots] : by_object) {
    const Family family = family_of(object);
    Meant all;
    std::vector<std::string> texts;
    for (DotNumber dot : dots) {
      all.join(meant_.at(dot), family == Family::min_register);
      texts.push_back(meant_.at(dot).text);
    }
    switch (family) {
      case Family::g_counter:
      case Family::pn_counter:
        values[object] = std::to_string(sum(all.ups) - sum(all.downs));
        break;
      case Family::max_register:
      case Family::min_register:
        values[object] = printed(all.extremum);
        break;
      case Family::lww_register:
        values[object] = latest(ledger_, dots, meant_);
        break;
      case Family::mv_register:
      case Family::aw_set:
        values[object] = listed(texts);
        break;
      default:  // no workload makes the others
        break;
    }
  }
  return values;
}

std::string read_value(const Store& store, const ObjectKey& object) {
  using Text = std::string;
  switch (family_of(object)) {
    case Family::g_counter:
      return std::to_string(open<GCounter>(store, object.name).value());
    case Family::pn_counter:
      return std::to_string(open<PnCounter>(store, object.name).value());
    case Family::max_register:
      return printed(open<MaxRegister<std::int64_t>>(store, object.name).value());
    case Family::min_register:
      return printed(open<MinRegister<std::int64_t>>(store, object.name).value());
    case Family::lww_register: {
      const auto value = open<LwwRegister<Text>>(store, object.name).value();
      return value ? "=" + *value : "";
    }
    case Family::mv_register:
      return listed(open<MvRegister<Text>>(store, object.name).value());
    case Family::aw_set:
      return listed(open<AwSet<Text>>(store, object.name).value());
    default:  // no workload makes the others
      break;
  }
  return "";
}

}  // namespace rejoin::sim
