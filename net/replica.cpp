// Replica: records, commands and what is polled. Frames in: replica_frames.cpp; out:
// replica_send.cpp.

#include "net/replica.hpp"

#include <algorithm>
#include <utility>

#include "crdt/assert.hpp"

namespace rejoin {
namespace {

constexpr std::size_t flushes_kept = 4096;
constexpr std::size_t incarnations_kept = 256;  // for telling a late hello of ours from a clone's
constexpr std::uint64_t checkpoint_record_bytes = 1024 * 1024;
constexpr std::uint64_t checkpoint_log_bytes = 1024 * 1024;
constexpr std::uint64_t ns_per_ms = 1'000'000;

}  // namespace

Replica::Replica(Setup setup)
    : setup_(std::move(setup)),
      batch_(store_, setup_.self),
      log_(setup_.config.log_bytes_max),
      stamps_(setup_.config.drift_ms_max) {
  REJOIN_ASSERT(setup_.config.validate());
}

Result<void> Replica::restore(std::string_view bytes) {
  REJOIN_ASSERT(phase_ == Phase::restoring);
  Result<Record> record = decode_record(bytes, setup_.store);
  if (!record) return record.error();
  std::set<ObjectKey> changed;
  std::vector<SlotState> until_clock = std::exchange(until_clock_, {});
  if (auto* identity = std::get_if<IdentityRecord>(&*record)) {
    if (identity->node != setup_.self.node) {
      return Error{ErrorCode::storage_corrupt,
                   "the records are of another node: " + to_string(identity->node)};
    }
  } else if (const auto* incarnation = std::get_if<IncarnationRecord>(&*record)) {
    own_past_.insert(incarnation->incarnation);
  } else if (auto* entries = std::get_if<EntriesRecord>(&*record)) {
    for (Entry& entry : entries->entries) {
      // A checkpoint ends with entries that its clock covers: for peers that lag.
      store_.merge(entry);
      log_.append(std::move(entry));
    }
  } else if (auto* slots = std::get_if<SlotsRecord>(&*record)) {
    if (slots->until_clock) {
      until_clock_ = std::move(until_clock);
      for (SlotState& state : slots->slots) until_clock_.push_back(std::move(state));
    } else {
      for (const SlotState& state : slots->slots) store_.replace(state, changed);
    }
  } else if (auto* clock = std::get_if<ClockRecord>(&*record)) {
    for (const SlotState& state : until_clock) store_.replace(state, changed);
    store_.adopt(clock->clock, clock->removed);
  }
  return {};
}

void Replica::start(Now now, bool new_directory) {
  REJOIN_ASSERT(phase_ == Phase::restoring);
  phase_ = Phase::running;
  until_clock_.clear();
  // Everything restored is durable. No dot of this incarnation can be there: it is new.
  REJOIN_ASSERT(store_.clock().last(setup_.self) == 0);
  shown_.merge(store_.clock());
  relayable_ = relayable_next_ = shown_;
  if (new_directory) record(IdentityRecord{setup_.self.node}, {});
  own_past_.insert(setup_.self.incarnation);
  while (own_past_.size() > incarnations_kept) {
    const auto first = own_past_.begin();
    own_past_.erase(*first == setup_.self.incarnation ? std::next(first) : first);
  }
  record(IncarnationRecord{setup_.self.incarnation}, {});
  incarnation_record_ = records_;
  digest_at_ns_ = now.mono_ns + setup_.config.digest_interval_ms * ns_per_ms;
  relay_at_ns_ = now.mono_ns + setup_.config.relay_after_ms * ns_per_ms;
}

std::vector<NodeId> Replica::holders(const Token& token) const {
  std::vector<NodeId> out;
  peers_.each([&](const Peer& peer) {
    if (peer.acknowledged().covers(token)) out.push_back(peer.node());
  });
  return out;
}

const Peer* Replica::peer_on(const Route& route) const {
  return route.node ? peers_.find(*route.node, route.place) : nullptr;
}

Peer* Replica::peer_on(const Route& route) {
  return route.node ? peers_.find(*route.node, route.place) : nullptr;
}

std::vector<PeerStatus> Replica::peers(Now now) const {
  std::vector<PeerStatus> out;
  for (const auto& [id, route] : routes_) {
    PeerStatus status;
    status.route = id;
    if (const Peer* known = peer_on(route)) {
      const Peer& peer = *known;
      status.replica = peer.replica();
      status.name = peer.name();
      status.state = peer.state();
      status.acknowledged = peer.acknowledged();
      status.lag_dots = (shown_ - peer.acknowledged()).count();
      if (status.lag_dots > 0 && peer.lagging_since_ns) {
        status.lag_ms = (now.mono_ns - *peer.lagging_since_ns) / ns_per_ms;
      }
      status.frames_out = peer.frames_out;
      status.bytes_out = peer.bytes_out;
      status.frames_in = peer.frames_in;
      status.bytes_in = peer.bytes_in;
    }
    out.push_back(std::move(status));
  }
  return out;
}

Backlog Replica::backlog() const {
  Backlog backlog;
  backlog.transactions = batch_.empty() ? 0 : 1;
  backlog.records = undurable_.size();
  backlog.frames = outbox_.size() + held_.size();
  backlog.repairs = receiving_ ? 1 : 0;
  peers_.each([&](const Peer& peer) {
    backlog.flights += peer.flight_bytes();
    backlog.repairs += peer.donation() != nullptr ? 1 : 0;
  });
  return backlog;
}

std::vector<std::string> Replica::checkpoint() const {
  std::vector<std::string> out;
  out.push_back(encode_record(IdentityRecord{setup_.self.node}, setup_.store));
  for (std::uint64_t incarnation : own_past_) {
    out.push_back(encode_record(IncarnationRecord{incarnation}, setup_.store));
  }
  std::optional<SlotKey> next;
  do {
    const std::optional<SlotKey> from = next;
    SlotsRecord slots{store_.slots_from(from, checkpoint_record_bytes, {}, next)};
    if (!slots.slots.empty()) out.push_back(encode_record(slots, setup_.store));
  } while (next);
  out.push_back(encode_record(ClockRecord{store_.clock(), store_.removed()}, setup_.store));
  // So that a restart does not turn a peer's small lag into a repair.
  for (const Entry* entry : log_.newest(checkpoint_log_bytes)) {
    out.push_back(encode_entries_record({&entry, 1}, setup_.store));
  }
  return out;
}

void Replica::record(Record record, CausalContext dots) {
  if (phase_ == Phase::storage_failed) return;  // nothing will take it
  to_persist_.push_back(encode_record(record, setup_.store));
  auto* made = std::get_if<EntriesRecord>(&record);
  undurable_.push_back({++records_, std::move(dots),
                        made != nullptr ? std::move(made->entries) : std::vector<Entry>()});
}

// Entries made here or received: into the store, and on their way to the disk.
void Replica::merge_entries(std::vector<Entry> entries) {
  std::set<ObjectKey> changed;
  EntriesRecord fresh;
  for (Entry& entry : entries) {
    if (store_.merge(entry, watched_.empty() ? nullptr : &changed)) {
      ++stats_.entries_merged;
      fresh.entries.push_back(std::move(entry));
    } else {
      ++stats_.entries_duplicate;
    }
  }
  record_entries(fresh);
  announce(changed);
}

// All of it, or after a crash nothing: its slots hold from the clock's record on.
void Replica::record_repair(Store::Repaired repaired) {
  SlotsRecord part{{}, true};
  std::uint64_t bytes = 0;
  for (SlotState& state : repaired.slots) {
    if (bytes > checkpoint_record_bytes) {
      record(std::exchange(part, {{}, true}), {});
      bytes = 0;
    }
    bytes += state.slot.object.name.size() + state.slot.path.size();
    for (const Fragment& fragment : state.fragments) bytes += fragment.value.size();
    part.slots.push_back(std::move(state));
  }
  if (!part.slots.empty()) record(std::move(part), {});
  record(ClockRecord{repaired.clock, std::move(repaired.removed)}, repaired.clock);
}

void Replica::record_entries(EntriesRecord& made) {
  if (made.entries.empty()) return;
  CausalContext dots;
  for (const Entry& entry : made.entries) dots.merge(entry.dots);
  record(std::exchange(made, {}), std::move(dots));
}

void Replica::announce(const std::set<ObjectKey>& changed) {
  for (const ObjectKey& object : changed) {
    const bool wanted =
        std::any_of(watched_.begin(), watched_.end(),
                    [&](const std::string& prefix) { return object.name.starts_with(prefix); });
    if (wanted) emit(Changed{object});
  }
}

void Replica::handle_persisted(std::uint64_t upto, Now now) {
  if (phase_ != Phase::running) return;
  REJOIN_ASSERT(upto <= records_);
  durable_ = std::max(durable_, upto);
  bool ours = false;
  encoded_from_.clear();
  while (!undurable_.empty() && undurable_.front().record <= durable_) {
    undurable_.front().dots.each_replica([&](const ReplicaId& origin, const SequenceSet&) {
      ours = ours || origin.node == setup_.self.node;
    });
    shown_.merge(undurable_.front().dots);
    for (Entry& entry : undurable_.front().entries) log_.append(std::move(entry));
    undurable_.pop_front();
  }
  while (!held_.empty() && held_.front().record <= durable_) {
    outbox_.push_back(std::move(held_.front().frame));
    held_.pop_front();
  }
  // Others' dots are owed to nobody before a relay tick.
  if (ours) {
    peers_.each([](Peer& peer) { peer.settled_up = false; });
  }
  pump(now);
}

void Replica::handle_storage_failed(const Error& error) {
  phase_ = Phase::storage_failed;
  outbox_.clear();
  held_.clear();
  to_persist_.clear();
  undurable_.clear();
  emit(StorageFailed{error});
}

Result<Commit> Replica::transact(const std::function<Result<void>(Transaction&)>& f, Now now) {
  REJOIN_ASSERT(phase_ != Phase::restoring);
  if (phase_ == Phase::storage_failed) {
    return Error{ErrorCode::storage_failed,
                 "the storage failed earlier and takes no writes; restart the node"};
  }
  Transaction tx(batch_, setup_.config, setup_.self,
                 stamps_.tick(HybridTime::from_unix_ms(now.wall_ms)));
  const Result<void> verdict = f(tx);
  if (!verdict) return verdict.error();
  if (tx.error()) return *tx.error();
  stamps_.observe(tx.observed(), HybridTime::from_unix_ms(now.wall_ms));
  if (tx.changes().empty()) return Commit{};
  const std::uint64_t bytes = bytes_of(tx.changes());
  if (bytes > setup_.config.entry_bytes_max) {
    return Error{ErrorCode::limit_exceeded, "the transaction takes about " + std::to_string(bytes) +
                                                " bytes, the limit is " +
                                                std::to_string(setup_.config.entry_bytes_max) +
                                                ": split it, or raise entry_bytes_max of the node"};
  }
  Overlay changes = tx.changes();
  if (batch_.bytes_with(changes) > setup_.config.entry_bytes_max) {
    // What waits goes first; its values, which this transaction saw, have dots now.
    for (const auto& [slot, dot] : flush_batch(now)) {
      const auto shared = changes.find(slot);
      if (shared != changes.end()) shared->second.see(dot);
    }
  }
  batch_.add(changes);
  const Commit commit{flushes_ + 1};
  if (setup_.config.batch_window_ms == 0) {
    flush(now);
  } else if (!flush_at_ns_) {
    flush_at_ns_ = now.mono_ns + setup_.config.batch_window_ms * ns_per_ms;
  }
  return commit;
}

void Replica::flush(Now now) {
  flush_batch(now);
}

std::map<SlotKey, Dot> Replica::flush_batch(Now now) {
  flush_at_ns_.reset();
  std::map<SlotKey, Dot> minted;
  if (batch_.empty()) return minted;
  std::vector<Entry> entries = batch_.flush(store_.clock().last(setup_.self), minted);
  stats_.entries_made += entries.size();
  if (!entries.empty()) merge_entries(std::move(entries));
  flushed_.emplace_back(++flushes_, store_.clock().last(setup_.self));
  if (flushed_.size() > flushes_kept) flushed_.pop_front();
  pump(now);
  return minted;
}

std::optional<Token> Replica::token_of(const Commit& commit) const {
  if (commit.flush > flushes_) return std::nullopt;
  Token token;
  if (commit.flush == 0) return token;
  const auto at = std::lower_bound(
      flushed_.begin(), flushed_.end(), commit.flush,
      [](const auto& flushed, std::uint64_t flush) { return flushed.first < flush; });
  if (at->second > 0) token.add(setup_.self, {1, at->second});
  return token;
}

RouteId Replica::add_route(Now now) {
  const RouteId id = next_route_++;
  routes_[id].hello_at_ns = now.mono_ns;
  first_hello_version_ = 0;
  tick_routes(now);
  return id;
}

void Replica::remove_route(RouteId route) {
  const auto at = routes_.find(route);
  if (at == routes_.end()) return;
  Peer* peer = peer_on(at->second);
  if (peer != nullptr && peer->route == route) {
    peer->route.reset();
    fall_silent(*peer);
  }
  routes_.erase(at);
  first_hello_version_ = 0;
}

void Replica::leave() {
  peers_.each([&](Peer& peer) {
    if (peer.live()) send(peer, Goodbye{});
  });
}

std::vector<std::string> Replica::poll_persist() {
  return std::exchange(to_persist_, {});
}

std::optional<Replica::Transmit> Replica::poll_transmit() {
  if (outbox_.empty()) return std::nullopt;
  Transmit out = std::move(outbox_.front());
  outbox_.pop_front();
  ++stats_.frames_out;
  stats_.bytes_out += out.bytes.size();
  return out;
}

std::optional<Event> Replica::poll_event() {
  if (events_.empty()) return std::nullopt;
  Event out = std::move(events_.front());
  events_.pop_front();
  return out;
}

}  // namespace rejoin
