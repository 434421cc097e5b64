#pragma once

// The order of writes in a cell of stamped values, for all types where the last write is read: the
// greatest (stamp, replica, canonical bytes), which is strictly total.

#include <algorithm>
#include <optional>
#include <utility>
#include <vector>

#include "crdt/order.hpp"
#include "crdt/replica_id.hpp"
#include "crdt/stamped.hpp"
#include "crdt/writer.hpp"

namespace rejoin {

// A stamp above every write in the cell, whatever the writer's clock says.
template <class T>
HybridTime stamp_above(const auto& cell, TimedWriter auto& who) {
  HybridTime newest;
  cell.each(
      [&](const ReplicaId&, const Stamped<T>& live) { newest = std::max(newest, live.time); });
  if constexpr (requires { who.observe(newest); }) who.observe(newest);
  return after(newest, who.now());
}

template <class T>
bool is_later(const ReplicaId& by, const Stamped<T>& write, const ReplicaId& other_by,
              const Stamped<T>& other) {
  if (write.time != other.time) return write.time > other.time;
  if (by != other_by) return by > other_by;
  return encoded(write.value) > encoded(other.value);
}

template <class T>
std::optional<T> last_write(const auto& cell) {
  std::optional<Stamped<T>> last;
  ReplicaId writer;
  cell.each([&](const ReplicaId& by, const Stamped<T>& live) {
    if (last && !is_later(by, live, writer, *last)) return;
    last = live;
    writer = by;
  });
  return last ? std::optional<T>(std::move(last->value)) : std::nullopt;
}

// The values that lost to the last write and have not been overwritten since, each once, in order.
template <class T>
std::vector<T> lost_writes(const auto& cell) {
  std::vector<T> all;
  cell.each([&](const ReplicaId&, const Stamped<T>& live) { all.push_back(live.value); });
  all = in_order(std::move(all));
  if (const std::optional<T> last = last_write<T>(cell)) {
    const std::string read = encoded(*last);
    std::erase_if(all, [&](const T& value) { return encoded(value) == read; });
  }
  return all;
}

}  // namespace rejoin
