// One statement of semantics: each of the seven types, opened in a store, reads the same as the
// value that stands alone after the same operations, deliveries and removals. And what only a store
// has: shares that survive a concurrent removal, and that a new incarnation takes over.

#include <gtest/gtest.h>

#include <set>
#include <string>
#include <utility>
#include <vector>

#include "crdt/aw_set.hpp"
#include "crdt/g_counter.hpp"
#include "crdt/lww_register.hpp"
#include "crdt/max_register.hpp"
#include "crdt/min_register.hpp"
#include "crdt/mv_register.hpp"
#include "crdt/pn_counter.hpp"
#include "tests/unit/net/cluster.hpp"
#include "tests/unit/net/desk.hpp"
#include "tests/unit/net/random_entries.hpp"

namespace rejoin::testing {
namespace {

// One drawn operation, applied to whatever holds the type. Returns the delta, or nothing in a
// store.
template <class T>
struct Operations;

template <>
struct Operations<GCounter> {
  static auto apply(std::uint64_t draw, auto& value, auto&& who) {
    return value.add(who, static_cast<std::int64_t>(draw % 10));
  }
};
template <>
struct Operations<PnCounter> {
  static auto apply(std::uint64_t draw, auto& value, auto&& who) {
    return value.add(who, static_cast<std::int64_t>(draw % 20) - 10);
  }
};
template <>
struct Operations<MaxRegister<std::int64_t>> {
  static auto apply(std::uint64_t draw, auto& value, auto&& who) {
    return value.set(who, static_cast<std::int64_t>(draw % 1'000));
  }
};
template <>
struct Operations<MinRegister<std::int64_t>> : Operations<MaxRegister<std::int64_t>> {};
template <>
struct Operations<LwwRegister<std::string>> {
  static auto apply(std::uint64_t draw, auto& value, auto&& who) {
    if (draw % 5 == 0) return value.remove(who);
    return value.set(who, std::to_string(draw % 7));
  }
};
template <>
struct Operations<MvRegister<std::string>> : Operations<LwwRegister<std::string>> {};
template <>
struct Operations<AwSet<std::string>> {
  static auto apply(std::uint64_t draw, auto& value, auto&& who) {
    const std::string element = std::to_string(draw / 10 % 5);
    if (draw % 10 == 0) return value.clear(who);
    if (draw % 10 < 4) return value.remove(who, element);
    return value.add(who, element);
  }
};

template <class T>
T delta_of(T delta) {
  return delta;
}
template <class T>
T delta_of(Result<T> delta) {
  return *delta;
}

void merge_made(Desk& desk, const Entry& entry) {
  if (!entry.dots.empty()) merge(desk.store, entry);  // it changed something
}

template <class T>
class InStoreAsAlone : public ::testing::Test {};
using SevenTypes =
    ::testing::Types<GCounter, PnCounter, LwwRegister<std::string>, MvRegister<std::string>,
                     MaxRegister<std::int64_t>, MinRegister<std::int64_t>, AwSet<std::string>>;
TYPED_TEST_SUITE(InStoreAsAlone, SevenTypes);

TYPED_TEST(InStoreAsAlone, ReadsTheSameAfterTheSameHistory) {
  using T = TypeParam;
  for (std::uint64_t seed = 1; seed <= 40; ++seed) {
    test::Random random(seed);
    std::vector<Desk> desks = {Desk(a), Desk(b), Desk(c)};
    std::vector<T> alone(desks.size());
    std::vector<std::pair<T, Entry>> made;  // what each operation gave, in both worlds
    std::vector<std::set<std::size_t>> known(desks.size());
    for (int step = 0; step < 80; ++step) {
      const std::size_t i = random.below(desks.size());
      const std::uint64_t draw = random.next();
      if (random.one_in(2)) {
        const std::uint64_t wall_ms = 1'000 + random.below(3);
        T delta = delta_of<T>(Operations<T>::apply(draw, alone[i], At(desks[i].self, wall_ms)));
        Entry entry = desks[i].transact(
            [&](Transaction& tx) {
              auto handle = open<T>(tx, "it");
              Operations<T>::apply(draw, handle, tx);
            },
            wall_ms);
        known[i].insert(made.size());
        made.emplace_back(std::move(delta), std::move(entry));
      } else {
        const std::size_t from = draw % desks.size();
        alone[i].merge(alone[from]);
        for (const std::size_t entry : known[from]) merge_made(desks[i], made[entry].second);
        known[i].insert(known[from].begin(), known[from].end());
      }
      ASSERT_EQ(open<T>(desks[i].store, "it").value(), alone[i].value())
          << "seed " << seed << ", step " << step;
    }
    // Now one by one, latest first, some twice.
    for (std::size_t i = 0; i < desks.size(); ++i) {
      for (std::size_t at = made.size(); at-- > 0;) {
        alone[i].merge(made[at].first);
        merge_made(desks[i], made[at].second);
        merge_made(desks[i], made[random.below(made.size())].second);
      }
      ASSERT_EQ(open<T>(desks[i].store, "it").value(), alone[0].value()) << "seed " << seed;
      ASSERT_EQ(desks[i].store.canonical(), desks[0].store.canonical()) << "seed " << seed;
    }
  }
}

TEST(TypesInStore, AFragmentThatTheTypeCannotReadIsPassedOverAndGoesWithTheNextWrite) {
  Desk desk(a);
  const ObjectKey object{type_tag<LwwRegister<std::string>>, "r"};
  merge(desk.store, made({b, 1}).puts({object, ""}, "\xff not a stamped string"));
  EXPECT_EQ(open<LwwRegister<std::string>>(desk.store, "r").value(), std::nullopt);
  desk.transact([](Transaction& tx) { open<LwwRegister<std::string>>(tx, "r").set(tx, "v"); });
  EXPECT_EQ(open<LwwRegister<std::string>>(desk.store, "r").value(), "v");
  EXPECT_EQ(desk.store.live_count(), 1U);
}

TEST(TypesInStore, AWriteBeatsWhatItSawWhateverTheClocksSay) {
  Desk ahead(a);
  Desk behind(b);
  const auto set = [](const char* value) {
    return [value](Transaction& tx) { open<LwwRegister<std::string>>(tx, "r").set(tx, value); };
  };
  merge(behind.store, ahead.transact(set("ahead"), 9'000'000));
  merge(ahead.store, behind.transact(set("behind"), 1));
  EXPECT_EQ(open<LwwRegister<std::string>>(ahead.store, "r").value(), "behind");
}

// ---- shares

Entry add(Desk& desk, std::int64_t n) {
  return desk.transact([n](Transaction& tx) { open<GCounter>(tx, "n").add(tx, n); });
}
std::int64_t count(const Desk& desk) {
  return open<GCounter>(desk.store, "n").value();
}

TEST(Shares, AShareConcurrentWithARemovalSurvivesWhole) {
  Desk one(a);
  Desk other(b);
  merge(other.store, add(one, 5));
  const Entry removal = other.transact([](Transaction& tx) { tx.remove(Key<GCounter>{"n"}); });
  const Entry more = add(one, 2);
  merge(one.store, removal);
  merge(other.store, more);
  EXPECT_EQ(count(one), 7);
  EXPECT_EQ(count(other), 7);
  EXPECT_EQ(one.store.canonical(), other.store.canonical());
}

TEST(Shares, ARemovalTakesTheSharesThatItSaw) {
  Desk one(a);
  Desk other(b);
  merge(other.store, add(one, 5));
  merge(one.store, add(other, 1));
  merge(other.store, one.transact([](Transaction& tx) { tx.remove(Key<GCounter>{"n"}); }));
  EXPECT_EQ(count(one), 0);
  EXPECT_EQ(count(other), 0);
  EXPECT_TRUE(one.store.objects().empty());
}

TEST(Shares, ANewIncarnationTakesItsNodesShareOver) {
  Desk first(ReplicaId(1, 1));
  Desk second(ReplicaId(1, 2));
  merge(second.store, add(first, 5));
  merge(second.store, add(first, 4));
  add(second, 1);
  EXPECT_EQ(count(second), 10);
  EXPECT_EQ(second.store.live_count(), 1U);
}

TEST(Shares, NothingCountsTwiceEvenIfTwoHeirsTakeOneShareOver) {
  Desk first(ReplicaId(1, 1));
  Desk heir(ReplicaId(1, 2));
  Desk clone(ReplicaId(1, 3));
  const Entry start = add(first, 5);
  merge(heir.store, start);
  merge(clone.store, start);
  const Entry by_heir = add(heir, 1);
  const Entry by_clone = add(clone, 2);
  merge(heir.store, by_clone);
  merge(clone.store, by_heir);
  EXPECT_EQ(count(heir), 8);
  EXPECT_EQ(count(clone), 8);
  EXPECT_EQ(heir.store.canonical(), clone.store.canonical());
  add(heir, 1);
  EXPECT_EQ(count(heir), 9);
  EXPECT_EQ(heir.store.live_count(), 1U);
}

TEST(Shares, ARestartGoesOnCountingWhereItStopped) {
  Cluster cluster(2);
  const auto add = [](Transaction& tx) { open<GCounter>(tx, "n").add(tx, 3); };
  cluster.transact(0, add);
  cluster.transact(1, add);
  cluster.settle();
  cluster.crash(0);
  cluster.boot(0, 2, false);
  cluster.transact(0, add);
  cluster.settle();
  for (std::size_t i = 0; i < 2; ++i) {
    EXPECT_EQ(open<GCounter>(cluster[i].store(), "n").value(), 9);
    EXPECT_EQ(cluster[i].store().live_count(), 2U);
  }
}

}  // namespace
}  // namespace rejoin::testing
