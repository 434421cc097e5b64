// Three nodes, embedded in one process; in a service each is in its own, on its own machine.
//
// First each runs alone, on any free port, and takes a write. Started again, with the addresses of
// the other two, they join what they wrote apart; a token carries a write to a read elsewhere.

#include <cstdio>
#include <cstdlib>
#include <filesystem>

#include "crdt/aw_set.hpp"
#include "net/zmq/node.hpp"

using rejoin::Node, rejoin::Result;
using Visitors = rejoin::AwSet<std::string>;

template <class T>
T need(Result<T> result) {
  if (!result) std::printf("SURPRISE: %s\n", result.error().message.c_str()), std::exit(1);
  return *std::move(result);
}

rejoin::Token visit(Node& node, const char* who) {
  return need(node.transact([&](rejoin::Transaction& tx) -> Result<void> {
    rejoin::open<Visitors>(tx, "visitors").add(tx, who);
    return {};  // all of it or nothing, durable when transact returns
  }));
}

int main() {
  std::string base = (std::filesystem::temp_directory_path() / "rejoin-embed-XXXXXX").string();
  if (::mkdtemp(base.data()) == nullptr) return 1;
  std::vector<rejoin::NodeOptions> options(3);
  std::vector<std::unique_ptr<Node>> nodes;
  for (std::size_t i = 0; i < 3; ++i) {
    options[i].directory = base + "/" + std::to_string(i);
    options[i].insecure = true;  // a service has keys instead: docs/security.md
    nodes.push_back(need(Node::start(options[i])));
    visit(*nodes[i], std::vector{"ada", "bob", "cyd"}[i]);
    options[i].listen = nodes[i]->address();
    for (std::size_t j = 0; j < 3; ++j) {
      if (j != i) options[j].peers.push_back(options[i].listen);
    }
  }
  nodes.clear();
  for (const auto& again : options) nodes.push_back(need(Node::start(again)));
  const rejoin::Token token = visit(*nodes[0], "dan");
  need(nodes[0]->wait_for(rejoin::Peers::all(), token, std::chrono::seconds(30)));
  bool right = true;
  for (auto& node : nodes) {
    for (auto& other : nodes) right &= !!node->wait_for(other->token(), std::chrono::seconds(30));
    const auto visitors = node->read(rejoin::Key<Visitors>{"visitors"});
    for (const auto& who : visitors) std::printf("%s ", who.c_str());
    std::printf("visited, says the node on %s\n", node->address().c_str());
    right &= visitors == Visitors::Value{"ada", "bob", "cyd", "dan"};
  }
  nodes.clear();
  std::filesystem::remove_all(base);
  return right ? 0 : 1;
}
