#include "crdt/hyper_log_log.hpp"

#include <algorithm>
#include <bit>
#include <cmath>

namespace rejoin {
namespace {

// The two corrections of Ertl's estimator, for registers at 0 and at the greatest rank.
double sigma(double x) {
  if (x == 1.0) return HUGE_VAL;
  double y = 1.0;
  double z = x;
  for (double before = -1.0; z != before; y += y) {
    x *= x;
    before = z;
    z += x * y;
  }
  return z;
}

double tau(double x) {
  if (x == 0.0 || x == 1.0) return 0.0;
  double y = 1.0;
  double z = 1.0 - x;
  for (double before = -1.0; z != before;) {
    x = std::sqrt(x);
    before = z;
    y *= 0.5;
    z -= (1.0 - x) * (1.0 - x) * y;
  }
  return z / 3.0;
}

}  // namespace

template <class F>
void Registers::each(F&& f) const {
  for (const auto& [index, rank] : few_) f(index, rank);
  for (std::size_t i = 0; i < many_.size(); ++i) {
    if (many_[i] != 0) f(static_cast<std::uint32_t>(i), many_[i]);
  }
}

std::uint8_t Registers::at(std::uint32_t index) const {
  if (!many_.empty()) return many_[index];
  const auto found = std::lower_bound(few_.begin(), few_.end(), Raised{index, 0});
  return found != few_.end() && found->first == index ? found->second : std::uint8_t{0};
}

bool Registers::raise(std::uint32_t index, std::uint8_t rank) {
  if (rank <= at(index)) return false;
  if (!many_.empty()) {
    many_[index] = rank;
    return true;
  }
  const auto found = std::lower_bound(few_.begin(), few_.end(), Raised{index, 0});
  if (found != few_.end() && found->first == index) {
    found->second = rank;
  } else {
    few_.insert(found, {index, rank});
  }
  if (few_.size() > count() / 8) {
    many_.resize(count());
    for (const auto& [at, raised] : few_) many_[at] = raised;
    few_.clear();
  }
  return true;
}

Registers Registers::add(std::uint64_t hash) {
  const auto index = static_cast<std::uint32_t>(hash >> (64 - precision_));
  // A bit behind the hash ends the run of zeros.
  const std::uint64_t rest = hash << precision_ | std::uint64_t{1} << (precision_ - 1);
  const auto rank = static_cast<std::uint8_t>(std::countl_zero(rest) + 1);
  Registers delta(precision_);
  if (raise(index, rank)) delta.raise(index, rank);
  return delta;
}

bool Registers::merge(const Registers& other) {
  if (this == &other) return false;
  bool changed = false;
  other.each([&](std::uint32_t index, std::uint8_t rank) { changed |= raise(index, rank); });
  return changed;
}

std::uint64_t Registers::estimate() const {
  const unsigned greatest = 64 - precision_ + 1;
  std::vector<std::uint32_t> of_rank(greatest + 1);
  const auto m = static_cast<double>(count());
  of_rank[0] = static_cast<std::uint32_t>(count());
  each([&](std::uint32_t, std::uint8_t rank) {
    --of_rank[0];
    ++of_rank[rank];
  });
  double z = m * tau(1.0 - of_rank[greatest] / m);
  for (unsigned rank = greatest - 1; rank >= 1; --rank) z = 0.5 * (z + of_rank[rank]);
  if (of_rank[0] == count()) return 0;
  z += m * sigma(of_rank[0] / m);
  constexpr double alpha = 0.72134752044448170367996234050095;  // 1 / (2 ln 2)
  // Registers that no hash fills, all at the greatest rank, would divide by nothing.
  constexpr double most = 9.2e18;
  return static_cast<std::uint64_t>(z > 0 ? std::min(alpha * m * m / z, most) : most);
}

// The number of raised registers, then each: steps from the one before, rank.
void Registers::encode(std::string& out, const Registers& registers) {
  std::size_t raised = 0;
  registers.each([&](std::uint32_t, std::uint8_t) { ++raised; });
  put_unsigned(out, raised);
  std::uint32_t next = 0;
  registers.each([&](std::uint32_t index, std::uint8_t rank) {
    put_unsigned(out, index - next);
    put_byte(out, rank);
    next = index + 1;
  });
}

bool Registers::decode(ByteReader& in, Registers& registers, unsigned precision) {
  registers = Registers(precision);
  std::uint64_t raised = 0;
  if (!get_unsigned(in, raised) || raised > registers.count()) return false;
  std::uint64_t next = 0;
  for (std::uint64_t i = 0; i < raised; ++i) {
    std::uint64_t steps = 0;
    std::uint8_t rank = 0;
    if (!get_unsigned(in, steps) || !in.byte(rank)) return false;
    if (steps >= registers.count() - next || rank == 0 || rank > 64 - precision + 1) return false;
    registers.raise(static_cast<std::uint32_t>(next + steps), rank);
    next += steps + 1;
  }
  return true;
}

}  // namespace rejoin
