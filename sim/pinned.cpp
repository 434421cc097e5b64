#include "sim/pinned.hpp"

#include <algorithm>
#include <string>
#include <utility>

#include "sim/fault_table.hpp"
#include "sim/world.hpp"

namespace rejoin::sim {
namespace {

template <class T>
Range<T> just(T value) {
  return {value, value};
}

bool takes_nodes(FaultKind kind) {
  return row_of(kind).takes.has(FaultField::nodes);
}

// The nodes apart from the rest, by the side they are on.
std::vector<Nodes> groups_of(const Fault& fault) {
  const unsigned sides = *std::max_element(fault.side.begin(), fault.side.end());
  std::vector<Nodes> groups(sides);
  for (unsigned node = 0; node < fault.side.size(); ++node) {
    if (fault.side[node] > 0) groups[fault.side[node] - 1].push_back(node);
  }
  return groups;
}

// The nodes whose naming makes the fault what it was drawn to be; none: only the draw does.
Nodes nodes_of(const Fault& fault) {
  Nodes out;
  switch (fault.kind) {
    case FaultKind::bridge:
      for (unsigned node = 0; node < fault.side.size(); ++node) {
        if (fault.side[node] == 0) out.push_back(node);
      }
      return out;
    case FaultKind::swizzle:
      for (unsigned node = 0; node < fault.stopped.size(); ++node) {
        if (fault.stopped[node].low < fault.stopped[node].high) out.push_back(node);
      }
      return out;
    case FaultKind::non_transitive:
      if (fault.pairs.size() == 1) out = {fault.pairs[0].first, fault.pairs[0].second};
      return out;
    default:
      return fault.nodes;
  }
}

// Of these a pair of regions, or each frame, draws its own delay.
bool keeps_its_range(FaultKind kind) {
  return kind == FaultKind::wan || kind == FaultKind::late_duplicate;
}

FaultSpec written(const FaultSpec& spec, unsigned repetition, const Fault& fault) {
  FaultSpec out = spec;
  out.name = name_of_repetition(spec.name, repetition);
  out.group.clear();
  out.always = false;
  out.at = just(fault.begin);
  out.lasting = Lasting(fault.end - fault.begin, fault.end - fault.begin);
  out.repeat = 1;
  out.every = 0;
  out.rate = just(fault.rate);
  if (!keeps_its_range(fault.kind)) out.by = just(fault.by);
  out.ppm = just(std::abs(fault.ppm));
  out.bites_min = 0;
  out.transactions = 0;  // they stand among the operations
  if (const Nodes nodes = nodes_of(fault); takes_nodes(fault.kind) && !nodes.empty()) {
    out.nodes = nodes;
    out.count = 1;
  }
  if (fault.kind == FaultKind::split) out.groups = groups_of(fault);
  if (fault.kind == FaultKind::one_way) {
    out.from = fault.from;
    out.to = fault.to;
    out.count = 1;
  }
  return out;
}

Scenario written(const Scenario& scenario, const Plan& plan, const Draws& draws) {
  Scenario out = scenario;
  out.seed = draws.seed();
  out.rekeys = draws.rekeys();
  out.swarm = false;
  out.share = Scenario().share;
  out.disks.storage = plan.storage;
  out.workload.transactions = 0;
  for (auto& [field, range] : out.config) range = just(*get_field(plan.config, field));
  out.faults.clear();
  std::size_t next = 0;
  for (std::size_t i = 0; i < scenario.faults.size(); ++i) {
    if (!plan.receipts[i].drawn) continue;
    for (unsigned repetition = 0; repetition < scenario.faults[i].repeat; ++repetition) {
      out.faults.push_back(written(scenario.faults[i], repetition, plan.faults[next++]));
    }
  }
  out.doings.clear();
  Workload workload = scenario.workload;
  workload.families = drawn_families(scenario.workload, draws);
  for (std::size_t k = 0; k < plan.transactions.size(); ++k) {
    const PlannedTransaction& planned = plan.transactions[k];
    out.doings.push_back(
        {planned.at, planned.node,
         planned.deed ? *planned.deed : draw_deed(workload, draws, planned.key, planned.node)});
  }
  out.expect.repairs = 0;
  out.expect.conflicts = 0;
  return out;
}

}  // namespace

Result<Scenario> pinned(const Scenario& scenario, const Seed& seed) {
  const Seed whole = whole_seed(scenario, seed);
  auto plan = draw_plan(scenario, whole.draws());
  if (!plan) return plan.error();
  World world(scenario, *std::move(plan), whole);
  static_cast<void>(world.run());
  return written(scenario, world.plan(), whole.draws());
}

Result<Scenario> pinned_unrun(const Scenario& scenario, const Seed& seed) {
  const Seed whole = whole_seed(scenario, seed);
  const auto plan = draw_plan(scenario, whole.draws());
  if (!plan) return plan.error();
  return written(scenario, *plan, whole.draws());
}

}  // namespace rejoin::sim
