// Counters with a rule of their own: resets that take exactly what they saw, a bound that holds, a
// sketch within its error.

#include <gtest/gtest.h>

#include <cmath>

#include "crdt/bounded_counter.hpp"
#include "crdt/hyper_log_log.hpp"
#include "crdt/lattice_value.hpp"
#include "crdt/ordered_register.hpp"
#include "crdt/resettable_counter.hpp"
#include "tests/user_types.hpp"

namespace rejoin {
namespace {

const ReplicaId a(1);
const ReplicaId b(2);
const ReplicaId c(3);

template <class T>
void exchange(T& one, T& other) {
  one.merge(other);
  other.merge(one);
  EXPECT_EQ(one, other);
}

TEST(ResettableCounter, AResetTakesExactlyWhatItSaw) {
  ResettableCounter here;
  ASSERT_TRUE(here.add(a, 5));
  ResettableCounter there = here;
  there.reset(b);
  ASSERT_TRUE(here.add(a, 1));
  exchange(here, there);
  EXPECT_EQ(here.value(), 1);
  EXPECT_EQ(here.discarded(), 5);
}

TEST(ResettableCounter, ResetsAtOnceTakeWhatEitherSaw) {
  ResettableCounter here;
  ResettableCounter there;
  ASSERT_TRUE(here.add(a, 5));
  ASSERT_TRUE(there.add(b, -7));
  here.reset(a);
  there.reset(b);
  exchange(here, there);
  EXPECT_EQ(here.value(), 0);
  EXPECT_EQ(here.discarded(), -2);
}

TEST(ResettableCounter, AResetThatCameFirstTakesWhatItSawWhenThatComes) {
  ResettableCounter source;
  const ResettableCounter five = *source.add(a, 5);
  const ResettableCounter reset = source.reset(b);
  ResettableCounter late;
  late.merge(reset);
  EXPECT_EQ(late.value(), 0);
  late.merge(five);
  EXPECT_EQ(late.value(), 0);
}

TEST(ResettableCounter, RefusesToPassItsCeilingAndStaysAsItWas) {
  ResettableCounter counter;
  ASSERT_TRUE(counter.add(a, Totals::share_max));
  const ResettableCounter before = counter;
  EXPECT_EQ(counter.add(a, 1).error().code, ErrorCode::overflow);
  EXPECT_EQ(counter.add(a, std::numeric_limits<std::int64_t>::min()).error().code,
            ErrorCode::overflow);
  EXPECT_EQ(counter, before);
}

TEST(BoundedCounter, ARefusedSubtractionSaysHowMuchMayBeTaken) {
  BoundedCounter<> stock;
  ASSERT_TRUE(stock.add(a, 10));
  ASSERT_TRUE(stock.move_rights(a, b, 4));
  const auto refused = stock.subtract(b, 5);
  ASSERT_FALSE(refused);
  EXPECT_EQ(refused.error().code, ErrorCode::insufficient_rights);
  EXPECT_NE(refused.error().message.find("at most 4 of the 10"), std::string::npos)
      << refused.error().message;
  ASSERT_TRUE(stock.subtract(b, 4));
  EXPECT_EQ(stock.value(), 6);
  EXPECT_EQ(stock.rights(a), 6);
  EXPECT_EQ(stock.rights(b), 0);
}

TEST(BoundedCounter, TwoReplicasCannotBothTakeTheLastOne) {
  BoundedCounter<> here;
  ASSERT_TRUE(here.add(a, 1));
  BoundedCounter<> there = here;
  EXPECT_TRUE(here.subtract(a, 1));
  EXPECT_FALSE(there.subtract(b, 1));
  exchange(here, there);
  EXPECT_EQ(here.value(), 0);
}

TEST(BoundedCounter, ANewIncarnationStartsWithoutRights) {
  BoundedCounter<> stock;
  ASSERT_TRUE(stock.add(ReplicaId(1, 1), 10));
  EXPECT_EQ(stock.subtract(ReplicaId(1, 2), 1).error().code, ErrorCode::insufficient_rights);
  EXPECT_EQ(stock.rights(ReplicaId(1, 2)), 0);
}

TEST(BoundedCounter, NeverShowsLessThanItsBoundWhateverIsMissing) {
  BoundedCounter<-3> source;
  const auto added = *source.add(a, 4);
  const auto taken = *source.subtract(a, 4);
  BoundedCounter<-3> late;
  late.merge(taken);
  EXPECT_EQ(late.value(), -3);
  late.merge(added);
  EXPECT_EQ(late.value(), -3);
  EXPECT_EQ(source.value(), -3);
}

TEST(BoundedCounter, StaysAtTheGreatestNumberInsteadOfTurningRound) {
  BoundedCounter<5> counter;
  for (const ReplicaId& who : {a, b, c}) ASSERT_TRUE(counter.add(who, Totals::share_max));
  EXPECT_EQ(counter.value(), std::numeric_limits<std::int64_t>::max());
}

TEST(BoundedCounter, StepsOnlyForward) {
  BoundedCounter<> stock;
  EXPECT_EQ(stock.add(a, -1).error().code, ErrorCode::negative_step);
  EXPECT_EQ(stock.subtract(a, -1).error().code, ErrorCode::negative_step);
  EXPECT_EQ(stock.move_rights(a, c, -1).error().code, ErrorCode::negative_step);
  ASSERT_TRUE(stock.add(a, Totals::share_max));
  EXPECT_EQ(stock.add(a, 1).error().code, ErrorCode::overflow);
  static_assert(!removable<BoundedCounter<>>);
}

TEST(HyperLogLog, CountsWithinFourStandardErrorsAtEverySize) {
  // 1.04 / sqrt(m) is the error of the literature (Flajolet et al. 2007).
  constexpr unsigned precision = 12;
  const double error = 1.04 / std::sqrt(1 << precision);
  HyperLogLog<std::uint64_t, precision> sketch;
  double squares = 0;
  int sizes = 0;
  std::uint64_t next = 0;
  for (const unsigned size : {10U, 100U, 1'000U, 3'000U, 10'000U, 30'000U, 100'000U, 300'000U}) {
    for (; next < size; ++next) sketch.add(a, mix64(next));
    const auto exact = static_cast<double>(size);
    const double off = (static_cast<double>(sketch.value()) - exact) / exact;
    EXPECT_LT(std::abs(off), 4 * error) << size;
    squares += off * off;
    ++sizes;
  }
  EXPECT_LT(std::sqrt(squares / sizes), 2 * error);
}

TEST(HyperLogLog, UnionCountsEachOnceAndAKnownElementSendsNothing) {
  HyperLogLog<int> here;
  HyperLogLog<int> there;
  for (int i = 0; i < 1'000; ++i) here.add(a, i);
  for (int i = 500; i < 1'500; ++i) there.add(b, i);
  exchange(here, there);
  EXPECT_NEAR(static_cast<double>(here.value()), 1'500, 100);
  EXPECT_EQ(here.add(c, 7), HyperLogLog<int>());
}

struct Job {
  std::string name;
  int priority = 0;
  friend bool operator==(const Job&, const Job&) = default;
};
struct ByPriority {
  static constexpr std::string_view name = "test.by_priority";
  bool operator()(const Job& one, const Job& other) const { return one.priority < other.priority; }
};

TEST(OrderedRegister, KeepsTheGreatestAndBreaksTiesByBytes) {
  OrderedRegister<Job, ByPriority> here;
  OrderedRegister<Job, ByPriority> there;
  ASSERT_TRUE(here.set(a, {"sweep", 1}));
  ASSERT_TRUE(there.set(b, {"bake", 2}));
  exchange(here, there);
  EXPECT_EQ(here.value(), (Job{"bake", 2}));
  ASSERT_TRUE(here.set(a, {"cook", 2}));
  ASSERT_TRUE(there.set(b, {"bike", 2}));
  exchange(here, there);
  EXPECT_EQ(here.value(), (Job{"cook", 2}));
}

TEST(LatticeValue, MakesALatticeOfTheUsersAType) {
  using test::HighScore;
  LatticeValue<HighScore> here;
  LatticeValue<HighScore> there;
  here.join(a, {"anna", 120});
  there.merge(here.join(a, {"ben", 90}));
  EXPECT_EQ(there.value().player, "ben");
  exchange(here, there);
  EXPECT_EQ(there.value(), (HighScore{"anna", 120}));
}

}  // namespace
}  // namespace rejoin
