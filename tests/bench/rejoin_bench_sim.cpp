#include "tests/bench/rejoin_bench_sim.hpp"

#include <algorithm>
#include <array>
#include <cstdio>
#include <string_view>

#include "crdt/hash.hpp"
#include "sim/rejoin_sim_scenario.hpp"
#include "sim/schedule.hpp"
#include "sim/world.hpp"

namespace rejoin::bench {
namespace {

using sim::Time;

struct Size {
  unsigned nodes;
  double realtime;  // the goal
};
constexpr std::array<Size, 4> sizes = {{{5, 50'000}, {50, 5'000}, {500, 500}, {10'000, 25}}};
constexpr double events_goal = 5e6;

// As many as wait in a run of five nodes: their deadlines, faults and frames under way.
constexpr std::size_t waiting = 64;
constexpr std::size_t floor_events = 4'000'000;
constexpr std::size_t frame_bytes = 288;
constexpr std::size_t floor_frames = 1'000'000;

struct Nothing {
  std::uint64_t a = 0;
  std::uint64_t b = 0;
};

std::uint64_t kept = 0;  // so that no compiler leaves a loop out
void keep(std::uint64_t value) {
  kept ^= value;
  asm volatile("" : : "g"(&kept) : "memory");
}

Row schedule_floor(unsigned runs) {
  const double took = least_cpu_seconds(runs, [] {
    sim::Schedule<Nothing> schedule;
    for (std::uint64_t i = 0; i < waiting; ++i) schedule.add(mix64(i) % sim::second, {i, i});
    for (std::uint64_t i = 0; i < floor_events; ++i) {
      const Time now = schedule.next();
      const Nothing event = schedule.take();
      keep(event.a);
      schedule.add(now + mix64(i) % sim::second, {i, event.a});
    }
  });
  return {"sim.floor.schedule",
          static_cast<double>(floor_events) / took,
          "events/s",
          "",
          0,
          {},
          std::to_string(waiting) + " waiting"};
}

Row bytes_floor(const std::string& name, unsigned runs, const std::function<void()>& one_pass) {
  const double took = least_cpu_seconds(runs, [&] {
    for (std::size_t i = 0; i < floor_frames; ++i) one_pass();
  });
  return {name, static_cast<double>(floor_frames) / took,   "frames/s", "", 0,
          {},   std::to_string(frame_bytes) + " bytes each"};
}

std::string described(const sim::Scenario& scenario, const sim::Outcome& outcome) {
  const double virtual_seconds =
      static_cast<double>(outcome.virtual_time) / static_cast<double>(sim::second);
  const double events = static_cast<double>(outcome.events);
  const double entries = std::max<double>(1, static_cast<double>(outcome.totals.entries));
  std::array<char, 200> text{};
  std::snprintf(
      text.data(), text.size(),
      "%.0f events in %.0f s, %.1f a node and s; %.1f frames an entry, %.0f bytes a frame", events,
      virtual_seconds, events / virtual_seconds / scenario.nodes,
      static_cast<double>(outcome.totals.frames) / entries,
      static_cast<double>(outcome.totals.bytes) / static_cast<double>(outcome.totals.frames));
  return text.data();
}

struct Measured {
  double events_per_second = 0;
  double realtime = 0;
  std::string how;
};

Result<Measured> run_world(const Settings& settings, unsigned nodes,
                           sim::StorageKind storage = sim::StorageKind::memory) {
  auto scenario = sim::load_scenario(settings.folder + "/sim_" + std::to_string(nodes) + ".toml");
  if (!scenario) return scenario.error();
  scenario->disks.storage = storage;
  Result<sim::Outcome> outcome = Error{};
  const double took = least_cpu_seconds(nodes > 500 ? 1 : settings.runs,
                                        [&] { outcome = sim::simulate(*scenario, settings.seed); });
  if (!outcome) return outcome.error();
  if (outcome->verdict != sim::Verdict::ok) {
    return Error{ErrorCode::invalid_argument,
                 scenario->name + " is not ok: " +
                     (outcome->violation ? outcome->violation->detail : outcome->vacuous)};
  }
  return Measured{
      static_cast<double>(outcome->events) / took,
      static_cast<double>(outcome->virtual_time) / static_cast<double>(sim::second) / took,
      described(*scenario, *outcome)};
}

}  // namespace

bool Settings::wants(const std::string& row) const {
  return rows.empty() || std::any_of(rows.begin(), rows.end(), [&](const std::string& prefix) {
           return row == prefix || row.starts_with(prefix + ".");
         });
}

Result<void> measure_sim(const Settings& settings, const std::function<void(const Row&)>& each) {
  const Row floor = schedule_floor(settings.runs);
  each(floor);
  std::string frame(frame_bytes, 'f');
  const Row hash = bytes_floor("sim.floor.hash", settings.runs, [&] { keep(hash64(frame)); });
  each(hash);
  const Row copy =
      bytes_floor("sim.floor.copy", settings.runs, [&] { keep(std::string(frame).size()); });
  each(copy);
  for (const Size& size : sizes) {
    const std::string realtime = "sim.realtime." + std::to_string(size.nodes);
    const std::string events = size.nodes == 5
                                   ? "sim.events_per_second"
                                   : "sim.events_per_second." + std::to_string(size.nodes);
    if (!settings.wants(realtime) && !settings.wants(events)) continue;
    const auto measured = run_world(settings, size.nodes);
    if (!measured) return measured.error();
    each({events, measured->events_per_second, "events/s", floor.name,
          measured->events_per_second / floor.value,
          size.nodes == 5 ? std::optional(events_goal) : std::nullopt, measured->how});
    each({realtime, measured->realtime, "x real time", "", 0, size.realtime, measured->how});
  }
  const std::string on_sqlite = "sim.events_per_second.sqlite";
  if (!settings.wants(on_sqlite)) return {};
  const auto measured = run_world(settings, 5, sim::StorageKind::sqlite);
  if (!measured) return measured.error();
  each({on_sqlite, measured->events_per_second, "events/s", "", 0, {}, measured->how});
  return {};
}

}  // namespace rejoin::bench
