#include "net/zmq/node.hpp"

#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include <atomic>
#include <chrono>
#include <stdexcept>
#include <thread>

#include "tests/integration/nodes.hpp"

namespace rejoin::integration {
namespace {

using std::chrono::milliseconds;
using std::chrono::seconds;
using testing::ElementsAre;
using testing::HasSubstr;

Token add_hits(Node& node, std::int64_t n = 1) {
  return write(node, [n](Transaction& tx) { open<GCounter>(tx, "hits").add(tx, n); });
}

TEST(Node, ThreeNodesConvergeOnAllSevenTypes) {
  const Nodes nodes = started_cluster(3);

  for (std::size_t i = 0; i < nodes.size(); ++i) {
    const auto number = static_cast<std::int64_t>(i + 1);
    write(*nodes[i], [&](Transaction& tx) {
      open<GCounter>(tx, "g").add(tx, number);
      open<PnCounter>(tx, "pn").add(tx, i == 0 ? -10 : number);
      open<LwwRegister<Text>>(tx, "lww").set(tx, "w" + std::to_string(i));
      open<MvRegister<Text>>(tx, "mv").set(tx, "v" + std::to_string(i));
      open<MaxRegister<std::int64_t>>(tx, "max").set(tx, number);
      open<MinRegister<std::int64_t>>(tx, "min").set(tx, number);
      open<AwSet<Text>>(tx, "set").add(tx, "e" + std::to_string(i));
    });
  }
  settle(nodes);

  const auto lww = nodes[0]->read(Key<LwwRegister<Text>>{"lww"});
  const auto mv = nodes[0]->read(Key<MvRegister<Text>>{"mv"});
  const auto bytes = nodes[0]->read([](const Store& store) { return store.canonical(); });
  EXPECT_TRUE(lww.has_value());
  for (const auto& node : nodes) {
    EXPECT_EQ(node->read(Key<GCounter>{"g"}), 6);
    EXPECT_EQ(node->read(Key<PnCounter>{"pn"}), -5);
    EXPECT_EQ(node->read(Key<LwwRegister<Text>>{"lww"}), lww);
    EXPECT_EQ(node->read(Key<MvRegister<Text>>{"mv"}), mv);
    EXPECT_EQ(node->read(Key<MaxRegister<std::int64_t>>{"max"}), 3);
    EXPECT_EQ(node->read(Key<MinRegister<std::int64_t>>{"min"}), 1);
    EXPECT_THAT(node->read(Key<AwSet<Text>>{"set"}), ElementsAre("e0", "e1", "e2"));
    EXPECT_EQ(node->read([](const Store& store) { return store.canonical(); }), bytes);
  }
}

TEST(Node, RemovedKeyIsGoneEverywhere) {
  const Nodes nodes = started_cluster(2);
  add_hits(*nodes[0], 5);
  settle(nodes);

  write(*nodes[1], [](Transaction& tx) { tx.remove(Key<GCounter>{"hits"}); });
  settle(nodes);

  EXPECT_EQ(nodes[0]->read(Key<GCounter>{"hits"}), 0);
  EXPECT_EQ(nodes[0]->status().objects, 0U);
}

TEST(Node, PlaintextMustBeAskedFor) {
  NodeOptions options = volatile_options();
  options.insecure = false;

  const auto node = Node::start(std::move(options));

  ASSERT_FALSE(node);
  EXPECT_EQ(node.error().code, ErrorCode::invalid_argument);
  EXPECT_THAT(node.error().message, HasSubstr("insecure"));
  EXPECT_THAT(node.error().message, HasSubstr("rejoin keygen"));
}

TEST(Node, WildcardPortBecomesANumber) {
  const auto node = started(volatile_options());

  EXPECT_THAT(node->address(), testing::MatchesRegex("tcp://127\\.0\\.0\\.1:[0-9]+"));
}

TEST(Node, TakenAddressIsRefusedAndSaysSo) {
  const auto first = started(volatile_options());
  NodeOptions options = volatile_options();
  options.listen = first->address();

  const auto second = Node::start(std::move(options));

  ASSERT_FALSE(second);
  EXPECT_EQ(second.error().code, ErrorCode::transport_failed);
  EXPECT_THAT(second.error().message, HasSubstr("another process"));
}

TEST(Node, AddressOfAPeerThatCannotBeOneIsRefused) {
  NodeOptions options = volatile_options();
  options.peers = {"nowhere"};

  const auto node = Node::start(std::move(options));

  ASSERT_FALSE(node);
  EXPECT_THAT(node.error().message, HasSubstr("tcp://HOST:PORT"));
}

TEST(Node, RefusedTransactionChangesNothing) {
  const auto node = started(volatile_options());
  add_hits(*node, 2);
  const Token before = node->token();

  const auto refused = node->transact([](Transaction& tx) -> Result<void> {
    open<GCounter>(tx, "hits").add(tx, 1);
    return Error{ErrorCode::aborted, "changed my mind"};
  });
  const auto negative = node->transact([](Transaction& tx) -> Result<void> {
    open<GCounter>(tx, "hits").add(tx, -1);
    return {};
  });
  const auto thrown =
      node->transact([](Transaction&) -> Result<void> { throw std::runtime_error("out of luck"); });

  ASSERT_FALSE(refused);
  EXPECT_EQ(refused.error().code, ErrorCode::aborted);
  ASSERT_FALSE(negative);
  EXPECT_EQ(negative.error().code, ErrorCode::negative_step);
  ASSERT_FALSE(thrown);
  EXPECT_THAT(thrown.error().message, HasSubstr("out of luck"));
  EXPECT_EQ(node->read(Key<GCounter>{"hits"}), 2);
  EXPECT_EQ(node->token(), before);
}

TEST(Node, TransactionWithoutEffectHasAnEmptyToken) {
  const auto node = started(volatile_options());

  const Token token = write(*node, [](Transaction&) {});

  EXPECT_TRUE(token.empty());
}

TEST(Node, TokenGivesReadYourWritesAtAnotherNode) {
  const Nodes nodes = started_cluster(2);

  for (std::int64_t i = 1; i <= 50; ++i) {
    const Token token = add_hits(*nodes[0]);
    ASSERT_TRUE(nodes[1]->wait_for(token, patience));
    ASSERT_GE(nodes[1]->read(Key<GCounter>{"hits"}), i);
  }
}

TEST(Node, TokenThatNobodyBringsTimesOut) {
  const auto writer = started(volatile_options());
  const auto stranger = started(volatile_options());
  const Token token = add_hits(*writer);

  const auto waited = stranger->wait_for(token, milliseconds(20));

  ASSERT_FALSE(waited);
  EXPECT_EQ(waited.error().code, ErrorCode::timed_out);
}

TEST(Node, WriteConcernNamesWhoHoldsIt) {
  const Nodes nodes = started_cluster(3);
  const Token token = add_hits(*nodes[0]);

  const auto all = nodes[0]->wait_for(Peers::all(), token, patience);
  const auto majority = nodes[0]->wait_for(Peers::majority(), token, patience);

  ASSERT_TRUE(all) << all.error().message;
  EXPECT_EQ(all->needed, 2U);
  EXPECT_THAT(all->holders,
              testing::UnorderedElementsAre(nodes[1]->self().node, nodes[2]->self().node));
  ASSERT_TRUE(majority);
  EXPECT_EQ(majority->needed, 1U);
}

TEST(Node, WriteConcernBeyondThePeersIsRefused) {
  const Nodes nodes = started_cluster(2);

  const auto waited = nodes[0]->wait_for(Peers::at_least(2), nodes[0]->token(), seconds(1));

  ASSERT_FALSE(waited);
  EXPECT_EQ(waited.error().code, ErrorCode::invalid_argument);
}

TEST(Node, WriteConcernWithADeadPeerTimesOutAndCounts) {
  NodeOptions options = volatile_options();
  options.peers = free_addresses(1);
  const auto node = started(std::move(options));
  const Token token = add_hits(*node);

  const auto waited = node->wait_for(Peers::all(), token, milliseconds(50));

  ASSERT_FALSE(waited);
  EXPECT_EQ(waited.error().code, ErrorCode::timed_out);
  EXPECT_THAT(waited.error().message, HasSubstr("0 of the 1 peers"));
}

TEST(Node, MajorityCountsThisNode) {
  EXPECT_EQ(Peers::majority().needed(0), 0U);
  EXPECT_EQ(Peers::majority().needed(1), 1U);
  EXPECT_EQ(Peers::majority().needed(2), 1U);
  EXPECT_EQ(Peers::majority().needed(3), 2U);
  EXPECT_EQ(Peers::majority().needed(4), 2U);
  EXPECT_EQ(Peers::all().needed(4), 4U);
}

template <class E>
std::optional<E> next_of(Node& node) {
  const auto deadline = std::chrono::steady_clock::now() + patience;
  while (std::chrono::steady_clock::now() < deadline) {
    const auto event = node.next(patience);
    if (event && std::holds_alternative<E>(*event)) return std::get<E>(*event);
  }
  return std::nullopt;
}

TEST(Node, WatcherHearsOfChangesFarAway) {
  const Nodes nodes = started_cluster(2);
  nodes[1]->watch("user/");

  write(*nodes[0], [](Transaction& tx) {
    open<GCounter>(tx, "other").add(tx);
    open<GCounter>(tx, "user/7").add(tx);
  });

  const auto changed = next_of<Changed>(*nodes[1]);
  ASSERT_TRUE(changed);
  EXPECT_EQ(changed->object, Key<GCounter>{"user/7"}.object());
  EXPECT_EQ(nodes[1]->read(Key<GCounter>{"user/7"}), 1);
}

TEST(Node, PeersThatComeAndGoAreEvents) {
  Nodes nodes = started_cluster(2);

  const auto up = next_of<PeerUp>(*nodes[0]);
  ASSERT_TRUE(up);
  EXPECT_EQ(up->name, "n1");
  nodes[1]->stop();

  const auto down = next_of<PeerDown>(*nodes[0]);  // by its goodbye, long before its silence
  ASSERT_TRUE(down);
  EXPECT_EQ(down->node, nodes[1]->self().node);
}

TEST(Node, ManyWritersAtOnceLoseNothing) {
  const Nodes nodes = started_cluster(2);
  constexpr int writers = 4;
  constexpr int writes = 100;

  std::vector<std::thread> threads;
  for (int w = 0; w < writers; ++w) {
    threads.emplace_back([&, w] {
      for (int i = 0; i < writes; ++i) add_hits(*nodes[static_cast<std::size_t>(w % 2)]);
    });
  }
  for (std::thread& thread : threads) thread.join();
  settle(nodes);

  for (const auto& node : nodes) {
    EXPECT_EQ(node->read(Key<GCounter>{"hits"}), writers * writes);
  }
}

TEST(Node, BatchWindowStillReturnsWhenDurable) {
  NodeOptions options = volatile_options();
  options.config.batch_window_ms = 5;
  const auto node = started(std::move(options));

  const Token token = add_hits(*node);

  EXPECT_FALSE(token.empty());
  EXPECT_TRUE(node->token().covers(token));
}

TEST(Node, RestartFromADirectoryResumes) {
  const TemporaryDirectory directory;
  NodeOptions options = volatile_options();
  options.directory = directory.path("data");
  ReplicaId before;
  {
    const auto node = started(options);
    before = node->self();
    for (int i = 0; i < 10; ++i) add_hits(*node);
    write(*node, [](Transaction& tx) { open<AwSet<Text>>(tx, "cart").add(tx, "milk"); });
  }

  const auto node = started(options);
  add_hits(*node);

  EXPECT_EQ(node->read(Key<GCounter>{"hits"}), 11);
  EXPECT_THAT(node->read(Key<AwSet<Text>>{"cart"}), ElementsAre("milk"));
  EXPECT_EQ(node->self().node, before.node);
  EXPECT_NE(node->self().incarnation, before.incarnation);
}

TEST(Node, LongLogIsCheckpointedAndStillResumes) {
  const TemporaryDirectory directory;
  NodeOptions options = volatile_options();
  options.directory = directory.path("data");
  const Text large(200'000, 'x');
  std::uint64_t stored = 0;
  {
    const auto node = started(options);
    for (int i = 0; i < 60; ++i) {
      write(*node, [&](Transaction& tx) {
        open<LwwRegister<Text>>(tx, "blob").set(tx, large + std::to_string(i));
      });
    }
    stored = node->status().stored_bytes;
  }

  const auto node = started(options);

  EXPECT_LT(stored, 30 * large.size());  // 60 were written
  EXPECT_EQ(node->read(Key<LwwRegister<Text>>{"blob"}), large + "59");
}

TEST(Node, DirectoryBelongsToOneNodeAndOneCluster) {
  const TemporaryDirectory directory;
  NodeOptions options = volatile_options();
  options.directory = directory.path("data");
  NodeOptions foreign = options;
  foreign.cluster = "other";
  auto node = started(options);

  const auto second = Node::start(options);
  node->stop();
  const auto other = Node::start(foreign);

  ASSERT_FALSE(second);
  EXPECT_EQ(second.error().code, ErrorCode::storage_locked);
  ASSERT_FALSE(other);
  EXPECT_EQ(other.error().code, ErrorCode::foreign_store);
}

TEST(Node, ClustersDoNotMix) {
  const auto addresses = free_addresses(2);
  NodeOptions options = volatile_options("red");
  options.listen = addresses[0];
  options.peers = {addresses[1]};
  const auto red = started(options);
  options.listen = addresses[1];
  options.peers = {addresses[0]};
  options.cluster = "blue";
  const auto blue = started(options);

  const auto refused = next_of<FrameRefused>(*red);

  ASSERT_TRUE(refused);
  EXPECT_EQ(refused->error.code, ErrorCode::foreign_store);
}

TEST(Node, StoppedNodeRefusesWritesAndAnswersReads) {
  const auto node = started(volatile_options());
  add_hits(*node, 3);

  node->stop();
  node->stop();

  const auto refused = node->transact([](Transaction&) -> Result<void> { return {}; });
  ASSERT_FALSE(refused);
  EXPECT_EQ(refused.error().code, ErrorCode::closed);
  EXPECT_TRUE(node->stopped());
  EXPECT_EQ(node->read(Key<GCounter>{"hits"}), 3);
  EXPECT_FALSE(node->next(patience));
}

}  // namespace
}  // namespace rejoin::integration
