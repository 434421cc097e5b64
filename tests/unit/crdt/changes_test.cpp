#include "crdt/changes.hpp"

#include <gtest/gtest.h>

#include <cmath>
#include <limits>
#include <tuple>

#include "crdt/aggregate.hpp"
#include "crdt/aw_set.hpp"
#include "crdt/bounded_counter.hpp"
#include "crdt/flags.hpp"
#include "crdt/g_counter.hpp"
#include "crdt/g_set.hpp"
#include "crdt/hyper_log_log.hpp"
#include "crdt/lattice_value.hpp"
#include "crdt/lww_register.hpp"
#include "crdt/lww_set.hpp"
#include "crdt/max_register.hpp"
#include "crdt/min_register.hpp"
#include "crdt/mv_register.hpp"
#include "crdt/ordered_register.hpp"
#include "crdt/pn_counter.hpp"
#include "crdt/resettable_counter.hpp"
#include "crdt/rw_set.hpp"
#include "crdt/two_phase_set.hpp"
#include "tests/user_types.hpp"

namespace rejoin {
namespace {

using Text = std::string;
using enum ChangeKind;

const ReplicaId me(1);
const At at_1(me, 1);
const At at_2(me, 2);

struct Best {
  static constexpr std::string_view name = "changes_test.best";
  std::int64_t points = 0;

  bool merge(const Best& other) {
    if (other.points <= points) return false;
    points = other.points;
    return true;
  }
  friend bool operator==(const Best&, const Best&) = default;
};

// after = before, changed by f.
template <class T, class F>
ChangesOf<T> differences(T before, F&& f) {
  T after = before;
  f(after);
  EXPECT_TRUE(changes(before, before).empty());
  return changes(before, after);
}

// ---- counters

template <class T>
class CounterChanges : public ::testing::Test {};
using Counters = ::testing::Types<GCounter, PnCounter, ResettableCounter, BoundedCounter<>>;
TYPED_TEST_SUITE(CounterChanges, Counters);

TYPED_TEST(CounterChanges, SayFromToAndByHowMuch) {
  TypeParam counter;
  static_cast<void>(counter.add(me, 3));

  const auto list = differences(counter, [](TypeParam& c) { static_cast<void>(c.add(me, 4)); });

  ASSERT_EQ(list.size(), 1U);
  EXPECT_EQ(list[0], (Counted<std::int64_t>{3, 7}));
  EXPECT_EQ(list[0].by(), 4);
}

TEST(Changes, ByIsHeldAtTheEnds) {
  constexpr auto least = std::numeric_limits<std::int64_t>::min();
  constexpr auto most = std::numeric_limits<std::int64_t>::max();

  EXPECT_EQ((Counted<std::int64_t>{7, 3}.by()), -4);
  EXPECT_EQ((Counted<std::int64_t>{-2, 3}.by()), 5);
  EXPECT_EQ((Counted<std::int64_t>{least, most}.by()), most);
  EXPECT_EQ((Counted<std::int64_t>{most, least}.by()), -most);
  EXPECT_EQ((Counted<std::uint64_t>{9, 4}.by()), -5);
}

TEST(Changes, OfASketchAreOfItsEstimate) {
  using Sketch = HyperLogLog<Text>;
  const auto list = differences(Sketch(), [](Sketch& s) { s.add(me, "a"); });

  EXPECT_EQ(list, (ChangesOf<Sketch>{{0, 1}}));
}

// ---- one value

TEST(Changes, OfRegistersSayFromWhatToWhat) {
  LwwRegister<Text> lww;
  EXPECT_EQ(differences(lww, [](auto& r) { r.set(at_1, "a"); }),
            (ChangesOf<LwwRegister<Text>>{{std::nullopt, "a"}}));
  lww.set(at_1, "a");
  EXPECT_EQ(differences(lww, [](auto& r) { r.set(at_2, "b"); }),
            (ChangesOf<LwwRegister<Text>>{{"a", "b"}}));
  EXPECT_EQ(differences(lww, [](auto& r) { r.remove(me); }),
            (ChangesOf<LwwRegister<Text>>{{"a", std::nullopt}}));
  EXPECT_TRUE(differences(lww, [](auto& r) { r.set(at_2, "a"); }).empty());
}

TEST(Changes, OfTheBestSayWhatItBeat) {
  using Max = MaxRegister<std::int64_t>;
  using Min = MinRegister<std::int64_t>;
  using Longest = OrderedRegister<Text, test::ByLength>;
  Max max;
  static_cast<void>(max.set(me, 3));
  Min min;
  static_cast<void>(min.set(me, 3));
  Longest longest;
  static_cast<void>(longest.set(me, "ab"));
  const auto five = [](auto& r) { static_cast<void>(r.set(me, 5)); };

  EXPECT_EQ(differences(max, five), (ChangesOf<Max>{{3, 5}}));
  EXPECT_TRUE(differences(min, five).empty());
  EXPECT_EQ(differences(longest, [](Longest& r) { static_cast<void>(r.set(me, "abc")); }),
            (ChangesOf<Longest>{{"ab", "abc"}}));
}

TEST(Changes, OfFlagsAndLatticesSayFromWhatToWhat) {
  EXPECT_EQ(differences(EwFlag(), [](EwFlag& f) { f.enable(me); }),
            (ChangesOf<EwFlag>{{false, true}}));
  DwFlag flag;
  flag.enable(me);
  EXPECT_EQ(differences(flag, [](DwFlag& f) { f.disable(me); }),
            (ChangesOf<DwFlag>{{true, false}}));
  EXPECT_EQ(differences(LatticeValue<Best>(), [](auto& l) { l.join(me, Best{7}); }),
            (ChangesOf<LatticeValue<Best>>{{Best{0}, Best{7}}}));
}

// ---- elements

template <class T>
class SetChanges : public ::testing::Test {};
using Sets = ::testing::Types<AwSet<Text>, RwSet<Text>, LwwSet<Text>, TwoPhaseSet<Text>>;
TYPED_TEST_SUITE(SetChanges, Sets);

TYPED_TEST(SetChanges, AreElementsAddedAndRemovedInOrder) {
  TypeParam set;
  for (const Text element : {"b", "d", "e"}) static_cast<void>(set.add(at_1, element));

  const auto list = differences(set, [](TypeParam& s) {
    static_cast<void>(s.remove(at_2, "d"));
    static_cast<void>(s.add(at_2, "f"));
    static_cast<void>(s.add(at_2, "a"));
  });

  EXPECT_EQ(list, (ChangesOf<TypeParam>{{"a", added}, {"d", removed}, {"f", added}}));
}

TEST(Changes, OfAGrowOnlySetAreAdditions) {
  EXPECT_EQ(differences(GSet<Text>(), [](auto& s) { s.add(me, "a"); }),
            (ChangesOf<GSet<Text>>{{"a", added}}));
}

TEST(Changes, OfConcurrentWritesAreThoseThatCameAndWent) {
  MvRegister<double> one;
  one.set(me, std::nan(""));
  MvRegister<double> other;
  other.set(ReplicaId(2), 1);
  other.merge(one);

  EXPECT_EQ(changes(one, other), (ChangesOf<MvRegister<double>>{{1, added}}));
  EXPECT_TRUE(changes(one, one).empty());
  const auto list = differences(other, [](auto& r) { r.set(me, 2); });
  ASSERT_EQ(list.size(), 3U);  // NaN equals nothing, so look at the kinds
  EXPECT_EQ(list[0].kind, removed);
  EXPECT_EQ(list[1].kind, added);
  EXPECT_EQ(list[2].kind, removed);
}

TEST(Changes, ASetOfPairsIsNoMap) {
  using Pairs = AwSet<std::pair<Text, std::int64_t>>;
  const auto list = differences(Pairs(), [](Pairs& s) { s.add(me, {"a", 1}); });

  EXPECT_EQ(list, (ChangesOf<Pairs>{{{"a", 1}, added}}));
}

// ---- maps

TEST(Changes, OfAMapAreKeysWithTheChangesOfTheirValues) {
  using Map = OrMap<Text, PnCounter>;
  Map map;
  static_cast<void>(map["gone"].add(me, 1));
  static_cast<void>(map["same"].add(me, 2));
  static_cast<void>(map["rises"].add(me, 3));

  const auto list = differences(map, [](Map& m) {
    m.remove(me, "gone");
    static_cast<void>(m["rises"].add(me, 4));
    static_cast<void>(m["came"].add(me, -5));
  });

  EXPECT_EQ(list, (ChangesOf<Map>{{"came", added, {{0, -5}}},
                                  {"gone", removed, {{1, 0}}},
                                  {"rises", changed, {{3, 7}}}}));
}

TEST(Changes, OfAKeyThatComesWithBottomHaveNothingBelow) {
  using Map = GMap<Text, PnCounter>;
  const auto list = differences(Map(), [](Map& m) {
    static_cast<void>(m["zero"].add(me, 1));
    static_cast<void>(m["zero"].add(me, -1));
  });

  EXPECT_EQ(list, (ChangesOf<Map>{{"zero", added, {}}}));
}

TEST(Changes, OfNestedMapsNestToAnyDepth) {
  using Map = OrMap<Text, OrMap<Text, AwSet<Text>>>;
  Map map;
  map["a"]["x"].add(me, "1");
  map["a"]["y"].add(me, "1");

  const auto list = differences(map, [](Map& m) {
    m["a"]["x"].add(me, "2");
    m["a"].remove(me, "y");
    m["b"]["z"].add(me, "3");
  });

  EXPECT_EQ(list,
            (ChangesOf<Map>{
                {"a", changed, {{"x", changed, {{"2", added}}}, {"y", removed, {{"1", removed}}}}},
                {"b", added, {{"z", added, {{"3", added}}}}}}));
}

TEST(Changes, OfALwwMapSayFromWhatToWhat) {
  using Map = LwwMap<Text, std::int64_t>;
  Map map;
  map.set(at_1, "a", 1);
  map.set(at_1, "b", 2);

  const auto list = differences(map, [](Map& m) {
    m.set(at_2, "a", 3);
    m.remove(at_2, "b");
    m.set(at_2, "c", 0);
  });

  EXPECT_EQ(list, (ChangesOf<Map>{{"a", changed, {{1, 3}}},
                                  {"b", removed, {{2, std::nullopt}}},
                                  {"c", added, {{std::nullopt, 0}}}}));
}

TEST(Changes, OfAMultiMapAreElementsByKey) {
  using Map = MultiMap<Text, Text>;
  Map map;
  map.add(me, "a", "1");
  map.add(me, "b", "1");

  const auto list = differences(map, [](Map& m) {
    m.add(me, "a", "2");
    m.remove(me, "a", "1");
    m.remove_all(me, "b");
  });

  EXPECT_EQ(list, (ChangesOf<Map>{{"a", changed, {{"1", removed}, {"2", added}}},
                                  {"b", removed, {{"1", removed}}}}));
}

TEST(Changes, OfWhatStandsInAMapAreThoseOfTheTypeAlone) {
  OrMap<Text, AwSet<Text>> before;
  before["k"].add(me, "a");
  auto after = before;
  after["k"].add(me, "b");

  using InMap = decltype(after.at("k"));
  EXPECT_EQ(changes(before.at("k"), after.at("k")), (ChangesOf<InMap>{{"b", added}}));
  EXPECT_EQ(changes_of<AwSet<Text>>(before.at("k").value(), after.at("k").value()),
            (ChangesOf<AwSet<Text>>{{"b", added}}));
}

// States may differ where nothing can be read of it.
TEST(Changes, AreOfWhatCanBeRead) {
  AwSet<Text> set;
  set.add(me, "a");
  AwSet<Text> again = set;
  again.add(me, "a");

  EXPECT_FALSE(set == again);
  EXPECT_TRUE(changes(set, again).empty());
}

}  // namespace
}  // namespace rejoin
