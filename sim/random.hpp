#pragma once

// Draws: keyed randomness. A draw is a function of the seed and of what it is for, never the next
// number of a stream:
//
//     bits(purpose, a, b, k) = mix(seed, purpose, a, b, k)
//
// so leaving out one fault, message or operation changes no other draw. That is what lets a failing
// run be made smaller, and what keeps a seed's meaning when a scenario grows. A Rekey says the
// opposite: these draws anew, and all others as they were. The distributions are ours: those of
// <random> differ between standard libraries, and log() between versions of libm.

#include <cstdint>
#include <optional>
#include <string>
#include <string_view>
#include <utility>
#include <vector>

#include "crdt/hash.hpp"

namespace rejoin::sim {

enum class Purpose : std::uint64_t {
  latency_base = 1,
  latency,
  loss,
  duplicate,
  duplicate_delay,
  reorder,
  reorder_delay,
  sync_delay,
  sync_torn,
  checkpoint,
  incarnation,
  clock_offset,
  config,
  swarm,
  fault_at,
  fault_for,
  fault_rate,
  fault_by,
  fault_target,
  operation_at,
  operation_node,
  operation_count,
  operation_key,
  operation_kind,
  operation_value,
  operation_abort,
  operation_families,
  harvest,
  mesh_order,
  link_fate,    // what a fault does to a frame
  link_amount,  // how much of it
  fault_more,   // a fault's fields beyond those above
  repair_delay,
  effect_count,
  damage,
  copy_fate,
  copy_listed,
  operation_guest,
  swarm_share,
};

// What a draw is keyed by when it belongs to something that has a name.
inline std::uint64_t key_of(std::string_view name) {
  return hash64(name);
}

// All draws of a purpose, or those of one key, or those from an index on (sim/seed.hpp), as another
// seed would have them.
struct Rekey {
  Purpose purpose{};
  std::string key;  // the first of what they are keyed by: a name, or digits; empty: all
  std::uint64_t from = 0;
  std::uint64_t salt = 0;

  friend bool operator==(const Rekey&, const Rekey&) = default;
};

class Draws {
 public:
  explicit Draws(std::uint64_t seed) : seed_(seed) {}
  Draws(std::uint64_t seed, std::vector<Rekey> rekeys);

  std::uint64_t seed() const { return seed_; }
  const std::vector<Rekey>& rekeys() const { return rekeys_; }
  std::uint64_t bits(Purpose purpose, std::uint64_t a = 0, std::uint64_t b = 0,
                     std::uint64_t k = 0) const {
    std::uint64_t named = combine64(seed_, static_cast<std::uint64_t>(purpose));
    if (!rekeys_.empty()) named = rekeyed(named, purpose, a, b, k);
    return combine64(combine64(combine64(named, a), b), k);
  }

 private:
  std::uint64_t rekeyed(std::uint64_t named, Purpose purpose, std::uint64_t a, std::uint64_t b,
                        std::uint64_t k) const;

  std::uint64_t seed_;
  std::vector<Rekey> rekeys_;
  std::vector<std::optional<std::uint64_t>> keys_;  // of each of them, as it is drawn by
};

// In [low, high], both included. Requires low <= high.
constexpr std::uint64_t uniform(std::uint64_t bits, std::uint64_t low, std::uint64_t high) {
  const std::uint64_t span = high - low;
  return span == ~std::uint64_t{0} ? bits : low + bits % (span + 1);
}

// In [0, 1).
constexpr double unit(std::uint64_t bits) {
  return static_cast<double>(bits >> 11) * (1.0 / 9007199254740992.0);
}

constexpr bool chance(std::uint64_t bits, double probability) {
  return unit(bits) < probability;
}

constexpr double uniform(std::uint64_t bits, double low, double high) {
  return low + (high - low) * unit(bits);
}

// Exponential with this mean, at most 32 times it: -ln(u) by the exponent of u and a short series,
// which every IEEE machine computes alike.
constexpr std::uint64_t exponential(std::uint64_t bits, std::uint64_t mean) {
  double u = unit(bits) + 1.0 / 18014398509481984.0;
  double negative_log = 0;
  while (u < 0.5) {
    u *= 2;
    negative_log += 0.6931471805599453;
  }
  const double z = (1 - u) / (1 + u);  // -ln(u) = 2 atanh(z), z <= 1/3
  const double square = z * z;
  negative_log += 2 * z * (1 + square * (1.0 / 3 + square * (1.0 / 5 + square / 7)));
  return static_cast<std::uint64_t>(static_cast<double>(mean) *
                                    (negative_log < 32 ? negative_log : 32));
}

}  // namespace rejoin::sim
