#include "sim/oracle.hpp"

#include <utility>

namespace rejoin::sim {
namespace {

template <class... Fs>
struct Visitor : Fs... {
  using Fs::operator()...;
};
template <class... Fs>
Visitor(Fs...) -> Visitor<Fs...>;

}  // namespace

std::optional<Finding> Oracle::check(unsigned node, const Store& store) {
  View& view = views_[node];
  ++view.checks;
  const bool moved = !(view.clock == store.clock());
  if (moved) {
    if (!store.clock().covers(view.clock)) return Finding{"inflation", "the clock lost dots"};
    if (auto wrong = ledger_.invented(store.clock())) return Finding{"invented", *wrong};
  }
  if (auto found = check_live(view, store)) return found;
  if (auto found = check_rule_5(view, store.clock())) return found;
  if (moved) {
    view.clock = store.clock();
    view.clock_hash = hash64(encoded(view.clock));
  }
  return std::nullopt;
}

std::optional<Finding> Oracle::check_live(View& view, const Store& store) const {
  std::vector<DotNumber> live;
  live.reserve(view.live.size() + 4);
  view.live_at.resize(ledger_.dots().size(), 0);
  for (const auto& [object, slots] : store.objects()) {
    for (const auto& [path, fragments] : slots) {
      for (const Store::Live& fragment : fragments) {
        const DotNumber number = number_of(view, store, fragment.dot);
        if (number == no_number) {
          return Finding{"invented",
                         to_string(store.full(fragment.dot)) + " is live and nobody made it"};
        }
        if (view.live_at[number] != view.checks - 1 || view.checks == 1) {
          auto found = check_became_live(view, number, object, path, fragment.value);
          if (found) return found;
        }
        view.live_at[number] = view.checks;
        live.push_back(number);
      }
    }
  }
  for (DotNumber number : view.live) {
    const Ledger::MadeDot& dot = ledger_.dot(number);
    if (view.live_at[number] == view.checks || !dot.removers.empty()) continue;
    return Finding{"lost", to_string(dot.dot) + " in " + to_string(dot.slot) +
                               " was live, is not, and nobody removed it"};
  }
  view.live = std::move(live);
  return std::nullopt;
}

std::optional<Finding> Oracle::check_became_live(const View& view, DotNumber number,
                                                 const ObjectKey& object, const std::string& path,
                                                 const std::string& value) const {
  const Ledger::MadeDot& made = ledger_.dot(number);
  if (!made.has_value || made.slot.object != object || made.slot.path != path ||
      made.value != value) {
    return Finding{"invented", to_string(made.dot) + " is live with what nobody wrote under it"};
  }
  // Its first check sees a store that came back from a disk.
  if (view.checks > 1 && view.clock.contains(made.dot)) {
    return Finding{"resurrection", to_string(made.dot) + " in " + to_string(made.slot) +
                                       " was removed and became live again"};
  }
  return std::nullopt;
}

std::optional<Finding> Oracle::check_rule_5(View& view, const CausalContext& clock) const {
  view.covered.resize(ledger_.entry_count(), false);
  for (DotNumber number : view.live) {
    const Ledger::MadeDot& dot = ledger_.dot(number);
    if (!covered(view, dot.entry, clock)) {
      return Finding{"rule 5", to_string(dot.dot) + " in " + to_string(dot.slot) +
                                   " is live, but its entry is not in the clock"};
    }
    for (EntryNumber remover : dot.removers) {
      if (!covered(view, remover, clock)) continue;
      return Finding{"rule 5", to_string(dot.dot) + " in " + to_string(dot.slot) +
                                   " is live, but an entry in the clock removed it"};
    }
  }
  for (DotNumber number : ledger_.unremoved()) {
    const Ledger::MadeDot& dot = ledger_.dot(number);
    if (view.live_at[number] == view.checks || !covered(view, dot.entry, clock)) continue;
    return Finding{"rule 5", to_string(dot.dot) + " in " + to_string(dot.slot) +
                                 " is in the clock, nobody removed it, and it is not live"};
  }
  return std::nullopt;
}

bool Oracle::covered(View& view, EntryNumber entry, const CausalContext& clock) const {
  if (view.covered[entry]) return true;
  if (!ledger_.covered(entry, clock)) return false;
  view.covered[entry] = true;
  return true;
}

DotNumber Oracle::number_of(View& view, const Store& store, LocalDot dot) const {
  if (dot.replica() >= view.numbers.size()) view.numbers.resize(dot.replica() + 1, no_number);
  std::uint32_t& replica = view.numbers[dot.replica()];
  if (replica == no_number) replica = ledger_.replica_number(store.clock().replica(dot.replica()));
  return ledger_.number(replica, dot.sequence());
}

CausalContext shown_by(const Frame& frame) {
  CausalContext shown;
  const auto show_slots = [&](const std::vector<SlotState>& slots) {
    for (const SlotState& slot : slots) {
      for (const Fragment& fragment : slot.fragments) shown.add(fragment.dot);
    }
  };
  std::visit(Visitor{[&](const Hello& hello) { shown.merge(hello.clock); },
                     [&](const Entries& entries) {
                       for (const Entry& entry : entries.entries) shown.merge(entry.dots);
                     },
                     [&](const ClockShown& clock) { shown.merge(clock.clock); },
                     [&](const RepairChunk& chunk) {
                       shown.merge(chunk.cut_clock);
                       show_slots(chunk.slots);
                     },
                     [](const auto&) {}},
             frame.body);
  return shown;
}

CausalContext held_by(const Record& record) {
  CausalContext held;
  std::visit(
      Visitor{[&](const EntriesRecord& entries) {
                for (const Entry& entry : entries.entries) held.merge(entry.dots);
              },
              [&](const ClockRecord& clock) { held.merge(clock.clock); }, [](const auto&) {}},
      record);
  return held;
}

bool is_whole(const Record& record) {
  return !std::holds_alternative<SlotsRecord>(record);
}

}  // namespace rejoin::sim
