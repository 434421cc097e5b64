#include "net/zmq/access.hpp"

#include <algorithm>
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
  const std::vector<Error> wrong = out->read(Clock::now());
  if (!wrong.empty()) return wrong.front();
  return out;
}

bool Access::Names::take(const KeyDirectory::Allowed& allowed) {
  auto before = std::exchange(keys, {});
  for (const Acquaintance& one : allowed.known) keys.emplace(one.name, one.key);
  std::erase_if(before, [&](const auto& one) { return !allowed.may_be(one.first); });
  const bool kept = !before.empty();
  keys.merge(before);
  of.clear();
  for (const auto& [name, key] : keys) of.emplace(key, name);
  return kept;
}

std::vector<Error> Access::read(Time now) {
  read_at_ = now;
  const auto peers = directory_.read(KeyDirectory::Kind::peers);
  const auto clients = directory_.read(KeyDirectory::Kind::clients);
  const auto before = std::pair(peers_.keys, clients_.keys);
  const bool kept_peers = peers_.take(peers);
  const bool kept_clients = clients_.take(clients);
  kept_ = kept_peers || kept_clients;
  if (before != std::pair(peers_.keys, clients_.keys)) ++version_;
  std::erase_if(nodes_, [&](const auto& nodes) { return !peers_.of.contains(nodes.first); });
  std::erase_if(owners_, [&](const auto& owner) { return !peers_.of.contains(owner.second); });
  wrong_ = peers.refused;
  wrong_.insert(wrong_.end(), clients.refused.begin(), clients.refused.end());
  return wrong_;
}

void Access::reload(Time now) {
  for (Error& error : read(now)) report({directory_.path(), std::move(error)}, now);
  ++version_;
}

bool Access::refresh(Time now) {
  if (now - read_at_ < reread_after) return false;
  const std::vector<Error> told = wrong_;
  for (Error& error : read(now)) {
    const bool news = std::none_of(told.begin(), told.end(), [&](const Error& other) {
      return other.message == error.message;
    });
    if (news) report({directory_.path(), std::move(error)}, now);
  }
  return true;
}

bool Access::knows(const std::string& key) const {
  return key == directory_.self().public_key || peers_.of.contains(key) ||
         clients_.of.contains(key);
}

bool Access::admits(const std::string& key, Time now) {
  if (kept_) refresh(now);
  if (knows(key) || (refresh(now) && knows(key))) return true;
  report({key, denied("its key is not known here. If it may come in, put the key into " +
                      directory_.path() + "/peers/NAME.pub or clients/NAME.pub")},
         now);
  return false;
}

Result<void> Access::judge(const std::function<Result<void>()>& verdict, Time now) {
  if (kept_) refresh(now);
  auto out = verdict();
  return !out && refresh(now) ? verdict() : out;
}

Result<void> Access::may_ask(const std::string& key, Time now) {
  auto verdict = judge([&] { return asks(key); }, now);
  if (!verdict) report({called(key), verdict.error()}, now);
  return verdict;
}

Result<void> Access::may_send(const std::string& key, const Frame& frame, Time now) {
  auto verdict = judge([&] { return sends(key, frame); }, now);
  if (!verdict) ++refused_;
  return verdict;
}

const std::string* Access::key_of(const std::string& peer) const {
  const auto key = peers_.keys.find(peer);
  return key == peers_.keys.end() ? nullptr : &key->second;
}

Result<void> Access::asks(const std::string& key) const {
  if (key == directory_.self().public_key || clients_.of.contains(key)) return {};
  return denied("the key of " + called(key) + " may not ask: put it into " + directory_.path() +
                "/clients/NAME.pub to allow that");
}

Result<void> Access::sends(const std::string& key, const Frame& frame) {
  // Our own frames come back on a route that leads to us.
  if (key == directory_.self().public_key && frame.sender == self_) return {};
  if (!peers_.of.contains(key)) {
    return denied("the key of " + called(key) + " may not send frames: it is not among " +
                  directory_.path() + "/peers");
  }
  if (auto own = claim(key, frame.sender.node); !own) return own;
  const auto* hello = std::get_if<Hello>(&frame.body);
  if (!hello || !hello->heard || hello->heard->replica != self_) return {};
  const auto route = routes_.find(hello->heard->route);
  if (route == routes_.end()) return {};
  const std::string* owner = key_of(route->second);
  if (owner && *owner == key) return {};
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
  if (const auto peer = peers_.of.find(key); peer != peers_.of.end()) return "peer " + peer->second;
  const auto client = clients_.of.find(key);
  return client == clients_.of.end() ? "nobody that is known (" + key + ")"
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
