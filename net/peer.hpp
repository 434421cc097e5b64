#pragma once

// Peer: another node as one replica sees it: what it durably holds, what is on the way to it, and
// where its repair stands. All is soft: losing it costs frames, never correctness. Memory is
// bounded whatever the peer does: a silent peer has no flights, and a slow one at most
// flight_bytes_max.
//
//                 hello                 log does not reach it
//     (unknown) ---------> streaming ------------------------> repairing
//                           ^   |  ^                               |
//               any frame   |   |  +----- its clock covers the cut-+
//                           |   v
//                          silent     (from any: nothing heard for peer_timeout_ms, or goodbye)
//
// Entries travel in numbered frames. A clock that it shows says which frames are in it; a dot of a
// frame up to there that the clock lacks was lost and is sent again. Unanswered frames make us ask,
// not resend.

#include <cstdint>
#include <limits>
#include <memory>
#include <optional>
#include <string>
#include <vector>

#include "net/config.hpp"
#include "net/event.hpp"
#include "net/frame.hpp"
#include "net/store.hpp"

namespace rejoin {

class Fingerprint;

class Peer {
 public:
  explicit Peer(const NodeId& node) : node_(node) {}

  const NodeId& node() const { return node_; }
  const ReplicaId& replica() const { return replica_; }
  const std::string& name() const { return name_; }
  PeerState state() const { return state_; }
  bool live() const { return state_ == PeerState::streaming || state_ == PeerState::repairing; }
  const CausalContext& acknowledged() const { return acknowledged_; }
  std::uint64_t frame_bytes_max() const { return frame_bytes_max_; }

  // Our route to it, once an answer showed one; and its route to us, as its hello said.
  std::optional<RouteId> route;
  std::optional<RouteId> its_route;
  std::optional<RouteId> told_route;  // its route, as we last told it
  std::uint64_t answer_at_ns = 0;     // before, a hello that did not hear us is not answered again

  // ---- session
  // Another incarnation that speaks while the session's is heard: a restart, a second process, or
  // frames that are late. It is asked; only who lives can answer.
  struct Doubt {
    std::uint64_t incarnation = 0;
    std::uint64_t question = 0;
    std::uint64_t since_ns = 0;
    std::uint64_t hellos = 0;
    std::uint64_t ask_at_ns = 0;        // not before
    std::uint64_t answered = 0;         // the last question of its own
    std::optional<RouteId> told_route;  // its route, as our question told it
  };
  // Null: enough others are in doubt just now.
  Doubt* doubt(std::uint64_t incarnation, std::uint64_t now_ns);
  enum class Greeting { known, fresh, returned, doubted, duplicate };
  // A hello: of the same session, of a first one, of a new incarnation. Or, and then nothing
  // changes, of another incarnation than the one that is heard: it has not answered, or it is a
  // second process, since the session's had answered as well.
  Greeting greet(const ReplicaId& replica, const Hello& hello, const Config& config,
                 std::uint64_t now_ns);
  // Any frame of the session. True if it was silent before.
  bool hear(std::uint64_t now_ns);
  // True if it was live before.
  bool fall_silent();

  // ---- what it holds
  // Takes its clock as it is now, also where that is less than before: so it is never larger than a
  // frame, and a false one lasts until the next. An old one that comes late costs a duplicate.
  void show(const ClockShown& shown);
  // It sent us these: it holds them durably.
  void holds(const CausalContext& dots) {
    if (acknowledged_.merge(dots)) behind_ = settled_has_all_ = false;
  }
  // Of an origin's dots, what it neither holds nor is on the way; `held`: what it holds of them,
  // null for nothing.
  SequenceSet lacking(const ReplicaId& origin, const SequenceSet& made,
                      const SequenceSet* held) const;
  bool lacks_any_of(const CausalContext& dots) const;
  // Whether it holds a clock that only rises and whose version this is: compared once a version.
  bool covers(const CausalContext& clock, std::uint64_t version);
  // The last version of our shown clock at which there is nothing to do for it: nothing was owed
  // to it when it was last pumped, nor has anything that decides it changed since; nor does
  // anything else of it wait for the disk. 0: there may be something.
  std::uint64_t at_rest_until() const {
    if (!settled_up || !debts_.empty()) return 0;
    return lagging_since_ns ? std::numeric_limits<std::uint64_t>::max() : covered_version_;
  }
  bool settled_up = false;  // its part about what is owed

  // ---- what is on the way
  std::uint64_t flight_bytes() const { return flight_bytes_; }
  std::uint64_t next_sequence() const { return sent_ + 1; }
  void launch(CausalContext dots, std::uint64_t bytes, std::uint64_t now_ns);
  // When something is to be done about it next: it is silent by then, or asked, or its repair is
  // looked after. Requires live().
  std::uint64_t due_ns(const Config& config) const;
  // When to ask what became of the oldest flight; and that we asked.
  std::optional<std::uint64_t> ask_at(const Config& config) const;
  void asked(std::uint64_t now_ns);
  std::uint64_t unanswered() const { return asked_times_; }

  // ---- what we owe it
  // Its frames up to `sequence` must be acknowledged once records up to `record` are durable.
  void owe(std::uint64_t sequence, std::uint64_t record);
  // True if an acknowledgement is due; seen() then includes it, and it is owed no more.
  bool settle_debts(std::uint64_t durable);
  // All frames up to here are in our durable clock, or were lost.
  std::uint64_t seen() const { return seen_; }

  // ---- relaying: dots of other origins go to it only if it made no progress with them, but by our
  // help, between two ticks, and showed its clock in each
  void tick();
  void relayed(const CausalContext& dots) { settled_.merge(dots); }
  bool stalled(const ReplicaId& origin) const;

  // ---- repair, as donor
  struct Donation {
    std::optional<std::uint64_t> session;  // nothing: offered, not yet asked for
    CausalContext cut_clock;               // until it is asked for: our clock when it was offered
    std::shared_ptr<Store::Cut> cut;       // once it was asked for
    std::uint64_t active_ns = 0;
    bool asked = false;  // for a chunk, of the slots from:
    std::optional<SlotKey> from;

    // When it is offered again, or ends.
    std::uint64_t deadline_ns(const Config& config) const;
  };
  // Offers, or offers again; what it lacks of `clock` is left to the repair.
  void offer(const CausalContext& clock, std::uint64_t now_ns);
  // Null: that session ended, and a late copy of its first request must not begin it again.
  Donation* donate(std::uint64_t session, std::shared_ptr<Store::Cut> cut, std::uint64_t now_ns);
  Donation* donation() { return donation_ ? &*donation_ : nullptr; }
  const Donation* donation() const { return donation_ ? &*donation_ : nullptr; }
  // A chunk was asked for. One that had to be asked for again was long on its way: the next ones
  // are halved once more, down to 1/64, until they come promptly. So no chunk outlasts
  // peer_timeout_ms.
  void chunk_asked(const std::optional<SlotKey>& from, const Config& config, std::uint64_t now_ns);
  std::uint64_t chunk_halvings() const { return chunk_halvings_; }
  // Back to streaming.
  void end_donation();

  // ---- accounting
  std::uint64_t last_heard_ns = 0;
  std::optional<std::uint64_t> lagging_since_ns;
  std::uint64_t frames_out = 0;
  std::uint64_t bytes_out = 0;
  std::uint64_t frames_in = 0;
  std::uint64_t bytes_in = 0;

  // See Replica::fingerprint.
  void hash_into(Fingerprint& out, std::uint64_t now_ns, std::uint64_t durable) const;

 private:
  struct Flight {
    std::uint64_t sequence = 0;
    CausalContext dots;
    std::uint64_t bytes = 0;
    std::uint64_t sent_ns = 0;
  };

  void forget_flights();
  void forget_compared();
  void forget_progress();

  NodeId node_;
  ReplicaId replica_;
  std::vector<std::uint64_t> replaced_;  // the last few incarnations before this one
  std::vector<Doubt> doubts_;
  bool proven_ = false;  // this incarnation answered
  std::string name_;
  PeerState state_ = PeerState::unknown;
  std::uint64_t frame_bytes_max_ = 0;

  CausalContext acknowledged_;
  std::uint64_t covered_version_ = 0;  // of the clock of covers(): it was the last that is covered
  bool behind_ = false;                // it did not cover one, nor came anything since
  // What it had at the last tick, and what we sent it of other origins: no progress of its own. The
  // two together stay about as short as a clock, however long the session.
  CausalContext settled_;
  bool settled_has_all_ = false;           // of acknowledged_
  bool ticked_ = false;                    // settled_ has what it had at a tick
  std::optional<CausalContext> progress_;  // what came by itself between the last two ticks
  bool showed_clock_ = false;              // since the last tick
  std::vector<Flight> flights_;            // rising
  CausalContext in_flight_;                // the dots of all flights
  std::uint64_t flight_bytes_ = 0;
  std::uint64_t sent_ = 0;
  struct Debt {
    std::uint64_t sequence = 0;
    std::uint64_t record = 0;
  };
  std::vector<Debt> debts_;  // rising by record
  std::uint64_t seen_ = 0;
  std::optional<std::uint64_t> asked_ns_;
  std::uint64_t asked_times_ = 0;
  std::uint64_t chunk_halvings_ = 0;
  std::vector<std::uint64_t> donated_;  // the last few sessions that we gave this incarnation
  std::optional<Donation> donation_;
};

}  // namespace rejoin
