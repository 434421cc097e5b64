#include "sim/meant.hpp"

#include <algorithm>
#include <tuple>

#include "sim/specification.hpp"

namespace rejoin::sim {
namespace {

template <class Key>
void keep_greater(std::map<Key, std::int64_t>& into, const std::map<Key, std::int64_t>& from) {
  for (const auto& [key, total] : from) into[key] = std::max(into[key], total);
}

template <class Key>
std::int64_t sum(const std::map<Key, std::int64_t>& totals) {
  std::int64_t all = 0;
  for (const auto& [key, total] : totals) all += total;
  return all;
}

// The order that the workload gives an ordered register: by the last digit, then as numbers.
bool beats(std::int64_t a, std::int64_t b, Family family) {
  if (family == Family::min_register) return a < b;
  if (family == Family::ordered_register) return std::pair(a % 10, a) > std::pair(b % 10, b);
  return a > b;
}

bool add_to_resettable(Meant& mine, const Meant& all, const Step& step, const ReplicaId& self,
                       std::uint64_t& fresh) {
  // The share of this replica that lives; a new one where none is left.
  std::uint64_t share = 0;
  for (const auto& [addition, amount] : mine.added) {
    if (mine.shares.at(addition.first) == self) share = std::max(share, addition.first);
  }
  if (share == 0) share = ++fresh;
  mine.shares[share] = self;
  mine.added[{share, ++fresh}] = step.number;
  // What it knows to be reset of itself it says too.
  for (const auto& addition : all.reset) {
    if (addition.first == share) mine.reset.insert(addition);
  }
  return true;
}

bool reset(Meant& mine, const Meant& all) {
  std::set<std::uint64_t> standing;  // shares of which something is left
  for (const auto& [addition, amount] : all.added) {
    if (!all.reset.contains(addition)) standing.insert(addition.first);
  }
  for (const auto& [addition, amount] : all.added) {
    if (standing.contains(addition.first)) mine.reset.insert(addition);
  }
  return !standing.empty();
}

bool count(Meant& mine, std::int64_t by, const ReplicaId& self) {
  std::int64_t& share = (by < 0 ? mine.downs : mine.ups)[self];
  share += by < 0 ? -by : by;
  return share != 0;  // else its delta is bottom
}

std::string printed(std::int64_t number) {
  return std::to_string(number);
}

// Of the writes of one slot the last.
const Standing* last_of(const std::vector<const Standing*>& slot) {
  return *std::max_element(slot.begin(), slot.end(), [](const Standing* a, const Standing* b) {
    return std::tie(a->stamp, a->by) < std::tie(b->stamp, b->by);
  });
}

bool any_taken(const std::vector<const Standing*>& slot) {
  return std::any_of(slot.begin(), slot.end(), [](const Standing* s) { return s->meant.taken; });
}

// The line of one slot of a set or a map; nothing if it is not there.
std::optional<std::string> line_of(Family family, const std::vector<const Standing*>& slot) {
  const Meant& first = slot.front()->meant;
  switch (family) {
    case Family::two_phase_set:
    case Family::rw_set:
      return any_taken(slot) ? std::nullopt : std::optional(first.text);
    case Family::lww_set:
    case Family::lww_map: {
      const Meant& last = last_of(slot)->meant;
      if (last.taken) return std::nullopt;
      return family == Family::lww_set ? last.text : last.field + "=" + last.text;
    }
    case Family::multi_map:
      return first.field + "=" + first.text;
    case Family::g_map:
    case Family::or_map: {
      Meant all;
      for (const Standing* share : slot) all.join(share->meant, Family::pn_counter);
      return first.field + "=" + printed(sum(all.ups) - sum(all.downs));
    }
    default:
      return first.text;
  }
}

std::string value_of_slots(Family family, const std::vector<Standing>& standing) {
  std::map<std::string, std::vector<const Standing*>> slots;
  for (const Standing& each : standing) slots[each.path].push_back(&each);
  std::vector<std::string> lines;
  for (const auto& [path, slot] : slots) {
    if (auto line = line_of(family, slot)) lines.push_back(*std::move(line));
  }
  return listed(std::move(lines));
}

}  // namespace

void Meant::join(const Meant& other, Family family) {
  keep_greater(ups, other.ups);
  keep_greater(downs, other.downs);
  keep_greater(moved, other.moved);
  elements.insert(other.elements.begin(), other.elements.end());
  added.insert(other.added.begin(), other.added.end());
  reset.insert(other.reset.begin(), other.reset.end());
  shares.insert(other.shares.begin(), other.shares.end());
  events.insert(other.events.begin(), other.events.end());
  opaque = opaque || other.opaque;
  if (other.best && (!best || beats(*other.best, *best, family))) best = other.best;
}

Family family_of_share(Family family) {
  return family == Family::g_map || family == Family::or_map ? Family::pn_counter : family;
}

bool is_stamped(Family family) {
  return family == Family::lww_register || family == Family::lww_set || family == Family::lww_map;
}

bool amend(Meant& mine, const Meant& all, const Step& step, const ReplicaId& self, Family family,
           std::uint64_t& fresh) {
  using Kind = Step::Kind;
  if (step.own) {
    OwnEvent event{++fresh, step.own, step.at, {}};
    for (const auto& [number, seen] : all.events) event.saw.insert(number);
    mine.events[event.number] = std::make_shared<const OwnEvent>(std::move(event));
    return true;
  }
  switch (family) {
    case Family::g_counter:
    case Family::pn_counter:
      return count(mine, step.number, self);
    case Family::resettable_counter:
      return step.kind == Kind::reset ? reset(mine, all)
                                      : add_to_resettable(mine, all, step, self, fresh);
    case Family::bounded_counter: {
      if (step.number == 0 || (step.kind == Kind::move && step.to == self)) return false;
      // Its totals are of all that this replica sees, in whoever's share they are.
      const Meant::Way way{self, step.kind == Kind::move ? step.to : self};
      const bool takes = step.kind == Kind::subtract;
      if (takes) {
        const auto taken = all.downs.find(self);
        mine.downs[self] = (taken == all.downs.end() ? 0 : taken->second) + step.number;
      } else {
        const auto moved = all.moved.find(way);
        mine.moved[way] = (moved == all.moved.end() ? 0 : moved->second) + step.number;
      }
      return true;
    }
    case Family::hyper_log_log:
      return mine.elements.insert(step.text).second;
    case Family::lattice_value:
      mine.elements.insert(step.text);
      return true;
    default: {
      Meant change;
      change.best = step.number;
      mine.join(change, family);
      return true;
    }
  }
}

std::int64_t rights_in(const Meant& all, const ReplicaId& self) {
  std::int64_t rights = 0;
  for (const auto& [way, number] : all.moved) {
    if (way.second == self) rights += number;
    if (way.first == self && way.second != self) rights -= number;
  }
  const auto taken = all.downs.find(self);
  return rights - (taken == all.downs.end() ? 0 : taken->second);
}

std::string value_of(Family family, const std::vector<Standing>& standing) {
  Meant all;
  std::vector<const Standing*> slot;
  for (const Standing& each : standing) {
    all.join(each.meant, family);
    slot.push_back(&each);
  }
  switch (family) {
    case Family::g_counter:
    case Family::pn_counter:
      return printed(sum(all.ups) - sum(all.downs));
    case Family::bounded_counter: {
      std::int64_t put_in = 0;
      for (const auto& [way, number] : all.moved) put_in += way.first == way.second ? number : 0;
      // Held at the bound: what was put in may be lost with a disk, and what was taken of it not.
      return printed(std::max<std::int64_t>(0, put_in - sum(all.downs)));
    }
    case Family::resettable_counter:
      for (const Meant::Addition& addition : all.reset) all.added.erase(addition);
      return printed(sum(all.added));
    case Family::max_register:
    case Family::min_register:
    case Family::ordered_register:
      return all.best ? printed(*all.best) : "";
    case Family::hyper_log_log:
      return printed(static_cast<std::int64_t>(all.elements.size()));
    case Family::lattice_value:
      return listed({all.elements.begin(), all.elements.end()});
    case Family::ew_flag:
    case Family::dw_flag:
      return slot.empty() || any_taken(slot) ? "" : "on";
    case Family::lww_register:
      return slot.empty() ? "" : "=" + last_of(slot)->meant.text;
    case Family::mv_register: {
      std::vector<std::string> texts;
      for (const Standing* write : slot) texts.push_back(write->meant.text);
      return listed(std::move(texts));
    }
    default:
      return value_of_slots(family, standing);
  }
}

std::string listed(std::vector<std::string> texts) {
  std::sort(texts.begin(), texts.end());
  texts.erase(std::unique(texts.begin(), texts.end()), texts.end());
  std::string out;
  for (const std::string& text : texts) out += text + ",";
  return out;
}

}  // namespace rejoin::sim
