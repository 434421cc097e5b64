// A project outside, on rejoin::node: a node over real sockets, and a client that asks it.

#include <chrono>
#include <utility>

#include "crdt/g_counter.hpp"
#include "net/zmq/client.hpp"
#include "net/zmq/node.hpp"

int main() {
  rejoin::NodeOptions options;
  options.name = "packages";
  options.insecure = true;
  const auto node = rejoin::Node::start(std::move(options));
  if (!node) return 1;
  const auto token = (*node)->transact([](rejoin::Transaction& tx) -> rejoin::Result<void> {
    rejoin::open<rejoin::GCounter>(tx, "hits").add(tx, 5);
    return {};
  });
  if (!token || (*node)->read(rejoin::Key<rejoin::GCounter>{"hits"}) != 5) return 2;

  const auto client = rejoin::Client::open({(*node)->address(), {}, true});
  if (!client) return 3;
  rejoin::ClientRequest request;
  request.body = rejoin::StatusRequest{};
  return (*client)->ask(request, std::chrono::seconds(10)) ? 0 : 4;
}
