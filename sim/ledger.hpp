#pragma once

// Ledger: every entry that any node ever made, seen as it leaves the node for its disk, and so
// before anybody else can know of it. It is what all oracles compare with. Dots get dense numbers
// here, so that checks after every event are walks over small arrays. Cost: record O(entry log
// replicas); look-ups O(1) once a replica's number is known.

#include <cstdint>
#include <limits>
#include <map>
#include <optional>
#include <string>
#include <vector>

#include "net/entry.hpp"
#include "sim/time.hpp"

namespace rejoin::sim {

using DotNumber = std::uint32_t;
using EntryNumber = std::uint32_t;
constexpr std::uint32_t no_number = std::numeric_limits<std::uint32_t>::max();

class Ledger {
 public:
  struct MadeDot {
    Dot dot;
    EntryNumber entry = no_number;
    bool has_value = false;
    SlotKey slot;  // of the value
    std::string value;
    std::vector<EntryNumber> removers;
  };
  struct MadeEntry {
    unsigned node = 0;
    Time at = 0;
    std::vector<DotNumber> dots;
    Entry made;
  };

  // Nothing if the entry is new and sound, or known and the same; else what is wrong with it.
  // `number` gets the entry's.
  std::optional<std::string> record(const Entry& entry, unsigned node, Time now,
                                    EntryNumber& number);

  // Nothing if the values of an entry from elsewhere are those that were made under their dots.
  std::optional<std::string> altered(const Entry& entry) const;

  std::uint32_t replica_number(const ReplicaId& replica) const;
  DotNumber number(std::uint32_t replica, std::uint64_t sequence) const {
    if (replica >= sequences_.size() || sequence == 0) return no_number;
    const std::vector<DotNumber>& of = sequences_[replica];
    return sequence > of.size() ? no_number : of[sequence - 1];
  }
  DotNumber number(const Dot& dot) const {
    return number(replica_number(dot.replica), dot.sequence);
  }

  const MadeDot& dot(DotNumber number) const { return dots_[number]; }
  const std::vector<MadeDot>& dots() const { return dots_; }
  const MadeEntry& entry(EntryNumber number) const { return entries_[number]; }
  std::size_t entry_count() const { return entries_.size(); }
  // Values that no entry has removed so far.
  const std::vector<DotNumber>& unremoved() const { return unremoved_; }

  bool covered(EntryNumber entry, const CausalContext& clock) const;
  // A sentence about a dot of the clock that nobody made.
  std::optional<std::string> invented(const CausalContext& clock) const;

 private:
  std::optional<std::string> same_as_before(const Entry& entry, EntryNumber number) const;
  std::optional<std::string> add_removals(const Entry& entry, EntryNumber number);

  std::map<ReplicaId, std::uint32_t> replicas_;
  std::vector<std::vector<DotNumber>> sequences_;  // by replica number
  std::vector<MadeDot> dots_;
  std::vector<MadeEntry> entries_;
  std::vector<DotNumber> unremoved_;
};

std::string to_string(const Dot& dot);
std::string to_string(const SlotKey& slot);

}  // namespace rejoin::sim
