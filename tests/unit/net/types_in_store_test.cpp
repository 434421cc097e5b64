// One statement of semantics: each type, opened in a store, reads the same as the
// value that stands alone after the same operations, deliveries and removals. And what only a store
// has: shares that survive a concurrent removal, and that a new incarnation takes over.

#include <gtest/gtest.h>

#include <set>
#include <string>
#include <utility>
#include <vector>

#include "crdt/aw_set.hpp"
#include "crdt/bounded_counter.hpp"
#include "crdt/flags.hpp"
#include "crdt/g_counter.hpp"
#include "crdt/g_map.hpp"
#include "crdt/g_set.hpp"
#include "crdt/hyper_log_log.hpp"
#include "crdt/lattice_value.hpp"
#include "crdt/lww_map.hpp"
#include "crdt/lww_register.hpp"
#include "crdt/lww_set.hpp"
#include "crdt/max_register.hpp"
#include "crdt/min_register.hpp"
#include "crdt/multi_map.hpp"
#include "crdt/mv_register.hpp"
#include "crdt/or_map.hpp"
#include "crdt/ordered_register.hpp"
#include "crdt/pn_counter.hpp"
#include "crdt/resettable_counter.hpp"
#include "crdt/rw_set.hpp"
#include "crdt/two_phase_set.hpp"
#include "tests/unit/net/cluster.hpp"
#include "tests/unit/net/desk.hpp"
#include "tests/unit/net/random_entries.hpp"
#include "tests/user_types.hpp"

namespace rejoin::testing {
namespace {

// One drawn operation, applied to whatever holds the type. Returns the delta, or nothing in a
// store.
template <class T>
struct Operations;

// For operations that return a delta in some cases and a Result in others.
template <class T, class F>
std::optional<T> given(F&& change) {
  using Returned = decltype(change());
  if constexpr (std::is_same_v<Returned, T>) {
    return change();
  } else if constexpr (std::is_same_v<Returned, Result<T>>) {
    return *change();
  } else {
    static_cast<void>(change());
    return std::nullopt;
  }
}

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
struct SetOperations {
  static auto apply(std::uint64_t draw, auto& value, auto&& who) {
    const std::string element = std::to_string(draw / 10 % 5);
    if (draw % 10 == 0) return value.clear(who);
    if (draw % 10 < 4) return value.remove(who, element);
    return value.add(who, element);
  }
};
template <>
struct Operations<AwSet<std::string>> : SetOperations {};
template <>
struct Operations<RwSet<std::string>> : SetOperations {};
template <>
struct Operations<LwwSet<std::string>> : SetOperations {};
template <>
struct Operations<GSet<std::string>> {
  static auto apply(std::uint64_t draw, auto& value, auto&& who) {
    return value.add(who, std::to_string(draw % 5));
  }
};
template <>
struct Operations<TwoPhaseSet<std::string>> {
  static auto apply(std::uint64_t draw, auto& value, auto&& who) {
    const std::string element = std::to_string(draw / 10 % 9);
    using T = TwoPhaseSet<std::string>;
    if (draw % 10 < 3 || value.was_removed(element)) {
      return given<T>([&] { return value.remove(who, element); });
    }
    return given<T>([&] { return value.add(who, element); });
  }
};
template <>
struct Operations<EwFlag> {
  static auto apply(std::uint64_t draw, auto& value, auto&& who) {
    return draw % 2 == 0 ? value.enable(who) : value.disable(who);
  }
};
template <>
struct Operations<DwFlag> : Operations<EwFlag> {};
template <>
struct Operations<ResettableCounter> {
  static auto apply(std::uint64_t draw, auto& value, auto&& who) {
    using T = ResettableCounter;
    if (draw % 5 == 0) return given<T>([&] { return value.reset(who); });
    const auto n = static_cast<std::int64_t>(draw % 20) - 10;
    return given<T>([&] { return value.add(who, n); });
  }
};
template <>
struct Operations<BoundedCounter<-5>> {
  static auto apply(std::uint64_t draw, auto& value, auto&& who) {
    const std::int64_t rights = value.rights(who_of(who));
    const auto n = static_cast<std::int64_t>(draw / 10 % 7);
    if (draw % 10 < 4 || rights == 0) return value.add(who, n);
    if (draw % 10 < 7) return value.move_rights(who, draw % 2 == 0 ? a : b, std::min(n, rights));
    return value.subtract(who, std::min(n, rights));
  }
  static const ReplicaId& who_of(const Transaction& tx) { return tx.self(); }
  static ReplicaId who_of(const At& at) { return at; }
};
template <>
struct Operations<HyperLogLog<std::string>> : Operations<GSet<std::string>> {};

using test::HighScore;
template <>
struct Operations<LatticeValue<HighScore>> {
  static auto apply(std::uint64_t draw, auto& value, auto&& who) {
    return value.join(who, {std::to_string(draw % 3), static_cast<std::int64_t>(draw / 3 % 50)});
  }
};
using Longest = OrderedRegister<std::string, test::ByLength>;
template <>
struct Operations<Longest> {
  static auto apply(std::uint64_t draw, auto& value, auto&& who) {
    return value.set(who, std::string(draw % 4, static_cast<char>('a' + draw / 4 % 3)));
  }
};
template <>
struct Operations<LwwMap<int, std::string>> {
  static auto apply(std::uint64_t draw, auto& value, auto&& who) {
    const int key = static_cast<int>(draw / 10 % 4);
    if (draw % 10 == 0) return value.clear(who);
    if (draw % 10 < 4) return value.remove(who, key);
    return value.set(who, key, std::to_string(draw % 7));
  }
};
template <>
struct Operations<MultiMap<std::string, int>> {
  static auto apply(std::uint64_t draw, auto& value, auto&& who) {
    const std::string key = std::to_string(draw / 10 % 3);
    const int one = static_cast<int>(draw / 30 % 3);
    if (draw % 20 == 0) return value.clear(who);
    if (draw % 10 == 1) return value.remove_all(who, key);
    if (draw % 10 < 4) return value.remove(who, key, one);
    return value.add(who, key, one);
  }
};
using Tables = OrMap<std::string, OrMap<int, AwSet<std::string>>>;
template <>
struct Operations<Tables> {
  static auto apply(std::uint64_t draw, auto& value, auto&& who) {
    const std::string key = std::to_string(draw / 20 % 2);
    const int row = static_cast<int>(draw / 40 % 2);
    if (draw % 20 == 0) return value.clear(who);
    if (draw % 20 == 1) return value.remove(who, key);
    if (draw % 20 < 4) return value[key].remove(who, row);
    return SetOperations::apply(draw / 80, nested(value[key][row]), who);
  }
  static auto& nested(auto&& handle) { return handle; }
};
using Stock = OrMap<std::string, ResettableCounter>;
template <>
struct Operations<Stock> {
  static auto apply(std::uint64_t draw, auto& value, auto&& who) {
    const std::string key = std::to_string(draw / 10 % 2);
    if (draw % 10 == 0) return given<Stock>([&] { return value.remove(who, key); });
    if (draw % 10 == 1) return given<Stock>([&] { return value[key].reset(who); });
    const auto n = static_cast<std::int64_t>(draw / 20 % 20) - 10;
    return given<Stock>([&] { return value[key].add(who, n); });
  }
};
using Newest = GMap<int, LwwRegister<std::string>>;
template <>
struct Operations<Newest> {
  static auto apply(std::uint64_t draw, auto& value, auto&& who) {
    auto here = value[static_cast<int>(draw / 50 % 3)];
    return Operations<LwwRegister<std::string>>::apply(draw, here, who);
  }
};

template <class T>
T delta_of(T delta) {
  return delta;
}
template <class T>
T delta_of(std::optional<T> delta) {
  return *delta;
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
using AllTypes = ::testing::Types<
    GCounter, PnCounter, LwwRegister<std::string>, MvRegister<std::string>,
    MaxRegister<std::int64_t>, MinRegister<std::int64_t>, AwSet<std::string>, RwSet<std::string>,
    LwwSet<std::string>, GSet<std::string>, TwoPhaseSet<std::string>, EwFlag, DwFlag,
    ResettableCounter, BoundedCounter<-5>, HyperLogLog<std::string>, LatticeValue<HighScore>,
    Longest, LwwMap<int, std::string>, MultiMap<std::string, int>, Tables, Stock, Newest>;
TYPED_TEST_SUITE(InStoreAsAlone, AllTypes);

TYPED_TEST(InStoreAsAlone, ReadsTheSameAfterTheSameHistory) {
  using T = TypeParam;
  for (std::uint64_t seed = 1; seed <= 40; ++seed) {
    test::Random random(seed);
    std::vector<Desk> desks = {Desk(a), Desk(b), Desk(c)};
    std::vector<HybridClock> clocks(desks.size());
    std::vector<T> alone(desks.size());
    std::vector<std::pair<T, Entry>> made;  // what each operation gave, in both worlds
    std::vector<std::set<std::size_t>> known(desks.size());
    for (int step = 0; step < 80; ++step) {
      const std::size_t i = random.below(desks.size());
      const std::uint64_t draw = random.next();
      if (random.one_in(2)) {
        const HybridTime now = clocks[i].tick(HybridTime::from_unix_ms(1'000 + random.below(3)));
        T delta = delta_of<T>(Operations<T>::apply(draw, alone[i], At(desks[i].self, now)));
        Entry entry = desks[i].transact(
            [&](Transaction& tx) {
              auto handle = open<T>(tx, "it");
              Operations<T>::apply(draw, handle, tx);
            },
            now);
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

TEST(TypesInStore, AMutatorReadsTheTransactionWhateverItsHandleWasOpenedOn) {
  Desk desk(a);
  auto stock = open<BoundedCounter<>>(desk.store, "stock");
  auto gone = open<TwoPhaseSet<std::string>>(desk.store, "gone");
  auto last = open<LwwRegister<std::string>>(desk.store, "last");
  auto out = open<RwSet<std::string>>(desk.store, "out");
  desk.transact([&](Transaction& tx) { stock.add(tx, 10); });
  Transaction tx = desk.begin(5'000);
  stock.subtract(tx, 8);
  last.set(tx, "first");
  last.set(tx, "second");
  out.add(tx, "x");
  out.clear(tx);
  EXPECT_FALSE(tx.error());
  EXPECT_EQ(open<LwwRegister<std::string>>(tx, "last").value(), "second");
  EXPECT_TRUE(open<RwSet<std::string>>(tx, "out").empty());
  gone.remove(tx, "milk");
  EXPECT_FALSE(gone.add(tx, "milk"));
  ASSERT_TRUE(tx.error());
  EXPECT_EQ(tx.error()->code, ErrorCode::removed_for_good);

  Transaction again = desk.begin(6'000);
  stock.subtract(again, 8);
  stock.subtract(again, 8);
  ASSERT_TRUE(again.error());
  EXPECT_EQ(again.error()->code, ErrorCode::insufficient_rights);
}

TEST(TypesInStore, AnElementWhoseSlotHoldsNothingReadableIsNotListed) {
  Desk desk(a);
  const ObjectKey object{type_tag<AwSet<std::string>>, "s"};
  merge(desk.store, made({b, 1}).puts({object, encoded(std::string("x"))}, "no unit has bytes"));
  const auto set = open<AwSet<std::string>>(desk.store, "s");
  EXPECT_FALSE(set.contains("x"));
  EXPECT_TRUE(set.elements().empty());
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
