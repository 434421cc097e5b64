#pragma once

// Values as a scenario file has them, exact: "5ms", [0.1, 0.5], [[0], [1, 2]], "awset key0 add e1".

#include <cstdint>
#include <map>
#include <string>
#include <string_view>
#include <vector>

#include "sim/act.hpp"
#include "sim/distribution.hpp"
#include "sim/fault.hpp"

namespace rejoin::sim::toml_value {

std::string quoted(std::string_view text);

std::string text(const std::string& value, bool is_duration = false);
std::string text(bool value, bool is_duration = false);
std::string text(unsigned value, bool is_duration = false);
std::string text(std::uint64_t value, bool is_duration = false);
std::string text(std::int64_t value, bool is_duration = false);
std::string text(double value, bool is_duration = false);
std::string text(Family value, bool is_duration = false);
std::string text(const Act& value, bool is_duration = false);
std::string text(const Distribution& value, bool is_duration = false);
std::string text(const std::map<std::string, std::string>& value, bool is_duration = false);

template <class T>
std::string text(const Range<T>& range, bool is_duration = false) {
  const std::string low = text(range.low, is_duration);
  return range.low == range.high ? low : "[" + low + ", " + text(range.high, is_duration) + "]";
}
template <class T>
std::string text(const std::vector<T>& values, bool is_duration = false) {
  std::string out;
  for (const T& value : values) out += (out.empty() ? "" : ", ") + text(value, is_duration);
  return "[" + out + "]";
}

}  // namespace rejoin::sim::toml_value
