#include "sim/network.hpp"

#include <algorithm>
#include <utility>

#include "crdt/assert.hpp"

namespace rejoin::sim {
namespace {

// Up to here links are an array of all pairs; beyond it they are looked up.
constexpr unsigned flat_nodes_max = 64;

// What is under way when such a cut begins is its business, too. The others lose it at their
// beginning, or are about what is sent.
bool takes_what_is_under_way(const Fault& fault) {
  return fault.kind != FaultKind::reconnect && fault.kind != FaultKind::hang;
}

// Who works offline counts what it writes then.
bool bites_by_frames(const Fault& fault) {
  return fault.kind != FaultKind::offline;
}

}  // namespace

Network::Network(const Draws& draws, const LinkSettings& settings, const std::vector<Fault>& faults,
                 std::vector<Receipt>& receipts, unsigned nodes, std::uint64_t frame_bytes_max)
    : draws_(draws),
      settings_(settings),
      faults_(faults),
      receipts_(receipts),
      nodes_(nodes),
      frame_bytes_max_(frame_bytes_max),
      starts_(nodes),
      broken_(nodes) {
  for (std::size_t i = 0; i < faults.size(); ++i) {
    if (role_of(faults[i].kind) == Role::none) continue;
    changes_.push_back({faults[i].begin, i});
    changes_.push_back({faults[i].end, i});
  }
  std::stable_sort(changes_.begin(), changes_.end(),
                   [](const Change& a, const Change& b) { return a.at < b.at; });
  if (nodes <= flat_nodes_max) flat_.resize(std::size_t{nodes} * nodes);
}

std::span<const Delivery> Network::send(unsigned source, unsigned target,
                                        std::shared_ptr<const Payload> payload, Time now) {
  out_.clear();
  copies_coming_ = 0;
  advance(now);
  Traffic& link = link_of(source, target);
  Passage passage;
  passage.source = source;
  passage.target = target;
  passage.arrives_at = target;
  passage.k = link.frames++;
  passage.now = now;
  passage.leaves = now;
  const std::uint64_t jitter = draws_.bits(Purpose::latency, source, target, passage.k);
  passage.latency = base_of(link, source, target) + exponential(jitter, settings_.jitter) +
                    settings_.delay.at(mix64(jitter + 1));
  const Time usual = passage.latency;
  passage.payload = std::move(payload);

  cut_by_.clear();
  jammed_by_.clear();
  lost_by_.clear();
  delayed_by_.clear();
  copies_.clear();
  for (std::size_t index : active_) judge(index, passage, link);

  const std::uint64_t bytes = passage.payload->bytes.size();
  const auto bite_all = [&](const std::vector<std::size_t>& faults) {
    for (std::size_t index : faults) {
      if (bites_by_frames(faults_[index])) bite(static_cast<std::uint32_t>(index + 1), bytes);
    }
  };
  // Where faults lie over one another, each of them would have done it.
  if (!cut_by_.empty()) {
    bite_all(cut_by_);
    return {};
  }
  if (noted_ != nullptr) note(passage, usual);
  if (!fates_.empty()) {
    const auto fate = fates_.find({{source, target}, passage.k});
    if (fate != fates_.end()) {
      pass_as_pinned(fate->second, passage);
      return out_;
    }
  }
  if (!lost_by_.empty()) {
    bite_all(lost_by_);
    return {};
  }
  bite_all(jammed_by_);
  bite_all(delayed_by_);
  pass(passage, link);
  return out_;
}

// On its way, or into the link's queue; and copies.
void Network::pass(Passage& passage, Traffic& link) {
  const Time slow = passage.latency * passage.slower;
  const Time latency = slow + passage.held;
  Time at = passage.leaves + latency;
  if (!jammed_by_.empty()) at = link.last_jammed = std::max(at, link.last_jammed);
  count_overtaken(passage, at);
  const bool waits =
      passage.bandwidth > 0 || (link.queue > 0 && !queues_[link.queue - 1].waiting.empty());
  if (waits && jammed_by_.empty()) {
    wait_in_queue(link, passage, latency);
  } else {
    if (noted_ != nullptr) noted_->back().arrivals.push_back(at);
    go({at, passage.source, passage.arrives_at, passage.cause, passage.payload});
  }
  for (const Copy& copy : copies_) {
    const Time then = passage.leaves + slow + copy.after;
    if (noted_ != nullptr) noted_->back().arrivals.push_back(then);
    go({then, passage.source, passage.arrives_at, static_cast<std::uint32_t>(copy.by + 1),
        passage.payload});
  }
}

void Network::pin(const std::vector<Fate>& fates) {
  for (const Fate& fate : fates) fates_.emplace(std::pair(fate.link, fate.frame), fate);
}

// As the scenario says, whatever was drawn.
void Network::pass_as_pinned(const Fate& fate, const Passage& passage) {
  if (fate.lost) return;
  const std::shared_ptr<const Payload> payload =
      passage.payload->sound ? passage.payload->sound : passage.payload;
  for (const std::optional<Time>& after : {fate.deliver, fate.again}) {
    if (!after) continue;
    if (noted_ != nullptr) noted_->back().arrivals.push_back(passage.now + *after);
    go({passage.now + *after, passage.source, passage.target, 0, payload});
  }
}

void Network::note(const Passage& passage, Time usual) {
  noted_->push_back({{passage.source, passage.target}, passage.k, passage.now, usual, {}});
}

void Network::go(Delivery delivery) {
  ++link_of(delivery.source, delivery.target).under_way;
  ++copies_coming_;
  out_.push_back(std::move(delivery));
}

Network::Arrival Network::arrive(Delivery& delivery, bool up, Time now) {
  advance(now);
  Traffic& link = link_of(delivery.source, delivery.target);
  REJOIN_ASSERT(link.under_way > 0);
  --link.under_way;
  if (!up) return Arrival::lost;
  const std::uint64_t bytes = delivery.payload->bytes.size();
  const Fault* cause = delivery.cause > 0 ? &faults_[delivery.cause - 1] : nullptr;
  const bool outlives = cause != nullptr && cause->kind == FaultKind::late_duplicate;
  for (unsigned node : {delivery.source, delivery.target}) {
    if (node >= nodes_ || outlives || !broken_[node].ever) continue;
    if (broken_[node].at <= delivery.payload->sent) continue;
    bite(static_cast<std::uint32_t>(broken_[node].by + 1), bytes);
    return Arrival::lost;
  }
  Time held = 0;
  bool cut = false;
  for (std::size_t index : active_) {
    const Fault& fault = faults_[index];
    if (role_of(fault.kind) != Role::cut || !takes_what_is_under_way(fault)) continue;
    if (!fault.cuts(delivery.source, delivery.target, now)) continue;
    const CutMode::What what = fault.mode.what;
    if (what != CutMode::What::cut && what != CutMode::What::jam) continue;
    if (bites_by_frames(fault)) bite(static_cast<std::uint32_t>(index + 1), bytes);
    if (what == CutMode::What::cut) cut = true;
    held = std::max(held, fault.heals(delivery.source, delivery.target, now));
  }
  if (cut) return Arrival::lost;
  if (held > now) {
    ++link.under_way;
    delivery.at = held;
    return Arrival::held;
  }
  const bool is_damaged = delivery.payload->sound != nullptr;
  if (cause != nullptr && !is_damaged) bite(delivery.cause, bytes);
  return Arrival::taken;
}

void Network::bite(std::uint32_t cause, std::uint64_t bytes) {
  Receipt& receipt = receipts_[faults_[cause - 1].spec];
  ++receipt.bites;
  receipt.losses += bytes;
  if (recorder_ != nullptr) recorder_->bite(cause - 1, bytes);
}

void Network::starts(unsigned node, Time now) {
  advance(now);
  if (node < nodes_) ++starts_[node];
}

// ---- what is active

void Network::advance(Time now) {
  while (changed_ < changes_.size() && changes_[changed_].at <= now) {
    const Change& change = changes_[changed_++];
    const Fault& fault = faults_[change.fault];
    const auto at = std::lower_bound(active_.begin(), active_.end(), change.fault);
    const bool is_listed = at != active_.end() && *at == change.fault;
    if (!fault.active(change.at)) {
      if (is_listed) active_.erase(at);
      continue;
    }
    if (!is_listed) active_.insert(at, change.fault);
    if (fault.kind != FaultKind::reconnect) continue;
    for (unsigned node : fault.nodes) broken_[node] = {change.at, change.fault, true};
  }
}

Network::Traffic& Network::link_of(unsigned source, unsigned target) {
  if (source < nodes_ && target < nodes_ && !flat_.empty()) {
    return flat_[std::size_t{source} * nodes_ + target];
  }
  return sparse_.find_or_add((std::uint64_t{source} << 32) | target);
}

Network::FaultOnLink& Network::state_of(std::size_t fault, unsigned source, unsigned target) {
  return states_.find_or_add((std::uint64_t{fault} << 40) | (std::uint64_t{source} << 20) | target);
}

Time Network::base_of(Traffic& link, unsigned source, unsigned target) {
  if (!link.base) {
    const std::uint64_t pair =
        draws_.bits(Purpose::latency_base, std::min(source, target), std::max(source, target));
    link.base = uniform(pair, settings_.base.low, settings_.base.high);
  }
  return *link.base;
}

// ---- links of limited bandwidth

std::span<const Delivery> Network::depart(unsigned source, unsigned target, Time now) {
  out_.clear();
  const Traffic& link = link_of(source, target);
  REJOIN_ASSERT(link.queue > 0);
  Queue& queue = queues_[link.queue - 1];
  const auto leave = [&] {
    Queue::Waiting first = std::move(queue.waiting.front());
    queue.waiting.pop_front();
    first.delivery.at = now + first.latency;
    if (first.note > 0) {
      std::vector<Time>& arrivals = (*noted_)[first.note - 1].arrivals;
      arrivals.insert(arrivals.begin(), first.delivery.at);
    }
    go(std::move(first.delivery));
  };
  leave();
  // Once the link is wide again, all that waits leaves.
  while (!queue.waiting.empty()) {
    queue.bytes -= queue.waiting.front().delivery.payload->bytes.size();
    if (faults_[queue.waiting.front().by].active(now)) {
      leave_after(queue.waiting.front(), source, target, now);
      break;
    }
    leave();
  }
  return out_;
}

// The link is busy with it until then.
void Network::leave_after(const Queue::Waiting& frame, unsigned source, unsigned target, Time now) {
  const std::uint64_t bytes = frame.delivery.payload->bytes.size();
  out_.push_back({now + bytes * second / faults_[frame.by].bandwidth, source, target, 0, nullptr});
}

void Network::wait_in_queue(Traffic& link, const Passage& passage, Time latency) {
  if (link.queue == 0) {
    queues_.emplace_back();
    link.queue = queues_.size();
  }
  ++copies_coming_;
  Queue& queue = queues_[link.queue - 1];
  const std::size_t by = passage.bandwidth > 0 ? passage.narrow : queue.waiting.back().by;
  queue.waiting.push_back({{0, passage.source, passage.arrives_at, passage.cause, passage.payload},
                           latency,
                           by,
                           noted_ != nullptr ? noted_->size() : 0});
  if (queue.waiting.size() == 1) {
    return leave_after(queue.waiting.front(), passage.source, passage.target, passage.now);
  }
  const std::uint64_t bytes = passage.payload->bytes.size();
  bite(static_cast<std::uint32_t>(by + 1), bytes);
  queue.bytes += bytes;
  const Fault& fault = faults_[by];
  for (std::uint64_t n = 0; queue.bytes > fault.queue && queue.waiting.size() > 1; ++n) {
    drop_from(queue, fault.drop, draw(Purpose::link_amount, fault, passage) + n);
  }
}

// One of those behind the first, which is on its way out.
void Network::drop_from(Queue& queue, QueueDrop drop, std::uint64_t bits) {
  std::size_t which = queue.waiting.size() - 1;
  if (drop == QueueDrop::head) which = 1;
  if (drop == QueueDrop::random) which = 1 + mix64(bits) % (queue.waiting.size() - 1);
  queue.bytes -= queue.waiting[which].delivery.payload->bytes.size();
  queue.waiting.erase(queue.waiting.begin() + static_cast<std::ptrdiff_t>(which));
}

}  // namespace rejoin::sim
