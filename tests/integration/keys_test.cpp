// Nodes and clients with keys: who may do what, while keys come, go and are misused.

#include <gmock/gmock.h>
#include <gtest/gtest.h>
#include <signal.h>

#include "net/zmq/client.hpp"
#include "tests/integration/keyring.hpp"
#include "tests/integration/knocker.hpp"
#include "tests/integration/nodes.hpp"

namespace rejoin::integration {
namespace {

using testing::AllOf;
using testing::HasSubstr;

// Until an event of this kind whose text has all of this.
template <class E>
std::optional<E> next_of(Node& node) {
  const auto deadline = std::chrono::steady_clock::now() + patience;
  while (std::chrono::steady_clock::now() < deadline) {
    const auto event = node.next(patience);
    if (event && std::holds_alternative<E>(*event)) return std::get<E>(*event);
  }
  return std::nullopt;
}

std::string hello_from(NodeId node, std::optional<Hello::Heard> heard = {}) {
  Hello hello;
  hello.name = "by hand";
  hello.route = 1;
  hello.heard = heard;
  hello.frame_bytes_max = Config().frame_bytes_max;
  return encode_frame({{node, 1}, hello}, StoreId::named("default"));
}

NodeId node_id(std::uint64_t number) {
  return ReplicaId(number).node;
}

ClientRequest asking_for_status() {
  ClientRequest request;
  request.body = StatusRequest{};
  return request;
}

class Keys : public testing::Test {
 protected:
  Keys() {
    for (std::size_t i = 0; i < names.size(); ++i) public_[i] = ring_.make(names[i]);
  }

  NodeOptions options(std::size_t i, const std::vector<std::size_t>& peers) const {
    NodeOptions out;
    out.name = names[i];
    out.keys = ring_.at(names[i]);
    out.listen = addresses_[i];
    for (const std::size_t peer : peers) out.peers.push_back(names[peer] + "@" + addresses_[peer]);
    return out;
  }
  void acquaint(std::size_t i, std::size_t k) const {
    ring_.know_peer(names[i], names[k]);
    ring_.know_peer(names[k], names[i]);
  }
  Result<std::unique_ptr<Client>> client(const std::string& who, std::size_t node) const {
    return Client::open({names[node] + "@" + addresses_[node], ring_.at(who), false});
  }
  Knocker knocker(const std::string& who, std::size_t node) const {
    return Knocker::with_keys(addresses_[node], ring_.pair(who), public_[node]);
  }

  const std::vector<std::string> names = {"a", "b", "c"};
  const std::vector<std::string> addresses_ = free_addresses(3);
  Keyring ring_;
  std::string public_[3];
};

TEST_F(Keys, NodesThatKnowEachOtherConverge) {
  acquaint(0, 1);
  Nodes nodes;
  nodes.push_back(started(options(0, {1})));
  nodes.push_back(started(options(1, {0})));

  for (const auto& node : nodes) {
    write(*node, [](Transaction& tx) { open<GCounter>(tx, "hits").add(tx, 2); });
  }
  settle(nodes);

  for (const auto& node : nodes) EXPECT_EQ(node->read(Key<GCounter>{"hits"}), 4);
  EXPECT_TRUE(nodes[0]->status().encrypted);
  EXPECT_EQ(nodes[0]->status().access_refused, 0U);
}

TEST_F(Keys, AddressMayBeInTheKeyFile) {
  acquaint(0, 1);
  std::ofstream(ring_.at("a", "peers/b.pub")) << public_[1] << " " << addresses_[1] << "\n";
  NodeOptions with_name = options(0, {});
  with_name.peers = {"b"};
  Nodes nodes;
  nodes.push_back(started(std::move(with_name)));
  nodes.push_back(started(options(1, {0})));

  write(*nodes[0], [](Transaction& tx) { open<GCounter>(tx, "hits").add(tx); });
  settle(nodes);

  EXPECT_EQ(nodes[1]->read(Key<GCounter>{"hits"}), 1);
}

// libzmq would never try again.
TEST_F(Keys, LinkThatWasDeniedComesUpOnceTheKeyIsThere) {
  ring_.know_peer("b", "a");
  std::ofstream(ring_.at("a", "peers/b.pub")) << new_key_pair()->public_key << "\n";  // not b's
  Nodes nodes;
  nodes.push_back(started(options(0, {1})));
  nodes.push_back(started(options(1, {0})));
  const auto stranger = next_of<AccessRefused>(*nodes[0]);
  const auto denied = next_of<AccessRefused>(*nodes[1]);
  ASSERT_TRUE(stranger && denied);
  EXPECT_EQ(stranger->who, public_[1]);
  EXPECT_THAT(denied->who, AllOf(HasSubstr("peer a"), HasSubstr(addresses_[0])));
  EXPECT_THAT(denied->error.message, HasSubstr("does not let this node in"));

  ring_.copy("b", ring_.at("a", "peers/b.pub"));  // nobody is told

  write(*nodes[1], [](Transaction& tx) { open<GCounter>(tx, "hits").add(tx); });
  settle(nodes);
  EXPECT_EQ(nodes[0]->read(Key<GCounter>{"hits"}), 1);
}

TEST_F(Keys, ClientsKeyAsksAndIsPinnedToTheNodes) {
  ring_.make("carol");
  ring_.know_client("a", "carol");
  ring_.know_peer("carol", "a");
  ring_.copy("b", ring_.at("carol", "peers/wrong.pub"));
  const auto node = started(options(0, {}));

  const auto good = client("carol", 0);
  const auto wrong = Client::open({"wrong@" + addresses_[0], ring_.at("carol"), false});
  const auto nameless = Client::open({addresses_[0], ring_.at("carol"), false});
  const auto stranger = Client::open({"x@" + addresses_[0], ring_.at("carol"), false});
  ASSERT_TRUE(good && wrong);

  EXPECT_TRUE((*good)->ask(asking_for_status(), patience));
  const auto reply = (*wrong)->ask(asking_for_status(), std::chrono::milliseconds(300));
  ASSERT_FALSE(reply);
  EXPECT_EQ(reply.error().code, ErrorCode::transport_failed);
  EXPECT_THAT(reply.error().message, HasSubstr("does not have the key"));
  ASSERT_FALSE(nameless);
  EXPECT_THAT(nameless.error().message, HasSubstr("Say NAME@" + addresses_[0]));
  ASSERT_FALSE(stranger);
  EXPECT_THAT(stranger.error().message, HasSubstr("copy the self.pub of x there"));
}

TEST_F(Keys, ClientThatIsNotLetInHearsSoAtOnce) {
  ring_.make("carol");
  ring_.know_peer("carol", "a");
  const auto node = started(options(0, {}));
  const auto carol = client("carol", 0);
  ASSERT_TRUE(carol);

  for (int i = 0; i < 2; ++i) {
    const auto reply = (*carol)->ask(asking_for_status(), patience);
    ASSERT_FALSE(reply);
    EXPECT_EQ(reply.error().code, ErrorCode::access_denied);
    EXPECT_THAT(reply.error().message, HasSubstr("clients/NAME.pub"));
  }
  ASSERT_TRUE(next_of<AccessRefused>(*node));
  EXPECT_EQ(node->status().access_refused, 1U);  // it did not knock twice
}

TEST_F(Keys, NodesOwnKeyMayAskIt) {
  const auto node = started(options(0, {}));
  const auto self = Client::open({"self@" + addresses_[0], ring_.at("a"), false});
  ASSERT_TRUE(self);

  EXPECT_TRUE((*self)->ask(asking_for_status(), patience));
}

TEST_F(Keys, KeyThatIsTakenAwayEndsOnTheLinkThatItHas) {
  ring_.make("carol");
  ring_.know_client("a", "carol");
  ring_.know_peer("carol", "a");
  const auto node = started(options(0, {}));
  const auto carol = client("carol", 0);
  ASSERT_TRUE(carol);
  ASSERT_TRUE((*carol)->ask(asking_for_status(), patience));

  ring_.forget_client("a", "carol");
  node->reload_keys();

  const auto reply = (*carol)->ask(asking_for_status(), patience);
  ASSERT_TRUE(reply);
  ASSERT_TRUE(std::holds_alternative<Error>(reply->body));
  EXPECT_EQ(std::get<Error>(reply->body).code, ErrorCode::access_denied);
}

TEST_F(Keys, KeyThatIsTakenAwayEndsWhatItWaitsFor) {
  ring_.make("carol");
  ring_.know_client("a", "carol");
  const auto node = started(options(0, {}));
  Knocker carol = knocker("carol", 0);
  ClientRequest watch;
  watch.id = 1;
  watch.timeout_ms = 3'600'000;
  watch.body = WatchRequest{"", true, {}};
  carol.send({"c", encode_request(watch)});
  ClientRequest status = asking_for_status();  // answered behind it, so the watch waits by now
  status.id = 2;
  carol.send({"c", encode_request(status)});
  ASSERT_EQ(decode_reply(carol.receive())->id, 2U);

  ring_.forget_client("a", "carol");
  node->reload_keys();

  const auto reply = decode_reply(carol.receive());
  ASSERT_TRUE(reply);
  EXPECT_EQ(reply->id, 1U);
  ASSERT_TRUE(std::holds_alternative<Error>(reply->body));
  EXPECT_EQ(std::get<Error>(reply->body).code, ErrorCode::access_denied);
}

TEST_F(Keys, PeerThatIsTakenAwayIsNeitherHeardNorTold) {
  acquaint(0, 1);
  Nodes nodes;
  nodes.push_back(started(options(0, {1})));
  nodes.push_back(started(options(1, {0})));
  write(*nodes[0], [](Transaction& tx) { open<GCounter>(tx, "hits").add(tx); });
  settle(nodes);

  ring_.forget_peer("a", "b");
  nodes[0]->reload_keys();

  const auto link = next_of<AccessRefused>(*nodes[0]);
  ASSERT_TRUE(link);
  EXPECT_THAT(link->error.message, HasSubstr("peers/b.pub"));
  write(*nodes[1], [](Transaction& tx) { open<GCounter>(tx, "hits").add(tx); });
  const auto refused = next_of<FrameRefused>(*nodes[0]);
  ASSERT_TRUE(refused);
  EXPECT_EQ(refused->error.code, ErrorCode::access_denied);
  EXPECT_EQ(nodes[0]->read(Key<GCounter>{"hits"}), 1);
}

// Nobody knocks: its link to us stays up.
TEST_F(Keys, PeerWhoseFileComesBackIsHeardAgainThoughNobodyIsTold) {
  acquaint(0, 1);
  Nodes nodes;
  nodes.push_back(started(options(0, {1})));
  nodes.push_back(started(options(1, {0})));
  write(*nodes[0], [](Transaction& tx) { open<GCounter>(tx, "hits").add(tx); });
  settle(nodes);
  ring_.forget_peer("a", "b");
  nodes[0]->reload_keys();
  write(*nodes[1], [](Transaction& tx) { open<GCounter>(tx, "hits").add(tx); });
  ASSERT_TRUE(next_of<FrameRefused>(*nodes[0]));

  ring_.know_peer("a", "b");

  settle(nodes);
  EXPECT_EQ(nodes[0]->read(Key<GCounter>{"hits"}), 2);
}

TEST_F(Keys, PeerIsHeardAndToldWhileItsFileIsHalfWritten) {
  acquaint(0, 1);
  Nodes nodes;
  nodes.push_back(started(options(0, {1})));
  nodes.push_back(started(options(1, {0})));
  write(*nodes[0], [](Transaction& tx) { open<GCounter>(tx, "hits").add(tx); });
  settle(nodes);

  std::ofstream(ring_.at("a", "peers/b.pub")) << public_[1].substr(0, 17);
  nodes[0]->reload_keys();
  const auto told = next_of<AccessRefused>(*nodes[0]);
  ASSERT_TRUE(told);
  EXPECT_THAT(told->error.message, HasSubstr("b.pub is no key file"));

  for (const auto& node : nodes) {
    write(*node, [](Transaction& tx) { open<GCounter>(tx, "hits").add(tx); });
  }
  settle(nodes);
  for (const auto& node : nodes) EXPECT_EQ(node->read(Key<GCounter>{"hits"}), 3);
}

TEST_F(Keys, ClientsKeyMayNotSendFrames) {
  ring_.make("carol");
  ring_.know_client("a", "carol");
  const auto node = started(options(0, {}));
  Knocker carol = knocker("carol", 0);

  carol.send({"p", hello_from(node_id(9))});

  const auto refused = next_of<FrameRefused>(*node);
  ASSERT_TRUE(refused);
  EXPECT_EQ(refused->error.code, ErrorCode::access_denied);
  EXPECT_THAT(refused->error.message, HasSubstr("client carol"));
}

TEST_F(Keys, PeersKeyMayNotAsk) {
  ring_.know_peer("a", "b");
  ring_.know_peer("b", "a");
  const auto node = started(options(0, {}));
  const auto peer = client("b", 0);
  ASSERT_TRUE(peer);

  const auto reply = (*peer)->ask(asking_for_status(), patience);

  ASSERT_TRUE(reply);
  ASSERT_TRUE(std::holds_alternative<Error>(reply->body));
  EXPECT_EQ(std::get<Error>(reply->body).code, ErrorCode::access_denied);
  EXPECT_THAT(std::get<Error>(reply->body).message, HasSubstr("peer b"));
}

TEST_F(Keys, NodeOfAnotherKeyCannotBeSpokenFor) {
  ring_.know_peer("a", "b");
  ring_.know_peer("a", "c");
  const auto node = started(options(0, {}));
  Knocker b = knocker("b", 0);
  Knocker c = knocker("c", 0);
  b.send({"p", hello_from(node_id(9))});
  b.send({"p", "not a frame"});
  ASSERT_EQ(next_of<FrameRefused>(*node)->error.code, ErrorCode::malformed);  // so b was heard

  c.send({"p", hello_from(node_id(9))});
  const auto refused = next_of<FrameRefused>(*node);
  c.send({"p", hello_from(node->self().node)});
  const auto ours = next_of<FrameRefused>(*node);

  ASSERT_TRUE(refused && ours);
  EXPECT_EQ(refused->error.code, ErrorCode::access_denied);
  EXPECT_THAT(refused->error.message, AllOf(HasSubstr("peer c"), HasSubstr("peer b")));
  EXPECT_EQ(ours->error.code, ErrorCode::access_denied);
  EXPECT_THAT(ours->error.message, HasSubstr("as this node"));
}

TEST_F(Keys, RouteOfAnotherKeyCannotBeClaimed) {
  acquaint(0, 1);
  acquaint(0, 2);
  const auto node = started(options(0, {1}));
  Knocker c = knocker("c", 0);
  Knocker b = knocker("b", 0);
  const Hello::Heard heard{node->self(), 1};

  c.send({"p", hello_from(node_id(9), heard)});
  const auto refused = next_of<FrameRefused>(*node);
  b.send({"p", hello_from(node_id(8), heard)});
  const auto up = next_of<PeerUp>(*node);

  ASSERT_TRUE(refused && up);
  EXPECT_THAT(refused->error.message, AllOf(HasSubstr("peer c"), HasSubstr("route to b")));
  EXPECT_EQ(up->node, node_id(8));
}

TEST_F(Keys, ReplacedKeyOfAPeerWorksOnceItsFileIsReplaced) {
  acquaint(0, 1);
  Nodes nodes;
  nodes.push_back(started(options(0, {1})));
  NodeOptions of_b = options(1, {0});
  TemporaryDirectory directory;
  of_b.directory = directory.path("b");
  nodes.push_back(started(of_b));
  write(*nodes[1], [](Transaction& tx) { open<GCounter>(tx, "hits").add(tx); });
  settle(nodes);

  ring_.make("b2");
  ring_.know_peer("b2", "a");
  nodes[1].reset();
  of_b.keys = ring_.at("b2");
  nodes[1] = started(of_b);
  ASSERT_TRUE(next_of<AccessRefused>(*nodes[1]));
  ring_.copy("b2", ring_.at("a", "peers/b.pub"));

  write(*nodes[1], [](Transaction& tx) { open<GCounter>(tx, "hits").add(tx); });
  settle(nodes);
  EXPECT_EQ(nodes[0]->read(Key<GCounter>{"hits"}), 2);
}

TEST_F(Keys, NodeSaysWhatItsKeysLack) {
  namespace fs = std::filesystem;
  const auto why = [](const NodeOptions& given) {
    const auto node = Node::start(given);
    return node ? std::string("it started") : node.error().message;
  };
  NodeOptions both = options(0, {});
  both.insecure = true;
  EXPECT_THAT(why(both), HasSubstr("exclude each other"));
  EXPECT_THAT(why(options(0, {1})), HasSubstr("copy the self.pub of b there"));
  NodeOptions elsewhere = options(0, {});
  elsewhere.keys = ring_.at("nowhere");
  EXPECT_THAT(why(elsewhere), HasSubstr("rejoin keygen"));

  fs::permissions(ring_.at("a", "self.key"), fs::perms(0640));
  EXPECT_THAT(why(options(0, {})), HasSubstr("chmod 600 " + ring_.at("a", "self.key")));
  fs::permissions(ring_.at("a", "self.key"), fs::perms(0600));
  fs::permissions(ring_.at("a", "peers"), fs::perms(0777));
  EXPECT_THAT(why(options(0, {})), HasSubstr("chmod go-w " + ring_.at("a", "peers")));
  fs::permissions(ring_.at("a", "peers"), fs::perms(0755));
  ring_.know_client("a", "b");
  fs::permissions(ring_.at("a", "clients/b.pub"), fs::perms(0666));
  EXPECT_THAT(why(options(0, {})), HasSubstr("chmod go-w " + ring_.at("a", "clients/b.pub")));
  ring_.forget_client("a", "b");
  std::ofstream(ring_.at("a", "peers/x.pub")) << "not a key\n";
  EXPECT_THAT(why(options(0, {})), HasSubstr("x.pub is no key file"));
  ring_.forget_peer("a", "x");
  ring_.copy("b", ring_.at("a", "self.pub"));
  EXPECT_THAT(why(options(0, {})), HasSubstr("not the public key of self.key"));
  fs::remove(ring_.at("a", "self.pub"));
  EXPECT_EQ(why(options(0, {})), "it started");
}

TEST_F(Keys, ToolsMakeKeysUseThemAndReadThemAgainOnHangup) {
  const std::string dave = ring_.at("dave");
  const Finished made = run({"rejoin", "keygen", dave});
  const Finished again = run({"rejoin", "keygen", dave});
  ring_.know_client("a", "dave");
  ring_.know_peer("dave", "a");
  Process daemon(
      {"rejoind", "--name", "a", "--listen", addresses_[0], "--volatile", "--keys", ring_.at("a")});
  ASSERT_TRUE(daemon.line()) << daemon.errors();
  const auto ask = [&](std::vector<std::string> words) {
    std::vector<std::string> all = {"rejoin", "--keys", dave, "--server", "a@" + addresses_[0]};
    all.insert(all.end(), words.begin(), words.end());
    return run(all);
  };
  const Finished added = ask({"gcounter", "add", "k", "3"});
  const Finished got = ask({"gcounter", "get", "k"});
  const Finished watched = ask({"watch", "k", "--snapshot"});

  ring_.forget_client("a", "dave");
  daemon.signal(SIGHUP);
  Finished refused = ask({"gcounter", "get", "k"});
  for (int i = 0; i < 1000 && refused.exit == 0; ++i) refused = ask({"gcounter", "get", "k"});
  daemon.signal(SIGTERM);

  EXPECT_EQ(made.exit, 0);
  EXPECT_EQ(made.out, ring_.pair("dave").public_key + "\n");
  EXPECT_EQ(again.exit, 1);
  EXPECT_EQ(added.exit, 0) << added.err;
  EXPECT_EQ(got.out, "3\n");
  EXPECT_EQ(watched.exit, 0) << watched.err;
  EXPECT_EQ(refused.exit, 1);
  EXPECT_THAT(refused.err, HasSubstr("does not let this key in"));
  EXPECT_EQ(daemon.wait(), 0);
  EXPECT_THAT(daemon.errors(), HasSubstr("refused " + ring_.pair("dave").public_key));
}

TEST_F(Keys, MakingKeysNeverOverwrites) {
  const auto again = make_keys(ring_.at("a"));
  std::filesystem::remove(ring_.at("a", "self.pub"));
  const auto half = make_keys(ring_.at("a"));

  ASSERT_FALSE(again);
  EXPECT_THAT(again.error().message, HasSubstr("nothing is overwritten"));
  ASSERT_FALSE(half);
  EXPECT_THAT(half.error().message, HasSubstr("self.key"));
  EXPECT_EQ(ring_.pair("a").public_key, public_[0]);
}

}  // namespace
}  // namespace rejoin::integration
