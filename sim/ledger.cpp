#include "sim/ledger.hpp"

#include <algorithm>

#include "crdt/hash.hpp"

namespace rejoin::sim {

std::string to_string(const Dot& dot) {
  // The incarnation says enough: it is drawn for each start of each node.
  return rejoin::to_string(dot.replica).substr(29, 8) + ":" + std::to_string(dot.sequence);
}

std::string to_string(const SlotKey& slot) {
  std::string path;
  for (char c : slot.path) path += c >= ' ' && c <= '~' ? c : '.';
  return slot.object.name + (path.empty() ? "" : "/" + path);
}

std::optional<std::string> Ledger::record(const Entry& entry, unsigned node, Time now,
                                          EntryNumber& number) {
  std::optional<EntryNumber> before;
  bool all_known = true;
  entry.dots.each_interval([&](const ReplicaId& replica, Interval interval) {
    for (std::uint64_t s = interval.first; s <= interval.last; ++s) {
      const DotNumber known = this->number(Dot{replica, s});
      if (known == no_number) {
        all_known = false;
      } else {
        before = dots_[known].entry;
      }
    }
  });
  if (before && all_known) {
    number = *before;
    return same_as_before(entry, *before);
  }
  if (before) {
    return "an entry uses dots of an earlier one, made at " +
           std::to_string(entries_[*before].at / millisecond) + " ms";
  }

  number = static_cast<EntryNumber>(entries_.size());
  entries_.push_back({node, now, {}, entry});
  std::optional<std::string> wrong;
  entry.dots.each_interval([&](const ReplicaId& replica, Interval interval) {
    const auto [at, added] =
        replicas_.try_emplace(replica, static_cast<std::uint32_t>(sequences_.size()));
    if (added) sequences_.emplace_back();
    std::vector<DotNumber>& sequences = sequences_[at->second];
    if (interval.first != sequences.size() + 1) wrong = "dots are minted with a gap";
    for (std::uint64_t s = interval.first; s <= interval.last && !wrong; ++s) {
      sequences.push_back(static_cast<DotNumber>(dots_.size()));
      entries_.back().dots.push_back(static_cast<DotNumber>(dots_.size()));
      dots_.push_back({Dot{replica, s}, number, false, {}, {}, {}});
    }
  });
  if (wrong) return wrong;
  for (const Put& put : entry.puts) {
    const DotNumber at = this->number(put.dot);
    if (at == no_number || dots_[at].entry != number) return "a value under a dot of another entry";
    if (dots_[at].has_value) return "two values under one dot, " + to_string(put.dot);
    dots_[at].has_value = true;
    dots_[at].slot = put.slot;
    dots_[at].value = put.value;
    unremoved_.push_back(at);
  }
  return add_removals(entry, number);
}

std::optional<std::string> Ledger::add_removals(const Entry& entry, EntryNumber number) {
  for (const Removal& removal : entry.removals) {
    for (std::uint64_t s = removal.dots.first; s <= removal.dots.last; ++s) {
      const Dot gone{removal.replica, s};
      const DotNumber at = this->number(gone);
      if (at == no_number) return "an entry removes a dot that nobody made, " + to_string(gone);
      MadeDot& dot = dots_[at];
      if (!dot.has_value || dot.slot != removal.slot) {
        return "an entry removes " + to_string(gone) + " in a slot where it never lay";
      }
      if (dot.removers.empty()) std::erase(unremoved_, at);
      dot.removers.push_back(number);
    }
  }
  return std::nullopt;
}

// A dot names one event for ever: what is made again under it must be what was made.
std::optional<std::string> Ledger::same_as_before(const Entry& entry, EntryNumber number) const {
  for (const Put& put : entry.puts) {
    const DotNumber at = this->number(put.dot);
    if (at == no_number || dots_[at].slot != put.slot || dots_[at].value != put.value) {
      return "the dot " + to_string(put.dot) + " was minted twice";
    }
  }
  std::size_t values = 0;
  for (DotNumber dot : entries_[number].dots) values += dots_[dot].has_value;
  if (values != entry.puts.size()) return "dots were minted twice";
  return std::nullopt;
}

std::optional<std::string> Ledger::altered(const Entry& entry) const {
  for (const Put& put : entry.puts) {
    const DotNumber at = number(put.dot);
    if (at == no_number || dots_[at].slot != put.slot || dots_[at].value != put.value) {
      return "an entry came with another value under " + to_string(put.dot) + " than was made";
    }
  }
  return std::nullopt;
}

std::uint32_t Ledger::replica_number(const ReplicaId& replica) const {
  const auto at = replicas_.find(replica);
  return at == replicas_.end() ? no_number : at->second;
}

bool Ledger::covered(EntryNumber entry, const CausalContext& clock) const {
  for (DotNumber dot : entries_[entry].dots) {
    if (!clock.contains(dots_[dot].dot)) return false;
  }
  return true;
}

std::optional<std::string> Ledger::invented(const CausalContext& clock) const {
  std::optional<std::string> found;
  clock.each_replica([&](const ReplicaId& replica, const SequenceSet& seen) {
    const std::uint32_t number = replica_number(replica);
    if (number == no_number || seen.last() > sequences_[number].size()) {
      found = "the clock claims a dot that nobody made, " + to_string(Dot{replica, seen.last()});
    }
  });
  return found;
}

}  // namespace rejoin::sim
