// ExhaustCase: when two states are the same.
//
// By contents: all that any step, or any check after one, reads is equal, but for names that nobody
// compares. That is, with the argument why the rest cannot matter:
//
//     a replica      Replica::fingerprint, which says what it leaves out
//     its disk       what is durable, which checks compare with; record by record only while it may
//                    still be read, that is while crashes are left
//     frames         those in flight, as a set: each may arrive next whatever the order, and where
//                    the case ends by itself there are none
//     ledger         the set of entries made. Entries and dots have numbers there, in the order in
//                    which they were made; checks go through them in that order, but whether one
//                    fails does not depend on who is asked first
//     specification  what each dot means, and who replaced it, by the names of the dots
//     acknowledged   each entry, yes or no. Those that a node still waits for are the others of its
//                    present start
//     oracle         of each node, what its store held when it was last looked at; and it is looked
//                    at after every step, so that is what it holds
//     time           the clocks, so that stamps and deadlines are the same
//     what is left   operations, of a program which; losses, copies, crashes, ticks; and how many
//                    nodes have had an operation, where nodes are alike
//
// By history: each node has taken the same steps in the same order. Equal histories have equal
// contents, not the other way round.

#include "net/fingerprint.hpp"
#include "sim/exhaust_case.hpp"

namespace rejoin::sim {

// What is not at a node.
Fingerprint ExhaustCase::surroundings() const {
  Fingerprint out;
  out.add(now_);
  out.add(operations_left_);
  for (unsigned left : {drops_left_, duplicates_left_, crashes_left_, ticks_left_}) out.add(left);
  std::uint64_t in_flight = 0;
  for (const Flight& flight : flights_) {
    in_flight += mix64(combine64(flight.hash, flight.source * 64 + flight.target));
  }
  out.add(in_flight);
  return out;
}

std::uint64_t ExhaustCase::history() const {
  Fingerprint out = surroundings();
  for (const Node& node : nodes_) out.add(node.history);
  return out.value();
}

std::uint64_t ExhaustCase::contents() const {
  Fingerprint out = surroundings();
  out.add(nodes_used_);
  for (const bool done : done_) out.add(done);
  for (const Node& node : nodes_) add_contents(out, node);
  out.add(made());
  out.add(specification_.fingerprint());
  return out.value();
}

void ExhaustCase::add_contents(Fingerprint& out, const Node& node) const {
  if (!node.fingerprint) node.fingerprint = node.replica->fingerprint(now());
  out.add(*node.fingerprint);
  out.add(node.starts);
  out.add(node.held);
  out.add(node.waiting.size());
  for (const CausalContext& held : node.waiting_held) out.add(held);
  if (crashes_left_ == 0) return;
  for (const auto* records : {&node.durable, &node.waiting}) {
    out.add(records->size());
    for (const std::string& record : *records) out.add(record);
  }
}

std::uint64_t ExhaustCase::made() const {
  std::uint64_t sum = 0;
  for (EntryNumber number = 0; number < ledger_.entry_count(); ++number) {
    Fingerprint entry;
    entry.add(ledger_.entry(number).node);
    entry.add(ledger_.entry(number).made);
    entry.add(static_cast<bool>(acknowledged_[number]));
    sum += mix64(entry.value());
  }
  return sum;
}

}  // namespace rejoin::sim
