// What the specification knows of types and operations of the user's.

#include <utility>

#include "sim/specification.hpp"

namespace rejoin::sim {

void Specification::step(const Transaction& tx, const Store& store, const std::string& key,
                         const OwnType& type, std::shared_ptr<const OwnAct> act) {
  Step step;
  step.kind = Step::Kind::amend;
  step.slot.object = {type.tag(), key};
  step.own = std::move(act);
  step.at = At(tx.self(), tx.now());
  own_[step.slot.object] = &type;
  this->step(0, tx.self(), store, step);
}

void Specification::opaque_steps(const Overlay& changes) {
  for (const auto& [slot, change] : changes) {
    Waiting& waiting = draft_[slot];
    for (const Dot& dot : change.seen) {
      // What waits to be flushed has no dot yet.
      if (const DotNumber number = ledger_.number(dot); number != no_number) {
        waiting.seen.insert(number);
      }
    }
    waiting.overwritten.clear();
    waiting.value.reset();
    if (!change.value) continue;
    waiting.value.emplace();
    waiting.value->opaque = true;
  }
}

std::optional<std::string> Specification::misread(const Store& store) const {
  for (const auto& [object, type] : own_) {
    OwnEvents events;
    bool known = true;
    std::vector<DotNumber> live;
    see_live(store, {object, {}}, nullptr, live);
    for (DotNumber dot : live) {
      const Meant* const meant = meant_by(dot);
      known = known && meant != nullptr && !meant->opaque;
      if (known) events.insert(meant->events.begin(), meant->events.end());
    }
    if (!known || !is_whole(events)) continue;
    const auto expected = type->specified(events);
    if (!expected) continue;
    const std::string value = type->read(store, object.name);
    if (value == *expected) continue;
    return type->word() + " " + object.name + " reads " + value + ", its operations say " +
           *expected;
  }
  return std::nullopt;
}

}  // namespace rejoin::sim
