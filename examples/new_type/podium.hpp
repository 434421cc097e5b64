#pragma once

// Podium: the three best runs of a race, however many are reported and wherever.
//
// Concurrency  reports commute: a run that is among the three best of all stays, whoever reported
//              it.
// Lattice      state = at most three runs; bottom = none. merge = all runs of both, less all but
//              the three best. A join, since a run falls out only below three others, and those
//              stay above it.
// Delta        same type: the run, or nothing if three better ones are known.
// Delivery     deltas may be lost, repeated and reordered.
// Requires     nothing.
// Cost         report and merge O(1).
// Memory       three runs.
// Not for      disqualification: what fell out is forgotten, so nothing could take a free place.

#include <cstdint>
#include <set>
#include <string>
#include <string_view>
#include <vector>

#include "crdt/codec.hpp"
#include "crdt/codec_composites.hpp"

struct Run {
  std::int64_t points = 0;
  std::string runner;  // breaks ties, so that all replicas break them alike

  friend auto operator<=>(const Run&, const Run&) = default;
};

class Podium {
 public:
  static constexpr std::size_t places = 3;
  // The line that makes it a type of a store, as rejoin::LatticeValue<Podium>; never changed.
  static constexpr std::string_view name = "example.podium";

  // Returns the delta.
  Podium report(const Run& run) {
    Podium delta;
    delta.best_.insert(run);
    if (!merge(delta)) return {};
    return delta;
  }

  // Best first.
  std::vector<Run> value() const { return {best_.rbegin(), best_.rend()}; }

  // Returns whether anything changed.
  bool merge(const Podium& other) {
    const std::set<Run> before = best_;
    best_.insert(other.best_.begin(), other.best_.end());
    while (best_.size() > places) best_.erase(best_.begin());
    return best_ != before;
  }

  friend bool operator==(const Podium&, const Podium&) = default;

 private:
  friend struct rejoin::Codec<Podium>;
  std::set<Run> best_;
};

// On wire and disk: the runs, rising. More than there are places is no podium.
template <>
struct rejoin::Codec<Podium> {
  static constexpr std::uint32_t tag = rejoin::Codec<std::set<Run>>::tag;
  static void encode(std::string& out, const Podium& podium) {
    rejoin::Codec<std::set<Run>>::encode(out, podium.best_);
  }
  static bool decode(rejoin::ByteReader& in, Podium& podium) {
    return rejoin::Codec<std::set<Run>>::decode(in, podium.best_) &&
           podium.best_.size() <= Podium::places;
  }
};
