#include "sim/plan.hpp"

#include <algorithm>
#include <array>
#include <charconv>
#include <string>
#include <string_view>
#include <utility>

namespace rejoin::sim {
namespace {

const std::string& group_of(const FaultSpec& spec) {
  return spec.group.empty() ? spec.name : spec.group;
}

// Each group by the toss of a coin that the seed has bent; all of them if it would leave none.
std::vector<bool> drawn_faults(const Scenario& scenario, const Draws& draws) {
  std::vector<bool> drawn;
  const double share =
      uniform(draws.bits(Purpose::swarm_share), scenario.share.low, scenario.share.high);
  for (const FaultSpec& spec : scenario.faults) {
    const std::uint64_t coin = draws.bits(Purpose::swarm, key_of(group_of(spec)));
    drawn.push_back(!scenario.swarm || spec.always || chance(coin, share));
  }
  if (std::find(drawn.begin(), drawn.end(), true) == drawn.end()) {
    drawn.assign(drawn.size(), true);
  }
  return drawn;
}

// All nodes, in a keyed order.
Nodes shuffled(const Draws& draws, std::uint64_t key, unsigned repetition, unsigned nodes) {
  std::vector<std::pair<std::uint64_t, unsigned>> order;
  for (unsigned node = 0; node < nodes; ++node) {
    order.emplace_back(draws.bits(Purpose::fault_target, key, repetition, node), node);
  }
  std::sort(order.begin(), order.end());
  Nodes all;
  for (const auto& [bits, node] : order) all.push_back(node);
  return all;
}

// `count` of the nodes, rising: the first in that order.
Nodes some_nodes(const Draws& draws, std::uint64_t key, unsigned repetition, unsigned nodes,
                 unsigned count) {
  Nodes some = shuffled(draws, key, repetition, nodes);
  some.resize(count);
  std::sort(some.begin(), some.end());
  return some;
}

bool contains(const Nodes& nodes, unsigned node) {
  return std::find(nodes.begin(), nodes.end(), node) != nodes.end();
}

// The group of each node, where the groups are named: those that no group names stay together.
std::vector<unsigned> named_sides(const FaultSpec& spec, unsigned nodes) {
  std::vector<unsigned> side(nodes, 0);
  for (std::size_t group = 0; group < spec.groups.size(); ++group) {
    for (unsigned node : spec.groups[group]) side[node] = static_cast<unsigned>(group) + 1;
  }
  return side;
}

std::vector<unsigned> drawn_halves(unsigned nodes, const Draws& draws, std::uint64_t key,
                                   unsigned repetition) {
  std::vector<unsigned> side(nodes, 0);
  const std::uint64_t size = draws.bits(Purpose::fault_target, key, repetition, nodes);
  const auto away = static_cast<unsigned>(uniform(size, std::uint64_t{1}, std::max(1U, nodes / 2)));
  for (unsigned node : some_nodes(draws, key, repetition, nodes, std::min(away, nodes))) {
    side[node] = 1;
  }
  return side;
}

std::vector<unsigned> sides(const FaultSpec& spec, const Nodes& drawn, unsigned nodes,
                            const Draws& draws, std::uint64_t key, unsigned repetition) {
  if (!spec.groups.empty()) return named_sides(spec, nodes);
  std::vector<unsigned> side(nodes, 0);
  const auto place = [&](auto&& side_at) {
    const Nodes order = shuffled(draws, key, repetition, nodes);
    for (unsigned i = 0; i < nodes; ++i) side[order[i]] = side_at(i);
  };
  switch (spec.kind) {
    case FaultKind::split:
    case FaultKind::flapping:
    case FaultKind::wan:
      if (spec.parts == 2) return drawn_halves(nodes, draws, key, repetition);
      place([&](unsigned i) { return i % spec.parts; });
      break;
    case FaultKind::isolate:
      for (std::size_t i = 0; i < drawn.size(); ++i) side[drawn[i]] = static_cast<unsigned>(i) + 1;
      break;
    case FaultKind::slow_island:
      for (unsigned node : drawn) side[node] = 1;
      break;
    case FaultKind::minority_third:
      place([&](unsigned i) { return i < std::max(1U, nodes / 3) ? 1U : 0U; });
      break;
    case FaultKind::ring:
      place([](unsigned i) { return i; });
      break;
    case FaultKind::bridge:
      place([](unsigned i) { return i == 0 ? 0U : 1 + i % 2; });
      // The named bridge changes places with the drawn one.
      if (!spec.nodes.empty()) {
        const auto drawn_bridge = std::find(side.begin(), side.end(), 0U);
        std::swap(side[spec.nodes.front()], *drawn_bridge);
      }
      break;
    default:
      return {};
  }
  return side;
}

// Pairs that do not reach each other.
std::vector<std::pair<unsigned, unsigned>> drawn_pairs(const FaultSpec& spec, unsigned nodes,
                                                       std::uint64_t coin) {
  if (spec.nodes.size() == 2) {
    return {{std::min(spec.nodes[0], spec.nodes[1]), std::max(spec.nodes[0], spec.nodes[1])}};
  }
  std::vector<std::pair<unsigned, unsigned>> pairs;
  for (unsigned i = 0; nodes > 1 && i < spec.count; ++i) {
    const std::uint64_t bits = combine64(coin, i);
    const auto a = static_cast<unsigned>(bits % nodes);
    const auto b = static_cast<unsigned>((a + 1 + mix64(bits) % (nodes - 1)) % nodes);
    pairs.emplace_back(std::min(a, b), std::max(a, b));
  }
  return pairs;
}

// Each stops in the first half and comes back in the second.
std::vector<Range<Time>> drawn_stops(const FaultSpec& spec, const Fault& fault, unsigned nodes) {
  std::vector<Range<Time>> stops(nodes, {0, 0});
  const Time half = (fault.end - fault.begin) / 2;
  const auto stop = [&](unsigned node) {
    const std::uint64_t bits = combine64(fault.coin, node);
    stops[node] = {fault.begin + uniform(bits, Time{0}, half),
                   fault.begin + half + uniform(mix64(bits), Time{1}, half + 1)};
  };
  for (unsigned node = 0; node < nodes; ++node) {
    if (spec.nodes.empty() ? combine64(fault.coin + 1, node) % 2 == 0
                           : contains(spec.nodes, node)) {
      stop(node);
    }
  }
  // Somebody does.
  if (spec.nodes.empty()) stop(static_cast<unsigned>(mix64(fault.coin) % nodes));
  return stops;
}

Nodes others(const Nodes& nodes, unsigned count) {
  Nodes rest;
  for (unsigned node = 0; node < count; ++node) {
    if (!contains(nodes, node)) rest.push_back(node);
  }
  return rest;
}

// What a fault lasts near: each an interval after which the protocol does something by itself.
constexpr std::array<std::string_view, 6> timeouts = {"digest_interval", "relay_after",
                                                      "hello_interval",  "resend_after",
                                                      "peer_timeout",    "repair_timeout"};
constexpr std::array<Range<double>, 3> near = {{{0.9, 1.1}, {0.5, 0.5}, {2, 2}}};

Time draw_lasting(Lasting lasting, const Config& config, std::uint64_t bits) {
  if (lasting.of == "near") {
    lasting.of = timeouts[bits % timeouts.size()];
    lasting.times = near[mix64(bits) % near.size()];
    bits = mix64(bits + 1);
  }
  if (lasting.of.empty()) return uniform(bits, lasting.low, lasting.high);
  const double times = uniform(bits, lasting.times.low, lasting.times.high);
  const auto whole = static_cast<double>(get_field(config, lasting.of + "_ms").value_or(0));
  return static_cast<Time>(times * whole * static_cast<double>(millisecond));
}

struct Keyed {
  std::string_view name;
  unsigned repetition = 0;
};
Keyed keyed_by(std::string_view name) {
  const std::size_t mark = name.rfind('#');
  Keyed keyed{name.substr(0, mark), 0};
  if (mark == std::string_view::npos) return keyed;
  const char* const end = name.data() + name.size();
  const auto read = std::from_chars(name.data() + mark + 1, end, keyed.repetition);
  return read.ec == std::errc() && read.ptr == end ? keyed : Keyed{name, 0};
}

CutMode own_mode(FaultKind kind) {
  using What = CutMode::What;
  switch (kind) {
    case FaultKind::swizzle:
    case FaultKind::reconnect:
    case FaultKind::hang:
      return {What::jam, 1};
    case FaultKind::half_open:
    case FaultKind::refuse:
      return {What::drain, 1};
    default:
      return {What::cut, 1};
  }
}

void draw_link_fields(Fault& fault, const FaultSpec& spec, unsigned nodes, const Draws& draws,
                      std::uint64_t key, unsigned repetition) {
  std::uint64_t number = 0;
  const auto draw = [&](auto range) {
    const std::uint64_t bits = draws.bits(Purpose::fault_more, key, repetition, ++number);
    return uniform(bits, range.low, range.high);
  };
  fault.coin = draws.bits(Purpose::fault_more, key, repetition);
  fault.links = draw(spec.links);
  fault.enter = draw(spec.enter);
  fault.leave = draw(spec.leave);
  fault.period = draw(spec.period);
  fault.frames = draw(spec.frames);
  fault.bandwidth = draw(spec.bandwidth);
  fault.queue = draw(spec.queue);
  fault.years = draw(spec.years);
  fault.by_range = spec.by;
  fault.delay = spec.delay;
  fault.drop = spec.drop;
  fault.mode = spec.mode.value_or(own_mode(spec.kind));
  if (spec.kind == FaultKind::non_transitive) fault.pairs = drawn_pairs(spec, nodes, fault.coin);
  if (spec.kind == FaultKind::swizzle) fault.stopped = drawn_stops(spec, fault, nodes);
  // Two of them: what is sent to the first arrives at the second.
  if (spec.kind == FaultKind::handover && spec.nodes.size() != 2) {
    fault.nodes = shuffled(draws, key, repetition, nodes);
    fault.nodes.resize(std::min(2U, nodes));
  }
}

Fault draw_fault(const Scenario& scenario, std::size_t index, unsigned repetition,
                 const Config& config, const Draws& draws) {
  const FaultSpec& spec = scenario.faults[index];
  Fault fault;
  fault.spec = index;
  fault.kind = spec.kind;
  const Keyed keyed = keyed_by(spec.name);
  const std::uint64_t key = key_of(keyed.name);
  const unsigned every = repetition;
  repetition += keyed.repetition;
  fault.key = combine64(key, repetition);
  const auto draw = [&](Purpose purpose) { return draws.bits(purpose, key, repetition); };

  fault.begin = uniform(draw(Purpose::fault_at), spec.at.low, spec.at.high) + every * spec.every;
  fault.end = fault.begin + draw_lasting(spec.lasting, config, draw(Purpose::fault_for));
  fault.end = std::min(fault.end, scenario.until);
  fault.rate = uniform(draw(Purpose::fault_rate), spec.rate.low, spec.rate.high);
  const std::uint64_t by = draw(Purpose::fault_by);
  fault.by = uniform(by, spec.by.low, spec.by.high);
  const std::int64_t sign = mix64(by) % 2 == 0 ? 1 : -1;
  fault.skew_ns = sign * static_cast<std::int64_t>(fault.by);
  fault.ppm = sign * static_cast<std::int64_t>(uniform(by, static_cast<std::uint64_t>(spec.ppm.low),
                                                       static_cast<std::uint64_t>(spec.ppm.high)));
  fault.nodes = spec.nodes.empty() ? some_nodes(draws, key, repetition, scenario.nodes, spec.count)
                                   : spec.nodes;
  fault.side = sides(spec, fault.nodes, scenario.nodes, draws, key, repetition);
  fault.from = spec.from;
  fault.to = spec.to;
  if (spec.kind == FaultKind::one_way) {
    if (fault.from.empty()) fault.from = fault.nodes;
    if (fault.to.empty()) fault.to = others(fault.from, scenario.nodes);
  }
  draw_link_fields(fault, spec, scenario.nodes, draws, key, repetition);
  fault.new_identity = spec.new_identity;
  fault.transactions = spec.transactions;
  // One node after another.
  if (spec.kind == FaultKind::upgrade && spec.nodes.empty()) {
    fault.nodes = {repetition % scenario.nodes};
  }
  return fault;
}

// Of so many seeds with "drawn" disks one stands on SQLite, which takes three times as long to run.
constexpr std::uint64_t drawn_sqlite = 16;

StorageKind draw_storage(StorageKind asked, const Draws& draws) {
  if (asked != StorageKind::drawn) return asked;
  const std::uint64_t coin = draws.bits(Purpose::swarm, key_of("sqlite"));
  return coin % drawn_sqlite == 0 ? StorageKind::sqlite : StorageKind::memory;
}

// What a fault adds to the workload: spread over its time and its nodes.
void add_transactions(const Fault& fault, Plan& plan, const Draws& draws) {
  for (unsigned i = 0; i < fault.transactions; ++i) {
    const std::uint64_t key = combine64(fault.key, i);
    const std::uint64_t at = draws.bits(Purpose::operation_at, key);
    const std::uint64_t node = draws.bits(Purpose::operation_node, key);
    PlannedTransaction planned;
    planned.at = uniform(at, fault.begin, std::max(fault.begin, fault.end - 1));
    planned.node = fault.nodes[node % fault.nodes.size()];
    planned.key = key;
    planned.by = fault.spec;
    plan.transactions.push_back(std::move(planned));
  }
}

}  // namespace

std::string name_of_repetition(const std::string& name, unsigned repetition) {
  const Keyed keyed = keyed_by(name);
  const unsigned all = keyed.repetition + repetition;
  return all == 0 ? name : std::string(keyed.name) + "#" + std::to_string(all);
}

Result<Plan> draw_plan(const Scenario& scenario, const Draws& draws) {
  Plan plan;
  for (const auto& [name, range] : scenario.config) {
    const std::uint64_t bits = draws.bits(Purpose::config, key_of(name));
    set_field(plan.config, name, uniform(bits, range.low, range.high));
  }
  if (auto good = plan.config.validate(); !good) return good.error();

  plan.storage = draw_storage(scenario.disks.storage, draws);

  const std::vector<bool> drawn = drawn_faults(scenario, draws);
  for (std::size_t i = 0; i < scenario.faults.size(); ++i) {
    const FaultSpec& spec = scenario.faults[i];
    plan.receipts.push_back({spec.name, spec.kind, drawn[i], 0, 0, spec.bites_min});
    if (!drawn[i]) continue;
    for (unsigned repetition = 0; repetition < spec.repeat; ++repetition) {
      plan.faults.push_back(draw_fault(scenario, i, repetition, plan.config, draws));
    }
  }
  plan.nodes = scenario.nodes;
  for (Fault& fault : plan.faults) {
    if (fault.kind != FaultKind::clone && fault.kind != FaultKind::join) continue;
    fault.extra = plan.nodes;
    plan.nodes += static_cast<unsigned>(fault.nodes.size());
  }

  const unsigned writers =
      scenario.workload.writers == 0 ? scenario.nodes : scenario.workload.writers;
  for (std::uint64_t k = 0; k < scenario.workload.transactions; ++k) {
    const std::uint64_t at = draws.bits(Purpose::operation_at, k);
    const std::uint64_t node = draws.bits(Purpose::operation_node, k);
    PlannedTransaction planned;
    planned.at = uniform(at, scenario.workload.over.low, scenario.workload.over.high);
    planned.node = static_cast<unsigned>(node % writers);
    planned.key = k;
    plan.transactions.push_back(std::move(planned));
  }
  for (const Doing& doing : scenario.doings) {
    plan.transactions.push_back({doing.at, doing.node, doing.deed});
  }
  for (const Fault& fault : plan.faults) add_transactions(fault, plan, draws);
  return plan;
}

}  // namespace rejoin::sim
