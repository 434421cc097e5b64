#include "net/peer.hpp"

#include <algorithm>
#include <utility>

namespace rejoin {
namespace {

constexpr std::uint64_t ns_per_ms = 1'000'000;
constexpr std::uint64_t chunk_halvings_max = 6;
constexpr std::size_t replaced_max = 8;
constexpr std::size_t donated_max = 16;
constexpr std::size_t doubts_max = 4;
constexpr std::uint64_t hellos_of_the_living = 8;
// Doublings of the time between questions: to one that is not heard, and to one that is. The latter
// gets our frames again, most likely, and each question that it misses may be the last of a cut.
constexpr std::uint64_t backoff_max = 4;
constexpr std::uint64_t backoff_heard_max = 2;

}  // namespace

Peer::Doubt* Peer::doubt(std::uint64_t incarnation, std::uint64_t now_ns) {
  const auto known = std::find_if(doubts_.begin(), doubts_.end(), [&](const Doubt& doubt) {
    return doubt.incarnation == incarnation;
  });
  if (known != doubts_.end()) return &*known;
  if (doubts_.size() == doubts_max) {
    const auto idle = std::find_if(doubts_.begin(), doubts_.end(),
                                   [&](const Doubt& doubt) { return doubt.ask_at_ns <= now_ns; });
    if (idle == doubts_.end()) return nullptr;
    doubts_.erase(idle);
  }
  // A question is no smaller than the time: an answer to an earlier one never fits.
  doubts_.push_back({incarnation, now_ns + 1, now_ns, 0, now_ns, 0, {}});
  return &doubts_.back();
}

Peer::Greeting Peer::greet(const ReplicaId& replica, const Hello& hello, const Config& config,
                           std::uint64_t now_ns) {
  bool proven = false;
  std::optional<RouteId> told;
  if (replica_ != replica && live()) {
    Doubt* const doubt = this->doubt(replica.incarnation, now_ns);
    if (doubt == nullptr) return Greeting::doubted;
    ++doubt->hellos;
    proven = hello.answers == doubt->question;
    if (!proven) {
      // No route of ours may lead to it. What is late ends; who lives goes on.
      const bool lasts = doubt->hellos >= hellos_of_the_living &&
                         now_ns - doubt->since_ns > config.peer_timeout_ms * ns_per_ms;
      return lasts ? Greeting::duplicate : Greeting::doubted;
    }
    told = doubt->told_route;
    std::erase_if(doubts_,
                  [&](const Doubt& one) { return one.incarnation == replica.incarnation; });
    const bool was_replaced =
        std::find(replaced_.begin(), replaced_.end(), replica.incarnation) != replaced_.end();
    if (was_replaced && proven_) return Greeting::duplicate;
  }
  Greeting greeting = Greeting::known;
  if (replica_ != replica) {
    greeting = state_ == PeerState::unknown ? Greeting::fresh : Greeting::returned;
    if (greeting == Greeting::returned) {
      replaced_.push_back(replica_.incarnation);
      if (replaced_.size() > replaced_max) replaced_.erase(replaced_.begin());
    }
    // What it holds may be less than before: it may have lost its disk. Its clock says.
    forget_flights();
    acknowledged_ = {};
    forget_progress();
    debts_.clear();
    donation_.reset();
    donated_.clear();
    seen_ = 0;  // sent_ goes on: late frames of the old session must not pass for new ones
    told_route = told;
    answer_at_ns = 0;
    state_ = PeerState::silent;
    replica_ = replica;
    proven_ = proven;
    doubts_.clear();  // what answers a question of before may have ended since
  }
  name_ = hello.name;
  frame_bytes_max_ = hello.frame_bytes_max;
  its_route = hello.route;
  acknowledged_ = hello.clock;
  forget_compared();
  last_heard_ns = now_ns;
  return greeting;
}

bool Peer::hear(std::uint64_t now_ns) {
  last_heard_ns = now_ns;
  if (live()) return false;
  state_ = PeerState::streaming;
  return true;
}

bool Peer::fall_silent() {
  if (!live()) return false;
  forget_flights();
  donation_.reset();
  debts_.clear();
  lagging_since_ns.reset();
  forget_progress();
  told_route.reset();
  doubts_.clear();
  state_ = PeerState::silent;
  return true;
}

void Peer::show(const ClockShown& shown) {
  if (!(acknowledged_ == shown.clock)) {  // mostly it is as before
    forget_compared();
    acknowledged_ = shown.clock;
  }
  showed_clock_ = true;
  auto flight = flights_.begin();
  for (; flight != flights_.end() && flight->sequence <= shown.seen; ++flight) {
    flight_bytes_ -= flight->bytes;
    in_flight_.subtract(flight->dots);
  }
  if (flight == flights_.begin()) return;
  flights_.erase(flights_.begin(), flight);
  asked_ns_.reset();
  asked_times_ = 0;
}

SequenceSet Peer::lacking(const ReplicaId& origin, const SequenceSet& made,
                          const SequenceSet* held) const {
  SequenceSet out = made;
  if (held != nullptr) out.subtract(*held);
  if (const SequenceSet* under_way = in_flight_.seen(origin)) out.subtract(*under_way);
  return out;
}

bool Peer::covers(const CausalContext& clock, std::uint64_t version) {
  if (covered_version_ == version) return true;
  if (behind_) return false;
  behind_ = !acknowledged_.covers(clock);
  if (!behind_) covered_version_ = version;
  return !behind_;
}

bool Peer::lacks_any_of(const CausalContext& dots) const {
  bool any = false;
  CausalContext::Rising held(acknowledged_);
  dots.each_replica([&](const ReplicaId& origin, const SequenceSet& made) {
    const SequenceSet* has = held.seen(origin);
    if (any || (has != nullptr && has->covers(made))) return;
    any = !lacking(origin, made, has).empty();
  });
  return any;
}

void Peer::launch(CausalContext dots, std::uint64_t bytes, std::uint64_t now_ns) {
  in_flight_.merge(dots);
  flights_.push_back({++sent_, std::move(dots), bytes, now_ns});
  flight_bytes_ += bytes;
}

std::uint64_t Peer::due_ns(const Config& config) const {
  std::uint64_t due = last_heard_ns + config.peer_timeout_ms * ns_per_ms;
  if (const auto ask = ask_at(config)) due = std::min(due, *ask);
  if (donation_) due = std::min(due, donation_->deadline_ns(config));
  return due;
}

std::uint64_t Peer::Donation::deadline_ns(const Config& config) const {
  const std::uint64_t wait_ms = session ? config.repair_timeout_ms : 4 * config.resend_after_ms;
  return active_ns + wait_ms * ns_per_ms;
}

std::optional<std::uint64_t> Peer::ask_at(const Config& config) const {
  if (flights_.empty()) return std::nullopt;
  const std::uint64_t since = asked_ns_.value_or(flights_.front().sent_ns);
  const std::uint64_t doublings_max = last_heard_ns > since ? backoff_heard_max : backoff_max;
  const std::uint64_t wait_ms = config.resend_after_ms << std::min(asked_times_, doublings_max);
  return since + wait_ms * ns_per_ms;
}

void Peer::asked(std::uint64_t now_ns) {
  asked_ns_ = now_ns;
  ++asked_times_;
}

void Peer::owe(std::uint64_t sequence, std::uint64_t record) {
  if (!debts_.empty() && debts_.back().record == record) {
    debts_.back().sequence = std::max(debts_.back().sequence, sequence);
  } else {
    debts_.push_back({sequence, record});
  }
}

bool Peer::settle_debts(std::uint64_t durable) {
  auto debt = debts_.begin();
  for (; debt != debts_.end() && debt->record <= durable; ++debt) {
    seen_ = std::max(seen_, debt->sequence);
  }
  const bool due = debt != debts_.begin();
  if (due) debts_.erase(debts_.begin(), debt);
  return due;
}

void Peer::tick() {
  if (!showed_clock_) return;
  showed_clock_ = false;
  if (ticked_) {
    // As with all that are at rest: nothing.
    progress_ = settled_has_all_ ? CausalContext() : acknowledged_ - settled_;
    settled_.merge(*progress_);
  } else {
    settled_.merge(acknowledged_);
  }
  settled_has_all_ = true;
  ticked_ = true;
}

bool Peer::stalled(const ReplicaId& origin) const {
  if (!progress_) return false;
  const SequenceSet* came = progress_->seen(origin);
  return came == nullptr || came->empty();
}

void Peer::forget_progress() {
  progress_.reset();
  ticked_ = false;
  settled_ = {};
  settled_has_all_ = false;
  showed_clock_ = false;
}

void Peer::offer(const CausalContext& clock, std::uint64_t now_ns) {
  donation_ = Donation{{}, clock, nullptr, now_ns, false, {}};
  state_ = PeerState::repairing;
}

Peer::Donation* Peer::donate(std::uint64_t session, std::shared_ptr<Store::Cut> cut,
                             std::uint64_t now_ns) {
  if (std::find(donated_.begin(), donated_.end(), session) != donated_.end()) return nullptr;
  donated_.push_back(session);
  if (donated_.size() > donated_max) donated_.erase(donated_.begin());
  donation_ = Donation{session, cut->clock, std::move(cut), now_ns, false, {}};
  if (live()) state_ = PeerState::repairing;
  return &*donation_;
}

void Peer::chunk_asked(const std::optional<SlotKey>& from, const Config& config,
                       std::uint64_t now_ns) {
  const bool prompt = now_ns - donation_->active_ns < config.resend_after_ms * ns_per_ms;
  if (donation_->asked && donation_->from == from) {
    chunk_halvings_ = std::min(chunk_halvings_ + 1, chunk_halvings_max);
  } else if (donation_->asked && prompt && chunk_halvings_ > 0) {
    --chunk_halvings_;
  }
  donation_->asked = true;
  donation_->from = from;
  donation_->active_ns = now_ns;
}

void Peer::end_donation() {
  donation_.reset();
  if (state_ == PeerState::repairing) state_ = PeerState::streaming;
}

// What it holds may be less than what it was compared with.
void Peer::forget_compared() {
  covered_version_ = 0;
  behind_ = false;
  settled_has_all_ = false;
}

void Peer::forget_flights() {
  flights_.clear();
  in_flight_ = {};
  flight_bytes_ = 0;
  asked_ns_.reset();
  asked_times_ = 0;
}

}  // namespace rejoin
