#pragma once

// Meant: a value under one dot, as the operation meant it, and what all that stands together reads:
// the specification of every type, in code that shares nothing with the types. Where a type counts
// totals, this keeps the operations themselves.

#include <cstdint>
#include <map>
#include <optional>
#include <set>
#include <string>
#include <utility>
#include <vector>

#include "crdt/hybrid_time.hpp"
#include "crdt/replica_id.hpp"
#include "crdt/type_tag.hpp"
#include "sim/own.hpp"

namespace rejoin::sim {

struct Step;

struct Meant {
  // Of one share of a resettable counter, one addition.
  using Addition = std::pair<std::uint64_t, std::uint64_t>;
  using Way = std::pair<ReplicaId, ReplicaId>;

  std::string field;                             // in a map: what leads to it
  std::string text;                              // registers; a set's element
  bool taken = false;                            // it says that the element or the field is out
  std::map<ReplicaId, std::int64_t> ups, downs;  // counters: totals
  std::map<Way, std::int64_t> moved;             // bounded counter
  std::optional<std::int64_t> best;              // max, min, ordered
  std::set<std::string> elements;                // sketch; a lattice of the user's
  std::map<Addition, std::int64_t> added;        // resettable counter
  std::set<Addition> reset;
  std::map<std::uint64_t, ReplicaId> shares;  // whose each is
  OwnEvents events;                           // of a type of the user's
  bool opaque = false;                        // of what was written nothing is known

  // Both stand.
  void join(const Meant& other, Family family);
};

// What the shares of a slot have: counters of maps are counters.
Family family_of_share(Family family);
bool is_stamped(Family family);

// The share `mine` after an amendment; `all` is what its writer sees of the slot. False: nothing
// happened. `fresh` numbers shares and additions.
bool amend(Meant& mine, const Meant& all, const Step& step, const ReplicaId& self, Family family,
           std::uint64_t& fresh);

// What a bounded counter lets `self` take.
std::int64_t rights_in(const Meant& all, const ReplicaId& self);

// A value that stands, with what orders it if its type is stamped.
struct Standing {
  Meant meant;
  std::string path;
  HybridTime stamp;
  ReplicaId by;
};

// What a key reads if just these stand; as read_value() prints it.
std::string value_of(Family family, const std::vector<Standing>& standing);

// Sorted, each once.
std::string listed(std::vector<std::string> texts);

}  // namespace rejoin::sim
