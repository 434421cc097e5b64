// Replica: what each frame does. Who answers what: docs/protocol.md.

#include <algorithm>

#include "crdt/assert.hpp"
#include "net/replica.hpp"

namespace rejoin {
namespace {

constexpr std::size_t peers_max = 4096;

// f(maker, last): of each maker that the frame names, the last dot that it says was made.
template <class F>
void each_claim(const CausalContext& dots, F&& f) {
  dots.each_replica(
      [&](const ReplicaId& maker, const SequenceSet& seen) { f(maker, seen.last()); });
}

template <class F>
void each_claim(const Entries& entries, F&& f) {
  for (const Entry& entry : entries.entries) {
    each_claim(entry.dots, f);
    for (const Removal& removal : entry.removals) f(removal.replica, removal.dots.last);
  }
}

// What a chunk would have us believe to be seen. Its fragments claim nothing by that: those that
// are newer than the cut come as entries too, and a hot slot has such a one in every chunk.
template <class F>
void each_claim(const RepairChunk& chunk, F&& f) {
  each_claim(chunk.cut_clock, f);
  each_claim(chunk.cut_removed, f);
}

}  // namespace

Result<void> Replica::handle_frame(std::string_view bytes, Now now, const Judge& judge) {
  REJOIN_ASSERT(phase_ != Phase::restoring);
  ++stats_.frames_in;
  stats_.bytes_in += bytes.size();
  Result<Frame> frame = decode_frame(bytes, setup_.store, setup_.config.frame_bytes_max);
  Result<void> verdict;
  std::size_t place = 0;  // of the sender in the table
  if (frame && judge) verdict = judge(*frame);
  if (!frame) {
    verdict = frame.error();
  } else if (!verdict) {
    // Not dispatched: whoever sent it is not who it says.
  } else if (auto* hello = std::get_if<Hello>(&frame->body)) {
    on(frame->sender, *hello, now);
  } else if (auto* reject = std::get_if<Reject>(&frame->body)) {
    verdict = Error{ErrorCode::version_unsupported, "a peer refused us: " + reject->reason};
  } else {
    Peer* const known = peers_.find(frame->sender.node, place);
    // Before its hello, or of an incarnation that ended: nothing is lost, it will be sent again.
    if (known == nullptr) return {};
    Peer& peer = *known;
    if (peer.replica() != frame->sender) {
      if (peer.live()) ask_who_lives(peer, frame->sender, {}, 0, now);
      return {};
    }
    ++peer.frames_in;
    peer.bytes_in += bytes.size();
    if (peer.hear(now.mono_ns)) emit(PeerUp{peer.node(), peer.name()});
    verdict = dispatch(peer, *frame, now);
  }
  if (!verdict) {
    ++stats_.frames_refused;
    emit(FrameRefused{verdict.error()});
  }
  // A frame changes what its sender is owed. What others are owed changes with what is durable and
  // with the deadlines, and then all are pumped.
  Peer* const sender = frame ? peers_.find(frame->sender.node, place) : nullptr;
  if (sender != nullptr && sender->live()) {
    sender->settled_up = false;
    pump(*sender, now);
  }
  return verdict;
}

// The worst of all that it claims decides.
template <class Claims>
Replica::Belief Replica::belief_in(const Peer& sender, const Claims& claims, Now now) const {
  Belief worst = Belief::good;
  each_claim(claims, [&](const ReplicaId& maker, std::uint64_t last) {
    worst = std::max(worst, belief_in(sender, maker, last, now));
  });
  return worst;
}

Result<void> Replica::dispatch(Peer& peer, Frame& frame, Now now) {
  const Error forged{ErrorCode::malformed, "a frame holds dots of ours that we never made"};
  if (auto* entries = std::get_if<Entries>(&frame.body)) {
    const Belief belief = belief_in(peer, *entries, now);
    if (belief == Belief::forged) return forged;
    if (belief == Belief::early) return {};
    on(peer, *entries, now);
  } else if (const auto* shown = std::get_if<ClockShown>(&frame.body)) {
    on(peer, *shown, now);
  } else if (const auto* offer = std::get_if<RepairOffer>(&frame.body)) {
    on(peer, *offer, now);
  } else if (const auto* request = std::get_if<RepairRequest>(&frame.body)) {
    on(peer, *request, now);
  } else if (auto* chunk = std::get_if<RepairChunk>(&frame.body)) {
    const Belief belief = belief_in(peer, *chunk, now);
    if (belief == Belief::forged || names_our_future(*chunk)) return forged;
    if (belief == Belief::early) return {};
    return on(peer, *chunk, now);
  } else if (const auto* gone = std::get_if<RepairGone>(&frame.body)) {
    on(peer, *gone);
  } else {
    fall_silent(peer);  // goodbye
  }
  return {};
}

void Replica::on(const ReplicaId& sender, Hello& hello, Now now) {
  if (sender == setup_.self) {  // our own hello: the route leads back to us
    const auto route = routes_.find(hello.route);
    if (route != routes_.end()) route->second.loops = true;
    first_hello_version_ = 0;
    return;
  }
  if (sender.node == setup_.self.node) {
    // A late hello of an earlier start of ours is no second process.
    if (!own_past_.contains(sender.incarnation)) report_duplicate(sender.node, now);
    return;
  }
  if (const auto reason = objection(hello)) return refuse(sender.node, *reason);
  Peer* known = find_or_make_peer(sender.node);
  if (known == nullptr) return;
  Peer& peer = *known;
  const bool was_live = peer.live();
  const Peer::Greeting greeting = peer.greet(sender, hello, setup_.config, now.mono_ns);
  if (greeting == Peer::Greeting::duplicate) return report_duplicate(sender.node, now);
  if (greeting == Peer::Greeting::doubted) {
    // Its own question is answered all the same: two that started again doubt each other.
    const bool asks_us = hello.heard && hello.heard->replica == setup_.self;
    return ask_who_lives(peer, sender, hello.route, asks_us ? hello.asks : 0, now);
  }
  if (greeting == Peer::Greeting::returned) {
    if (receiving_ && receiving_->donor == sender.node) abandon_receiving();
    if (was_live) emit(PeerDown{peer.node(), peer.name()});
  }
  if (greeting != Peer::Greeting::known) {
    // A restored backup or a lost disk of ours: what it knows of us comes back by anti-entropy.
    std::uint64_t unknown = 0;
    (hello.clock - store_.clock()).each_interval([&](const ReplicaId& replica, Interval dots) {
      if (replica.node == setup_.self.node) unknown += dots.last - dots.first + 1;
    });
    if (unknown > 0) emit(OwnPastUnknown{unknown});
  }
  const bool heard_us =
      hello.heard && hello.heard->replica == setup_.self && routes_.contains(hello.heard->route);
  const bool repeated = heard_us && peer.route == hello.heard->route;
  if (heard_us) identify(peer, hello.heard->route, now);
  // What is asked of another start of ours is not ours to answer.
  if (hello.asks > 0 && hello.heard && hello.heard->replica != setup_.self) return;
  const bool asked = hello.asks > 0 && peer.route;
  if (asked || !heard_us || peer.told_route != peer.its_route) {
    answer(peer, hello.asks, now);
  } else if (repeated) {
    answer_again(peer, now);
  }
}

// The session stays with who is heard until another start proves that it lives. Its question goes
// where answers go; its hello is answered by that, too.
void Replica::ask_who_lives(Peer& peer, const ReplicaId& speaker, std::optional<RouteId> its_route,
                            std::uint64_t question, Now now) {
  Peer::Doubt* const doubt = peer.doubt(speaker.incarnation, now.mono_ns);
  if (doubt == nullptr) return;
  const bool is_new_question = question > 0 && question != doubt->answered;
  if (doubt->ask_at_ns > now.mono_ns && !is_new_question) return;
  if (question > 0) doubt->answered = question;
  doubt->ask_at_ns = now.mono_ns + setup_.config.hello_interval_ms * 1'000'000;
  if (its_route && peer.route) doubt->told_route = its_route;
  for (const auto& [id, route] : routes_) {
    if (route.loops || (route.node && *route.node != peer.node())) continue;
    send_hello(id, Hello::Heard{speaker, its_route.value_or(0)}, doubt->question, question);
  }
}

// It must learn which of its routes reached us. Until one of ours is known to reach it, all that
// nobody answered yet, or whose tenant is silent, carry the answer; and all there are, if it was
// told on one and still does not hear us: that one leads elsewhere, whatever a hello said.
void Replica::answer(Peer& peer, std::uint64_t question, Now now) {
  if (peer.route && (question > 0 || peer.told_route != peer.its_route)) {
    peer.told_route = peer.its_route;
    return send_hello(*peer.route, &peer, question);
  }
  if (peer.answer_at_ns > now.mono_ns) return;
  // Once an interval: the answer that goes everywhere is a hello there, too, that does not hear its
  // receiver; and two routes that both lead elsewhere would answer one another for ever.
  peer.answer_at_ns = now.mono_ns + setup_.config.hello_interval_ms * 1'000'000;
  for (const auto& [id, route] : routes_) {
    const bool may_lead_there = peer.route ? !route.loops : wants_hello(id, route);
    if (may_lead_there) send_hello(id, &peer, question);
  }
}

// It was told and greets us still: what it heard on our route may be long ago, and another of our
// routes that nobody needs may lead there.
void Replica::answer_again(Peer& peer, Now now) {
  if (peer.answer_at_ns > now.mono_ns) return;
  peer.answer_at_ns = now.mono_ns + setup_.config.hello_interval_ms * 1'000'000;
  for (const auto& [id, route] : routes_) {
    if (route.loops || is_spare(id, route)) send_hello(id, &peer);
  }
}

void Replica::identify(Peer& peer, RouteId route, Now now) {
  Route& way = routes_.at(route);
  if (way.node && *way.node != peer.node()) {  // the address has another tenant now
    // Unless it has another way by now.
    Peer* before = peer_on(way);
    if (before != nullptr && before->route == route) {
      before->route.reset();
      fall_silent(*before);
    }
  }
  const bool taken_over = way.node && *way.node != peer.node();
  way.node = peer.node();
  way.loops = way.looped = false;
  first_hello_version_ = 0;
  peer.route = route;
  // Only who is really there can answer: if this hello lied, the tenant sets it right. Not at each
  // turn of two that both believe to be there.
  if (taken_over && way.hello_at_ns <= now.mono_ns) {
    way.hello_at_ns = now.mono_ns + setup_.config.hello_interval_ms * 1'000'000;
    send_hello(route, &peer);
  }
  if (peer.hear(now.mono_ns)) emit(PeerUp{peer.node(), peer.name()});
}

std::optional<std::string> Replica::objection(const Hello& hello) const {
  if (hello.version_min > protocol_version || hello.version_max < protocol_version_min) {
    return "this node speaks protocol versions " + std::to_string(protocol_version_min) + " to " +
           std::to_string(protocol_version) + ", yours are " + std::to_string(hello.version_min) +
           " to " + std::to_string(hello.version_max);
  }
  const Config& ours = setup_.config;
  const std::uint64_t needed =
      std::max(ours.entry_bytes_max, ours.slot_bytes_max()) + frame_envelope_bytes;
  if (hello.frame_bytes_max < needed) {
    return "this node's entries need frames of " + std::to_string(needed) +
           " bytes, your frame_bytes_max is " + std::to_string(hello.frame_bytes_max);
  }
  return std::nullopt;
}

void Replica::refuse(const NodeId& node, const std::string& reason) {
  ++stats_.frames_refused;
  emit(FrameRefused{{ErrorCode::version_unsupported, reason}});
  reject(node, reason);
}

// Tells the node's processes, on the routes that may lead to one: its own, and those of nobody.
void Replica::reject(const NodeId& node, const std::string& reason) {
  for (const auto& [id, route] : routes_) {
    if (route.loops || (route.node && *route.node != node)) continue;
    send_on(id, Reject{protocol_version_min, protocol_version, reason}, 0);
  }
}

// The event comes once for as long as both are heard. Both are told: else the one that is not
// listened to would not learn of it.
void Replica::report_duplicate(const NodeId& node, Now now) {
  std::erase_if(duplicated_ns_, [&](const auto& one) {
    return one.second + setup_.config.peer_timeout_ms * 1'000'000 < now.mono_ns;
  });
  const bool is_new = duplicated_ns_.insert_or_assign(node, now.mono_ns).second;
  if (is_new) emit(NodeDuplicated{node});
  if (node != setup_.self.node) {
    reject(node, "another process runs as node " + to_string(node) + ": was its directory copied?");
  }
}

std::vector<NodeId> Replica::duplicated(Now now) const {
  std::vector<NodeId> out;
  for (const auto& [node, heard_ns] : duplicated_ns_) {
    if (heard_ns + setup_.config.peer_timeout_ms * 1'000'000 >= now.mono_ns) out.push_back(node);
  }
  return out;
}

// Nodes that nobody configured may come and go; what is remembered of them is bounded.
Peer* Replica::find_or_make_peer(const NodeId& node) {
  if (Peer* const known = peers_.find(node)) return known;
  if (peers_.size() >= peers_max && !peers_.remove_idle()) return nullptr;
  return &peers_.add(node);
}

bool Replica::names_our_future(const RepairChunk& chunk) const {
  const std::uint64_t last = store_.clock().last(setup_.self);
  return std::any_of(chunk.slots.begin(), chunk.slots.end(), [&](const SlotState& state) {
    return std::any_of(state.fragments.begin(), state.fragments.end(), [&](const Fragment& one) {
      return one.dot.replica == setup_.self && one.dot.sequence > last;
    });
  });
}

// Nobody but us makes dots of this incarnation: a frame that knows more of them lies, and believing
// it would leave no room for our own.
// Who knows more of another's dots than their maker has shown lies, or is ahead of it by a frame.
// A lie, believed, would take for good the dots that the maker is to make. A frame that is ahead is
// left as if it were lost: it will be sent again, and by then the maker has shown them. Of a maker
// that is not heard we know nothing better than what others say.
Replica::Belief Replica::belief_in(const Peer& sender, const ReplicaId& maker, std::uint64_t last,
                                   Now now) const {
  if (maker == sender.replica()) return Belief::good;
  if (last <= store_.clock().last(maker)) return Belief::good;
  if (maker == setup_.self) return Belief::forged;
  const Peer* const peer = peers_.find(maker.node);
  if (peer == nullptr || peer->replica() != maker) return Belief::good;
  const std::uint64_t silence_ns = setup_.config.digest_interval_ms * 3 / 2 * 1'000'000;
  const bool heard = peer->last_heard_ns + silence_ns > now.mono_ns;
  return !heard || last <= peer->acknowledged().last(maker) ? Belief::good : Belief::early;
}

void Replica::on(Peer& peer, Entries& entries, Now) {
  // It shows only what it holds durably.
  for (const Entry& entry : entries.entries) peer.holds(entry.dots);
  merge_entries(std::move(entries.entries));
  peer.owe(entries.sequence, records_);
}

void Replica::on(Peer& peer, const ClockShown& shown, Now) {
  peer.show(shown);
  if (shown.asks > 0) peer.owe(shown.asks, records_);
  const Peer::Donation* donation = peer.donation();
  if (donation == nullptr) return;
  const bool repaired = donation->session ? peer.acknowledged().covers(donation->cut_clock)
                                          : log_.dots().covers(shown_ - peer.acknowledged());
  if (repaired) peer.end_donation();
}

void Replica::on(Peer& peer, const RepairOffer&, Now now) {
  if (receiving_ || store_.clock().covers(peer.acknowledged())) return;
  receiving_ = Receiving{};
  receiving_->donor = peer.node();
  receiving_->session = ++repair_sessions_;
  receiving_->chunk_came(setup_.config, now.mono_ns);
  ask_for_chunk(peer, now);
}

void Replica::Receiving::chunk_came(const Config& config, std::uint64_t now_ns) {
  const std::uint64_t took_ns = first_asked_ns == 0 ? 0 : now_ns - first_asked_ns;
  wait_ns = std::max(4 * config.resend_after_ms * 1'000'000, 2 * took_ns);
  progress_ns = now_ns;
  first_asked_ns = now_ns;
}

void Replica::ask_for_chunk(Peer& peer, Now now) {
  CausalContext context = store_.clock();
  context.merge(store_.removed());
  receiving_->asked_ns = now.mono_ns;
  send(peer, RepairRequest{receiving_->session, std::move(context), receiving_->cursor}, records_);
}

// After which a chunk takes no further slot: the last one must fit the peer's frame, too.
std::uint64_t Replica::chunk_bytes(const Peer& peer) const {
  const std::uint64_t frame = peer.frame_bytes_max();
  const std::uint64_t last = setup_.config.slot_bytes_max() + frame_envelope_bytes;
  return std::min({setup_.config.repair_chunk_bytes, frame / 2, frame - std::min(last, frame)});
}

void Replica::on(Peer& peer, const RepairRequest& request, Now now) {
  Peer::Donation* donation = peer.donation();
  const bool known = donation != nullptr && donation->session == request.session;
  if (!known && request.from) return send(peer, RepairGone{request.session});
  if (!known) {
    // The cut, no later than the first thing we show of the session.
    donation = peer.donate(request.session, store_.take_cut(), now.mono_ns);
    if (donation == nullptr) return send(peer, RepairGone{request.session});
    ++stats_.repairs_given;
  }
  peer.chunk_asked(request.from, setup_.config, now.mono_ns);
  RepairChunk chunk{request.session, request.from, {}, {}, {}, {}};
  if (!request.from) {
    chunk.cut_clock = donation->cut->clock;
    chunk.cut_removed = donation->cut->removed;
  }
  if (request.from) donation->cut->forget_before(*request.from);
  const std::uint64_t bytes_max = chunk_bytes(peer) >> peer.chunk_halvings();
  chunk.slots =
      store_.slots_from(request.from, bytes_max, request.context, chunk.upto, donation->cut.get());
  // What is absent reveals removals as much as what is there: all of it must be durable first.
  send(peer, std::move(chunk), records_);
}

Result<void> Replica::on(Peer& peer, RepairChunk& chunk, Now now) {
  const bool expected = receiving_ && receiving_->donor == peer.node() &&
                        receiving_->session == chunk.session && receiving_->cursor == chunk.from &&
                        receiving_->begun == chunk.from.has_value();
  if (!expected) return {};  // late or repeated
  if (!receiving_->begun) store_.begin_repair(chunk.cut_clock, chunk.cut_removed);
  receiving_->begun = true;
  receiving_->slots += chunk.slots.size();
  Result<void> kept = store_.keep_chunk(std::move(chunk.slots), chunk.upto);
  if (!kept) {
    abandon_receiving();
    return kept;
  }
  receiving_->chunk_came(setup_.config, now.mono_ns);
  receiving_->cursor = chunk.upto;
  if (!chunk.upto) {
    finish_receiving(peer);
  } else if (needs_repair()) {
    ask_for_chunk(peer, now);
  } else {
    stop_receiving();
  }
  return {};
}

void Replica::finish_receiving(Peer& peer) {
  std::set<ObjectKey> changed;
  record_repair(store_.finish_repair(changed));
  announce(changed);
  ++stats_.repairs_taken;
  emit(RepairFinished{peer.node(), receiving_->slots});
  receiving_.reset();
  peer.owe(0, records_);
}

void Replica::on(Peer& peer, const RepairGone& gone) {
  const bool ours =
      receiving_ && receiving_->donor == peer.node() && receiving_->session == gone.session;
  if (ours) abandon_receiving();
}

// Entries may have come meanwhile that cover all that the repair would claim.
bool Replica::needs_repair() const {
  const CausalContext& offered =
      receiving_->begun ? store_.repair_cut() : peers_.at(receiving_->donor).acknowledged();
  return !store_.clock().covers(offered);
}

// What came is forgotten: it would be half of what somebody did.
void Replica::stop_receiving() {
  store_.abandon_repair();
  receiving_.reset();
}

void Replica::abandon_receiving() {
  stop_receiving();
  ++stats_.repairs_interrupted;
}

void Replica::fall_silent(Peer& peer) {
  if (receiving_ && receiving_->donor == peer.node()) abandon_receiving();
  if (peer.fall_silent()) emit(PeerDown{peer.node(), peer.name()});
}

}  // namespace rejoin
