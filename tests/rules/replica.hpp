// A replica of the model: a store that also writes, and the log of entries it can still send.
#pragma once

#include <cstdint>
#include <map>
#include <optional>
#include <string>
#include <vector>

#include "tests/rules/model.hpp"

namespace rejoin::rules {

// One operation of a transaction. `seen` is noted when the operation runs; the dot is taken at the
// flush, which may be later (rule 6).
struct Write {
  enum class Kind : std::uint8_t { put, remove };
  std::string slot;
  Kind kind = Kind::put;
  Dots seen;
};

class Replica {
 public:
  Replica(std::uint64_t id, Variant variant) : variant_(variant), id_(id), store_(variant) {}

  Store& store() { return store_; }
  const Store& store() const { return store_; }
  const std::map<Dots, Entry>& log() const { return log_; }

  // Makes one entry of a transaction's writes, at most one for a slot, and merges and logs it here.
  // Returns nothing if it would change nothing: then no dot was taken.
  std::optional<Entry> commit(const std::vector<Write>& writes);

  // Entries that came together: they are merged as their join, and logged one by one.
  void receive(const std::vector<Entry>& together);

  // Whether the log reaches: D here - D of the peer lies within the dots that have an entry here.
  bool log_serves(const Store& peer) const;

  // Joins one older entry, of whose values nothing is left, into the entry that removed them. False
  // if there is none.
  bool compact_log();

  // Cuts the log anywhere: it is a cache of what peers may ask for, and the store does not depend
  // on it.
  void forget_log_entry(std::size_t index);

 private:
  Dot mint() { return {id_, ++sequence_}; }

  Variant variant_;
  std::uint64_t id_;
  std::uint64_t sequence_ = 0;
  Store store_;
  std::map<Dots, Entry> log_;  // by the dots of each entry
};

}  // namespace rejoin::rules
