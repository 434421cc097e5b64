#include "sim/network.hpp"

#include <algorithm>

namespace rejoin::sim {

void Network::pin(const std::vector<Fate>& fates) {
  for (const Fate& fate : fates) fates_.emplace(std::pair(fate.link, fate.frame), fate);
}

std::vector<Time> Network::send(unsigned source, unsigned target, std::uint64_t bytes, Time now) {
  const Link link{source, target};
  Traffic& traffic = links_[link];
  const std::uint64_t k = traffic.frames++;
  if (cut(source, target, bytes, now)) return {};
  std::vector<Time> arrivals;
  const auto fate = fates_.empty() ? fates_.end() : fates_.find({link, k});
  if (fate == fates_.end()) {
    arrivals = drawn(link, traffic, k, bytes, now);
  } else if (!fate->second.lost) {
    arrivals.push_back(now + *fate->second.deliver);
    if (fate->second.again) arrivals.push_back(now + *fate->second.again);
    traffic.last_arrival = std::max(traffic.last_arrival, arrivals.front());
  }
  if (noted_ != nullptr) noted_->push_back({link, k, now, latency(source, target, k), arrivals});
  return arrivals;
}

std::vector<Time> Network::drawn(Link link, Traffic& traffic, std::uint64_t k, std::uint64_t bytes,
                                 Time now) {
  const auto [source, target] = link;
  Time arrival = now + latency(source, target, k);
  std::vector<Time> copies;
  for (const Fault& fault : faults_) {
    if (!fault.active(now)) continue;
    switch (fault.kind) {
      case FaultKind::loss:
        if (!chance(draw(Purpose::loss, fault, source, target, k), fault.rate)) break;
        bite(fault, bytes);
        return {};
      case FaultKind::duplicate:
        if (!chance(draw(Purpose::duplicate, fault, source, target, k), fault.rate)) break;
        bite(fault, bytes);
        copies.push_back(arrival + uniform(draw(Purpose::duplicate_delay, fault, source, target, k),
                                           Time{0}, fault.by));
        break;
      case FaultKind::reorder:
        // Held back; it bites when a later frame overtakes it, and is counted then.
        if (!chance(draw(Purpose::reorder, fault, source, target, k), fault.rate)) break;
        arrival +=
            uniform(draw(Purpose::reorder_delay, fault, source, target, k), Time{0}, fault.by);
        break;
      default:
        break;
    }
  }
  if (arrival < traffic.last_arrival) {
    for (const Fault& fault : faults_) {
      if (fault.kind == FaultKind::reorder && fault.active(now)) bite(fault, bytes);
    }
  }
  traffic.last_arrival = std::max(traffic.last_arrival, arrival);
  copies.insert(copies.begin(), arrival);
  return copies;
}

bool Network::cut_on_arrival(unsigned source, unsigned target, std::uint64_t bytes, Time now) {
  return cut(source, target, bytes, now);
}

// Where cuts lie over one another, each of them would have done it.
bool Network::cut(unsigned source, unsigned target, std::uint64_t bytes, Time now) {
  bool any = false;
  for (const Fault& fault : faults_) {
    const bool is_cut = fault.kind == FaultKind::split || fault.kind == FaultKind::one_way;
    if (!is_cut || !fault.active(now) || !fault.cuts(source, target)) continue;
    bite(fault, bytes);
    any = true;
  }
  return any;
}

Time Network::latency(unsigned source, unsigned target, std::uint64_t k) const {
  const std::uint64_t pair =
      draws_.bits(Purpose::latency_base, std::min(source, target), std::max(source, target));
  const std::uint64_t jitter = draws_.bits(Purpose::latency, source, target, k);
  return uniform(pair, settings_.base.low, settings_.base.high) +
         exponential(jitter, settings_.jitter);
}

std::uint64_t Network::draw(Purpose purpose, const Fault& fault, unsigned source, unsigned target,
                            std::uint64_t k) const {
  const std::uint64_t link = combine64(source, target);
  return draws_.bits(purpose, fault.key, link, k);
}

void Network::bite(const Fault& fault, std::uint64_t bytes) {
  Receipt& receipt = receipts_[fault.spec];
  ++receipt.bites;
  receipt.losses += bytes;
  if (recorder_ != nullptr) {
    recorder_->bite(static_cast<std::size_t>(&fault - faults_.data()), bytes);
  }
}

}  // namespace rejoin::sim
