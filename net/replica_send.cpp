// Replica: what is sent, and when.

#include <algorithm>
#include <limits>
#include <utility>

#include "crdt/assert.hpp"
#include "net/replica.hpp"

namespace rejoin {
namespace {

constexpr std::uint64_t ns_per_ms = 1'000'000;
constexpr std::uint64_t entries_frame_bytes = 128 * 1024;

// So many questions in a row may go without an answer until the way back is doubted.
constexpr std::uint64_t questions_patience = 3;

// A donor that is heard is given this many repair timeouts for one chunk.
constexpr std::uint64_t repair_patience = 30;

}  // namespace

void Replica::handle_timeout(Now now) {
  if (phase_ != Phase::running) return;
  if (flush_at_ns_ && *flush_at_ns_ <= now.mono_ns) flush(now);
  tick_routes(now);
  tick_peers(now);
  tick_receiving(now);
  pump(now);
}

std::optional<std::uint64_t> Replica::poll_timeout() const {
  if (phase_ != Phase::running) return std::nullopt;
  std::uint64_t next = std::min(digest_at_ns_, relay_at_ns_);
  if (flush_at_ns_) next = std::min(next, *flush_at_ns_);
  if (!all_routes_answered()) next = std::min(next, first_hello_ns());
  next = std::min(next, peers_.due_ns());
  if (receiving_) {
    next = std::min(next, receiving_->asked_ns + receiving_->wait_ns);
    next = std::min(next, receiving_deadline_ns());
  }
  return next;
}

std::uint64_t Replica::first_hello_ns() const {
  const std::uint64_t version = peers_.ways_version();
  if (first_hello_version_ != version) first_hello_ns_ = look_for_first_hello();
  first_hello_version_ = version;
#ifdef _GLIBCXX_ASSERTIONS  // as in PeerTable
  REJOIN_ASSERT(first_hello_ns_ == look_for_first_hello());
#endif
  return first_hello_ns_;
}

std::uint64_t Replica::look_for_first_hello() const {
  const bool urgent = peers_.misses_a_way();
  std::uint64_t first = std::numeric_limits<std::uint64_t>::max();
  for (const auto& [id, route] : routes_) {
    if (route.hello_at_ns >= first || !wants_hello(id, route)) continue;
    first = std::min(first, hello_due_ns(id, route, urgent));
  }
  return first;
}

bool Replica::wants_hello(RouteId id, const Route& route) const {
  const Peer* peer = peer_on(route);
  return peer == nullptr || !peer->live() || is_spare(id, route);
}

// Who answered on it is reached by another: an address may have had another tenant for a while, and
// then only a hello finds out who is there now.
bool Replica::is_spare(RouteId id, const Route& route) const {
  const Peer* peer = peer_on(route);
  return peer != nullptr && peer->live() && peer->route != id;
}

// A spare route and one that leads back to us are greeted rarely, unless they may be the way that
// is missed.
std::uint64_t Replica::hello_due_ns(RouteId id, const Route& route, bool misses_a_way) const {
  const bool is_rare = !misses_a_way && (route.loops || route.looped || is_spare(id, route));
  const std::uint64_t intervals = is_rare ? loop_intervals - 1 : 0;
  return route.hello_at_ns + intervals * setup_.config.hello_interval_ms * ns_per_ms;
}

// Each live peer that has a route is who answered on it: if there are as many, no route is left.
bool Replica::all_routes_answered() const {
  return peers_.reached() == routes_.size();
}

void Replica::tick_routes(Now now) {
  if (all_routes_answered() || first_hello_ns() > now.mono_ns) return;
  first_hello_version_ = 0;
  const bool urgent = peers_.misses_a_way();
  for (auto& [id, route] : routes_) {
    if (!wants_hello(id, route) || hello_due_ns(id, route, urgent) > now.mono_ns) continue;
    route.hello_at_ns = now.mono_ns + setup_.config.hello_interval_ms * ns_per_ms;
    route.looped = route.loops;
    route.loops = false;  // if it still does, its own hello will say so
    // To say whom we heard there is to say that it told us its way. Of one whose way we lost since,
    // only a hello that heard nobody makes it tell again; as of one that is reached by another, if
    // that may be the way that is missed: what it told us last may have come before what it told us
    // first.
    const Peer* tenant = std::as_const(*this).peer_on(route);
    const bool is_lost =
        tenant != nullptr && tenant->live() && (!tenant->route || (urgent && is_spare(id, route)));
    send_hello(id, is_lost ? nullptr : tenant);
  }
}

void Replica::tick_peers(Now now) {
  peers_.each_due(now.mono_ns, [&](Peer& peer) {
    if (peer.last_heard_ns + setup_.config.peer_timeout_ms * ns_per_ms <= now.mono_ns) {
      return fall_silent(peer);
    }
    const auto ask = peer.ask_at(setup_.config);
    if (ask && *ask <= now.mono_ns) {
      peer.asked(now.mono_ns);
      ++stats_.resends;
      show_clock(peer, peer.next_sequence() - 1);
      if (peer.unanswered() >= questions_patience) doubt_its_way(peer);
    }
    tick_donation(peer, now);
  });
  if (relay_at_ns_ <= now.mono_ns) {
    relay_at_ns_ = now.mono_ns + setup_.config.relay_after_ms * ns_per_ms;
    std::swap(relayable_, relayable_next_);
    relayable_next_ = shown_;
    peers_.each([&](Peer& peer) {
      if (!peer.live()) return;
      peer.settled_up = false;
      pump(peer, now);  // with what was stalled for a whole tick
      peer.tick();
      peer.settled_up = false;
      // Whether it is stuck shows in its clock; a digest may be long in coming.
      const bool has_all = peer.covers(shown_, shown_.version());
      if (!has_all && peer.lacks_any_of(relayable_)) show_clock(peer, 1);
    });
  }
  if (digest_at_ns_ <= now.mono_ns) {
    digest_at_ns_ = now.mono_ns + setup_.config.digest_interval_ms * ns_per_ms;
    peers_.each([&](Peer& peer) {
      if (peer.live()) show_clock(peer, 0);
    });
  }
}

// An offer that nobody took is made again; a repair that nobody continues ends.
void Replica::tick_donation(Peer& peer, Now now) {
  const Peer::Donation* donation = peer.donation();
  if (donation == nullptr || donation->deadline_ns(setup_.config) > now.mono_ns) return;
  const bool taken = donation->session.has_value();
  peer.end_donation();
  if (taken || log_.dots().covers(owed_to(peer))) return;
  peer.offer(shown_, now.mono_ns);
  send(peer, RepairOffer{});
  doubt_its_way(peer);
}

// It is heard and does not answer: what we take for its way, or what it takes for its way to us,
// may lead to nobody any more, or to another. To one that heard nobody it answers on all its
// routes, and is told which one came; that goes wherever it may be.
void Replica::doubt_its_way(Peer& peer) {
  peer.told_route.reset();
  for (const auto& [id, route] : routes_) {
    const bool leads_to_another = peer.route != id && !wants_hello(id, route);
    if (!route.loops && !leads_to_another) send_hello(id, nullptr);
  }
}

std::uint64_t Replica::receiving_deadline_ns() const {
  // While the donor is heard, a chunk may be long on its way; but not for ever.
  const std::uint64_t patience_ns = setup_.config.repair_timeout_ms * ns_per_ms;
  const std::uint64_t heard_ns = peers_.at(receiving_->donor).last_heard_ns;
  return std::min(std::max(heard_ns, receiving_->progress_ns) + patience_ns,
                  receiving_->progress_ns + repair_patience * patience_ns);
}

void Replica::tick_receiving(Now now) {
  if (!receiving_) return;
  if (receiving_deadline_ns() <= now.mono_ns) return abandon_receiving();
  if (receiving_->asked_ns + receiving_->wait_ns <= now.mono_ns) {
    if (!needs_repair()) return stop_receiving();
    // Not for ever longer: a donor that is heard again must not be waited for as long as it was
    // not.
    const std::uint64_t longest_ns = setup_.config.repair_timeout_ms * ns_per_ms;
    receiving_->wait_ns =
        std::max(receiving_->wait_ns, std::min(2 * receiving_->wait_ns, longest_ns));
    ask_for_chunk(peers_.at(receiving_->donor), now);
  }
}

void Replica::pump(Now now) {
  if (phase_ != Phase::running) return;
  peers_.each_restless(shown_.version(), [&](Peer& peer) { pump(peer, now); });
}

void Replica::pump(Peer& peer, Now now) {
  if (!peer.route || phase_ != Phase::running) return;
  if (peer.settle_debts(durable_)) show_clock(peer, 0);
  const bool was_settled_up = std::exchange(peer.settled_up, true);
  if (peer.covers(shown_, shown_.version())) {
    peer.lagging_since_ns.reset();
    return;
  }
  if (!peer.lagging_since_ns) peer.lagging_since_ns = now.mono_ns;
  if (was_settled_up) return;  // only others' dots came since, and of those none is owed yet
  CausalContext lacking = owed_to(peer);
  if (lacking.empty()) return;
  peer.settled_up = false;
  if (!log_.dots().covers(lacking) && peer.donation() == nullptr) {
    peer.offer(shown_, now.mono_ns);
    send(peer, RepairOffer{});
  }
  // The repair brings what the cut covers; what is newer goes on as ever.
  if (const Peer::Donation* donation = peer.donation()) lacking.subtract(donation->cut_clock);
  const bool all_left = push_entries(peer, std::move(lacking), now);
  peer.settled_up = all_left && peer.donation() == nullptr;
}

// Our own node's dots at once. Those of others come from their origin, unless the peer made no
// progress with that origin for a whole tick: then whoever has them helps.
CausalContext Replica::owed_to(const Peer& peer) const {
  CausalContext owed;
  CausalContext::Rising held(peer.acknowledged());
  shown_->each_replica([&](const ReplicaId& origin, const SequenceSet& made) {
    const SequenceSet* has = held.seen(origin);
    if (has != nullptr && has->covers(made)) return;  // as with nearly all
    const bool ours = origin.node == setup_.self.node;
    if (!ours && !peer.stalled(origin)) return;
    const SequenceSet* settled = ours ? nullptr : relayable_.seen(origin);
    if (!ours && settled == nullptr) return;
    SequenceSet due = peer.lacking(origin, made, has);
    if (settled != nullptr) due.intersect(*settled);
    due.each_interval([&](Interval interval) { owed.add(origin, interval); });
  });
  return owed;
}

// Whether all of it is on the way now.
bool Replica::push_entries(Peer& peer, CausalContext lacking, Now now) {
  const std::uint64_t frame_max =
      std::min({entries_frame_bytes, setup_.config.frame_bytes_max, peer.frame_bytes_max()});
  // A hello that promised less than our entries and their envelope need was refused.
  const std::uint64_t bytes_max = frame_max - frame_envelope_bytes;
  while (peer.flight_bytes() < setup_.config.flight_bytes_max) {
    const std::vector<const Entry*> found = log_.collect(lacking, bytes_max);
    if (found.empty()) break;
    CausalContext dots;
    std::uint64_t bytes = 0;
    for (const Entry* entry : found) {
      dots.merge(entry->dots);
      bytes += entry->bytes();
    }
    lacking.subtract(dots);
    CausalContext relayed;
    dots.each_interval([&](const ReplicaId& origin, Interval interval) {
      if (origin.node != setup_.self.node) relayed.add(origin, interval);
    });
    peer.relayed(relayed);
    const std::uint64_t sequence = peer.next_sequence();
    peer.launch(std::move(dots), bytes, now.mono_ns);
    send_bytes(peer, encode_entries_frame(setup_.self, sequence, encoded(found), setup_.store), 0);
    if (lacking.empty()) return true;
  }
  return false;
}

const EncodedEntries& Replica::encoded(const std::vector<const Entry*>& entries) {
  if (entries != encoded_from_) {
    encoded_ = encode_entries(entries);
    encoded_from_ = entries;
  }
  return encoded_;
}

void Replica::send_hello(RouteId route, const Peer* heard, std::uint64_t answers) {
  std::optional<Hello::Heard> whom;
  if (heard != nullptr && heard->its_route) {
    whom = Hello::Heard{heard->replica(), *heard->its_route};
  }
  send_hello(route, whom, 0, answers);
}

void Replica::send_hello(RouteId route, const std::optional<Hello::Heard>& heard,
                         std::uint64_t asks, std::uint64_t answers) {
  Hello hello;
  hello.name = setup_.name;
  hello.route = route;
  hello.heard = heard;
  hello.asks = asks;
  hello.answers = answers;
  hello.clock = shown_;
  hello.frame_bytes_max = setup_.config.frame_bytes_max;
  // The incarnation is revealed: its record must be durable.
  send_on(route, std::move(hello), incarnation_record_);
}

// And what came from it; `asks`: what became of our entries up to there?
void Replica::show_clock(Peer& peer, std::uint64_t asks) {
  if (!peer.route) return;
  send_bytes(peer, encode_clock_frame(setup_.self, shown_.bytes(), peer.seen(), asks, setup_.store),
             0);
}

void Replica::send(Peer& peer, decltype(Frame::body) body, std::uint64_t after_record) {
  if (!peer.route) return;
  send_bytes(peer, encode_frame({setup_.self, std::move(body)}, setup_.store), after_record);
}

void Replica::send_bytes(Peer& peer, std::string frame, std::uint64_t after_record) {
  if (!peer.route || phase_ != Phase::running) return;
  ++peer.frames_out;
  peer.bytes_out += frame.size();
  queue({*peer.route, std::move(frame)}, after_record);
}

void Replica::send_on(RouteId route, decltype(Frame::body) body, std::uint64_t after_record) {
  if (phase_ != Phase::running) return;
  queue({route, encode_frame({setup_.self, std::move(body)}, setup_.store)}, after_record);
}

void Replica::queue(Transmit frame, std::uint64_t after_record) {
  if (after_record <= durable_) {
    outbox_.push_back(std::move(frame));
  } else {
    held_.push_back({after_record, std::move(frame)});
  }
}

}  // namespace rejoin
