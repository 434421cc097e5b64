// A client's token is held to its word: what it wrote must be where the token is covered.

#include "sim/sessions.hpp"

#include <gtest/gtest.h>

#include "tests/unit/net/cluster.hpp"

namespace rejoin::sim {
namespace {

using rejoin::testing::Cluster;

class SessionsTest : public ::testing::Test {
 protected:
  // The client of this number writes at node 0, and the ledger sees the entry.
  void write(std::uint64_t client) {
    Replica& replica = cluster[0];
    const Key<AwSet<std::string>> cart{"cart"};
    const auto commit = replica.transact(
        [&](Transaction& tx) -> Result<void> {
          open<AwSet<std::string>>(tx, cart).add(tx, "milk" + std::to_string(client));
          return {};
        },
        cluster.now());
    ASSERT_TRUE(commit);
    sessions.wrote(sessions.of(client), 0, *commit);
    Entry entry;
    entry.dots.add({replica.self(), replica.store().clock().last(replica.self())});
    EntryNumber number = no_number;
    ASSERT_EQ(ledger.record(entry, 0, 0, number), std::nullopt);
    made.push_back(number);
  }

  Cluster cluster{2};
  Ledger ledger;
  Sessions sessions{ledger, 2};
  std::vector<EntryNumber> made;
};

TEST_F(SessionsTest, AClientWaitsWhereItsTokenIsNotCovered) {
  write(0);
  cluster.settle();
  EXPECT_EQ(sessions.advance(0, cluster[0], made), std::nullopt);
  Cluster strangers(1);
  EXPECT_EQ(sessions.read(0, 1, strangers[0]), std::nullopt);
  EXPECT_EQ(sessions.waits(), 1U);
  EXPECT_EQ(sessions.reads(), 0U);
  EXPECT_EQ(sessions.read(0, 1, cluster[1]), std::nullopt);
  EXPECT_EQ(sessions.reads(), 1U);
  EXPECT_EQ(sessions.moves(), 1U);
  EXPECT_EQ(sessions.read(1, 0, cluster[0]), std::nullopt) << "it wrote nothing, so it never waits";
}

// The client of the second write is given the token of the first.
TEST_F(SessionsTest, ATokenThatLacksWhatWasWrittenIsFound) {
  write(0);
  cluster.settle();
  EXPECT_EQ(sessions.advance(0, cluster[0], made), std::nullopt);
  made.clear();
  write(1);
  cluster.settle();
  sessions.forget(0);
  sessions.wrote(sessions.of(1), 0, Commit{1});
  const auto wrong = sessions.advance(0, cluster[0], made);
  ASSERT_TRUE(wrong);
  EXPECT_NE(wrong->find("token lacks"), std::string::npos);
}

// An entry that no replica has: as if the node had lost it, and still covered its token.
TEST_F(SessionsTest, AWriteThatIsNotThereIsFound) {
  write(0);
  cluster.settle();
  Entry lost;
  lost.dots.add({ReplicaId(9, 9), 1});
  EntryNumber number = no_number;
  ASSERT_EQ(ledger.record(lost, 0, 0, number), std::nullopt);
  EXPECT_TRUE(sessions.advance(0, cluster[0], {made.front(), number}));
  const auto wrong = sessions.read(0, 1, cluster[1]);
  ASSERT_TRUE(wrong);
  EXPECT_NE(wrong->find("is not there"), std::string::npos);
}

}  // namespace
}  // namespace rejoin::sim
