#include "sim/statistics.hpp"

#include <algorithm>
#include <array>
#include <utility>

namespace rejoin::sim {

Quantiles quantiles_of(std::vector<Time> durations) {
  Quantiles out;
  out.count = durations.size();
  if (durations.empty()) return out;
  std::sort(durations.begin(), durations.end());
  // The smallest that at least so many percent do not exceed.
  const auto rank = [&](std::size_t percent) {
    const std::size_t at = (durations.size() * percent + 99) / 100;
    return durations[std::max<std::size_t>(at, 1) - 1];
  };
  out.least = durations.front();
  out.half = rank(50);
  out.p90 = rank(90);
  out.p99 = rank(99);
  out.most = durations.back();
  return out;
}

Statistics statistics_of(const Recording& recording) {
  Statistics out;
  constexpr std::size_t kinds = static_cast<std::size_t>(FrameKind::goodbye) + 1;
  std::array<FrameTotals, kinds> totals{};
  std::vector<std::uint8_t> kind_of(recording.messages.size());
  std::vector<Time> durable;
  std::vector<Time> stale;
  std::vector<Time> flight;
  std::uint64_t entries = 0;
  std::uint64_t seen = 0;
  for (const Recorded& event : recording.events) {
    switch (event.what) {
      case What::transaction:
        out.operations += event.code == static_cast<std::uint8_t>(Done::committed);
        break;
      case What::entry:
        ++entries;
        break;
      case What::acknowledged:
        durable.push_back(event.amount);
        break;
      case What::visible:
        ++seen;
        stale.push_back(event.amount);
        break;
      case What::send:
        kind_of[event.subject] = event.code;
        ++totals[event.code].frames;
        totals[event.code].bytes += event.amount;
        ++out.frames;
        out.bytes += event.amount;
        break;
      case What::deliver:
        ++totals[event.code].delivered;
        flight.push_back(event.amount);
        break;
      case What::lost:
        ++totals[kind_of[event.subject]].lost;
        break;
      default:
        break;
    }
  }
  for (std::size_t i = 0; i < kinds; ++i) {
    totals[i].kind = static_cast<FrameKind>(i);
    if (totals[i].frames > 0) out.kinds.push_back(totals[i]);
  }
  out.durable = quantiles_of(std::move(durable));
  out.stale = quantiles_of(std::move(stale));
  out.flight = quantiles_of(std::move(flight));
  const std::uint64_t others = recording.nodes == 0 ? 0 : recording.nodes - 1;
  out.unseen = entries * others - std::min(seen, entries * others);
  return out;
}

}  // namespace rejoin::sim
