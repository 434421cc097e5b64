// Entries of a run, merged in other orders, must give the state that the run left; and a state that
// no order gives is found.

#include "sim/harvest.hpp"

#include <gtest/gtest.h>

#include "crdt/aw_set.hpp"
#include "net/store.hpp"

namespace rejoin::sim {
namespace {

const ReplicaId ann{1, 1};
const ReplicaId bob{2, 1};
const SlotKey milk{Key<AwSet<std::string>>{"cart"}.object(), "milk"};

class HarvestTest : public ::testing::Test {
 protected:
  void make(const Entry& entry) {
    EntryNumber number = no_number;
    ASSERT_EQ(ledger.record(entry, 0, 0, number), std::nullopt);
    store.merge(entry);
  }
  void SetUp() override {
    Entry put;
    put.dots.add({ann, 1});
    put.puts.push_back({milk, {ann, 1}, ""});
    make(put);
    Entry removal;
    removal.dots.add({bob, 1});
    removal.removals.push_back({milk, ann, {1, 1}});
    make(removal);
    Entry again;
    again.dots.add({ann, 2});
    again.puts.push_back({milk, {ann, 2}, ""});
    make(again);
  }

  Ledger ledger;
  Store store;
  const Draws draws{1};
};

TEST_F(HarvestTest, AnyOrderGivesTheSameState) {
  EXPECT_EQ(merged_otherwise(ledger, {true, true, true}, store.canonical(), draws, 3),
            std::nullopt);
}

TEST_F(HarvestTest, AStateThatTheEntriesDoNotGiveIsFound) {
  EXPECT_TRUE(merged_otherwise(ledger, {true, true, false}, store.canonical(), draws, 3));
  EXPECT_TRUE(merged_otherwise(ledger, {true, true, true}, Store().canonical(), draws, 3));
}

}  // namespace
}  // namespace rejoin::sim
