#pragma once

// Generators with the biases that find bugs in merges: few distinct values, so that replicas meet, and the
// edges of numbers. All shrink towards the simplest.

#include <cstdint>
#include <limits>
#include <string>

#include <rapidcheck.h>

namespace rejoin::laws {

// 0 .. count - 1.
inline rc::Gen<int> few(int count = 3) { return rc::gen::inRange(0, count); }

// Mostly small, sometimes an edge: of 64 bits, of a counter's share, of what a double holds exactly.
inline rc::Gen<std::int64_t> edgy_integer() {
  return rc::gen::weightedOneOf<std::int64_t>(
      {{3, rc::gen::inRange<std::int64_t>(-3, 4)},
       {1, rc::gen::element<std::int64_t>(
               std::numeric_limits<std::int64_t>::min(), std::numeric_limits<std::int64_t>::max(),
               (std::int64_t{1} << 62) - 1, std::int64_t{1} << 62, std::int64_t{1} << 53,
               std::int64_t{1} << 31, -(std::int64_t{1} << 62))}});
}

// Both zeros, NaN, infinities, and numbers whose sum depends on its order.
inline rc::Gen<double> edgy_double() {
  return rc::gen::element(0.0, -0.0, 1.0, -1.0, 1e16, -1e16,
                          std::numeric_limits<double>::quiet_NaN(),
                          std::numeric_limits<double>::infinity(),
                          -std::numeric_limits<double>::infinity(),
                          std::numeric_limits<double>::denorm_min());
}

// Few strings, among them the empty one, a prefix of another, and one with a zero byte.
inline rc::Gen<std::string> few_strings() {
  return rc::gen::element(std::string("a"), std::string("b"), std::string("ab"), std::string(),
                          std::string("a\0b", 3), std::string("\xff"));
}

}  // namespace rejoin::laws
