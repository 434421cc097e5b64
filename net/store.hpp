#pragma once

// Store: objects as slots of live dots under one causal context; it merges without knowing types.
//
//     D  clock()      dots of entries merged whole: what digests, acknowledgements and tokens show
//     R  removed()    dots known to be removed whose own entry has not come; nearly always empty
//     M  slots        (object, path) -> live dots, each with bytes
//
// The context of every merge is D + R. Which rule a member follows stands beside it; the numbers
// are those of docs/architecture.md. Rule 5 (what a clock claims is there) holds after every call.
// Cost: s slots touched, n slots in all: O(s log n). Memory: live dots only; no tombstones.

#include <cstdint>
#include <map>
#include <memory>
#include <optional>
#include <set>
#include <string>
#include <utility>
#include <vector>

#include "crdt/causal_context.hpp"
#include "crdt/result.hpp"
#include "net/entry.hpp"
#include "net/slot_reader.hpp"

namespace rejoin {

class Fingerprint;

class Store : public SlotReader {
 public:
  // A live dot here; its replica is an index into the clock's table.
  struct Live {
    LocalDot dot;
    std::string value;
  };
  using Slot = std::vector<Live>;
  using Slots = std::map<std::string, Slot>;  // by path; none is empty
  using Objects = std::map<ObjectKey, Slots>;

  const CausalContext& clock() const { return clock_; }
  const CausalContext& removed() const { return removed_; }
  const Objects& objects() const { return objects_; }
  Dot full(LocalDot dot) const { return clock_.full(dot); }
  std::uint64_t live_count() const { return live_count_; }
  std::uint64_t value_bytes() const { return value_bytes_; }

  void each_fragment(const SlotKey& slot, const FragmentVisitor& visit) const override;
  void each_path(const ObjectKey& object, std::string_view prefix,
                 const PathVisitor& visit) const override;

  // Rule 1. Objects whose slots changed are added to `changed`, if somebody asks. False: a
  // duplicate, nothing done.
  bool merge(const Entry& entry, std::set<ObjectKey>* changed = nullptr);

  // D gains clock, R gains removed, R loses what is in D.
  void adopt(const CausalContext& clock, const CausalContext& removed);

  // Rule 4, the receiver's side: chunks are kept apart, and taken all at once at the end, so that
  // what is here is never half of what its donor had. One repair at a time.
  void begin_repair(const CausalContext& cut_clock, const CausalContext& cut_removed);
  bool repairing() const { return repair_.has_value(); }
  // D of the cut. Requires repairing().
  const CausalContext& repair_cut() const { return repair_->cut_clock; }
  // Keeps what the donor has in the slots of [the cursor, upto): those given; others are empty.
  // Nothing as upto: to the end. Error: malformed (a slot outside the range, a value that is
  // missing), and nothing is kept. Requires repairing().
  Result<void> keep_chunk(std::vector<SlotState> slots, const std::optional<SlotKey>& upto);
  struct Repaired {
    CausalContext clock;  // the cut
    CausalContext removed;
    std::vector<SlotState> slots;  // that changed, as they are now
  };
  // Applies the leaf rule to every slot and adopts the cut. Requires that the last chunk went to
  // the end.
  Repaired finish_repair(std::set<ObjectKey>& changed);
  void abandon_repair() { repair_.reset(); }

  // Rule 4, the donor's side: D and R of one moment, and what left M since. The store keeps it
  // right for as long as somebody holds it.
  struct Cut {
    CausalContext clock;
    CausalContext removed;
    std::map<SlotKey, std::vector<Fragment>> left;

    // Slots before this one have been sent.
    void forget_before(const SlotKey& from);
    std::optional<SlotKey> forgotten_before;
    void hash_into(Fingerprint& out) const;
  };
  std::shared_ptr<Cut> take_cut();
  // Slots from `from` on, until about `bytes_max`; `next` is where to go on, or nothing at the end.
  // Values whose dot the receiver's context has are left out. With a cut, as they were then.
  std::vector<SlotState> slots_from(const std::optional<SlotKey>& from, std::uint64_t bytes_max,
                                    const CausalContext& receiver, std::optional<SlotKey>& next,
                                    const Cut* cut = nullptr) const;

  // A slot holds exactly this: replay of a record.
  void replace(const SlotState& state, std::set<ObjectKey>& changed);

  // Equal live dots and values, whatever the clocks (rule 5).
  bool same_slots(const Store& other) const;
  // D, R and M in canonical bytes: equal at quiescence on every replica.
  std::string canonical() const;
  // The same, and the repair that is coming in. See Replica::fingerprint.
  void hash_into(Fingerprint& out) const;

 private:
  struct Repair {
    CausalContext cut_clock;
    CausalContext cut_removed;
    std::optional<SlotKey> cursor;  // slots before it came; nothing: none yet
    bool complete = false;
    std::map<SlotKey, std::vector<Fragment>> theirs;
  };

  bool in_context(const Dot& dot) const { return clock_.contains(dot) || removed_.contains(dot); }
  bool settle(const SlotKey& key, const std::vector<Fragment>& theirs, const Repair& repair,
              const CausalContext& cut);
  void keep_for_cuts(const SlotKey& key, const Dot& dot, const std::string& value);
  SlotState state_of(const SlotKey& key) const;
  const Slot* find(const SlotKey& key) const;
  bool add_live(const SlotKey& key, const Dot& dot, const std::string& value);
  bool erase_removed(const Removal& removal);
  template <class F>
  bool erase_live(const SlotKey& key, F&& gone);
  template <class F>
  bool erase_where(const SlotKey& key, F&& gone);

  CausalContext clock_;
  CausalContext removed_;
  Objects objects_;
  std::optional<Repair> repair_;
  std::vector<std::weak_ptr<Cut>> cuts_;
  std::uint64_t live_count_ = 0;
  std::uint64_t value_bytes_ = 0;
};

}  // namespace rejoin
