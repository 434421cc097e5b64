// Nodes inside the test's own process.
#pragma once

#include <gtest/gtest.h>

#include <memory>
#include <string>
#include <utility>
#include <vector>

#include "crdt/aw_set.hpp"
#include "crdt/g_counter.hpp"
#include "crdt/lww_register.hpp"
#include "crdt/max_register.hpp"
#include "crdt/min_register.hpp"
#include "crdt/mv_register.hpp"
#include "crdt/pn_counter.hpp"
#include "net/zmq/node.hpp"
#include "tests/integration/process.hpp"

namespace rejoin::integration {

using Text = std::string;
using Nodes = std::vector<std::unique_ptr<Node>>;

inline NodeOptions volatile_options(std::string name = "a") {
  NodeOptions options;
  options.name = std::move(name);
  options.insecure = true;
  return options;
}

inline std::unique_ptr<Node> started(NodeOptions options) {
  auto node = Node::start(std::move(options));
  if (!node) throw std::runtime_error(node.error().message);
  return *std::move(node);
}

// Each linked to each.
inline Nodes started_cluster(std::size_t size) {
  const auto addresses = free_addresses(size);
  Nodes nodes;
  for (std::size_t i = 0; i < size; ++i) {
    NodeOptions options = volatile_options("n" + std::to_string(i));
    options.listen = addresses[i];
    for (std::size_t k = 0; k < size; ++k) {
      if (k != i) options.peers.push_back(addresses[k]);
    }
    nodes.push_back(started(std::move(options)));
  }
  return nodes;
}

// A transaction that cannot be refused; its token.
template <class F>
Token write(Node& node, F&& f) {
  auto token = node.transact([&](Transaction& tx) -> Result<void> {
    f(tx);
    return {};
  });
  if (!token) {
    ADD_FAILURE() << token.error().message;
    return {};
  }
  return *std::move(token);
}

// Waits until every node covers what any of them shows now.
inline void settle(const Nodes& nodes) {
  Token all;
  for (const auto& node : nodes) all.merge(node->token());
  for (const auto& node : nodes) {
    const auto covered = node->wait_for(all, patience);
    ASSERT_TRUE(covered) << covered.error().message;
  }
}

}  // namespace rejoin::integration
