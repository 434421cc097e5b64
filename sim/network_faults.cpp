// What each fault of links says of a frame.

#include <algorithm>

#include "sim/network.hpp"

namespace rejoin::sim {
namespace {

bool has(const Nodes& nodes, unsigned node) {
  return std::find(nodes.begin(), nodes.end(), node) != nodes.end();
}

}  // namespace

// What a fault has to say of a frame; none: it is no fault of links.
Network::Role Network::role_of(FaultKind kind) {
  switch (kind) {
    case FaultKind::split:
    case FaultKind::one_way:
    case FaultKind::isolate:
    case FaultKind::minority_third:
    case FaultKind::ring:
    case FaultKind::bridge:
    case FaultKind::non_transitive:
    case FaultKind::flapping:
    case FaultKind::swizzle:
    case FaultKind::reconnect:
    case FaultKind::half_open:
    case FaultKind::refuse:
    case FaultKind::hang:
    case FaultKind::offline:
      return Role::cut;
    case FaultKind::loss:
    case FaultKind::burst_loss:
    case FaultKind::high_water:
    case FaultKind::slow_joiner:
      return Role::loss;
    case FaultKind::reorder:
    case FaultKind::latency:
    case FaultKind::slow_island:
    case FaultKind::wan:
      return Role::delay;
    case FaultKind::truncate:
    case FaultKind::flip:
    case FaultKind::oversize:
    case FaultKind::handover:
      return Role::form;
    case FaultKind::duplicate:
    case FaultKind::late_duplicate:
      return Role::copy;
    case FaultKind::bandwidth:
      return Role::queue;
    default:
      return Role::none;
  }
}

void Network::judge(std::size_t index, Passage& passage, Traffic& link) {
  const Fault& fault = faults_[index];
  const Role role = role_of(fault.kind);
  if (role == Role::cut) return judge_cut(index, passage);
  const bool is_of_links = fault.kind != FaultKind::slow_joiner &&
                           fault.kind != FaultKind::handover &&
                           fault.kind != FaultKind::slow_island && fault.kind != FaultKind::wan;
  if (is_of_links && !fault.is_on(passage.source, passage.target)) return;
  switch (role) {
    case Role::loss:
      return judge_loss(index, passage, link);
    case Role::delay:
      return judge_delay(index, passage);
    case Role::form:
      return judge_form(index, passage);
    case Role::queue:
      if (passage.bandwidth > 0 && passage.bandwidth <= fault.bandwidth) return;
      passage.bandwidth = fault.bandwidth;
      passage.narrow = index;
      return;
    case Role::copy: {
      const bool is_late = fault.kind == FaultKind::late_duplicate;
      const Purpose coin = is_late ? Purpose::link_fate : Purpose::duplicate;
      if (!chance(draw(coin, fault, passage), fault.rate)) return;
      copies_.push_back({index, is_late ? uniform(draw(Purpose::link_amount, fault, passage),
                                                  fault.by_range.low, fault.by_range.high)
                                        : uniform(draw(Purpose::duplicate_delay, fault, passage),
                                                  Time{0}, fault.by)});
      return;
    }
    case Role::cut:
    case Role::none:
      return;
  }
}

void Network::judge_cut(std::size_t index, Passage& passage) {
  const Fault& fault = faults_[index];
  if (!fault.cuts(passage.source, passage.target, passage.now)) return;
  switch (fault.mode.what) {
    case CutMode::What::cut:
    case CutMode::What::drain:
      cut_by_.push_back(index);
      return;
    case CutMode::What::slow:
      passage.slower = std::max(passage.slower, fault.mode.times);
      delayed_by_.push_back(index);
      return;
    case CutMode::What::jam:
      break;
  }
  if (fault.kind == FaultKind::hang) {
    FaultOnLink& state = state_of(index, passage.source, passage.target);
    if (state.counted >= fault.frames) return lost_by_.push_back(index);
    ++state.counted;
  }
  passage.leaves =
      std::max(passage.leaves, fault.heals(passage.source, passage.target, passage.now));
  // What waits for a connection is not lost, so it is no bite of its breaking.
  if (fault.kind != FaultKind::reconnect) jammed_by_.push_back(index);
}

void Network::judge_loss(std::size_t index, Passage& passage, const Traffic& link) {
  const Fault& fault = faults_[index];
  switch (fault.kind) {
    case FaultKind::loss:
      if (chance(draw(Purpose::loss, fault, passage), fault.rate)) lost_by_.push_back(index);
      return;
    case FaultKind::burst_loss: {
      FaultOnLink& state = state_of(index, passage.source, passage.target);
      const std::uint64_t bits = draw(Purpose::link_fate, fault, passage);
      if (chance(bits, state.in_burst ? fault.leave : fault.enter))
        state.in_burst = !state.in_burst;
      const std::uint64_t coin = draw(Purpose::link_amount, fault, passage);
      if (state.in_burst && chance(coin, fault.rate)) lost_by_.push_back(index);
      return;
    }
    case FaultKind::high_water: {
      const std::uint64_t waiting =
          link.queue > 0 ? queues_[link.queue - 1].waiting.size() : std::uint64_t{0};
      if (link.under_way + waiting >= fault.frames) lost_by_.push_back(index);
      return;
    }
    case FaultKind::slow_joiner: {
      if (!has(fault.nodes, passage.target)) return;
      FaultOnLink& state = state_of(index, passage.source, passage.target);
      const std::uint64_t connection = 1 + starts_[passage.target];
      if (state.starts != connection) {
        state.starts = connection;
        state.counted = 0;
      }
      if (state.counted >= fault.frames) return;
      ++state.counted;
      return lost_by_.push_back(index);
    }
    default:
      return;
  }
}

void Network::judge_delay(std::size_t index, Passage& passage) {
  const Fault& fault = faults_[index];
  Time more = 0;
  switch (fault.kind) {
    case FaultKind::reorder:
      // Held back; it bites when a later frame overtakes it, and is counted then.
      if (!chance(draw(Purpose::reorder, fault, passage), fault.rate)) return;
      passage.held += uniform(draw(Purpose::reorder_delay, fault, passage), Time{0}, fault.by);
      return;
    case FaultKind::wan: {
      const auto regions = fault.sides(passage.source, passage.target);
      if (regions.first == regions.second) return;
      const std::uint64_t pair = combine64(std::min(regions.first, regions.second),
                                           std::max(regions.first, regions.second));
      more = uniform(combine64(fault.coin, pair), fault.by_range.low, fault.by_range.high);
      break;
    }
    case FaultKind::slow_island: {
      const auto shores = fault.sides(passage.source, passage.target);
      if (shores.first == shores.second) return;
      break;
    }
    default:
      break;
  }
  more += fault.delay.at(draw(Purpose::link_amount, fault, passage));
  if (more == 0) return;
  passage.latency += more;
  delayed_by_.push_back(index);
}

void Network::judge_form(std::size_t index, Passage& passage) {
  const Fault& fault = faults_[index];
  const auto cause = static_cast<std::uint32_t>(index + 1);
  if (fault.kind == FaultKind::handover) {
    if (fault.nodes.size() != 2 || passage.target != fault.nodes[0]) return;
    passage.arrives_at = fault.nodes[1];
    if (passage.cause == 0) passage.cause = cause;
    return;
  }
  // A frame is damaged once.
  if (passage.payload->sound || !chance(draw(Purpose::link_fate, fault, passage), fault.rate))
    return;
  passage.payload = damaged(fault, passage);
  passage.cause = cause;
}

std::shared_ptr<const Payload> Network::damaged(const Fault& fault, const Passage& passage) const {
  auto out = std::make_shared<Payload>();
  out->sound = passage.payload;
  out->sent = passage.payload->sent;
  out->message = passage.payload->message;
  out->bytes = passage.payload->bytes;
  const std::uint64_t bits = draw(Purpose::link_amount, fault, passage);
  const std::size_t size = out->bytes.size();
  if (fault.kind == FaultKind::truncate) {
    out->bytes.resize(bits % size);
  } else if (fault.kind == FaultKind::oversize) {
    out->bytes.resize(std::max<std::size_t>(size, frame_bytes_max_) + 1, '\0');
  } else {
    for (std::uint64_t i = 0; i <= bits % 8; ++i) {
      const std::uint64_t at = combine64(bits, i) % (size * 8);
      const auto mask = static_cast<unsigned char>(1U << (at % 8));
      out->bytes[at / 8] = static_cast<char>(static_cast<unsigned char>(out->bytes[at / 8]) ^ mask);
    }
  }
  out->hash = hash64(out->bytes);
  return out;
}

// A reorder bites where a later frame arrives before one that it held back, and would not have.
void Network::count_overtaken(const Passage& passage, Time arrival) {
  for (std::size_t index : active_) {
    const Fault& fault = faults_[index];
    if (fault.kind != FaultKind::reorder || !fault.is_on(passage.source, passage.target)) continue;
    FaultOnLink& state = state_of(index, passage.source, passage.target);
    if (state.unheld <= arrival && arrival < state.held_until) {
      bite(static_cast<std::uint32_t>(index + 1), passage.payload->bytes.size());
    }
    if (passage.held == 0 || arrival <= state.held_until) continue;
    state.held_until = arrival;
    state.unheld = arrival - passage.held;
  }
}

std::uint64_t Network::draw(Purpose purpose, const Fault& fault, const Passage& passage) const {
  return draws_.bits(purpose, fault.key, combine64(passage.source, passage.target), passage.k);
}

}  // namespace rejoin::sim
