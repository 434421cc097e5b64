#include <gtest/gtest.h>

#include <cmath>
#include <limits>

#include "crdt/lww_register.hpp"
#include "crdt/max_register.hpp"
#include "crdt/min_register.hpp"
#include "crdt/mv_register.hpp"

namespace rejoin {
namespace {

using Text = LwwRegister<std::string>;
using Values = std::vector<std::string>;
const ReplicaId a(1);
const ReplicaId b(2);

TEST(LwwRegister, LaterStampIsRead) {
  Text at_a;
  Text at_b;
  at_a.set(At(a, 2000), "late");
  at_b.set(At(b, 1000), "early");

  at_a.merge(at_b);
  at_b.merge(at_a);

  EXPECT_EQ(at_a.value(), "late");
  EXPECT_EQ(at_b.value(), "late");
  EXPECT_EQ(at_a, at_b);
}

// B27: on equal stamps each holder kept its own, for ever.
TEST(LwwRegister, TieGoesToTheGreaterReplicaOnBothSides) {
  Text at_a;
  Text at_b;
  at_a.set(At(a, 1000), "zebra");
  at_b.set(At(b, 1000), "ant");

  at_a.merge(at_b);
  at_b.merge(at_a);

  EXPECT_EQ(at_a.value(), "ant");
  EXPECT_EQ(at_b.value(), "ant");
}

// Two writes of one replica can tie where the removal between them is still on its way.
TEST(LwwRegister, TieWithinOneReplicaGoesToTheGreaterBytes) {
  Text at_a;
  const Text first = at_a.set(At(a, 1000), "zebra");
  const Text removal = at_a.remove(a);
  const Text second = at_a.set(At(a, 1000), "ant");
  Text in_order;
  in_order.merge(first);
  in_order.merge(second);
  Text reversed;
  reversed.merge(second);
  reversed.merge(first);

  EXPECT_EQ(in_order.value(), "zebra");
  EXPECT_EQ(reversed.value(), "zebra");

  in_order.merge(removal);
  EXPECT_EQ(in_order, at_a);
}

TEST(LwwRegister, WriteBeatsWhatItSawThoughTheClockWentBack) {
  Text at_a;
  Text at_b;
  at_b.merge(at_a.set(At(a, 9000), "before"));

  const Text delta = at_b.set(At(b, 1), "after");
  at_a.merge(delta);

  EXPECT_EQ(at_a.value(), "after");
  EXPECT_EQ(at_b.value(), "after");
}

// B34: a far-future stamp must not wedge the register.
TEST(LwwRegister, WriteBeatsAFarFutureStampThatItSaw) {
  Text at_a;
  at_a.set(At(a, ~std::uint64_t{0}), "from the year 6429");
  Text at_b = at_a;

  for (int i = 0; i < 3; ++i) at_b.set(At(b, 1000), "now " + std::to_string(i));
  at_a.merge(at_b);

  EXPECT_EQ(at_a.value(), "now 2");
  EXPECT_EQ(decoded<Text>(encoded(at_a)), at_a) << "stamps stay legal";
}

TEST(LwwRegister, IllegalWallClockStillGivesALegalStamp) {
  Text at_a;
  at_a.set(At(a, HybridTime{~std::uint64_t{0}}), "x");

  EXPECT_EQ(decoded<Text>(encoded(at_a)), at_a);
}

// B30: a local write at an equal stamp was visible, then vanished on merging one's own old state.
TEST(LwwRegister, LocalWriteAtAnEqualStampSurvivesMergingTheOldState) {
  Text state;
  state.set(At(a, 1000), "zebra");
  const Text old = state;

  state.set(At(a, 1000), "ant");
  EXPECT_FALSE(state.merge(old));

  EXPECT_EQ(state.value(), "ant");
}

// B31: a write at the time of bottom was dropped.
TEST(LwwRegister, FirstWriteIsKeptWhateverTheClockSays) {
  Text state;

  state.set(At(a, 0), "first");

  EXPECT_EQ(state.value(), "first");
  EXPECT_EQ(Text().value(), std::nullopt);
}

TEST(LwwRegister, RemoveLeavesAConcurrentWrite) {
  Text at_a;
  at_a.set(At(a, 1000), "old");
  Text at_b = at_a;

  at_a.remove(a);
  at_b.set(At(b, 1), "new");
  at_a.merge(at_b);

  EXPECT_EQ(at_a.value(), "new");
}

// A loser dropped on merge would come back, or not, by the order of messages.
TEST(LwwRegister, LoserIsReadOnceTheWinnerAloneIsRemoved) {
  Text at_a;
  Text at_b;
  at_a.set(At(a, 1000), "loser");
  at_b.set(At(b, 2000), "winner");
  Text both = at_a;
  both.merge(at_b);

  at_b.remove(b);
  both.merge(at_b);
  at_a.merge(at_b);

  EXPECT_EQ(both.value(), "loser");
  EXPECT_EQ(both, at_a);
}

TEST(MvRegister, ConcurrentWritesStandSideBySideUntilOneSeesThem) {
  MvRegister<std::string> at_a;
  MvRegister<std::string> at_b;
  at_a.set(a, "x");
  at_b.set(b, "y");
  at_a.merge(at_b);
  EXPECT_EQ(at_a.value(), (Values{"x", "y"}));

  const MvRegister<std::string> delta = at_a.set(a, "z");
  at_b.merge(delta);

  EXPECT_EQ(at_b.value(), (Values{"z"})) << "the delta did not say that it replaces y";
}

// Equal states must not show two zeros.
TEST(MvRegister, ShowsTheOneZeroThatItsBytesHold) {
  MvRegister<double> mv;
  LwwRegister<double> lww;
  MaxRegister<double> max;
  mv.set(a, -0.0);
  lww.set(At(a, 1000), -0.0);
  ASSERT_TRUE(max.set(a, -0.0));

  EXPECT_FALSE(std::signbit(mv.value().front()));
  EXPECT_FALSE(std::signbit(*lww.value()));
  EXPECT_FALSE(std::signbit(*max.value()));
}

TEST(MvRegister, SameValueWrittenTwiceIsShownOnceAndNeedsBothRemoved) {
  MvRegister<std::string> at_a;
  MvRegister<std::string> at_b;
  at_a.set(a, "x");
  const MvRegister<std::string> removed = [&] {
    MvRegister<std::string> copy = at_a;
    return copy.remove(a);
  }();
  at_b.set(b, "x");
  at_b.merge(at_a);
  EXPECT_EQ(at_b.value(), (Values{"x"}));

  at_b.merge(removed);
  EXPECT_EQ(at_b.value(), (Values{"x"})) << "b's own write was not seen by the removal";

  at_b.remove(b);
  EXPECT_TRUE(at_b.value().empty());
}

TEST(MaxRegister, KeepsTheGreatestAndMinTheLeast) {
  MaxRegister<std::int64_t> max;
  MinRegister<std::int64_t> min;
  EXPECT_EQ(max.value(), std::nullopt);
  for (std::int64_t n : {3, -8, 5, 0}) {
    ASSERT_TRUE(max.set(a, n));
    ASSERT_TRUE(min.set(a, n));
  }
  EXPECT_EQ(max.value(), 5);
  EXPECT_EQ(min.value(), -8);
}

// B25: NaN and the zeros in an order.
TEST(MaxRegister, RefusesNanAndTakesBothZerosForOne) {
  MaxRegister<double> zero;
  MaxRegister<double> negative_zero;
  ASSERT_TRUE(zero.set(a, 0.0));
  ASSERT_TRUE(negative_zero.set(b, -0.0));
  const MaxRegister<double> before = zero;

  const auto refused = zero.set(a, std::numeric_limits<double>::quiet_NaN());

  ASSERT_FALSE(refused);
  EXPECT_EQ(refused.error().code, ErrorCode::not_a_number);
  EXPECT_EQ(zero, before);
  EXPECT_EQ(zero, negative_zero);
  EXPECT_EQ(encoded(zero), encoded(negative_zero));
  EXPECT_FALSE(zero.merge(negative_zero));
}

}  // namespace
}  // namespace rejoin
