#pragma once

// What the laws are told of registers that keep the best value.

#include <algorithm>
#include <optional>

#include "crdt/laws/generators.hpp"
#include "crdt/laws/past.hpp"
#include "crdt/laws/subject.hpp"
#include "crdt/max_register.hpp"
#include "crdt/min_register.hpp"

namespace rejoin::laws {

template <>
struct Subject<MaxRegister<double>> {
  using Op = double;
  static rc::Gen<Op> operations() { return edgy_double(); }
  static Result<MaxRegister<double>> apply(MaxRegister<double>& max, const Op& op, const At& at) {
    return max.set(at, op);
  }
  static auto value(const MaxRegister<double>& max) { return max.value(); }
  static std::optional<double> specified(const Past<Op>& past) {
    std::optional<double> best;
    // Adding 0.0 makes one zero of both.
    for (std::size_t i = 0; i < past.size(); ++i) {
      best = std::max(best.value_or(past.op(i)), past.op(i)) + 0.0;
    }
    return best;
  }
};

template <>
struct Subject<MinRegister<std::int64_t>> {
  using Op = std::int64_t;
  static rc::Gen<Op> operations() { return edgy_integer(); }
  static auto apply(MinRegister<std::int64_t>& min, const Op& op, const At& at) {
    return min.set(at, op);
  }
  static auto value(const MinRegister<std::int64_t>& min) { return min.value(); }
  static std::optional<std::int64_t> specified(const Past<Op>& past) {
    std::optional<std::int64_t> best;
    for (std::size_t i = 0; i < past.size(); ++i) {
      best = std::min(best.value_or(past.op(i)), past.op(i));
    }
    return best;
  }
};

}  // namespace rejoin::laws
