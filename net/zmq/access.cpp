#include "net/zmq/access.hpp"

#include <utility>

namespace rejoin {
namespace {

using Clock = std::chrono::steady_clock;
using std::chrono::seconds;

constexpr auto reread_after = std::chrono::milliseconds(250);
constexpr std::size_t nodes_max = 64;  // of one key: each start without a directory is a new one
constexpr std::uint64_t reports_max = 16;  // a second

Error denied(std::string message) {
  return {ErrorCode::access_denied, std::move(message)};
}

}  // namespace

Result<std::unique_ptr<Access>> Access::open(const std::string& path) {
  auto directory = KeyDirectory::open(path);
  if (!directory) return directory.error();
  std::unique_ptr<Access> out(new Access(*std::move(directory)));
  const std::vector<Error> wrong = out->read();
  if (!wrong.empty()) return wrong.front();
  return out;
}

std::vector<Error> Access::read() {
  ++readings_;
  read_at_ = Clock::now();
  auto peers = directory_.read(KeyDirectory::Kind::peers);
  auto clients = directory_.read(KeyDirectory::Kind::clients);
  peers_.clear();
  clients_.clear();
  peer_keys_.clear();
  for (const Acquaintance& peer : peers.known) {
    peers_.emplace(peer.key, peer.name);
    peer_keys_.emplace(peer.name, peer.key);
  }
  for (const Acquaintance& client : clients.known) clients_.emplace(client.key, client.name);
  std::erase_if(nodes_, [&](const auto& nodes) { return !peers_.contains(nodes.first); });
  std::erase_if(owners_, [&](const auto& owner) { return !peers_.contains(owner.second); });
  auto wrong = std::move(peers.refused);
  wrong.insert(wrong.end(), clients.refused.begin(), clients.refused.end());
  return wrong;
}

void Access::reload() {
  for (Error& error : read()) report({directory_.path(), std::move(error)}, read_at_);
}

bool Access::knows(const std::string& key) const {
  return key == directory_.self().public_key || peers_.contains(key) || clients_.contains(key);
}

bool Access::admits(const std::string& key, Time now) {
  if (knows(key)) return true;
  if (now - read_at_ >= reread_after) reload();
  if (knows(key)) return true;
  report({key, denied("its key is not known here. If it may come in, put the key into " +
                      directory_.path() + "/peers/NAME.pub or clients/NAME.pub")},
         now);
  return false;
}

Result<void> Access::may_ask(const std::string& key) {
  if (key == directory_.self().public_key || clients_.contains(key)) return {};
  const Error error = denied("the key of " + called(key) + " may not ask: put it into " +
                             directory_.path() + "/clients/NAME.pub to allow that");
  report({called(key), error}, Clock::now());
  return error;
}

Result<void> Access::may_send(const std::string& key, const Frame& frame) {
  auto verdict = judge(key, frame);
  if (!verdict) ++refused_;
  return verdict;
}

Result<void> Access::judge(const std::string& key, const Frame& frame) {
  // Our own frames come back on a route that leads to us.
  if (key == directory_.self().public_key && frame.sender == self_) return {};
  if (!peers_.contains(key)) {
    return denied("the key of " + called(key) + " may not send frames: it is not among " +
                  directory_.path() + "/peers");
  }
  if (auto own = claim(key, frame.sender.node); !own) return own;
  const auto* hello = std::get_if<Hello>(&frame.body);
  if (!hello || !hello->heard || hello->heard->replica != self_) return {};
  const auto route = routes_.find(hello->heard->route);
  if (route == routes_.end()) return {};
  const auto owner = peer_keys_.find(route->second);
  if (owner != peer_keys_.end() && owner->second == key) return {};
  return denied("the key of " + called(key) + " claims the route to " + route->second);
}

Result<void> Access::claim(const std::string& key, const NodeId& node) {
  if (node == self_.node) {
    return denied("the key of " + called(key) +
                  " speaks as this node: was its directory copied? Give one of them a new one");
  }
  const auto [owner, fresh] = owners_.try_emplace(node, key);
  if (owner->second != key) {
    return denied("the key of " + called(key) + " speaks as node " + to_string(node) +
                  ", which belongs to the key of " + called(owner->second));
  }
  if (!fresh) return {};
  auto& nodes = nodes_[key];
  nodes.push_back(node);
  if (nodes.size() > nodes_max) {
    owners_.erase(nodes.front());
    nodes.pop_front();
  }
  return {};
}

std::string Access::called(const std::string& key) const {
  if (key == directory_.self().public_key) return "this node";
  if (const auto peer = peers_.find(key); peer != peers_.end()) return "peer " + peer->second;
  const auto client = clients_.find(key);
  return client == clients_.end() ? "nobody that is known (" + key + ")"
                                  : "client " + client->second;
}

void Access::report(AccessRefused refused, Time now) {
  ++refused_;
  if (now - reports_since_ >= seconds(1)) {
    reports_since_ = now;
    reported_ = 0;
  }
  if (++reported_ <= reports_max) reports_.push_back(std::move(refused));
}

std::vector<AccessRefused> Access::take_reports() {
  return std::exchange(reports_, {});
}

}  // namespace rejoin
