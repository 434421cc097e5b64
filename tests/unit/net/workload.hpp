#pragma once

// What tests of the core write and read: a set in one object, and objects by number.

#include <string>

#include "tests/unit/net/cluster.hpp"

namespace rejoin::testing {

using Cart = AwSet<std::string>;

inline Commit add(Cluster& cluster, std::size_t i, const std::string& element,
                  const std::string& name = "cart") {
  return cluster.transact(i, [&](Transaction& tx) { open<Cart>(tx, name).add(tx, element); });
}
inline Commit remove(Cluster& cluster, std::size_t i, const std::string& element,
                     const std::string& name = "cart") {
  return cluster.transact(i, [&](Transaction& tx) { open<Cart>(tx, name).remove(tx, element); });
}
inline bool has(Cluster& cluster, std::size_t i, const std::string& element,
                const std::string& name = "cart") {
  return open<Cart>(cluster[i].store(), name).contains(element);
}

// Not between these two, in either direction.
inline std::function<bool(const InFlight&)> cut(std::size_t a, std::size_t b) {
  return [=](const InFlight& frame) {
    return !(frame.from == a && frame.to == b) && !(frame.from == b && frame.to == a);
  };
}
inline std::function<bool(const InFlight&)> alone(std::size_t i) {
  return [=](const InFlight& frame) { return frame.from != i && frame.to != i; };
}
inline bool everything(const InFlight&) {
  return true;
}

inline PeerStatus status_of(Cluster& cluster, std::size_t i, std::size_t peer) {
  for (PeerStatus& status : cluster[i].peers(cluster.now())) {
    if (status.route == cluster.member(i).routes[peer]) return status;
  }
  return {};
}

}  // namespace rejoin::testing
