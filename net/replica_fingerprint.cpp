// Replica: all that it holds and knows, as one hash. A member that decides what happens next is
// told here; one that only counts or remembers for people is named below as left out:
//
//     Replica   stats_; flushes_ and flushed_, which say where a receipt's dots are; encoded_, a
//               copy of what the log says; setup_ but for self
//     Peer      frames_ and bytes_, in and out; flight_bytes_, a sum; what it was found to cover,
//               which saves a comparison
//     EntryLog  ids of entries, but for their order; bytes_ and dots_, sums of what is told
//     Store     the table of replicas, and the order of a slot's dots in it; cuts_, each of
//               which is told by the donation that holds it
//
// Numbers of records are told from the last durable one on, times from now on: what has passed, and
// may be done from then on, has passed. Sequences of frames stay what they are: those under way
// name them.

#include "crdt/assert.hpp"
#include "net/fingerprint.hpp"
#include "net/replica.hpp"

namespace rejoin {
namespace {

// Of what comes later than `from`; 0: it has come.
std::uint64_t beyond(std::uint64_t at, std::uint64_t from) {
  return at > from ? at - from : 0;
}

}  // namespace

void Store::hash_into(Fingerprint& out) const {
  out.add(canonical());
  out.add(repair_.has_value());
  if (!repair_) return;
  out.add(repair_->cut_clock);
  out.add(repair_->cut_removed);
  out.add(repair_->cursor);
  out.add(repair_->complete);
  out.add(repair_->theirs.size());
  for (const auto& [slot, fragments] : repair_->theirs) {
    out.add(slot);
    out.add_each(fragments);
  }
}

void Store::Cut::hash_into(Fingerprint& out) const {
  out.add(clock);
  out.add(removed);
  out.add(forgotten_before);
  out.add(left.size());
  for (const auto& [slot, fragments] : left) {
    out.add(slot);
    out.add_each(fragments);
  }
}

void EntryLog::hash_into(Fingerprint& out) const {
  out.add(logged_.size());
  for (const auto& [id, logged] : logged_) {
    out.add(logged.entry);
    out.add_each(logged.values_left);
    each_run_of(logged, [&](const ReplicaId& replica, std::uint64_t first, const Run& run) {
      out.add(Dot{replica, first});
      out.add(run.last);
    });
  }
}

void Batch::hash_into(Fingerprint& out) const {
  out.add(groups_.size());
  for (const auto& [group, changes] : groups_) {
    out.add(changes.size());
    for (const auto& [slot, change] : changes) {
      out.add(slot);
      out.add_each(change.seen);
      out.add(change.value);
    }
  }
}

void Peer::hash_into(Fingerprint& out, std::uint64_t now_ns, std::uint64_t durable) const {
  const auto since = [&](const std::optional<std::uint64_t>& at) {
    out.add(at.has_value());
    if (at) out.add(now_ns - *at);
  };
  out.add(replica_);
  out.add(name_);
  out.add(state_);
  out.add(frame_bytes_max_);
  out.add(route);
  out.add(its_route);
  out.add(told_route);
  out.add(beyond(answer_at_ns, now_ns));
  out.add(proven_);
  out.add_each(replaced_);
  out.add(doubts_.size());
  for (const Doubt& doubt : doubts_) {
    out.add(doubt.incarnation);
    out.add(doubt.question);
    since(doubt.since_ns);
    out.add(doubt.hellos);
    out.add(beyond(doubt.ask_at_ns, now_ns));
    out.add(doubt.answered);
    out.add(doubt.told_route);
  }
  since(last_heard_ns);
  since(lagging_since_ns);

  out.add(acknowledged_);
  out.add(settled_up);
  out.add(settled_);
  out.add(ticked_);
  out.add(progress_);
  out.add(showed_clock_);
  out.add(sent_);
  out.add(flights_.size());
  for (const Flight& flight : flights_) {
    out.add(flight.sequence);
    out.add(flight.dots);
    out.add(flight.bytes);
    since(flight.sent_ns);
  }
  out.add(in_flight_);
  since(asked_ns_);
  out.add(asked_times_);
  out.add(seen_);
  out.add(debts_.size());
  for (const Debt& debt : debts_) {
    out.add(debt.sequence);
    out.add(beyond(debt.record, durable));
  }

  out.add(chunk_halvings_);
  out.add_each(donated_);
  out.add(donation_.has_value());
  if (!donation_) return;
  out.add(donation_->session);
  out.add(donation_->cut_clock);
  out.add(donation_->cut != nullptr);
  if (donation_->cut) donation_->cut->hash_into(out);
  since(donation_->active_ns);
  out.add(donation_->asked);
  out.add(donation_->from);
}

void Replica::hash_routes_into(Fingerprint& out, std::uint64_t now_ns) const {
  out.add(next_route_);
  out.add(routes_.size());
  for (const auto& [id, route] : routes_) {
    out.add(id);
    out.add(route.node);
    out.add(route.loops);
    out.add(route.looped);
    out.add(now_ns - route.hello_at_ns);  // rarely needed, it is due long after
  }
}

void Replica::hash_receiving_into(Fingerprint& out, std::uint64_t now_ns) const {
  out.add(repair_sessions_);
  out.add(receiving_.has_value());
  if (!receiving_) return;
  out.add(receiving_->donor);
  out.add(receiving_->session);
  out.add(receiving_->cursor);
  out.add(receiving_->begun);
  out.add(now_ns - receiving_->asked_ns);
  out.add(receiving_->first_asked_ns == 0 ? UINT64_MAX : now_ns - receiving_->first_asked_ns);
  out.add(now_ns - receiving_->progress_ns);
  out.add(receiving_->wait_ns);
  out.add(receiving_->slots);
}

void Replica::hash_undurable_into(Fingerprint& out) const {
  out.add(records_ - durable_);
  out.add(beyond(incarnation_record_, durable_));
  out.add(undurable_.size());
  for (const Undurable& waits : undurable_) {
    out.add(waits.record - durable_);
    out.add(waits.dots);
    out.add_each(waits.entries);
  }
  out.add(held_.size());
  for (const Held& held : held_) {
    out.add(held.record - durable_);
    out.add(held.frame.route);
    out.add(held.frame.bytes);
  }
}

std::uint64_t Replica::fingerprint(Now now) const {
  REJOIN_ASSERT(to_persist_.empty() && outbox_.empty() && events_.empty());
  Fingerprint out;
  out.add(setup_.self);
  out.add(phase_);
  store_.hash_into(out);
  batch_.hash_into(out);
  log_.hash_into(out);
  out.add(stamps_.last().value);
  out.add(flush_at_ns_.has_value());
  if (flush_at_ns_) out.add(beyond(*flush_at_ns_, now.mono_ns));
  hash_undurable_into(out);
  out.add(shown_);
  hash_routes_into(out, now.mono_ns);
  out.add(peers_.size());
  peers_.each([&](const Peer& peer) {
    out.add(peer.node());
    peer.hash_into(out, now.mono_ns, durable_);
  });
  out.add(duplicated_ns_.size());
  for (const auto& [node, at_ns] : duplicated_ns_) {
    out.add(node);
    out.add(now.mono_ns - at_ns);
  }
  hash_receiving_into(out, now.mono_ns);
  out.add_each(own_past_);
  out.add(beyond(digest_at_ns_, now.mono_ns));
  out.add(beyond(relay_at_ns_, now.mono_ns));
  out.add(relayable_);
  out.add(relayable_next_);
  out.add(watched_.size());
  for (const std::string& prefix : watched_) out.add(prefix);
  return out.value();
}

}  // namespace rejoin
