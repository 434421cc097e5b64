#include "sim/what_if.hpp"

#include <algorithm>
#include <array>
#include <utility>

#include "sim/world.hpp"

namespace rejoin::sim {
namespace {

constexpr Time late = second;

// What is drawn while a run goes on, but for who a replica is.
constexpr std::array turned_purposes = {
    Purpose::latency,        Purpose::loss,          Purpose::duplicate,
    Purpose::reorder,        Purpose::reorder_delay, Purpose::duplicate_delay,
    Purpose::sync_delay,     Purpose::sync_torn,     Purpose::checkpoint,
    Purpose::link_fate,      Purpose::link_amount,   Purpose::operation_count,
    Purpose::operation_kind, Purpose::operation_key, Purpose::operation_value,
    Purpose::operation_abort};

}  // namespace

Result<Outcome> simulate_turned(const Scenario& scenario, const Seed& seed, Time moment,
                                std::uint64_t salt) {
  const Seed whole = whole_seed(scenario, seed);
  auto plan = draw_plan(scenario, whole.draws());
  if (!plan) return plan.error();
  Seed then = whole;
  for (const Purpose purpose : turned_purposes) then.rekeys.push_back({purpose, "", 0, salt});
  World world(scenario, *std::move(plan), whole);
  world.turn_at(moment, then.draws());
  return world.run();
}

std::vector<Fate> changes_of(const CarriedFrame& frame) {
  const Fate unchanged{frame.link, frame.frame, false, std::nullopt, std::nullopt};
  std::vector<Fate> changes;
  const bool as_usual =
      frame.arrivals.size() == 1 && frame.arrivals.front() == frame.at + frame.usual;
  if (!as_usual) {
    changes.push_back(unchanged);
    changes.back().deliver = frame.usual;
  }
  if (!frame.arrivals.empty()) {
    changes.push_back(unchanged);
    changes.back().lost = true;
    changes.push_back(unchanged);
    changes.back().deliver = frame.usual + late;
  }
  return changes;
}

Scenario with_fate(const Scenario& scenario, const Fate& fate) {
  Scenario out = scenario;
  std::erase_if(out.fates, [&](const Fate& other) {
    return other.link == fate.link && other.frame == fate.frame;
  });
  out.fates.push_back(fate);
  return out;
}

Result<std::vector<CarriedFrame>> frames_of(const Scenario& scenario, const Seed& seed) {
  const Seed whole = whole_seed(scenario, seed);
  auto plan = draw_plan(scenario, whole.draws());
  if (!plan) return plan.error();
  std::vector<CarriedFrame> frames;
  World world(scenario, *std::move(plan), whole);
  world.note_frames_to(&frames);
  static_cast<void>(world.run());
  return frames;
}

}  // namespace rejoin::sim
