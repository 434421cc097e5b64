#include "sim/search.hpp"

#include <algorithm>
#include <array>
#include <cmath>
#include <utility>

#include "crdt/hash.hpp"

namespace rejoin::sim {
namespace {

enum What : std::uint64_t { whether, whom, how_many, purpose, key, from, salt };

constexpr double fresh_share = 0.2;
constexpr double twice_share = 0.4;  // of edits: one more, so half as many as thrice, ...
constexpr std::size_t rekeys_max = 8;
constexpr std::size_t tournament = 3;
constexpr std::uint64_t salts = 1000;

// What is worth an edit, and how often: moments above all.
constexpr std::array<std::pair<Purpose, unsigned>, 21> purposes = {{{Purpose::fault_at, 12},
                                                                    {Purpose::fault_for, 8},
                                                                    {Purpose::fault_target, 6},
                                                                    {Purpose::fault_rate, 2},
                                                                    {Purpose::fault_by, 2},
                                                                    {Purpose::latency, 6},
                                                                    {Purpose::loss, 8},
                                                                    {Purpose::duplicate, 3},
                                                                    {Purpose::reorder, 4},
                                                                    {Purpose::reorder_delay, 4},
                                                                    {Purpose::duplicate_delay, 2},
                                                                    {Purpose::sync_delay, 3},
                                                                    {Purpose::sync_torn, 1},
                                                                    {Purpose::operation_at, 10},
                                                                    {Purpose::operation_node, 6},
                                                                    {Purpose::operation_key, 8},
                                                                    {Purpose::operation_kind, 8},
                                                                    {Purpose::operation_value, 4},
                                                                    {Purpose::operation_count, 2},
                                                                    {Purpose::latency_base, 1},
                                                                    {Purpose::config, 1}}};

bool is_of_fault(Purpose one) {
  return one >= Purpose::fault_at && one <= Purpose::fault_target;
}
bool is_of_operation(Purpose one) {
  return one >= Purpose::operation_at && one <= Purpose::operation_families;
}
bool is_of_frame(Purpose one) {
  return one >= Purpose::latency && one <= Purpose::reorder_delay;
}

}  // namespace

std::vector<Seed> Search::next_generation(std::size_t size) {
  std::vector<Seed> seeds;
  while (seeds.size() < size) {
    if (kept_.empty() || chance(draw(whether), fresh_share)) {
      seeds.emplace_back(combine64(draws_, ++fresh_) % 1'000'000'000);
    } else {
      seeds.push_back(edited(choose().seed));
    }
  }
  return seeds;
}

// One of few, drawn: that which hits what few runs hit, and was not chosen often.
Search::Kept& Search::choose() {
  Kept* best = nullptr;
  double best_worth = -1;
  for (std::size_t i = 0; i < tournament; ++i) {
    Kept& one = kept_[draw(whom) % kept_.size()];
    double worth = 0;
    for (std::uint32_t bucket : one.buckets) worth += 1.0 / static_cast<double>(hits_[bucket]);
    worth /= static_cast<double>(1 + one.chosen);
    if (worth > best_worth) best = &one;
    best_worth = std::max(best_worth, worth);
  }
  ++best->chosen;
  return *best;
}

Seed Search::edited(Seed seed) {
  do {
    if (seed.rekeys.size() >= rekeys_max) {
      const std::uint64_t gone = draw(whom) % seed.rekeys.size();
      seed.rekeys.erase(seed.rekeys.begin() + static_cast<std::ptrdiff_t>(gone));
    }
    seed.rekeys.push_back(edit());
  } while (chance(draw(how_many), twice_share));
  return seed;
}

Rekey Search::edit() {
  unsigned all = 0;
  for (const auto& [one, often] : purposes) all += often;
  std::uint64_t left = draw(purpose) % all;
  Rekey rekey;
  for (const auto& [one, often] : purposes) {
    rekey.purpose = one;
    if (left < often) break;
    left -= often;
  }
  rekey.salt = 1 + draw(salt) % salts;
  if (is_of_fault(rekey.purpose) && !scenario_.faults.empty()) {
    rekey.key = scenario_.faults[draw(key) % scenario_.faults.size()].name;
  } else if (is_of_operation(rekey.purpose) && scenario_.workload.transactions > 0) {
    const std::uint64_t which = draw(key) % scenario_.workload.transactions;
    // One of them; now and then all from it on.
    if (chance(draw(whether), 0.75)) {
      rekey.key = std::to_string(which);
    } else {
      rekey.from = which;
    }
  } else if (is_of_frame(rekey.purpose)) {
    // Of a link: later ones rarely are there.
    const double late = unit(draw(from));
    rekey.from = static_cast<std::uint64_t>(200 * late * late);
  } else if (rekey.purpose == Purpose::sync_delay) {
    rekey.from = uniform(draw(from), Time{0}, scenario_.until);
  }
  return rekey;
}

bool Search::take(const Seed& seed, std::vector<std::uint32_t> buckets) {
  std::uint64_t opened = 0;
  for (std::uint32_t bucket : buckets) opened += ++hits_[bucket] == 1;
  if (opened == 0) return false;
  kept_.push_back({seed, std::move(buckets), opened, 0});
  return true;
}

}  // namespace rejoin::sim
