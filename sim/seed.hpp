#pragma once

// Seed: a number, and what is drawn anew beside it. Written as text it says all that a run is drawn
// from:
//
//     7                                     seed 7
//     7+fault_at:3                          and all moments of faults anew, by salt 3
//     7+fault_at/split:3                    only those of the fault called split
//     7+latency@50:9+operation_value:2      latencies of each link from its 50th frame on, and all
//                                           values
//
// The index behind @ is the number of the frame, of the transaction or of the fault's repetition;
// for syncs and checkpoints, the nanosecond. Every draw that is not named stays what it was, so an
// edit is small: that is what a guided search edits, and what a person may try by hand.

#include <string>
#include <string_view>
#include <vector>

#include "crdt/result.hpp"
#include "sim/random.hpp"

namespace rejoin::sim {

struct Seed {
  Seed(std::uint64_t seed = 0) : number(seed) {}  // a number is a seed
  Seed(std::uint64_t seed, std::vector<Rekey> edits) : number(seed), rekeys(std::move(edits)) {}

  std::uint64_t number = 0;
  std::vector<Rekey> rekeys;

  Draws draws() const { return Draws(number, rekeys); }
  friend bool operator==(const Seed&, const Seed&) = default;
};

// "+fault_at:3+latency@50:9"; empty for none.
std::string to_string(const std::vector<Rekey>& rekeys);
std::string to_string(const Seed& seed);

// Errors: invalid_argument, with what would be right.
Result<Seed> parse_seed(std::string_view text);
// Without the number; a leading + may be left out.
Result<std::vector<Rekey>> parse_rekeys(std::string_view text);

// As in a seed's text.
std::string name_of(Purpose purpose);
std::optional<Purpose> purpose_called(std::string_view name);

}  // namespace rejoin::sim
