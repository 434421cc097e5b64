#include "sim/plan.hpp"

#include <algorithm>
#include <array>
#include <charconv>
#include <string>
#include <string_view>

namespace rejoin::sim {
namespace {

const std::string& group_of(const FaultSpec& spec) {
  return spec.group.empty() ? spec.name : spec.group;
}

// Each group by the toss of a coin; all of them if the coins would leave none.
std::vector<bool> drawn_faults(const Scenario& scenario, const Draws& draws) {
  std::vector<bool> drawn;
  for (const FaultSpec& spec : scenario.faults) {
    const std::uint64_t coin = draws.bits(Purpose::swarm, key_of(group_of(spec)));
    drawn.push_back(!scenario.swarm || spec.always || chance(coin, 0.5));
  }
  if (std::find(drawn.begin(), drawn.end(), true) == drawn.end()) {
    drawn.assign(drawn.size(), true);
  }
  return drawn;
}

// `count` of the nodes, rising: those with the smallest keyed numbers.
Nodes some_nodes(const Draws& draws, std::uint64_t key, unsigned repetition, unsigned nodes,
                 unsigned count) {
  std::vector<std::pair<std::uint64_t, unsigned>> order;
  for (unsigned node = 0; node < nodes; ++node) {
    order.emplace_back(draws.bits(Purpose::fault_target, key, repetition, node), node);
  }
  std::sort(order.begin(), order.end());
  Nodes some;
  for (unsigned i = 0; i < count; ++i) some.push_back(order[i].second);
  std::sort(some.begin(), some.end());
  return some;
}

std::vector<unsigned> sides(const FaultSpec& spec, unsigned nodes, const Draws& draws,
                            std::uint64_t key, unsigned repetition) {
  std::vector<unsigned> side(nodes, 0);
  if (spec.groups.empty()) {
    const std::uint64_t size = draws.bits(Purpose::fault_target, key, repetition, nodes);
    const auto away =
        static_cast<unsigned>(uniform(size, std::uint64_t{1}, std::max(1U, nodes / 2)));
    for (unsigned node : some_nodes(draws, key, repetition, nodes, std::min(away, nodes))) {
      side[node] = 1;
    }
    return side;
  }
  // Nodes that no group names stay together.
  for (std::size_t group = 0; group < spec.groups.size(); ++group) {
    for (unsigned node : spec.groups[group]) side[node] = static_cast<unsigned>(group) + 1;
  }
  return side;
}

Nodes others(const Nodes& nodes, unsigned count) {
  Nodes rest;
  for (unsigned node = 0; node < count; ++node) {
    if (std::find(nodes.begin(), nodes.end(), node) == nodes.end()) rest.push_back(node);
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
  fault.side = sides(spec, scenario.nodes, draws, key, repetition);
  fault.from = spec.from.empty() ? fault.nodes : spec.from;
  fault.to = spec.to.empty() ? others(fault.from, scenario.nodes) : spec.to;
  fault.new_identity = spec.new_identity;
  return fault;
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

  const std::vector<bool> drawn = drawn_faults(scenario, draws);
  for (std::size_t i = 0; i < scenario.faults.size(); ++i) {
    const FaultSpec& spec = scenario.faults[i];
    plan.receipts.push_back({spec.name, spec.kind, drawn[i], 0, 0, spec.bites_min});
    if (!drawn[i]) continue;
    for (unsigned repetition = 0; repetition < spec.repeat; ++repetition) {
      plan.faults.push_back(draw_fault(scenario, i, repetition, plan.config, draws));
    }
  }

  const unsigned writers =
      scenario.workload.writers == 0 ? scenario.nodes : scenario.workload.writers;
  for (std::uint64_t k = 0; k < scenario.workload.transactions; ++k) {
    const std::uint64_t at = draws.bits(Purpose::operation_at, k);
    const std::uint64_t node = draws.bits(Purpose::operation_node, k);
    plan.transactions.push_back(
        {uniform(at, scenario.workload.over.low, scenario.workload.over.high),
         static_cast<unsigned>(node % writers)});
  }
  for (const Doing& doing : scenario.doings) {
    plan.transactions.push_back({doing.at, doing.node, doing.deed});
  }
  return plan;
}

}  // namespace rejoin::sim
