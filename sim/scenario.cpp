#include "sim/scenario.hpp"

#include <algorithm>
#include <array>

namespace rejoin::sim {
namespace {

struct Field {
  std::string_view name;
  std::uint64_t Config::*member;
};

constexpr std::array<Field, 15> fields = {{
    {"key_bytes_max", &Config::key_bytes_max},
    {"value_bytes_max", &Config::value_bytes_max},
    {"entry_bytes_max", &Config::entry_bytes_max},
    {"frame_bytes_max", &Config::frame_bytes_max},
    {"repair_chunk_bytes", &Config::repair_chunk_bytes},
    {"log_bytes_max", &Config::log_bytes_max},
    {"batch_window_ms", &Config::batch_window_ms},
    {"flight_bytes_max", &Config::flight_bytes_max},
    {"digest_interval_ms", &Config::digest_interval_ms},
    {"hello_interval_ms", &Config::hello_interval_ms},
    {"resend_after_ms", &Config::resend_after_ms},
    {"relay_after_ms", &Config::relay_after_ms},
    {"peer_timeout_ms", &Config::peer_timeout_ms},
    {"repair_timeout_ms", &Config::repair_timeout_ms},
    {"drift_ms_max", &Config::drift_ms_max},
}};

// What a plan is drawn for at once; a file that says more is a slip, and would take all memory.
constexpr std::uint64_t transactions_max = 1'000'000;
constexpr std::uint64_t repetitions_max = 10'000;  // of all faults
constexpr unsigned nodes_max = 100'000;
constexpr unsigned meshed_max = 1000;  // each with a route to each

Error invalid(const std::string& what) {
  return Error{ErrorCode::invalid_argument, what};
}

bool probability(double p) {
  return p >= 0 && p <= 1;
}

template <class T>
bool rising(const Range<T>& range) {
  return range.low <= range.high;
}

bool all_below(const Nodes& nodes, unsigned limit) {
  return std::all_of(nodes.begin(), nodes.end(), [&](unsigned node) { return node < limit; });
}

Result<void> validate_groups(const FaultSpec& fault, unsigned nodes) {
  std::vector<bool> seen(nodes);
  for (const Nodes& group : fault.groups) {
    for (unsigned node : group) {
      if (node >= nodes) return invalid(fault.name + ": groups name a node that is not there");
      if (seen[node]) return invalid(fault.name + ": a node is in two groups");
      seen[node] = true;
    }
  }
  return {};
}

// Of the fields that faults of links and their like take.
Result<void> validate_link_fields(const FaultSpec& fault, unsigned nodes) {
  for (const Range<double>& chance : {fault.links, fault.enter, fault.leave}) {
    if (!rising(chance) || !probability(chance.low) || !probability(chance.high)) {
      return invalid(fault.name + ": links, enter and leave must rise and lie in 0..1");
    }
  }
  for (const Range<std::uint64_t>& range :
       {fault.frames, fault.bandwidth, fault.queue, fault.years, fault.period}) {
    if (!rising(range)) return invalid(fault.name + ": a range must rise");
  }
  if (fault.bandwidth.low == 0) return invalid(fault.name + ": bandwidth must be at least 1");
  if (fault.kind == FaultKind::far_future && fault.years.low == 0) {
    return invalid(fault.name + ": years must be at least 1");
  }
  if (fault.years.high > 200) return invalid(fault.name + ": years must be at most 200");
  const bool is_periodic =
      fault.kind == FaultKind::flapping || fault.kind == FaultKind::clock_sawtooth;
  if (is_periodic && fault.period.low < millisecond) {
    return invalid(fault.name + ": period must be at least 1ms");
  }
  if (fault.parts < 2 || fault.parts > std::max(2U, nodes)) {
    return invalid(fault.name + ": parts must lie in 2..nodes");
  }
  const unsigned least =
      fault.kind == FaultKind::ring                                                  ? 4
      : fault.kind == FaultKind::bridge                                              ? 3
      : fault.kind == FaultKind::handover || fault.kind == FaultKind::non_transitive ? 2
                                                                                     : 1;
  if (nodes < least) {
    return invalid(fault.name + ": needs at least " + std::to_string(least) + " nodes");
  }
  const bool is_pair = fault.kind == FaultKind::handover || fault.kind == FaultKind::non_transitive;
  if (is_pair && !fault.nodes.empty() && fault.nodes.size() != 2) {
    return invalid(fault.name + ": nodes must be two");
  }
  if (fault.ppm.high > 900'000) return invalid(fault.name + ": ppm must be at most 900000");
  if (std::string wrong = fault.delay.wrong(); !wrong.empty()) {
    return invalid(fault.name + ": delay: " + wrong);
  }
  return {};
}

Result<void> validate_lasting(const FaultSpec& fault) {
  const Lasting& lasting = fault.lasting;
  if (!rising<Time>(lasting)) return invalid(fault.name + ": a range must rise");
  if (lasting.of.empty() || lasting.of == "near") return {};
  if (!get_field({}, lasting.of + "_ms")) {
    return invalid(fault.name + ": config has no " + lasting.of + "_ms to take a multiple of");
  }
  if (!(lasting.times.low >= 0) || !rising(lasting.times) || lasting.times.high > 1000) {
    return invalid(fault.name + ": multiples of a timeout must rise and lie in 0..1000");
  }
  return {};
}

Result<void> validate_fault(const FaultSpec& fault, const Scenario& scenario) {
  if (fault.name.empty()) return invalid("a fault without a name");
  if (!rising(fault.at) || !rising(fault.rate) || !rising(fault.by) || !rising(fault.ppm)) {
    return invalid(fault.name + ": a range must rise");
  }
  if (auto good = validate_lasting(fault); !good) return good;
  if (!probability(fault.rate.low) || !probability(fault.rate.high)) {
    return invalid(fault.name + ": rate must lie in 0..1");
  }
  if (fault.repeat == 0) return invalid(fault.name + ": repeat must be at least 1");
  const bool late = fault.at.high >= scenario.until;
  const bool repeats_late = !late && fault.repeat > 1 &&
                            fault.every > (scenario.until - 1 - fault.at.high) / (fault.repeat - 1);
  if (late || repeats_late) {
    return invalid(fault.name + ": begins when the faults are over (until)");
  }
  if (!all_below(fault.nodes, scenario.nodes) || !all_below(fault.from, scenario.nodes) ||
      !all_below(fault.to, scenario.nodes)) {
    return invalid(fault.name + ": names a node that is not there");
  }
  if (fault.count == 0 || fault.count > scenario.nodes) {
    return invalid(fault.name + ": count must lie in 1..nodes");
  }
  if (auto good = validate_link_fields(fault, scenario.nodes); !good) return good;
  return validate_groups(fault, scenario.nodes);
}

Result<void> validate_workload(const Workload& workload, Time until) {
  if (workload.transactions > transactions_max) {
    return invalid("workload.transactions must be at most " + std::to_string(transactions_max));
  }
  if (workload.keys == 0) return invalid("workload.keys must be at least 1");
  if (workload.sessions == 0) return invalid("workload.sessions must be at least 1");
  if (workload.elements == 0) return invalid("workload.elements must be at least 1");
  const bool draws = workload.transactions > 0;
  if (draws && (!rising(workload.over) || workload.over.high > until)) {
    return invalid("workload.over must rise and end by until");
  }
  for (std::size_t i = 1; i < workload.families.size(); ++i) {
    const auto end = workload.families.begin() + static_cast<std::ptrdiff_t>(i);
    if (std::find(workload.families.begin(), end, *end) != end) {
      return invalid("workload.families names a type twice");
    }
  }
  for (std::size_t i = 0; i < workload.own.size(); ++i) {
    for (std::size_t j = 0; j < i; ++j) {
      if (workload.own[i]->word() == workload.own[j]->word()) {
        return invalid("workload.families names a type twice");
      }
    }
  }
  for (double p :
       {workload.hot, workload.removes, workload.clears, workload.wide, workload.aborts}) {
    if (!probability(p)) return invalid("a probability of the workload must lie in 0..1");
  }
  return {};
}

}  // namespace

Result<void> Scenario::validate() const {
  if (nodes < 1 || nodes > nodes_max) {
    return invalid("nodes must lie in 1.." + std::to_string(nodes_max));
  }
  if (links.fanout % 2 != 0) return invalid("links.fanout must be even");
  if (links.fanout == 0 && nodes > meshed_max) {
    return invalid("more than " + std::to_string(meshed_max) + " nodes need links.fanout");
  }
  if (workload.writers > nodes) return invalid("workload.writers must be at most nodes");
  if (until == 0) return invalid("until must be above 0");
  if (converge == 0) return invalid("converge must be above 0");
  if (check_every == 0) return invalid("check_every must be at least 1");
  if (!rising(links.base) || !rising(disks.sync) || !rising(clocks.offset)) {
    return invalid("a range must rise");
  }
  if (std::string wrong = links.delay.wrong(); !wrong.empty()) {
    return invalid("links.delay: " + wrong);
  }
  if (!rising(share) || !probability(share.low) || !probability(share.high)) {
    return invalid("share must rise and lie in 0..1");
  }
  if (!probability(disks.checkpoint)) return invalid("disks.checkpoint must lie in 0..1");
  if (auto good = validate_workload(workload, until); !good) return good;
  std::uint64_t repetitions = 0;
  for (std::size_t i = 0; i < faults.size(); ++i) {
    repetitions += faults[i].repeat;
    if (repetitions > repetitions_max) {
      return invalid("faults come more than " + std::to_string(repetitions_max) +
                     " times in all: lower repeat");
    }
    if (auto good = validate_fault(faults[i], *this); !good) return good;
    for (std::size_t j = 0; j < i; ++j) {
      if (faults[i].name == faults[j].name) {
        return invalid("two faults are called " + faults[i].name);
      }
    }
  }
  for (const auto& [field, range] : config) {
    Config low;
    Config high;
    if (!set_field(low, field, range.low) || !set_field(high, field, range.high)) {
      return invalid("config." + field + " is no field of Config");
    }
    if (!rising(range)) return invalid("config." + field + ": a range must rise");
  }
  return validate_explicit();
}

bool set_field(Config& config, std::string_view name, std::uint64_t value) {
  for (const Field& field : fields) {
    if (field.name != name) continue;
    config.*field.member = value;
    return true;
  }
  return false;
}

std::optional<std::uint64_t> get_field(const Config& config, std::string_view name) {
  for (const Field& field : fields) {
    if (field.name == name) return config.*field.member;
  }
  return std::nullopt;
}

std::vector<std::string_view> config_fields() {
  std::vector<std::string_view> names;
  for (const Field& field : fields) names.push_back(field.name);
  return names;
}

}  // namespace rejoin::sim
