#pragma once

// The order in which values leave a CRDT: that of their encodings, which is the values' own, and
// the same at every replica whatever table they lay in.

#include <algorithm>
#include <string>
#include <utility>
#include <vector>

#include "crdt/codec.hpp"

namespace rejoin {

// Rising by encoding, each value once. O(n log n) comparisons of bytes.
template <Encodable T>
std::vector<T> in_order(std::vector<T> values) {
  std::vector<std::pair<std::string, std::size_t>> order;
  order.reserve(values.size());
  for (std::size_t i = 0; i < values.size(); ++i) order.emplace_back(encoded<T>(values[i]), i);
  std::sort(order.begin(), order.end());
  std::vector<T> out;
  out.reserve(values.size());
  for (std::size_t i = 0; i < order.size(); ++i) {
    if (i != 0 && order[i].first == order[i - 1].first) continue;
    out.push_back(std::move(values[order[i].second]));
  }
  return out;
}

}  // namespace rejoin
