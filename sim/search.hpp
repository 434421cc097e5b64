#pragma once

// Search: seeds that open new behaviour are kept and edited. Draws are keyed, so an edit (a Rekey)
// draws one thing anew and leaves the rest: the run goes the way it went, but for that. Generations
// of candidates are drawn from (number of the search, generation, place), and taken in their order,
// so a search is the same for any number of workers. Cost: O(buckets of a run) each.

#include <cstdint>
#include <map>
#include <string>
#include <unordered_map>
#include <vector>

#include "sim/scenario.hpp"
#include "sim/seed.hpp"

namespace rejoin::sim {

class Search {
 public:
  struct Kept {
    Seed seed;
    std::vector<std::uint32_t> buckets;  // all that it hits
    std::uint64_t opened = 0;            // how many it was the first to hit
    std::uint64_t chosen = 0;
  };

  // The scenario's faults and transactions are what can be edited. Requires that it outlives this.
  Search(const Scenario& scenario, std::uint64_t number) : scenario_(scenario), draws_(number) {}

  // What to run next: new seeds, and edits of those kept.
  std::vector<Seed> next_generation(std::size_t size);
  // What it hit. True: something that nothing before it did, so it is kept.
  bool take(const Seed& seed, std::vector<std::uint32_t> buckets);

  const std::vector<Kept>& kept() const { return kept_; }
  std::size_t buckets() const { return hits_.size(); }

 private:
  std::uint64_t draw(std::uint64_t what) {
    return mix64(combine64(draws_, combine64(what, ++drawn_)));
  }
  Kept& choose();
  Seed edited(Seed seed);
  Rekey edit();

  const Scenario& scenario_;
  std::uint64_t draws_;
  std::uint64_t drawn_ = 0;
  std::uint64_t fresh_ = 0;
  std::vector<Kept> kept_;
  std::unordered_map<std::uint32_t, std::uint64_t> hits_;  // of each bucket, runs that hit it
};

}  // namespace rejoin::sim
