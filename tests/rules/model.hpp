// The rules of the store, executable: what an entry is, how entries merge and join, and how an
// object is repaired under a cut.
//
// A store is (D, R, M):
//
//   D  `clock`     the dots of entries merged whole: what digests and tokens show
//   R  `removals`  dots known to be removed whose own entry has not come; empty most of the time
//   M  `slots`     each slot with its live dots
//
// and the context of every merge is D + R. Values are left out: a dot names one event for ever, so
// where the same dots are live the same bytes are read.
//
// This is a specification first. Everything is a plain sorted set, costs are linear, and nothing
// here draws a random number, so a `Store` can run beside a real one as its oracle: feed it the
// same entries and objects, compare `clock()` and `slots()`. `Variant` names each rule left out, in
// the place where the rule stands; anyone but the tests uses `Variant::rules`.
#pragma once

#include <algorithm>
#include <compare>
#include <cstdint>
#include <map>
#include <optional>
#include <set>
#include <string>
#include <string_view>
#include <vector>

namespace rejoin::rules {

enum class Variant : std::uint8_t {
  rules,             // all rules kept
  drop,              // rule 3: a superseded entry is dropped instead of joined
  newest_only,       // rule 3: a join keeps only the newest value of a slot
  skip_by_removals,  // rule 1: an entry is taken for a duplicate if its dots are in D or R
  only_removals,     // rule 1: a value is dropped only if its dot is in R, not if it is in D
  shared_dot,        // one dot for two slots
  one_by_one,        // rule 4: slots are taken as they come, and not all at the end
  sent_as_now,       // rule 4: slots are sent as they are by now, and not as at the cut
  late_cut,          // rule 4: the cut is taken after the digest was shown
  early_claim,       // rule 4: the cut is claimed at the start
  forget_removals,   // rule 4: at the end D gains the sender's D, but R nothing
  donor_union,       // rule 4: with several donors D gains the union of their clocks
  late_observe,      // rule 6: a removal takes what is live at the flush, not what the caller saw
};

struct Dot {
  std::uint64_t replica = 0;
  std::uint64_t sequence = 0;
  auto operator<=>(const Dot&) const = default;
};
using Dots = std::set<Dot>;

// A dot where it is live.
struct Value {
  std::string slot;
  Dot dot;
  auto operator<=>(const Value&) const = default;
};
using Values = std::set<Value>;
using Slots = std::map<std::string, Dots>;  // never holds an empty set

// What one transaction did, or the join of several.
struct Entry {
  Dots dots;       // one for each slot it gave a value, one for all its pure removals
  Values values;   // the values it gave, each under one of `dots`
  Values removed;  // what it removed, by slot, so that a store needs no index from dots to slots
  bool operator==(const Entry&) const = default;
};

// Rule 3: all dots, all removals, and every value that neither removed. Idempotent, commutative,
// associative.
Entry join(const Entry& a, const Entry& b, Variant variant = Variant::rules);

// The context of a store at one moment. A repair runs under the cut of its sender.
struct Cut {
  Dots clock;
  Dots removals;
  bool knows(const Dot& dot) const { return clock.contains(dot) || removals.contains(dot); }
};

enum class Session : std::uint64_t {};  // one repair that a store is receiving

class Store {
 public:
  explicit Store(Variant variant = Variant::rules) : variant_(variant) {}

  const Dots& clock() const { return context_.clock; }
  const Dots& removals() const { return context_.removals; }
  const Cut& cut() const { return context_; }
  const Slots& slots() const { return slots_; }
  const Dots& at(const std::string& slot) const;
  Values live() const;

  // Rule 1. Returns false if the entry is a duplicate: then nothing changed.
  bool merge(const Entry& entry);

  // Rule 4, receiving side. A repair is one session for each donor, open under that donor's cut.
  //
  //   complete:     open_session, then keep_object for each slot, finish, close_session
  //   interrupted:  open_session, then some of these, close_session; nothing happened
  Session open_session(Cut cut);
  // The live dots of the slot at the donor, at the cut, are `theirs`.
  void keep_object(Session session, const std::string& slot, const Dots& theirs);
  // Rule 2 for every slot of these sessions. Then what a complete repair may claim is adopted: from
  // one donor its cut, from several the intersection of their clocks and the union of their
  // removals.
  void finish(const std::vector<Session>& sessions, const Cut& claimed);
  void close_session(Session session);
  void adopt(const Cut& claimed);

 private:
  struct Receiving {
    Cut cut;
    Slots theirs;
  };

  void apply(const Cut& cut, const std::string& slot, const Dots& theirs);
  void forget_covered_removals();

  Variant variant_;
  Cut context_;
  Slots slots_;
  std::map<Session, Receiving> sessions_;
  std::uint64_t sessions_opened_ = 0;
};

// The observer who sees every transaction as it is made, and therefore knows what must be live:
// a value lives if and only if no transaction removed it.
class Ledger {
 public:
  // `seen` is what the callers of the transaction saw live in the slots they wrote, whatever the
  // entry says.
  void record(const Entry& entry, const Values& seen);

  Values live() const;
  const Dots& dots() const { return dots_; }

  // Rule 5, and the form of the store: a sentence if it does not hold. Linear in the entries
  // recorded. `whole`: no entry may be there in part; a snapshot from several donors brings slots
  // of several moments, and then some are.
  std::optional<std::string> violation(const Store& store, bool whole = true) const;

 private:
  std::vector<Entry> entries_;
  Dots dots_;
  Values values_;
  Values removed_;
};

std::string to_string(const Dot& dot);
std::string to_string(const Value& value);
std::string_view to_string(Variant variant);

template <class T>
bool contains_all(const std::set<T>& all, const std::set<T>& some) {
  return std::ranges::all_of(some, [&](const T& element) { return all.contains(element); });
}

}  // namespace rejoin::rules
