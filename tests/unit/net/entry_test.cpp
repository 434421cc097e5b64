#include "net/entry.hpp"

#include <gtest/gtest.h>

#include <string>
#include <vector>

#include "net/event.hpp"
#include "tests/unit/net/random_entries.hpp"

namespace rejoin {
namespace {

constexpr ReplicaId a{1};
constexpr ReplicaId b{2};

SlotKey slot(const std::string& path) {
  return {{{7, 6}, "cart"}, path};
}

Entry put(const ReplicaId& replica, std::uint64_t sequence, const std::string& path,
          const std::string& value) {
  Entry out;
  out.dots.add({replica, sequence});
  out.puts.push_back({slot(path), {replica, sequence}, value});
  return out;
}

TEST(Entry, JoinHoldsAllDotsAndRemovalsAndTheValuesThatNeitherRemoved) {
  Entry older = put(a, 1, "milk", "one");
  older.removals.push_back({slot("eggs"), b, {4, 4}});
  Entry newer = put(a, 2, "milk", "two");
  newer.removals.push_back({slot("milk"), a, {1, 1}});

  const Entry joined = join(older, newer);

  CausalContext dots;
  dots.add(a, {1, 2});
  EXPECT_EQ(joined.dots, dots);
  EXPECT_EQ(joined.puts, (std::vector<Put>{{slot("milk"), {a, 2}, "two"}}));
  EXPECT_EQ(joined.removals,
            (std::vector<Removal>{{slot("eggs"), b, {4, 4}}, {slot("milk"), a, {1, 1}}}));
}

TEST(Entry, JoinDropsAValueOfTheNewerThatTheOlderRemoved) {
  Entry older = put(a, 1, "milk", "one");
  older.removals.push_back({slot("eggs"), b, {4, 4}});
  const Entry joined = join(older, put(b, 4, "eggs", "gone"));
  EXPECT_EQ(joined.puts, older.puts);
  EXPECT_TRUE(joined.dots.contains({b, 4}));
}

TEST(Entry, JoinMakesRemovalsOfOneSlotAndReplicaMaximalRanges) {
  Entry older = put(b, 1, "x", "");
  older.removals = {
      {slot("milk"), a, {5, 6}}, {slot("milk"), a, {1, 1}}, {slot("eggs"), a, {7, 7}}};
  Entry newer = put(b, 2, "x", "");
  newer.removals = {
      {slot("milk"), a, {2, 4}}, {slot("milk"), b, {7, 7}}, {slot("milk"), a, {9, 9}}};
  EXPECT_EQ(join(older, newer).removals, (std::vector<Removal>{{slot("eggs"), a, {7, 7}},
                                                               {slot("milk"), a, {1, 6}},
                                                               {slot("milk"), a, {9, 9}},
                                                               {slot("milk"), b, {7, 7}}}));
}

TEST(Entry, JoinOrdersPutsBySlotAndDot) {
  const Entry joined =
      join(join(put(b, 1, "milk", ""), put(a, 9, "milk", "")), put(b, 2, "eggs", ""));
  EXPECT_EQ(joined.puts, (std::vector<Put>{{slot("eggs"), {b, 2}, ""},
                                           {slot("milk"), {a, 9}, ""},
                                           {slot("milk"), {b, 1}, ""}}));
}

TEST(Entry, JoinIsAssociativeAndIdempotent) {
  test::Random random(7);
  for (int i = 0; i < 200; ++i) {
    // One history: a dot is made once, with one slot and one value.
    std::vector<Entry> parts;
    CausalContext used;
    while (parts.size() < 3) {
      Entry entry = test::random_entry(random);
      if (used.intersects(entry.dots)) continue;
      used.merge(entry.dots);
      parts.push_back(std::move(entry));
    }
    const Entry left = join(join(parts[0], parts[1]), parts[2]);
    EXPECT_EQ(left, join(parts[0], join(parts[1], parts[2])));
    EXPECT_EQ(join(left, left), left);
  }
}

TEST(Entry, TheLengthOfAJoinIsKnownWithoutIt) {
  test::Random random(8);
  std::uint64_t shorter = 0;
  for (int i = 0; i < 3000; ++i) {
    Entry older = test::random_entry(random);
    Entry newer = test::random_entry(random);
    if (random.one_in(3))
      newer.removals.insert(newer.removals.end(), older.removals.begin(), older.removals.end());
    if (random.one_in(3)) {
      for (const Put& put : older.puts) {
        newer.removals.push_back({put.slot, put.dot.replica, {put.dot.sequence, put.dot.sequence}});
      }
    }
    // As joining leaves them, and transactions make them: ranges that lie apart.
    older = join(older, older);
    newer = join(newer, newer);
    const std::uint64_t bytes = join(older, newer).bytes();
    EXPECT_EQ(joined_bytes(older, newer), bytes);
    shorter += bytes < older.bytes() + newer.bytes() ? 1 : 0;
  }
  EXPECT_GT(shorter, 300u);
}

TEST(Entry, RemovedIsTheUnionOfItsRemovalsInWhateverOrder) {
  test::Random random(8);
  for (int i = 0; i < 200; ++i) {
    Entry entry = test::random_entry(random);
    for (int n = 0; n < 5; ++n) {
      const ReplicaId replica = test::random_replica(random);
      entry.removals.push_back({slot("x"), replica, test::random_interval(random)});
    }
    CausalContext expected;
    for (const Removal& removal : entry.removals) expected.add(removal.replica, removal.dots);
    EXPECT_EQ(entry.removed(), expected);
  }
}

TEST(Entry, BytesGrowWithNamesPathsAndValues) {
  const std::uint64_t small = put(a, 1, "milk", "").bytes();
  EXPECT_EQ(put(a, 1, "milk", std::string(1000, 'v')).bytes(), small + 1000);
  EXPECT_EQ(put(a, 1, "milk" + std::string(500, 'p'), "").bytes(), small + 500);
  Entry removes = put(a, 1, "milk", "");
  removes.removals.push_back({slot("eggs"), b, {4, 4}});
  EXPECT_GT(removes.bytes(), small);
}

TEST(PeerState, HasAName) {
  EXPECT_STREQ(name_of(PeerState::unknown), "unknown");
  EXPECT_STREQ(name_of(PeerState::streaming), "streaming");
  EXPECT_STREQ(name_of(PeerState::repairing), "repairing");
  EXPECT_STREQ(name_of(PeerState::silent), "silent");
}

}  // namespace
}  // namespace rejoin
