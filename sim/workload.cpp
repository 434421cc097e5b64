#include "sim/workload.hpp"

#include <algorithm>
#include <string>

#include "sim/families.hpp"

namespace rejoin::sim {
namespace {

// One act of a transaction, from its draws.
class ActDrawer {
 public:
  ActDrawer(const Workload& workload, const Draws& draws, std::uint64_t k, unsigned part,
            unsigned node)
      : workload_(workload), draws_(draws), k_(k), part_(part), node_(node) {}

  Act draw() const {
    Act act;
    const std::size_t types = workload_.families.size() + workload_.own.size();
    const std::size_t type = bits(Purpose::operation_kind) % types;
    if (type >= workload_.families.size()) {
      act.key = name();
      act.own = workload_.own[type - workload_.families.size()]->draw(act.key, value());
      return act;
    }
    act.family = workload_.families[type];
    act.key = name();
    fill(act);
    return act;
  }

 private:
  std::uint64_t bits(Purpose purpose) const { return draws_.bits(purpose, k_, part_); }
  std::uint64_t value() const { return bits(Purpose::operation_value); }
  bool removes(double probability) const {
    return chance(mix64(bits(Purpose::operation_kind)), probability);
  }
  std::string name() const {
    const std::uint64_t key = bits(Purpose::operation_key);
    if (chance(key, workload_.hot)) return "key0";
    return "key" + std::to_string(mix64(key) % workload_.keys);
  }
  std::int64_t either_way() const { return static_cast<std::int64_t>(value() % 19) - 9; }
  // Fields and elements are few, so that they meet.
  std::string element(unsigned of) const { return "e" + std::to_string(value() % of); }
  std::string element() const { return element(workload_.elements); }
  std::string field() const { return "f" + std::to_string(mix64(value()) % 3); }
  std::string text() const {
    return "t" + std::to_string(k_) + "." + std::to_string(part_) + "n" + std::to_string(node_);
  }

  void fill(Act& act) const {
    switch (act.family) {
      case Family::bounded_counter:
        return bounded(act);
      case Family::ew_flag:
        act.verb = removes(0.5) ? Verb::disable : Verb::enable;
        return;
      case Family::lww_register:
      case Family::mv_register:
        act.verb = removes(workload_.removes) ? Verb::remove : Verb::set;
        if (act.verb == Verb::set) act.text = text();
        return;
      default:
        break;
    }
    if (removes(workload_.clears)) {
      act.verb = Verb::remove;
    } else {
      change(act);
    }
  }

  void bounded(Act& act) const {
    const std::uint64_t which = mix64(value()) % 4;
    act.verb = which < 2 ? Verb::add : which == 2 ? Verb::subtract : Verb::move;
    act.number = static_cast<std::int64_t>(value() % 9);
    // To somebody who wrote to this counter, else to itself.
    if (act.verb == Verb::move) act.to = {Whom::Kind::writer, mix64(value() + 1)};
  }

  // Anything but the removal of the key.
  void change(Act& act) const {
    const bool takes = removes(workload_.clears + workload_.removes);
    act.verb = takes ? Verb::remove : Verb::add;
    switch (act.family) {
      case Family::g_counter:
        act.verb = Verb::add;
        act.number = static_cast<std::int64_t>(1 + value() % 9);
        return;
      case Family::pn_counter:
        act.verb = Verb::add;
        act.number = either_way();
        return;
      case Family::resettable_counter:
        act.verb = takes ? Verb::reset : Verb::add;
        if (!takes) act.number = either_way() == 0 ? 1 : either_way();
        return;
      case Family::dw_flag:
        act.verb = removes(0.5) ? Verb::disable : Verb::enable;
        return;
      case Family::max_register:
      case Family::min_register:
      case Family::ordered_register:
        act.verb = Verb::set;
        act.number = static_cast<std::int64_t>(value() % 1000);
        return;
      case Family::hyper_log_log:
        // So few elements that its estimate is their number.
        act.verb = Verb::add;
        act.text = element(std::min(workload_.elements, 8U));
        return;
      case Family::g_set:
      case Family::lattice_value:
        act.verb = Verb::add;
        act.text = element();
        return;
      case Family::g_map:
      case Family::lww_map:
      case Family::or_map:
      case Family::multi_map:
        return change_map(act, takes);
      default:
        act.text = element();
        return;
    }
  }

  void change_map(Act& act, bool takes) const {
    act.field = field();
    const bool nested = act.family == Family::or_map || act.family == Family::multi_map;
    // Of a map of maps, half of the removals take the field with all that it holds.
    const bool whole = nested && removes(workload_.clears + workload_.removes / 2);
    if (nested && !whole) act.text = element();
    if (act.family == Family::g_map) act.verb = Verb::add;
    if (act.family == Family::lww_map && !takes) {
      act.verb = Verb::set;
      act.text = text();
    }
    const bool counts = act.family == Family::g_map || act.family == Family::or_map;
    if (counts && act.verb == Verb::add) act.number = either_way();
  }

  const Workload& workload_;
  const Draws& draws_;
  std::uint64_t k_;
  unsigned part_;
  unsigned node_;
};

}  // namespace

std::vector<Family> drawn_families(const Workload& workload, const Draws& draws) {
  const bool all = workload.families.empty() && workload.own.empty();
  std::vector<Family> families = all ? all_families() : workload.families;
  if (families.size() <= families_at_once) return families;
  const auto drawn = [&](Family family) {
    return draws.bits(Purpose::operation_families, static_cast<std::uint64_t>(family));
  };
  std::sort(families.begin(), families.end(),
            [&](Family a, Family b) { return drawn(a) < drawn(b); });
  families.resize(families_at_once);
  return families;
}

Deed draw_deed(const Workload& workload, const Draws& draws, std::uint64_t k, unsigned node) {
  Deed deed;
  const std::uint64_t count = draws.bits(Purpose::operation_count, k);
  const unsigned parts =
      chance(count, workload.wide) ? 2 + static_cast<unsigned>(mix64(count) % 2) : 1;
  for (unsigned part = 0; part < parts; ++part) {
    deed.acts.push_back(ActDrawer(workload, draws, k, part, node).draw());
  }
  deed.refuses = chance(draws.bits(Purpose::operation_abort, k), workload.aborts);
  return deed;
}

}  // namespace rejoin::sim
