#include "sim/fault.hpp"

#include <algorithm>

#include "sim/random.hpp"

namespace rejoin::sim {
namespace {

bool has(const Nodes& nodes, unsigned node) {
  return std::find(nodes.begin(), nodes.end(), node) != nodes.end();
}

}  // namespace

std::optional<CutMode> cut_mode(std::string_view text) {
  using What = CutMode::What;
  if (text == "cut") return CutMode{What::cut, 1};
  if (text == "drain") return CutMode{What::drain, 1};
  if (text == "jam") return CutMode{What::jam, 1};
  if (!text.starts_with("slow:") || text.size() < 6 || text.size() > 9) return std::nullopt;
  unsigned times = 0;
  for (char digit : text.substr(5)) {
    if (digit < '0' || digit > '9') return std::nullopt;
    times = times * 10 + static_cast<unsigned>(digit - '0');
  }
  if (times < 2) return std::nullopt;
  return CutMode{What::slow, times};
}

std::string text_of(const CutMode& mode) {
  switch (mode.what) {
    case CutMode::What::cut:
      return "cut";
    case CutMode::What::drain:
      return "drain";
    case CutMode::What::jam:
      return "jam";
    case CutMode::What::slow:
      break;
  }
  return "slow:" + std::to_string(mode.times);
}

std::optional<QueueDrop> queue_drop(std::string_view text) {
  for (QueueDrop drop : {QueueDrop::head, QueueDrop::tail, QueueDrop::random}) {
    if (text == text_of(drop)) return drop;
  }
  return std::nullopt;
}

std::string text_of(QueueDrop drop) {
  if (drop == QueueDrop::head) return "head";
  return drop == QueueDrop::tail ? "tail" : "random";
}

bool needs_nodes_that_are_up(FaultKind kind) {
  switch (kind) {
    case FaultKind::crash:
    case FaultKind::wipe:
    case FaultKind::pause:
    case FaultKind::crash_inside:
    case FaultKind::slow:
    case FaultKind::restart:
    case FaultKind::clone:
    case FaultKind::leave:
    case FaultKind::gone:
    case FaultKind::incompatible:
    case FaultKind::lying_sync:
    case FaultKind::torn_write:
    case FaultKind::bit_rot:
    case FaultKind::misdirected_write:
    case FaultKind::short_read:
    case FaultKind::io_error:
    case FaultKind::disk_full:
    case FaultKind::slow_disk:
    case FaultKind::compact:
      return true;
    default:  // not old_disk: its backup was of this one; nor upgrade: each once
      return false;
  }
}

bool Fault::divides(unsigned source, unsigned target) const {
  return side_of(source) != side_of(target);
}

bool Fault::cuts(unsigned source, unsigned target, Time now) const {
  if (!active(now) || source == target) return false;
  switch (kind) {
    case FaultKind::split:
    case FaultKind::isolate:
    case FaultKind::minority_third:
      return divides(source, target);
    case FaultKind::one_way:
      return has(from, source) && has(to, target);
    case FaultKind::ring: {
      // Each sees those at most `reach` places away, a majority with itself.
      const auto all = static_cast<unsigned>(side.size());
      const unsigned reach = (all / 2 + 1) / 2;
      const unsigned apart = (side_of(source) + all - side_of(target)) % all;
      return std::min(apart, all - apart) > reach;
    }
    case FaultKind::bridge:
      return side_of(source) != 0 && side_of(target) != 0 && divides(source, target);
    case FaultKind::non_transitive:
      return std::find(pairs.begin(), pairs.end(),
                       std::pair(std::min(source, target), std::max(source, target))) !=
             pairs.end();
    case FaultKind::flapping:
      return (now - begin) % period < period / 2 && divides(source, target);
    case FaultKind::swizzle: {
      const auto is_stopped = [&](unsigned node) {
        return node < stopped.size() && stopped[node].low <= now && now < stopped[node].high;
      };
      return is_stopped(source) || is_stopped(target);
    }
    case FaultKind::reconnect:
      return has(nodes, source) || has(nodes, target);
    case FaultKind::half_open: {
      // Of each pair one direction, drawn.
      if (!has(nodes, source) && !has(nodes, target)) return false;
      const std::uint64_t pair = combine64(std::min(source, target), std::max(source, target));
      return (combine64(coin, pair) % 2 == 0) == (source < target);
    }
    case FaultKind::refuse:
    case FaultKind::hang:
      return has(nodes, target);
    case FaultKind::offline:
      return has(nodes, source) != has(nodes, target);
    default:
      return false;
  }
}

Time Fault::heals(unsigned source, unsigned target, Time now) const {
  if (kind == FaultKind::flapping) {
    return std::min(end, begin + (now - begin) / period * period + period / 2);
  }
  if (kind != FaultKind::swizzle) return end;
  Time healed = now;
  while (cuts(source, target, healed)) {
    for (unsigned node : {source, target}) {
      if (node >= stopped.size()) continue;
      const Range<Time>& while_in = stopped[node];
      if (while_in.low <= healed && healed < while_in.high) healed = while_in.high;
    }
  }
  return std::min(end, healed);
}

bool Fault::is_on(unsigned source, unsigned target) const {
  if (!from.empty() && !has(from, source)) return false;
  if (!to.empty() && !has(to, target)) return false;
  return links >= 1 || chance(combine64(coin, combine64(source, target)), links);
}

}  // namespace rejoin::sim
