// Who talks to whom: hellos, routes, versions, incarnations, identities, silence.

#include <gtest/gtest.h>

#include <string>

#include "tests/unit/net/workload.hpp"

namespace rejoin::testing {
namespace {

TEST(ReplicaSession, PeersFindTheirRoutesAndStream) {
  Cluster cluster(3);
  cluster.settle();
  for (std::size_t i = 0; i < 3; ++i) {
    EXPECT_EQ(cluster.events<PeerUp>(i).size(), 2U);
    for (std::size_t peer = 0; peer < 3; ++peer) {
      if (peer == i) continue;
      EXPECT_EQ(status_of(cluster, i, peer).state, PeerState::streaming);
      EXPECT_EQ(status_of(cluster, i, peer).replica, cluster[peer].self());
      EXPECT_EQ(status_of(cluster, i, peer).name, std::string(1, "abc"[peer]));
    }
  }
  // And are quiet about it.
  cluster.sent.clear();
  cluster.advance(400);
  EXPECT_TRUE(cluster.sent.empty());
}

TEST(ReplicaSession, ALostHelloIsSaidAgain) {
  for (std::size_t lost = 1; lost <= 5; ++lost) {
    Cluster cluster(2);
    std::size_t seen = 0;
    cluster.passes = [&](const InFlight&) { return ++seen > lost; };
    cluster.advance(3 * Config{}.hello_interval_ms);
    EXPECT_EQ(status_of(cluster, 0, 1).state, PeerState::streaming) << lost;
    EXPECT_EQ(status_of(cluster, 1, 0).state, PeerState::streaming) << lost;
  }
}

TEST(ReplicaSession, ARouteThatLeadsBackIsFoundAndLeftAlone) {
  Cluster cluster(2);
  cluster.member(0).routes[0] = cluster[0].add_route(cluster.now());
  cluster.collect(0);
  cluster.settle();
  EXPECT_GE(cluster.count<Hello>(0, 0), 1U);
  cluster.sent.clear();
  cluster.advance(10'000);
  EXPECT_EQ(cluster.count<Hello>(0, 0), 0U);
  EXPECT_EQ(status_of(cluster, 0, 0).state, PeerState::unknown);
  EXPECT_TRUE(cluster.events<NodeDuplicated>(0).empty());
  EXPECT_EQ(status_of(cluster, 0, 1).state, PeerState::streaming);
}

TEST(ReplicaSession, AnAddressMayGetAnotherTenant) {
  Cluster cluster(3);
  cluster[0].remove_route(cluster.member(0).routes[2]);
  cluster.settle();
  ASSERT_EQ(status_of(cluster, 0, 1).replica, cluster[1].self());
  cluster.crash(1);
  cluster.tenants[1] = 2;
  cluster.advance(10'000);
  EXPECT_EQ(status_of(cluster, 0, 1).replica, cluster[2].self());
  EXPECT_EQ(status_of(cluster, 0, 1).state, PeerState::streaming);
  add(cluster, 0, "milk");
  cluster.settle();
  EXPECT_TRUE(has(cluster, 2, "milk"));
}

TEST(ReplicaSession, AnAddressThatHadAnotherTenantIsGreetedAgain) {
  Cluster cluster(3);
  cluster.settle();
  cluster.crash(2);
  cluster.tenants[2] = 1;
  cluster.advance(10'000);
  ASSERT_EQ(status_of(cluster, 0, 2).replica, cluster[1].self());
  cluster.tenants.clear();
  cluster.boot(2, 2, false);
  cluster.advance(10'000);
  add(cluster, 0, "milk");
  cluster.settle();
  EXPECT_TRUE(has(cluster, 1, "milk"));
  EXPECT_TRUE(has(cluster, 2, "milk"));
}

TEST(ReplicaSession, ARouteTakenAwaySendsNothingMore) {
  Cluster cluster(2);
  cluster.settle();
  cluster[0].remove_route(cluster.member(0).routes[1]);
  cluster.collect(0);
  EXPECT_EQ(cluster.events<PeerDown>(0).size(), 1U);
  cluster.sent.clear();
  add(cluster, 0, "milk");
  cluster.advance(3'000);
  EXPECT_EQ(cluster.count<Entries>(0), 0U);
  cluster.member(0).routes[1] = cluster[0].add_route(cluster.now());
  cluster.collect(0);
  cluster.advance(3'000);
  EXPECT_TRUE(has(cluster, 1, "milk"));
}

TEST(ReplicaSession, AHelloOfAnotherVersionIsRefusedWithAReason) {
  Cluster cluster(2);
  cluster.passes = [](const InFlight&) { return false; };
  cluster.settle();
  Hello hello;
  hello.version_min = protocol_version + 1;
  hello.version_max = protocol_version + 2;
  hello.frame_bytes_max = 1'000'000;
  cluster.sent.clear();
  (void)cluster[0].handle_frame(encode_frame({ReplicaId(9), hello}, cluster.store_id()),
                                cluster.now());
  cluster.collect(0);
  ASSERT_EQ(cluster.events<FrameRefused>(0).size(), 1U);
  EXPECT_EQ(cluster.events<FrameRefused>(0)[0].error.code, ErrorCode::version_unsupported);
  ASSERT_EQ(cluster.sent.size(), 1U);
  ASSERT_TRUE(cluster.is<Reject>(cluster.sent[0]));
  EXPECT_EQ(cluster[0].holders({}), std::vector<NodeId>{}) << "it is no peer";

  const Result<void> told = cluster[1].handle_frame(cluster.sent[0].bytes, cluster.now());
  ASSERT_FALSE(told);
  EXPECT_EQ(told.error().code, ErrorCode::version_unsupported);
}

TEST(ReplicaSession, FramesOfOthersStoresAndBrokenBytesAreRefusedAndChangeNothing) {
  Cluster cluster(2);
  add(cluster, 0, "milk");
  cluster.settle();
  const std::string before = cluster[0].store().canonical();
  Entries entries{1, {}};
  const Frame frame{cluster[1].self(), entries};
  const auto foreign =
      cluster[0].handle_frame(encode_frame(frame, StoreId::named("other")), cluster.now());
  ASSERT_FALSE(foreign);
  EXPECT_EQ(foreign.error().code, ErrorCode::foreign_store);
  const auto broken = cluster[0].handle_frame("not a frame", cluster.now());
  ASSERT_FALSE(broken);
  EXPECT_EQ(broken.error().code, ErrorCode::malformed);
  cluster.collect(0);
  EXPECT_EQ(cluster.events<FrameRefused>(0).size(), 2U);
  EXPECT_EQ(cluster[0].stats().frames_refused, 2U);
  EXPECT_EQ(cluster[0].store().canonical(), before);
}

TEST(ReplicaSession, NothingIsTakenFromAStrangerBeforeItsHello) {
  Cluster cluster(2);
  cluster.settle();
  const std::string before = cluster[0].store().canonical();
  Entry entry;
  entry.dots.add({ReplicaId(9), 1});
  entry.puts.push_back({{{{7, 6}, "cart"}, "x"}, {ReplicaId(9), 1}, ""});
  const Frame frame{ReplicaId(9), Entries{1, {entry}}};
  EXPECT_TRUE(cluster[0].handle_frame(encode_frame(frame, cluster.store_id()), cluster.now()));
  EXPECT_EQ(cluster[0].store().canonical(), before);
}

TEST(ReplicaSession, ARestartIsANewReplicaThatIsTakenUpAtOnce) {
  Cluster cluster(3);
  add(cluster, 0, "milk");
  cluster.settle();
  cluster.restart(0, 2);
  cluster.settle();
  EXPECT_EQ(status_of(cluster, 1, 0).replica, ReplicaId(1, 2));
  add(cluster, 0, "eggs");
  add(cluster, 1, "tea");
  cluster.settle();
  EXPECT_TRUE(cluster.equal());
  EXPECT_EQ(cluster[1].store().clock().last(ReplicaId(1, 1)), 1U);
  EXPECT_EQ(cluster[1].store().clock().last(ReplicaId(1, 2)), 1U);
  EXPECT_TRUE(cluster.events<OwnPastUnknown>(0).empty());
}

TEST(ReplicaSession, ALostDiskIsReportedAndItsPastComesBack) {
  Cluster cluster(3);
  for (const char* element : {"milk", "eggs", "tea"}) add(cluster, 0, element);
  cluster.settle();
  cluster.crash(0);
  cluster.member(0).disk.clear();
  cluster.boot(0, 2, true);
  cluster.advance(3'000);
  ASSERT_FALSE(cluster.events<OwnPastUnknown>(0).empty());
  EXPECT_EQ(cluster.events<OwnPastUnknown>(0)[0].dots, 3U);
  EXPECT_TRUE(has(cluster, 0, "eggs"));
  EXPECT_TRUE(cluster.equal());
}

TEST(ReplicaSession, AnOldDiskIsReportedAndNoDotIsUsedAgain) {
  Cluster cluster(2);
  add(cluster, 0, "milk");
  cluster.settle();
  const std::vector<std::string> backup = cluster.member(0).disk;
  add(cluster, 0, "eggs");
  cluster.settle();
  cluster.crash(0);
  cluster.member(0).disk = backup;
  cluster.boot(0, 2, false);
  cluster.passes = [](const InFlight&) { return false; };
  add(cluster, 0, "other");  // before it hears of what it has lost
  cluster.passes = everything;
  cluster.advance(3'000);
  ASSERT_FALSE(cluster.events<OwnPastUnknown>(0).empty());
  EXPECT_EQ(cluster.events<OwnPastUnknown>(0)[0].dots, 1U);
  EXPECT_TRUE(cluster.equal());
  EXPECT_EQ(open<Cart>(cluster[1].store(), "cart").size(), 3U);
}

TEST(ReplicaSession, TwoProcessesOfOneNodeAreReported) {
  Cluster cluster(3);
  cluster.settle();
  cluster.crash(2);
  cluster.member(2).node = 1;
  cluster.member(2).disk.clear();
  cluster.boot(2, 77, true);
  cluster.advance(Config{}.peer_timeout_ms + 2'000);
  EXPECT_FALSE(cluster.events<NodeDuplicated>(0).empty()) << "each hears the other's hello";
  EXPECT_FALSE(cluster.events<NodeDuplicated>(2).empty());
  EXPECT_FALSE(cluster.events<NodeDuplicated>(1).empty()) << "and a third hears both";
}

TEST(ReplicaSession, TwoProcessesOfOneNodeThatDoNotHearEachOtherAreTold) {
  Cluster cluster(3);
  cluster.settle();
  cluster.passes = cut(0, 2);  // they hear only the third
  cluster.crash(2);
  cluster.member(2).node = 1;
  cluster.member(2).disk.clear();
  cluster.boot(2, 77, true);
  const auto told = [&](std::size_t member) {
    for (const FrameRefused& refused : cluster.events<FrameRefused>(member)) {
      if (refused.error.message.find("another process runs as node") != std::string::npos) {
        return true;
      }
    }
    return false;
  };
  cluster.advance(3 * Config{}.peer_timeout_ms);
  EXPECT_TRUE(told(0)) << "its route has had its name since it was alone";
  EXPECT_FALSE(cluster.events<NodeDuplicated>(1).empty());
}

// Member 0 hears a hello in the name of member 1's node.
void hears_hello(Cluster& cluster, std::uint64_t incarnation) {
  Hello hello;
  hello.route = cluster.member(1).routes[0];
  hello.frame_bytes_max = Config{}.frame_bytes_max;
  const Frame frame{ReplicaId(cluster.member(1).node, incarnation), hello};
  EXPECT_TRUE(cluster[0].handle_frame(encode_frame(frame, cluster.store_id()), cluster.now()));
  cluster.collect(0);
}

TEST(ReplicaSession, ALateHelloOfAnEarlierStartDoesNotTakeTheSession) {
  Cluster cluster(2);
  cluster.settle();
  cluster.restart(1, 2);
  cluster.settle();
  for (const std::uint64_t ended : {1U, 99U}) {  // one that was heard, and one that never was
    hears_hello(cluster, ended);
    EXPECT_EQ(status_of(cluster, 0, 1).replica, ReplicaId(2, 2)) << ended;
    add(cluster, 1, std::to_string(ended));
    cluster.settle();
    EXPECT_TRUE(has(cluster, 0, std::to_string(ended))) << "it went deaf";
  }
  cluster.advance(2'000);
  EXPECT_TRUE(cluster.events<NodeDuplicated>(0).empty());
  EXPECT_EQ(cluster.count<Reject>(), 0U);
  // And it is not asked for ever.
  cluster.sent.clear();
  cluster.advance(2'000);
  EXPECT_EQ(cluster.count<Hello>(), 0U);
}

TEST(ReplicaSession, WhoWasNotHeardAnsweringIsAskedAgain) {
  Cluster cluster(2);
  cluster.settle();
  cluster.passes = [&](const InFlight& frame) {
    return frame.from == 0 || !cluster.is<Hello>(frame) ||
           std::get<Hello>(cluster.decoded(frame).body).answers == 0;
  };
  cluster.restart(1, 2);
  cluster.settle();
  ASSERT_EQ(status_of(cluster, 0, 1).replica, ReplicaId(2, 1)) << "its answer was lost";
  cluster.passes = everything;
  add(cluster, 1, "milk");
  cluster.advance(4 * Config{}.digest_interval_ms);
  EXPECT_EQ(status_of(cluster, 0, 1).replica, ReplicaId(2, 2));
  EXPECT_TRUE(has(cluster, 0, "milk"));
}

TEST(ReplicaSession, ASecondProcessThatNoRouteLeadsToIsReportedBecauseItGoesOn) {
  Cluster cluster(2);
  cluster.settle();
  for (std::uint64_t ms = 0; ms < Config{}.peer_timeout_ms; ms += Config{}.hello_interval_ms) {
    hears_hello(cluster, 99);
    EXPECT_TRUE(cluster.events<NodeDuplicated>(0).empty()) << ms;
    cluster.advance(Config{}.hello_interval_ms);
  }
  cluster.advance(1);
  hears_hello(cluster, 99);
  EXPECT_EQ(cluster.events<NodeDuplicated>(0).size(), 1U);
  EXPECT_EQ(status_of(cluster, 0, 1).replica, ReplicaId(2, 1));
}

TEST(ReplicaSession, ASilentPeerIsReportedAndComesBack) {
  Cluster cluster(2);
  cluster.settle();
  cluster.passes = cut(0, 1);
  cluster.advance(Config{}.peer_timeout_ms + Config{}.digest_interval_ms);
  EXPECT_EQ(status_of(cluster, 0, 1).state, PeerState::silent);
  EXPECT_EQ(cluster.events<PeerDown>(0).size(), 1U);
  add(cluster, 0, "milk");
  cluster.passes = everything;
  cluster.advance(2 * Config{}.hello_interval_ms);
  EXPECT_EQ(status_of(cluster, 0, 1).state, PeerState::streaming);
  EXPECT_EQ(cluster.events<PeerUp>(0).size(), 2U);
  EXPECT_TRUE(has(cluster, 1, "milk"));
}

TEST(ReplicaSession, ASilentPeerCostsNoMoreThanOneFlight) {
  Config config;
  config.flight_bytes_max = 100'000;
  Cluster cluster(2, config);
  cluster.settle();
  cluster.crash(1);
  cluster.sent.clear();
  for (int i = 0; i < 100; ++i) add(cluster, 0, std::to_string(i) + std::string(10'000, 'x'));
  cluster.advance(config.peer_timeout_ms + config.digest_interval_ms);
  std::size_t bytes = 0;
  for (const InFlight& frame : cluster.sent) bytes += frame.bytes.size();
  EXPECT_LT(bytes, 300'000U) << "of a million";
  // From now on only hellos, that a route may be found again.
  cluster.sent.clear();
  cluster.advance(10'000);
  EXPECT_EQ(cluster.sent.size(), cluster.count<Hello>());
  EXPECT_LE(cluster.sent.size(), 10'000 / config.hello_interval_ms + 1);

  cluster.boot(1, 2, false);
  cluster.advance(3'000);
  EXPECT_TRUE(cluster.equal());
}

TEST(ReplicaSession, GoodbyeIsHeardAtOnce) {
  Cluster cluster(2);
  cluster.settle();
  cluster[0].leave();
  cluster.collect(0);
  cluster.crash(0);
  cluster.settle();
  EXPECT_EQ(cluster.events<PeerDown>(1).size(), 1U);
  EXPECT_EQ(status_of(cluster, 1, 0).state, PeerState::silent);
}

}  // namespace
}  // namespace rejoin::testing
