#pragma once

// Generators with the biases that find bugs in merges: few distinct values, so that replicas meet,
// and the edges of numbers. All shrink towards the simplest.

#include <cstdint>
#include <limits>
#include <string>
#include <utility>
#include <vector>

#include <rapidcheck.h>

namespace rejoin::laws {

// 0 .. count - 1.
inline rc::Gen<int> few(int count = 3) {
  return rc::gen::inRange(0, count);
}

// One of these, simplest first: it shrinks towards the front, which rapidcheck's element() does
// not.
template <class T>
rc::Gen<T> among(std::vector<T> values) {
  auto index = rc::gen::inRange<std::size_t>(0, values.size());
  return rc::gen::map(std::move(index), [values](std::size_t at) { return values[at]; });
}

// Mostly small, sometimes an edge: of 64 bits, of a counter's share, of what a double holds
// exactly.
inline rc::Gen<std::int64_t> edgy_integer() {
  return rc::gen::weightedOneOf<std::int64_t>(
      {{3, rc::gen::inRange<std::int64_t>(-3, 4)},
       {1, among<std::int64_t>({std::int64_t{1} << 31, std::int64_t{1} << 53,
                                (std::int64_t{1} << 62) - 1, std::int64_t{1} << 62,
                                -(std::int64_t{1} << 62), std::numeric_limits<std::int64_t>::max(),
                                std::numeric_limits<std::int64_t>::min()})}});
}

// Both zeros, NaN, infinities, and numbers whose sum depends on its order.
inline rc::Gen<double> edgy_double() {
  constexpr double infinity = std::numeric_limits<double>::infinity();
  return among<double>({0.0, 1.0, -1.0, -0.0, 1e16, -1e16, infinity, -infinity,
                        std::numeric_limits<double>::denorm_min(),
                        std::numeric_limits<double>::quiet_NaN()});
}

// Few strings, among them the empty one, a prefix of another, and one with a zero byte.
inline rc::Gen<std::string> few_strings() {
  return among<std::string>({"a", "b", "ab", "", std::string("a\0b", 3), "\xff"});
}

}  // namespace rejoin::laws
