#pragma once

// Replica: the core. A state machine without I/O that replicates one store.
//
//     getters     const, any time
//     handle_*    what happened outside: a frame, a route, the deadline, records that became
//     durable commands    what the application wants poll_*      what to do now; drain all four
//     after every handle and command
//
// The caller's whole loop:
//
//     wait for a frame, for poll_timeout(), or for records to become durable; handle it;
//     drain poll_persist, poll_transmit and poll_event; repeat
//
// Time and bytes go in; nothing here reads a clock, a socket, a thread or a file. One seed, one
// trace. handle_timeout early or repeated does nothing. Frames may be lost, repeated, reordered, or
// hostile. Nothing is shown that could be lost: no frame reveals a dot whose record is not durable
// here (rule 7), so records not reported durable hold frames back, and a storage that failed ends
// all sending. Not thread-safe: one caller at a time.

#include <cstdint>
#include <deque>
#include <functional>
#include <map>
#include <optional>
#include <set>
#include <string>
#include <string_view>
#include <vector>

#include "net/batch.hpp"
#include "net/config.hpp"
#include "net/event.hpp"
#include "net/frame.hpp"
#include "net/log.hpp"
#include "net/peer_table.hpp"
#include "net/shown_clock.hpp"
#include "net/store.hpp"
#include "net/transaction.hpp"

namespace rejoin {

// A store's clock, handed to a session: "show me at least this".
using Token = CausalContext;

// A transaction's receipt: the flush that records it. 0: it changed nothing.
struct Commit {
  std::uint64_t flush = 0;
};

class Replica {
 public:
  struct Setup {
    Config config;
    StoreId store;
    ReplicaId self;    // the incarnation must be new: random, made at this start
    std::string name;  // a label for people
  };

  // Begins empty. Requires: setup.config.validate().
  explicit Replica(Setup setup);
  Replica(const Replica&) = delete;
  Replica& operator=(const Replica&) = delete;

  // Before start: replays one stored record. Errors as decode_record's.
  Result<void> restore(std::string_view record);
  // Makes the incarnation's record; from now on commands and frames are taken. A new directory's
  // caller says so, and the node's identity is recorded first.
  void start(Now now, bool new_directory);

  // ---- getters
  const ReplicaId& self() const { return setup_.self; }
  const Config& config() const { return setup_.config; }
  const Store& store() const { return store_; }
  const EntryLog& log() const { return log_; }
  // The clock as it may be shown: everything in it is durable here.
  const CausalContext& shown() const { return shown_; }
  Token token() const { return shown_; }
  bool covers(const Token& token) const { return shown_->covers(token); }
  // Peers whose durable clock covers the token, by node.
  std::vector<NodeId> holders(const Token& token) const;
  std::vector<PeerStatus> peers(Now now) const;
  // Nodes that two live processes claimed within the last peer_timeout_ms: copied directories.
  std::vector<NodeId> duplicated(Now now) const;
  const Stats& stats() const { return stats_; }
  Backlog backlog() const;
  // All records a new log would need, for Storage::checkpoint. Their number is `records()` now.
  std::vector<std::string> checkpoint() const;
  std::uint64_t records() const { return records_; }
  // A hash of all that decides what this replica does from now on: two of one Setup and incarnation
  // with equal ones answer whatever comes with the same frames, records and deadlines, counted from
  // now. Requires that all four polls were drained. Cost: O(store + log + peers).
  std::uint64_t fingerprint(Now now) const;

  // ---- handle
  // A frame from anyone. Its error, if it was refused, is for a log: the core has dealt with it.
  // `judge`: whether whoever brought it may say this, where links tell who that is.
  using Judge = std::function<Result<void>(const Frame&)>;
  Result<void> handle_frame(std::string_view bytes, Now now, const Judge& judge = {});
  void handle_timeout(Now now);
  // Records up to this number (counted from 1 in the order they were polled) are durable.
  void handle_persisted(std::uint64_t upto, Now now);
  // The storage refused: no more writes, no more frames. Reading goes on.
  void handle_storage_failed(const Error& error);

  // ---- commands
  // Runs f on a transaction and records what it did, as one entry; with a batch window, at the next
  // flush. If f returns an error, or an operation was refused, nothing happened: that error. Errors
  // beside: limit_exceeded (entry_bytes_max), storage_failed.
  Result<Commit> transact(const std::function<Result<void>(Transaction&)>& f, Now now);
  // Flushes what a batch window holds.
  void flush(Now now);
  // The clock that covers the commit: nothing until it was flushed. Durable here once covers() it.
  std::optional<Token> token_of(const Commit& commit) const;
  // Reads through transactions that wait to be flushed; store() does not.
  const SlotReader& latest() const { return batch_; }
  RouteId add_route(Now now);
  void remove_route(RouteId route);
  // Says goodbye to every peer.
  void leave();
  // Ask for Changed events of objects whose name has this prefix.
  void watch(std::string prefix) { watched_.push_back(std::move(prefix)); }

  // ---- poll
  // Records to make durable, in order; empty if none.
  std::vector<std::string> poll_persist();
  struct Transmit {
    RouteId route;
    std::string bytes;
  };
  std::optional<Transmit> poll_transmit();
  std::optional<Event> poll_event();
  // The one next deadline, on Now::mono_ns's scale.
  std::optional<std::uint64_t> poll_timeout() const;

 private:
  // A route that leads back to us, or is spare, is tried again this many hello intervals later: a
  // name may move.
  static constexpr std::uint64_t loop_intervals = 64;

  struct Route {
    std::optional<NodeId> node;     // who answered on it
    bool loops = false;             // our hello came back on it since it was last greeted
    bool looped = false;            // and did so after the greeting before
    std::uint64_t hello_at_ns = 0;  // not before; where it is rarely needed, later
    mutable std::size_t place = 0;  // where it stood in the table when it was last looked for
  };
  // A record that is not durable yet: what it will let us show and serve.
  struct Undurable {
    std::uint64_t record = 0;
    CausalContext dots;
    std::vector<Entry> entries;
  };
  struct Held {  // a frame that may not leave before a record is durable
    std::uint64_t record = 0;
    Transmit frame;
  };
  // The repair that this replica receives; one at a time.
  struct Receiving {
    NodeId donor;
    std::uint64_t session = 0;
    std::optional<SlotKey> cursor;
    bool begun = false;          // the first chunk came, and with it the cut
    std::uint64_t asked_ns = 0;  // last, and first for this chunk
    std::uint64_t first_asked_ns = 0;
    std::uint64_t progress_ns = 0;
    std::uint64_t wait_ns = 0;  // until the chunk is asked for again
    std::uint64_t slots = 0;

    // A slow link is asked in its own time: twice as long as the last chunk took.
    void chunk_came(const Config& config, std::uint64_t now_ns);
  };

  // Who answered on the route; null if nobody, or if it was forgotten.
  const Peer* peer_on(const Route& route) const;
  Peer* peer_on(const Route& route);

  // records (replica.cpp)
  void record(Record record, CausalContext dots);
  void record_entries(EntriesRecord& made);
  void record_repair(Store::Repaired repaired);
  void merge_entries(std::vector<Entry> entries);
  std::map<SlotKey, Dot> flush_batch(Now now);
  void announce(const std::set<ObjectKey>& changed);
  void emit(Event event) { events_.push_back(std::move(event)); }

  // frames in (replica_frames.cpp)
  void on(const ReplicaId& sender, Hello& hello, Now now);
  void on(Peer& peer, Entries& entries, Now now);
  void on(Peer& peer, const ClockShown& shown, Now now);
  void on(Peer& peer, const RepairOffer&, Now now);
  void on(Peer& peer, const RepairRequest& request, Now now);
  Result<void> on(Peer& peer, RepairChunk& chunk, Now now);
  void on(Peer& peer, const RepairGone& gone);
  Result<void> dispatch(Peer& peer, Frame& frame, Now now);
  void answer(Peer& peer, std::uint64_t question, Now now);
  void answer_again(Peer& peer, Now now);
  void ask_who_lives(Peer& peer, const ReplicaId& speaker, std::optional<RouteId> its_route,
                     std::uint64_t question, Now now);
  void identify(Peer& peer, RouteId route, Now now);
  std::optional<std::string> objection(const Hello& hello) const;
  void refuse(const NodeId& node, const std::string& reason);
  void reject(const NodeId& node, const std::string& reason);
  void report_duplicate(const NodeId& node, Now now);
  Peer* find_or_make_peer(const NodeId& node);
  // What a frame claims was made: is possible; is more than its maker has shown; cannot be.
  enum class Belief { good, early, forged };
  Belief belief_in(const Peer& sender, const ReplicaId& maker, std::uint64_t last, Now now) const;
  template <class Claims>
  Belief belief_in(const Peer& sender, const Claims& claims, Now now) const;
  bool names_our_future(const RepairChunk& chunk) const;
  void ask_for_chunk(Peer& peer, Now now);
  std::uint64_t chunk_bytes(const Peer& peer) const;
  bool needs_repair() const;
  void finish_receiving(Peer& peer);
  void stop_receiving();
  void abandon_receiving();
  void fall_silent(Peer& peer);

  // frames out (replica_send.cpp)
  void pump(Now now);
  void pump(Peer& peer, Now now);
  bool push_entries(Peer& peer, CausalContext lacking, Now now);
  const EncodedEntries& encoded(const std::vector<const Entry*>& entries);
  CausalContext owed_to(const Peer& peer) const;
  void doubt_its_way(Peer& peer);
  void send_hello(RouteId route, const Peer* heard, std::uint64_t answers = 0);
  void send_hello(RouteId route, const std::optional<Hello::Heard>& heard, std::uint64_t asks,
                  std::uint64_t answers);
  void show_clock(Peer& peer, std::uint64_t asks);
  void send(Peer& peer, decltype(Frame::body) body, std::uint64_t after_record = 0);
  void send_bytes(Peer& peer, std::string frame, std::uint64_t after_record);
  void send_on(RouteId route, decltype(Frame::body) body, std::uint64_t after_record);
  void queue(Transmit frame, std::uint64_t after_record);
  bool wants_hello(RouteId id, const Route& route) const;
  bool is_spare(RouteId id, const Route& route) const;
  std::uint64_t hello_due_ns(RouteId id, const Route& route, bool misses_a_way) const;
  std::uint64_t first_hello_ns() const;
  std::uint64_t look_for_first_hello() const;
  bool all_routes_answered() const;
  void tick_routes(Now now);
  void tick_peers(Now now);
  void tick_donation(Peer& peer, Now now);
  std::uint64_t receiving_deadline_ns() const;
  void tick_receiving(Now now);

  // all of it as a hash (replica_fingerprint.cpp)
  void hash_routes_into(Fingerprint& out, std::uint64_t now_ns) const;
  void hash_receiving_into(Fingerprint& out, std::uint64_t now_ns) const;
  void hash_undurable_into(Fingerprint& out) const;

  Setup setup_;
  Store store_;
  Batch batch_;
  EntryLog log_;
  HybridClock stamps_;
  enum class Phase { restoring, running, storage_failed } phase_ = Phase::restoring;

  std::uint64_t flushes_ = 0;
  std::deque<std::pair<std::uint64_t, std::uint64_t>> flushed_;  // flush -> our last sequence in it
  std::optional<std::uint64_t> flush_at_ns_;

  std::uint64_t records_ = 0;
  std::uint64_t durable_ = 0;
  std::uint64_t incarnation_record_ = 0;
  std::vector<std::string> to_persist_;
  std::vector<SlotState> until_clock_;  // restored, and not yet claimed
  std::deque<Undurable> undurable_;
  ShownClock shown_;

  std::map<RouteId, Route> routes_;
  // When the first hello is due, as long as the peers' ways are of this version; 0: a route
  // changed.
  mutable std::uint64_t first_hello_ns_ = 0;
  mutable std::uint64_t first_hello_version_ = 0;
  RouteId next_route_ = 1;
  PeerTable peers_{setup_.config};
  std::map<NodeId, std::uint64_t> duplicated_ns_;  // when two processes were last heard as it
  std::optional<Receiving> receiving_;
  // From the incarnation on, so that a late chunk for an earlier start is of no session of ours.
  std::uint64_t repair_sessions_ = setup_.self.incarnation;
  std::set<std::uint64_t> own_past_;  // incarnations of this node that our disk knows
  std::uint64_t digest_at_ns_ = 0;
  std::uint64_t relay_at_ns_ = 0;
  CausalContext relayable_;       // shown for at least one relay tick
  CausalContext relayable_next_;  // shown at the last tick

  // What was sent last is what the next peer lacks, too. Until the log changes.
  std::vector<const Entry*> encoded_from_;
  EncodedEntries encoded_;

  std::deque<Transmit> outbox_;
  std::deque<Held> held_;  // rising records
  std::deque<Event> events_;
  std::vector<std::string> watched_;
  Stats stats_;
};

}  // namespace rejoin
