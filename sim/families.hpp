#pragma once

// The types that the workload uses, one of each family, and how a key of one reads.

#include <cstdint>
#include <optional>
#include <string>
#include <string_view>
#include <vector>

#include "crdt/aggregate.hpp"
#include "crdt/bounded_counter.hpp"
#include "crdt/g_map.hpp"
#include "crdt/hyper_log_log.hpp"
#include "crdt/lattice_value.hpp"
#include "crdt/or_map.hpp"
#include "crdt/ordered_register.hpp"
#include "crdt/pn_counter.hpp"
#include "net/store.hpp"
#include "sim/own.hpp"

namespace rejoin::sim {

// A lattice as a user would write it.
struct Noted {
  static constexpr std::string_view name = "rejoin.sim.noted";
  std::vector<std::string> texts;  // rising

  bool merge(const Noted& other);
  friend bool operator==(const Noted&, const Noted&) = default;
};
struct ByLastDigit {
  static constexpr std::string_view name = "rejoin.sim.by_last_digit";
  bool operator()(std::int64_t a, std::int64_t b) const { return a % 10 < b % 10; }
};

using Text = std::string;
using Ordered = OrderedRegister<std::int64_t, ByLastDigit>;
using Stock = BoundedCounter<>;
using Counters = GMap<Text, PnCounter>;
using Nested = OrMap<Text, OrMap<Text, PnCounter>>;
using Sketch = HyperLogLog<Text>;
using Notes = LatticeValue<Noted>;

// All that the workload knows, in the order of their numbers.
const std::vector<Family>& all_families();
// As `rejoin` calls them, and lattice; and the user's.
std::optional<Family> family_called(std::string_view word);
std::string_view word_of(Family family);
std::string names_of_families(const OwnTypes& own = {});

// The key's value through the public handle, printed: the other side of the comparison.
std::string read_value(const Store& store, const ObjectKey& object);

}  // namespace rejoin::sim
